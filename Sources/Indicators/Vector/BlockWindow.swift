import CFxaot

/// One window length over a stretch whose `SeriesSums` or `SeriesMoments` are filled, for printed
/// code: `SeriesMean`, by instructions that stay vectors.
@frozen
public struct BlockWindow {
  @usableFromInline let blocks: UnsafePointer<SeriesMean.Block>
  @usableFromInline let count: Int
  /// The sums of the first three blocks: in registers while a loop runs, unlike the table.
  @usableFromInline let first, second, third: UnsafePointer<Double>
  public let length: Double
  @usableFromInline let reciprocal: Double

  /// `blocks` has room for `SeriesMean.mostBlocks`; 1 ≤ n.
  @inlinable @inline(__always)
  public init(
    _ n: Int, _ sums: SeriesSums, _ squares: SeriesSums?,
    _ blocks: UnsafeMutablePointer<SeriesMean.Block>
  ) {
    _ = SeriesMean(of: n, over: sums, squares: squares, blocks: blocks)
    self.blocks = UnsafePointer(blocks)
    count = n.nonzeroBitCount
    first = blocks[0].sums
    second = count > 1 ? blocks[1].sums : first
    third = count > 2 ? blocks[2].sums : first
    length = Double(n)
    reciprocal = 1 / Double(n)
  }

  /// Of the eight windows that end at positions t … t + 7, as are the others.
  @inlinable @inline(__always)
  public func totals(_ t: Int) -> Lanes { fxaot_v8_add(fxaot_v8_all(0), sums(t)) }

  @inlinable @inline(__always)
  func sums(_ t: Int) -> Lanes {
    var total = fxaot_v8_load(first + t)
    if count == 1 { return total }
    total = fxaot_v8_add(total, fxaot_v8_load(second + t))
    if count == 2 { return total }
    total = fxaot_v8_add(total, fxaot_v8_load(third + t))
    var b = 3
    while b < count {
      total = fxaot_v8_add(total, fxaot_v8_load(blocks[b].sums + t))
      b &+= 1
    }
    return total
  }

  /// The means within a few units in the last place, without a division.
  @inlinable @inline(__always)
  public func estimates(_ t: Int) -> Lanes {
    fxaot_v8_multiply(sums(t), fxaot_v8_all(reciprocal))
  }

  @inlinable @inline(__always)
  public func means(_ t: Int) -> Lanes {
    var total = fxaot_v8_load(blocks[0].sums + t)
    let first = fxaot_v8_multiply(total, fxaot_v8_all(blocks[0].inverseSize))
    if count == 1 { return first }
    var unlike = fxaot_v8_mask(0)
    var b = 1
    while b < count {
      let sum = fxaot_v8_load(blocks[b].sums + t)
      total = fxaot_v8_add(total, sum)
      let mean = fxaot_v8_multiply(sum, fxaot_v8_all(blocks[b].inverseSize))
      unlike = fxaot_v8_or(unlike, fxaot_v8_differ(mean, first))
      b &+= 1
    }
    return fxaot_v8_select(unlike, fxaot_v8_divide(total, fxaot_v8_all(length)), first)
  }

  /// Σ (x − mean)² / count
  @inlinable @inline(__always)
  public func variances(_ t: Int, _ means: Lanes, _ count: Double) -> Lanes {
    var squares = fxaot_v8_all(0)
    var b = 0
    while b < self.count {
      let block = blocks[b]
      let mean = fxaot_v8_multiply(
        fxaot_v8_load(block.sums + t), fxaot_v8_all(block.inverseSize))
      let off = fxaot_v8_subtract(mean, means)
      let spread = fxaot_v8_multiply(fxaot_v8_multiply(off, off), fxaot_v8_all(block.size))
      squares = fxaot_v8_add(squares, fxaot_v8_add(fxaot_v8_load(block.squares + t), spread))
      b &+= 1
    }
    return fxaot_v8_divide(squares, fxaot_v8_all(count))
  }
}
