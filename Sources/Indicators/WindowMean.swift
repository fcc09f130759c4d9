/// The mean of the newest n values, in O(log n) per value and without drift.
///
/// Level k keeps the sum of the newest 2^k values, each made of two sums of the level below:
///
///     s₀[i] = xᵢ        s₍k+1₎[i] = s₍k₎[i − 2^k] + s₍k₎[i]
///
/// The sum of the newest n values is put together from one block for each binary digit of n, the
/// largest block oldest: 20 = 16 + 4 is s₄[i − 4] + s₂[i]. A value is added to others a fixed number
/// of times and never subtracted, so no error survives it, nor does a NaN or an infinity. Sums of
/// integers are exact, and the mean of a constant series is that constant to the bit: where all
/// blocks have the same mean, it is the answer; else the sum is divided by n.
///
///     state   8 bytes: number of values so far
///             level k: ring of 2^k doubles at 8 · 2^k, the sum that ends at value i in slot i mod 2^k
///
/// A shorter window over the same values is read from the same state: `mean(state, of:)`.
@frozen
public struct WindowMean: BlockSums {
  /// Longer windows are cut to this.
  @inlinable public static var longest: Int { 1 << 20 }

  public let length: Int
  public let levels: Int

  @inlinable public init(length: Int) { (self.length, levels) = Self.size(length) }
  @inlinable public static var cellBytes: Int { 8 }

  /// Takes in one value. O(log length). Inlined, as `fullMean` is, so that a constant length makes
  /// straight code of the loops.
  @inlinable @inline(__always)
  public func push(_ state: UnsafeMutableRawPointer, _ x: Double) {
    let i = state.load(as: Int.self)
    let cells = state.assumingMemoryBound(to: Double.self)
    var sum = x
    var size = 1
    for _ in 0..<levels {
      let cell = size &+ (i & (size &- 1))
      let older = cells[cell]
      cells[cell] = sum
      sum = older + sum
      size &<<= 1
    }
    state.storeBytes(of: i &+ 1, as: Int.self)
  }

  /// The mean of the newest n values, 1 ≤ n ≤ length, or of as many as there are; nan for none.
  /// O(number of one-digits in n).
  @inlinable
  public func mean(_ state: UnsafeMutableRawPointer, of n: Int) -> Double {
    let present = min(min(n, length), state.load(as: Int.self))
    return present > 0 ? fullMean(state, of: present) : .nan
  }

  /// The same where there are n values, 1 ≤ n ≤ length.
  @inlinable @inline(__always)
  func fullMean(_ state: UnsafeMutableRawPointer, of n: Int) -> Double {
    blockMean(state, of: n, count: count(state))
  }

  /// Takes in one value; the mean of the newest `length` values, nan while there are fewer.
  @inlinable
  public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double {
    push(state, x)
    return count(state) < length ? .nan : mean(state, of: length)
  }
}
