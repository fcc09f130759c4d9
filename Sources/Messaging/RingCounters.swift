/// What went through a ring. Each number is exact; they are read one after another, so while others
/// push and pop they need not belong to the same instant (`popped` is read first: it is never
/// greater than `pushed`).
public struct RingCounters: Equatable, Sendable {
  public var pushed: UInt64 = 0
  public var popped: UInt64 = 0
  /// Messages that found the ring full.
  public var refused: UInt64 = 0
  /// The most messages that ever waited at once.
  public var highWater: UInt64 = 0

  public var waiting: UInt64 { pushed &- popped }
}
