/// The block sums and squares of `WindowMoments` over a stretch of a series: the array form, equal
/// to the streaming form to the bit.
@frozen
public struct SeriesMoments {
  public let sums: SeriesSums
  public let squares: SeriesSums

  /// Doubles of scratch memory for a window over stretches up to `length`.
  @inlinable
  public static func scratchCount(window: Int, length: Int) -> Int {
    2 &* SeriesSums.scratchCount(window: window, length: length) &+ SeriesSums.stride(length)
  }

  /// `source` has `length` values and may be read for 8 more.
  @inlinable
  public init(
    _ source: UnsafePointer<Double>, scratch: UnsafeMutablePointer<Double>, window: Int,
    length: Int
  ) {
    let rows = SeriesSums.scratchCount(window: window, length: length)
    let zeros = scratch + 2 &* rows
    sums = SeriesSums(source, scratch: scratch, windows: window, length: length)
    squares = SeriesSums(zeros, scratch: scratch + rows, windows: window, length: length)
  }

  /// A single value deviates by nothing from its own mean: row 0 of the squares is zeros, written
  /// here. To be called once per scratch memory; `fill` leaves them alone.
  @inlinable
  public static func prepare(
    scratch: UnsafeMutablePointer<Double>, window: Int, length: Int
  ) {
    let zeros = scratch + 2 &* SeriesSums.scratchCount(window: window, length: length)
    zeros.update(repeating: 0, count: SeriesSums.stride(length))
  }

  /// Eight blocks of one level.
  @frozen
  @usableFromInline
  struct Blocks {
    @usableFromInline let sums, squares: Lanes

    @inlinable
    init(sums: Lanes, squares: Lanes) {
      self.sums = sums
      self.squares = squares
    }

    /// Merges blocks with the newer ones that follow them; `half` is 1 / (2 · size).
    @inlinable @inline(__always)
    func merged(with newer: Blocks, half: Double) -> Blocks {
      let difference = newer.sums - sums
      return Blocks(
        sums: sums + newer.sums,
        squares: (squares + newer.squares) + difference * difference * half)
    }
  }

  /// Fills the rows from `length` values. O(length · log window).
  @inlinable
  public func fill(length: Int) {
    sums.climb({ fillOne(above: $0, length: length) }, { fillTwo(above: $0, length: length) })
  }

  @inlinable
  func fillOne(above level: Int, length: Int) {
    let (sum, square) = (sums.row(level), squares.row(level))
    if level == 0 {
      fillOne(above: 0, length: length) { Blocks(sums: Lanes(at: sum + $0), squares: Lanes()) }
    } else {
      fillOne(above: level, length: length) {
        Blocks(sums: Lanes(at: sum + $0), squares: Lanes(at: square + $0))
      }
    }
  }

  @inlinable
  func fillTwo(above level: Int, length: Int) {
    let (sum, square) = (sums.row(level), squares.row(level))
    if level == 0 {
      fillTwo(above: 0, length: length) { Blocks(sums: Lanes(at: sum + $0), squares: Lanes()) }
    } else {
      fillTwo(above: level, length: length) {
        Blocks(sums: Lanes(at: sum + $0), squares: Lanes(at: square + $0))
      }
    }
  }

  /// `blocks(t)` are the eight blocks of `level` that end at t … t + 7.
  @inlinable @inline(__always)
  func fillOne(above level: Int, length: Int, blocks: (Int) -> Blocks) {
    let size = 1 &<< level
    let half = 0.5 * WindowBlock(largestOf: size).inverseSize
    let (toSum, toSquare) = (sums.scratchRow(level &+ 1), squares.scratchRow(level &+ 1))
    var t = Lanes.roundedUp(2 &* size &- 1)
    while t < length {
      let merged = blocks(t &- size).merged(with: blocks(t), half: half)
      merged.sums.store(at: toSum + t)
      merged.squares.store(at: toSquare + t)
      t &+= Lanes.scalarCount
    }
  }

  @inlinable @inline(__always)
  func fillTwo(above level: Int, length: Int, blocks: (Int) -> Blocks) {
    let size = 1 &<< level
    let half = 0.5 * WindowBlock(largestOf: size).inverseSize
    let (toSum, toSquare) = (sums.scratchRow(level &+ 2), squares.scratchRow(level &+ 2))
    var t = Lanes.roundedUp(4 &* size &- 1)
    while t < length {
      let older = blocks(t &- 3 &* size).merged(with: blocks(t &- 2 &* size), half: half)
      let newer = blocks(t &- size).merged(with: blocks(t), half: half)
      let merged = older.merged(with: newer, half: 0.5 * half)
      merged.sums.store(at: toSum + t)
      merged.squares.store(at: toSquare + t)
      t &+= Lanes.scalarCount
    }
  }
}
