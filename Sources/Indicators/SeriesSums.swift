/// The block sums of `WindowMean` over a stretch of a series at once: the array form.
///
/// Row k has, for every position t of the stretch, the sum of the 2^k values that end at t. All
/// rows are computed by the same additions in the same order as the streaming form, so means read
/// from either are equal to the bit.
///
/// Rows live in the caller's scratch memory, each `stride` doubles long. Row k is good from
/// position 2^k − 1 on; what lies before it and after `length` may be read but means nothing.
@frozen
public struct SeriesSums {
  public let rows: UnsafeMutablePointer<Double>
  public let stride: Int
  public let levels: Int

  /// Doubles of scratch memory for windows up to `window` over stretches up to `length`.
  @inlinable
  public static func scratchCount(window: Int, length: Int) -> Int {
    levels(window) &* stride(length)
  }

  @inlinable
  public init(scratch: UnsafeMutablePointer<Double>, window: Int, length: Int) {
    rows = scratch
    stride = Self.stride(length)
    levels = Self.levels(window)
  }

  @inlinable
  static func levels(_ window: Int) -> Int { Int.bitWidth &- window.leadingZeroBitCount }

  /// Whole vectors, and one more that the last vector of a row may run into.
  @inlinable
  static func stride(_ length: Int) -> Int { ((length &+ 7) & ~7) &+ 8 }

  /// Fills all rows from the `length` values in `row(0)`. O(length · log window).
  @inlinable
  public func fill(length: Int) {
    var size = 1
    for level in 1..<max(levels, 1) {
      let from = row(level &- 1)
      let to = row(level)
      var t = 2 &* size &- 1
      while t < length {
        (Lanes(at: from + (t &- size)) + Lanes(at: from + t)).store(at: to + t)
        t &+= Lanes.scalarCount
      }
      size &<<= 1
    }
  }

  @inlinable
  public func row(_ level: Int) -> UnsafeMutablePointer<Double> { rows + level &* stride }
}
