/// The highest or lowest of the newest n values: ta.highest, ta.lowest (TA-Lib's MAX, MIN).
///
/// Level k keeps the extreme of the newest 2^k values; a window is covered by two blocks of its
/// largest level, which may overlap. O(log n) per value at worst, whatever the values. A window
/// that has a nan in it is nan.
///
///     state   8 bytes: number of values so far
///             level k: ring of 2^k doubles at 8 · 2^k
@frozen
public struct Extreme {
  public let length: Int
  /// 1 for the highest; −1 for the lowest, which is the highest of the negated values, negated.
  @usableFromInline let sign: Double
  @usableFromInline let levels: Int

  @inlinable
  init(length: Int, sign: Double) {
    self.length = min(max(length, 1), WindowMean.longest)
    self.sign = sign
    self.levels = Int.bitWidth - self.length.leadingZeroBitCount
  }

  @inlinable
  public static func highest(length: Int) -> Extreme { Extreme(length: length, sign: 1) }

  @inlinable
  public static func lowest(length: Int) -> Extreme { Extreme(length: length, sign: -1) }

  @inlinable public var stateBytes: Int { 8 &<< levels }

  @inlinable
  public func reset(_ state: UnsafeMutableRawPointer) {
    state.initializeMemory(as: UInt8.self, repeating: 0, count: stateBytes)
  }

  /// Takes in one value; the extreme of the newest n, nan while there are fewer. O(log n).
  @inlinable
  public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double {
    let i = state.load(as: Int.self)
    let cells = state.assumingMemoryBound(to: Double.self)
    var extreme = x * sign
    var size = 1
    for _ in 0..<levels &- 1 {
      let cell = size &+ (i & (size &- 1))
      let older = cells[cell]
      cells[cell] = extreme
      extreme = Self.larger(older, extreme)
      size &<<= 1
    }
    // The older of the two blocks ended length − size values ago; its cell may be the newest's.
    cells[size &+ (i & (size &- 1))] = extreme
    let older = cells[size &+ ((i &- (length &- size)) & (size &- 1))]
    state.storeBytes(of: i &+ 1, as: Int.self)
    return i &+ 1 < length ? .nan : Self.larger(older, extreme) * sign
  }

  @inlinable
  static func larger(_ a: Double, _ b: Double) -> Double {
    a > b ? a : (b >= a ? b : .nan)
  }
}
