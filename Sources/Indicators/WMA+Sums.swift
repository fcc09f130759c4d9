extension WMA {
  /// Σ x and Σ w·x of a window, w counting from 1 for the oldest value.
  @frozen
  public struct Sums {
    public let sum, weighted: Double

    @inlinable
    init(sum: Double, weighted: Double) {
      self.sum = sum
      self.weighted = weighted
    }
  }

  /// The sums of the newest n values, 1 ≤ n ≤ length, of which there are at least n. O(log n).
  @inlinable
  func sums(_ state: UnsafeMutableRawPointer, of n: Int) -> Sums {
    let count = state.load(as: Int.self)
    let cells = state.assumingMemoryBound(to: Double.self)
    var rest = n
    var sum = 0.0
    var weighted = 0.0
    while rest > 0 {
      let block = WindowBlock(largestOf: rest)
      let cell = 2 &* block.cell(count: count)
      sum += cells[cell]
      weighted += cells[cell &+ 1] + Double(n &- rest) * cells[cell]
      rest = block.lag
    }
    return Sums(sum: sum, weighted: weighted)
  }
}
