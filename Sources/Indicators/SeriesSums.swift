/// The block sums of `WindowMean` over a stretch of a series at once: the array form.
///
/// Row k has, for every position t of the stretch, the sum of the 2^k values that end at t. Rows
/// are computed by the same additions in the same order as the streaming form, so means read from
/// either are equal to the bit. Only the rows that the `windows` need are kept; between them one
/// level is skipped where possible, which saves half of the memory traffic.
///
/// Row 0 is the series itself, read in place. The other rows live in the caller's scratch memory,
/// each `stride` doubles long. Row k is good from position 2^k − 1, rounded up to a whole vector,
/// on. Values before it and after `length` may be read but mean nothing.
@frozen
public struct SeriesSums {
  public let source: UnsafePointer<Double>
  @usableFromInline let rows: UnsafeMutablePointer<Double>
  @usableFromInline let stride: Int
  /// Bit k is set where some window has a block of level k.
  @usableFromInline let needed: UInt

  /// Doubles of scratch memory for windows up to `window` over stretches up to `length`.
  @inlinable
  public static func scratchCount(window: Int, length: Int) -> Int {
    levels(window) &* stride(length)
  }

  /// `source` has `length` values and may be read for 8 more. `windows` is the bitwise or of the
  /// window lengths that will be asked for, `window` the longest of them.
  @inlinable
  public init(
    _ source: UnsafePointer<Double>, scratch: UnsafeMutablePointer<Double>, windows: Int,
    length: Int
  ) {
    self.source = source
    rows = scratch
    stride = Self.stride(length)
    needed = UInt(bitPattern: windows)
  }

  @inlinable
  static func levels(_ window: Int) -> Int { Int.bitWidth &- window.leadingZeroBitCount }

  /// Whole vectors, and one more that the last vector of a row may run into.
  @inlinable
  static func stride(_ length: Int) -> Int { ((length &+ 7) & ~7) &+ 8 }

  @inlinable
  public func row(_ level: Int) -> UnsafePointer<Double> {
    level == 0 ? source : UnsafePointer(rows + (level &- 1) &* stride)
  }

  @inlinable
  func scratchRow(_ level: Int) -> UnsafeMutablePointer<Double> { rows + (level &- 1) &* stride }

  /// Whether level + 1 may be skipped on the way from `level` to level + 2.
  @inlinable
  func skips(_ level: Int) -> Bool { (needed &>> UInt(level &+ 1)) & 1 == 0 }

  /// Fills the rows from `length` values. O(length · log window).
  @inlinable
  public func fill(length: Int) {
    climb({ fillOne(above: $0, length: length) }, { fillTwo(above: $0, length: length) })
  }

  /// From level 0 up to the largest one that is needed: `one` makes the next level of a level, `two` the one after that.
  @inlinable @inline(__always)
  func climb(_ one: (Int) -> Void, _ two: (Int) -> Void) {
    let last = UInt.bitWidth &- 1 &- needed.leadingZeroBitCount
    var level = 0
    while level < last {
      if skips(level) {
        two(level)
        level &+= 2
      } else {
        one(level)
        level &+= 1
      }
    }
  }

  @inlinable
  func fillOne(above level: Int, length: Int) {
    let from = row(level)
    let to = scratchRow(level &+ 1)
    let size = 1 &<< level
    var t = Lanes.roundedUp(2 &* size &- 1)
    while t < length {
      (Lanes(at: from + (t &- size)) + Lanes(at: from + t)).store(at: to + t)
      t &+= Lanes.scalarCount
    }
  }

  @inlinable
  func fillTwo(above level: Int, length: Int) {
    let newest = row(level)
    let size = 1 &<< level
    let to = scratchRow(level &+ 2)
    var t = Lanes.roundedUp(4 &* size &- 1)
    while t < length {
      let older = Lanes(at: newest + (t &- 3 &* size)) + Lanes(at: newest + (t &- 2 &* size))
      let newer = Lanes(at: newest + (t &- size)) + Lanes(at: newest + t)
      (older + newer).store(at: to + t)
      t &+= Lanes.scalarCount
    }
  }
}
