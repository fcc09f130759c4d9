/// How many slots a ring has: a power of two, checked before anything is allocated.
public struct RingCapacity: Equatable, Sendable {
  public static let mostSlots = 1 << 26
  public static let mostBytes = 1 << 32

  /// The number asked for, rounded up to a power of two.
  public let slots: Int

  /// Throws `.badCapacity` for less than one slot, more than 2^26, or more than 4 GiB.
  public init(atLeast wanted: Int, slotBytes: Int) throws(MessagingError) {
    guard wanted >= 1, wanted <= Self.mostSlots, slotBytes >= 1 else { throw .badCapacity }
    let bits = Int.bitWidth - (wanted - 1).leadingZeroBitCount
    guard slotBytes <= Self.mostBytes >> bits else { throw .badCapacity }
    slots = 1 << bits
  }
}
