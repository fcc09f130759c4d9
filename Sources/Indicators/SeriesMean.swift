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
  }

  /// The means of the eight windows that end at positions t … t + 7.
  @inlinable @inline(__always)
  public func means(_ t: Int) -> Lanes {
    var total = Lanes(at: blocks[0].sums + t)
    let first = total * blocks[0].inverseSize
    if blockCount == 1 { return first }
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

  /// The Σ (x − mean)² of the eight windows that end at positions t … t + 7.
  @inlinable @inline(__always)
  public func squares(_ t: Int, around means: Lanes) -> Lanes {
    var squares = Lanes(repeating: 0)
    var b = 0
    repeat {
      let block = blocks[b]
      let deviation = Lanes(at: block.sums + t) * block.inverseSize - means
      squares += Lanes(at: block.squares + t) + deviation * deviation * block.size
      b &+= 1
    } while b < blockCount
    return squares
  }
}
