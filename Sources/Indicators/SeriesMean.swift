/// The means of one window length over a stretch whose `SeriesSums` are filled.
///
/// Up to `mostBlocks` blocks of the window are described in the caller's scratch memory, so that
/// a vector of eight means costs one load, two multiplications and an addition per block, and one
/// division.
@frozen
public struct SeriesMean {
  /// One power-of-two block: where its sums end, seen from the window's newest value.
  @frozen
  public struct Block {
    public let sums: UnsafePointer<Double>
    public let squares: UnsafePointer<Double>
    public let inverseSize: Double
    public let size: Double

    @inlinable
    init(
      sums: UnsafePointer<Double>, squares: UnsafePointer<Double>, inverseSize: Double,
      size: Double
    ) {
      self.sums = sums
      self.squares = squares
      self.inverseSize = inverseSize
      self.size = size
    }
  }

  /// No window has more blocks than this.
  @inlinable public static var mostBlocks: Int { 21 }

  @usableFromInline let blocks: UnsafeMutablePointer<Block>
  @usableFromInline let blockCount: Int
  @usableFromInline let length: Double
  @usableFromInline let reciprocal: Double

  /// `blocks` has room for `mostBlocks`; `squares` are those of a `SeriesMoments`.
  @inlinable
  public init(
    of n: Int, over sums: SeriesSums, squares: SeriesSums? = nil,
    blocks: UnsafeMutablePointer<Block>
  ) {
    var rest = n
    var count = 0
    while rest > 0, count < Self.mostBlocks {
      let block = WindowBlock(largestOf: rest)
      let second = squares ?? sums
      (blocks + count).initialize(
        to: Block(
          sums: sums.row(block.level) - block.lag,
          squares: second.row(block.level) - block.lag,
          inverseSize: block.inverseSize, size: Double(block.size)))
      count &+= 1
      rest = block.lag
    }
    self.blocks = blocks
    self.blockCount = count
    self.length = Double(n)
    self.reciprocal = 1 / Double(n)
  }

  /// Windows of two blocks, the usual 5, 10 and 20 among them, are written out below: as a loop
  /// they take twice as long.

  /// The means of the eight windows that end at positions t … t + 7.
  @inlinable @inline(__always)
  public func means(_ t: Int) -> Lanes {
    var total = Lanes(at: blocks[0].sums + t)
    let first = total * blocks[0].inverseSize
    if blockCount == 1 { return first }
    if blockCount == 2 {
      let sum = Lanes(at: blocks[1].sums + t)
      let different = sum * blocks[1].inverseSize .!= first
      return first.replacing(with: (total + sum) / length, where: different)
    }
    var different = SIMDMask<SIMD8<Int64>>(repeating: false)
    var b = 1
    repeat {
      let sum = Lanes(at: blocks[b].sums + t)
      total += sum
      different .|= sum * blocks[b].inverseSize .!= first
      b &+= 1
    } while b < blockCount
    return first.replacing(with: total / length, where: different)
  }

  /// The means within a few units in the last place, without a division.
  @inlinable @inline(__always)
  public func estimates(_ t: Int) -> Lanes {
    var total = Lanes(at: blocks[0].sums + t)
    if blockCount == 2 { return (total + Lanes(at: blocks[1].sums + t)) * reciprocal }
    var b = 1
    while b < blockCount {
      total += Lanes(at: blocks[b].sums + t)
      b &+= 1
    }
    return total * reciprocal
  }

  /// The Σ (x − mean)² of the eight windows that end at positions t … t + 7.
  @inlinable @inline(__always)
  public func squares(_ t: Int, around means: Lanes) -> Lanes {
    var squares = squares(of: blocks[0], t, around: means)
    if blockCount == 2 { return squares + self.squares(of: blocks[1], t, around: means) }
    var b = 1
    while b < blockCount {
      squares += self.squares(of: blocks[b], t, around: means)
      b &+= 1
    }
    return squares
  }

  @inlinable @inline(__always)
  func squares(of block: Block, _ t: Int, around means: Lanes) -> Lanes {
    let deviation = Lanes(at: block.sums + t) * block.inverseSize - means
    return Lanes(at: block.squares + t) + deviation * deviation * block.size
  }
}
