/// The newest values of a series, a power of two of them, for functions over a window of any
/// length.
///
///     state   8 bytes: number of values so far
///             2^k doubles: the ring, value i in slot i mod 2^k
@frozen
public struct HistoryRing {
  /// A power of two.
  public let capacity: Int

  /// Keeps at least `length` values.
  @inlinable
  public init(length: Int) {
    let least = min(max(length, 1), WindowMean.longest)
    capacity = least == 1 ? 1 : 1 &<< (Int.bitWidth &- (least &- 1).leadingZeroBitCount)
  }

  @inlinable public var stateBytes: Int { 8 &+ 8 &* capacity }
  @inlinable public func reset(_ state: UnsafeMutableRawPointer) { state.clear(stateBytes) }

  /// Takes in one value. O(1).
  @inlinable
  public func push(_ state: UnsafeMutableRawPointer, _ x: Double) {
    let count = state.load(as: Int.self)
    state.doubles[1 &+ (count & (capacity &- 1))] = x
    state.storeBytes(of: count &+ 1, as: Int.self)
  }

  @inlinable
  public func view(_ state: UnsafeMutableRawPointer) -> HistoryView {
    HistoryView(
      cells: UnsafePointer(state.doubles + 1), mask: capacity &- 1,
      count: max(0, state.load(as: Int.self)))
  }
}

/// A ring of a power of two of values, seen from the newest one.
@frozen
public struct HistoryView {
  public let cells: UnsafePointer<Double>
  /// The number of cells less 1.
  public let mask: Int
  /// Values so far, whether they are still in the ring or not; value i is in cell i & mask.
  public let count: Int

  @inlinable
  public init(cells: UnsafePointer<Double>, mask: Int, count: Int) {
    self.cells = cells
    self.mask = mask
    self.count = count
  }

  /// The value `age` values before the newest (0: the newest); nan if it does not exist.
  @inlinable
  public subscript(age: Int) -> Double {
    age >= 0 && age < count && age <= mask ? at(age) : .nan
  }

  /// The same where it is known to be there; never outside of the ring's memory.
  @inlinable @inline(__always)
  func at(_ age: Int) -> Double { cells[(count &- 1 &- age) & mask] }

  /// Σ |x − mean| of the newest n values, the oldest first. O(n).
  @inlinable
  func absoluteDeviations(from mean: Double, of n: Int) -> Double {
    var sum = 0.0
    var age = n &- 1
    while age >= 0 {
      sum += (at(age) - mean).magnitude
      age &-= 1
    }
    return sum
  }
}
