/// The value n steps ago: a ring of the newest n values.
///
///     state   8 bytes: number of values so far
///             n doubles: the ring, value i in slot i mod n
@frozen
public struct Delay {
  public let length: Int

  @inlinable
  public init(length: Int) { self.length = min(max(length, 1), WindowMean.longest) }

  @inlinable public var lookback: Int { length }
  @inlinable public var stateBytes: Int { 8 &+ 8 &* length }

  @inlinable
  public func reset(_ state: UnsafeMutableRawPointer) {
    state.initializeMemory(as: UInt8.self, repeating: 0, count: stateBytes)
  }

  /// Values taken in since the last reset. O(1).
  @inlinable
  public func count(_ state: UnsafeMutableRawPointer) -> Int { state.load(as: Int.self) }

  /// The value `age` values before the newest (0: the newest), nan if it does not exist.
  /// 0 ≤ age < length. O(1).
  @inlinable
  public func value(_ state: UnsafeMutableRawPointer, age: Int) -> Double {
    let count = state.load(as: Int.self)
    guard age >= 0, age < length, age < count else { return .nan }
    let cells = state.assumingMemoryBound(to: Double.self)
    return cells[slot(count &- 1 &- age)]
  }

  /// Takes in one value and returns the value of `length` values before. O(1).
  @inlinable
  public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double {
    let count = state.load(as: Int.self)
    let cells = state.assumingMemoryBound(to: Double.self)
    let cell = slot(count)
    let oldest = count < length ? Double.nan : cells[cell]
    cells[cell] = x
    state.storeBytes(of: count &+ 1, as: Int.self)
    return oldest
  }

  /// Unsigned, so that no count whatever leads outside the ring.
  @inlinable
  func slot(_ i: Int) -> Int {
    1 &+ Int(truncatingIfNeeded: UInt(bitPattern: i) % UInt(bitPattern: length))
  }
}
