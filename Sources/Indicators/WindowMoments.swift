/// Mean and squared deviation of the newest n values, in O(log n) per value and without drift.
///
/// Each level keeps the block sums of `WindowMean` and the sum of squared deviations from the
/// block's own mean. Two blocks of s values each merge by Chan, Golub and LeVeque (1979), written
/// for sums: q = (q_a + q_b) + (s_b − s_a)² / 2s. A window of several blocks has
/// Σ (q_b + n_b·(mean_b − mean)²), the largest and oldest block first. Nothing is cancelled, and a
/// constant window has exactly 0.
///
///     state   8 bytes: number of values so far, 8 bytes unused
///             level k: ring of 2^k pairs (sum, squares) at 16 · 2^k, value i in slot i mod 2^k
@frozen
public struct WindowMoments: BlockSums {
  /// Of a window: the number of values, their mean, and Σ (x − mean)².
  @frozen
  public struct Moments {
    public let count: Int
    public let mean, squares: Double

    @inlinable
    public init(count: Int, mean: Double, squares: Double) {
      self.count = count
      self.mean = mean
      self.squares = squares
    }

    /// Population standard deviation.
    @inlinable
    public var deviation: Double { (squares * (1 / Double(count))).squareRoot() }
  }

  public let length: Int
  public let levels: Int

  @inlinable public init(length: Int) { (self.length, levels) = Self.size(length) }
  @inlinable public static var cellBytes: Int { 16 }

  /// Takes in one value. O(log length).
  @inlinable
  public func push(_ state: UnsafeMutableRawPointer, _ x: Double) {
    let i = state.load(as: Int.self)
    let cells = state.assumingMemoryBound(to: Double.self)
    var sum = x
    var squares = 0.0
    var size = 1
    var half = 0.5
    for _ in 0..<levels {
      let cell = 2 &* (size &+ (i & (size &- 1)))
      let olderSum = cells[cell]
      let olderSquares = cells[cell &+ 1]
      cells[cell] = sum
      cells[cell &+ 1] = squares
      let difference = sum - olderSum
      squares = (olderSquares + squares) + difference * difference * half
      sum = olderSum + sum
      size &<<= 1
      half *= 0.5
    }
    state.storeBytes(of: i &+ 1, as: Int.self)
  }

  /// The moments of the newest n values, 1 ≤ n ≤ length, or of as many as there are; for none
  /// the mean is nan. O(number of one-digits in n).
  @inlinable
  public func moments(_ state: UnsafeMutableRawPointer, of n: Int) -> Moments {
    let count = state.load(as: Int.self)
    let cells = state.assumingMemoryBound(to: Double.self)
    let present = min(min(n, length), count)
    guard present > 0 else { return Moments(count: 0, mean: .nan, squares: .nan) }
    let mean = blockMean(state, of: present, count: count)
    var rest = present
    var squares = 0.0
    while rest > 0 {
      let block = WindowBlock(largestOf: rest)
      let cell = 2 &* block.cell(count: count)
      let deviation = cells[cell] * block.inverseSize - mean
      squares += cells[cell &+ 1] + deviation * deviation * Double(block.size)
      rest = block.lag
    }
    return Moments(count: present, mean: mean, squares: squares)
  }

  /// Takes in one value; the moments of the newest `length` values, nan while there are fewer.
  @inlinable
  public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Moments {
    push(state, x)
    if count(state) < length { return Moments(count: 0, mean: .nan, squares: .nan) }
    return moments(state, of: length)
  }
}
