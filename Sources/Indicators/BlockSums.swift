/// A window of sums over blocks of 2^k values, level by level: see `WindowMean`. A block has a cell of
/// one or two doubles, the sum first.
///
///     state   8 bytes: number of values so far; the rest of the first cell is unused
///             level k: ring of 2^k cells at 2^k · cellBytes, the block that ends at value i in slot i mod 2^k
public protocol BlockSums: KernelWindow {
  static var cellBytes: Int { get }
  /// Levels 0 ..< levels are kept; the largest block of `length` is one of level `levels − 1`.
  var levels: Int { get }
  func push(_ state: UnsafeMutableRawPointer, _ x: Double)
}

extension BlockSums {
  /// Length, cut to 1 … `WindowMean.longest`, and levels of a window.
  @inlinable
  static func size(_ length: Int) -> (length: Int, levels: Int) {
    let length = min(max(length, 1), WindowMean.longest)
    return (length, Int.bitWidth - length.leadingZeroBitCount)
  }

  @inlinable @inline(__always) public var stateBytes: Int { Self.cellBytes &<< levels }

  @inlinable
  public func reset(_ state: UnsafeMutableRawPointer) {
    state.initializeMemory(as: UInt8.self, repeating: 0, count: stateBytes)
  }

  /// Values taken in since the last reset. O(1).
  @inlinable @inline(__always)
  public func count(_ state: UnsafeMutableRawPointer) -> Int { state.load(as: Int.self) }

  /// Takes in a value unless it is na. Whether there are n values then, 1 ≤ n ≤ length.
  @inlinable @inline(__always)
  func take(_ state: UnsafeMutableRawPointer, _ x: Double, has n: Int) -> Bool {
    if x == x { push(state, x) }
    return n >= 1 && n <= length && n <= count(state)
  }

  /// The mean of the newest n values, 1 ≤ n ≤ length, where `count` ≥ n were taken in.
  /// O(number of one-digits in n).
  @inlinable @inline(__always)
  func blockMean(_ state: UnsafeMutableRawPointer, of n: Int, count: Int) -> Double {
    let cells = state.assumingMemoryBound(to: Double.self)
    let width = Self.cellBytes / 8
    var rest = n
    var total = 0.0
    var first = 0.0
    var equal = true
    while rest > 0 {
      let block = WindowBlock(largestOf: rest)
      let sum = cells[width &* block.cell(count: count)]
      let mean = sum * block.inverseSize
      if rest == n {
        total = sum
        first = mean
      } else {
        total += sum
        equal = equal && mean == first
      }
      rest = block.lag
    }
    return equal ? first : total / Double(n)
  }
}

/// One power-of-two block of a window: `size` values that end `lag` values before the newest.
@frozen
@usableFromInline
struct WindowBlock {
  @usableFromInline let size: Int
  @usableFromInline let lag: Int
  @usableFromInline let level: Int

  /// The largest, oldest block of a window of n ≥ 1 values; the other blocks are those of `lag`.
  @inlinable @inline(__always)
  init(largestOf n: Int) {
    level = Int.bitWidth &- 1 &- n.leadingZeroBitCount
    size = 1 &<< level
    lag = n & (size &- 1)
  }

  /// 2^−level, exact.
  @inlinable @inline(__always)
  var inverseSize: Double { Double(bitPattern: UInt64(truncatingIfNeeded: 1023 &- level) &<< 52) }

  /// Where the block's sum is among the state's doubles once `count` values were pushed.
  @inlinable @inline(__always)
  func cell(count: Int) -> Int { size &+ ((count &- 1 &- lag) & (size &- 1)) }
}
