/// Linearly weighted moving average, ta.wma: Σ (n − j)·x[i − j] / (n·(n + 1)/2), j = 0 … n − 1.
///
/// Built like `WindowMean`: each level keeps the sum s and the weighted sum w (weights 1, 2, … from
/// the oldest value) of 2^k values, and two blocks merge as w = w_a + w_b + size_a · s_b. O(log n)
/// per value, and nothing is ever subtracted.
///
///     state   8 bytes: number of values so far, 8 bytes unused
///             level k: ring of 2^k pairs (sum, weighted sum) at 16 · 2^k
@frozen
public struct WMA: BlockSums {
  public let length: Int
  public let levels: Int

  @inlinable public init(length: Int) { (self.length, levels) = Self.size(length) }
  @inlinable public static var cellBytes: Int { 16 }

  /// Takes in one value; the average, nan for the first n − 1 values. O(log n).
  @inlinable
  public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double {
    let count = state.load(as: Int.self) &+ 1
    push(state, x)
    guard count >= length else { return .nan }
    let cells = state.assumingMemoryBound(to: Double.self)
    var rest = length
    var weighted = 0.0
    while rest > 0 {
      let block = WindowBlock(largestOf: rest)
      let cell = 2 &* block.cell(count: count)
      weighted += cells[cell &+ 1] + Double(length &- rest) * cells[cell]
      rest = block.lag
    }
    return weighted / (Double(length) * (Double(length) + 1) * 0.5)
  }

  @inlinable
  public func push(_ state: UnsafeMutableRawPointer, _ x: Double) {
    let i = state.load(as: Int.self)
    let cells = state.assumingMemoryBound(to: Double.self)
    var sum = x
    var weighted = x
    var size = 1
    for _ in 0..<levels {
      let cell = 2 &* (size &+ (i & (size &- 1)))
      let olderSum = cells[cell]
      let olderWeighted = cells[cell &+ 1]
      cells[cell] = sum
      cells[cell &+ 1] = weighted
      weighted = (olderWeighted + weighted) + Double(size) * sum
      sum = olderSum + sum
      size &<<= 1
    }
    state.storeBytes(of: i &+ 1, as: Int.self)
  }
}
