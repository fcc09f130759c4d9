/// Simple moving average, ta.sma: the mean of the newest n values.
public typealias SMA = WindowMean

/// A recursive average, y = α·x + (1 − α)·y, that starts with the simple mean of the first n values.
///
/// EMA has α = 2/(n + 1) (ta.ema, TA-Lib's EMA); RMA, Wilder's average, has α = 1/n (ta.rma). nan
/// values are passed over: the answer is nan and the state stays as it is.
///
///     state   8 bytes: number of values so far
///             double: sum of the first values, then the average
@frozen
public struct RecursiveAverage {
  public let length: Int
  public let alpha: Double

  @inlinable
  public init(length: Int, alpha: Double) {
    self.length = min(max(length, 1), WindowMean.longest)
    self.alpha = alpha
  }

  /// ta.ema: α = 2/(n + 1).
  @inlinable
  public static func ema(length: Int) -> RecursiveAverage {
    RecursiveAverage(length: length, alpha: 2 / (Double(max(length, 1)) + 1))
  }

  /// ta.rma: α = 1/n.
  @inlinable
  public static func rma(length: Int) -> RecursiveAverage {
    RecursiveAverage(length: length, alpha: 1 / Double(max(length, 1)))
  }

  @inlinable public var lookback: Int { length - 1 }
  @inlinable public var stateBytes: Int { 16 }

  @inlinable
  public func reset(_ state: UnsafeMutableRawPointer) {
    state.initializeMemory(as: UInt8.self, repeating: 0, count: stateBytes)
  }

  /// Takes in one value; the average, nan for the first n − 1 values. O(1).
  @inlinable
  public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double {
    if x != x { return .nan }
    let count = state.load(as: Int.self)
    let before = state.load(fromByteOffset: 8, as: Double.self)
    var after: Double
    if count >= length {
      after = alpha * x + (1 - alpha) * before
    } else {
      after = before + x
      state.storeBytes(of: count &+ 1, as: Int.self)
      if count &+ 1 == length { after /= Double(length) }
    }
    state.storeBytes(of: after, toByteOffset: 8, as: Double.self)
    return count &+ 1 >= length ? after : .nan
  }
}
