extension Extreme {
  /// Values taken in since the last reset. O(1).
  @inlinable
  func count(_ state: UnsafeMutableRawPointer) -> Int { state.load(as: Int.self) }

  /// The extreme of the newest n values, 1 ≤ n ≤ length, of which there are at least n. O(1).
  @inlinable
  func value(_ state: UnsafeMutableRawPointer, of n: Int) -> Double {
    let newest = state.load(as: Int.self) &- 1
    let cells = state.assumingMemoryBound(to: Double.self)
    let size = 1 &<< (Int.bitWidth &- 1 &- n.leadingZeroBitCount)
    let older = cells[size &+ ((newest &- (n &- size)) & (size &- 1))]
    return Self.larger(older, cells[size &+ (newest & (size &- 1))]) * sign
  }
}
