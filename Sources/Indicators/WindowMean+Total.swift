extension WindowMean {
  /// The sum of the newest n values, 1 ≤ n ≤ length, or of as many as there are. O(log n).
  @inlinable
  public func total(_ state: UnsafeMutableRawPointer, of n: Int) -> Double {
    let count = state.load(as: Int.self)
    let cells = state.assumingMemoryBound(to: Double.self)
    var rest = min(min(n, length), count)
    var total = 0.0
    while rest > 0 {
      let block = WindowBlock(largestOf: rest)
      total += cells[block.cell(count: count)]
      rest = block.lag
    }
    return total
  }
}
