/// The block sums and squares of `WindowMoments` over a stretch of a series: the array form, equal
/// to the streaming form to the bit.
@frozen
public struct SeriesMoments {
  public let sums: SeriesSums
  public let squares: SeriesSums

  /// Doubles of scratch memory for windows up to `window` over stretches up to `length`.
  @inlinable
  public static func scratchCount(window: Int, length: Int) -> Int {
    2 &* SeriesSums.scratchCount(window: window, length: length)
  }

  @inlinable
  public init(scratch: UnsafeMutablePointer<Double>, window: Int, length: Int) {
    let half = SeriesSums.scratchCount(window: window, length: length)
    sums = SeriesSums(scratch: scratch, window: window, length: length)
    squares = SeriesSums(scratch: scratch + half, window: window, length: length)
    // A single value deviates by nothing from its own mean.
    squares.row(0).update(repeating: 0, count: squares.stride)
  }

  /// Fills all rows from the `length` values in `sums.row(0)`. O(length · log window).
  @inlinable
  public func fill(length: Int) {
    var size = 1
    var half = 0.5
    for level in 1..<max(sums.levels, 1) {
      let sum = sums.row(level &- 1)
      let square = squares.row(level &- 1)
      var t = 2 &* size &- 1
      while t < length {
        let older = Lanes(at: sum + (t &- size))
        let newer = Lanes(at: sum + t)
        let difference = newer - older
        let within = Lanes(at: square + (t &- size)) + Lanes(at: square + t)
        (older + newer).store(at: sums.row(level) + t)
        (within + difference * difference * half).store(at: squares.row(level) + t)
        t &+= Lanes.scalarCount
      }
      size &<<= 1
      half *= 0.5
    }
  }
}
