/// Stochastic oscillator: ta.stoch, 100 · (close − lowest low) / (highest high − lowest low) over
/// n bars, smoothed by a simple mean to %K, and that by another to %D. Lengths of 1 do not smooth.
///
///     state   Extreme of highs, Extreme of lows, WindowMean for %K, WindowMean for %D
@frozen
public struct Stochastic {
  @frozen
  public struct Lines {
    public let k, d: Double

    @inlinable
    init(k: Double, d: Double) {
      self.k = k
      self.d = d
    }
  }

  @usableFromInline let highest, lowest: Extreme
  @usableFromInline let kMean, dMean: WindowMean

  @inlinable
  public init(length: Int, smoothK: Int, smoothD: Int) {
    highest = .highest(length: length)
    lowest = .lowest(length: length)
    kMean = WindowMean(length: smoothK)
    dMean = WindowMean(length: smoothD)
  }

  /// Of %D; %K comes `smoothD − 1` bars earlier.
  @inlinable public var lookback: Int { highest.lookback &+ kMean.lookback &+ dMean.lookback }
  @inlinable public var stateBytes: Int { dOffset &+ dMean.stateBytes }
  @inlinable var kOffset: Int { 2 &* highest.stateBytes }
  @inlinable var dOffset: Int { kOffset &+ kMean.stateBytes }

  @inlinable
  public func reset(_ state: UnsafeMutableRawPointer) {
    state.initializeMemory(as: UInt8.self, repeating: 0, count: stateBytes)
  }

  /// Takes in one bar; each line is nan during its own warm-up, and where all bars of a window
  /// have one price. O(log n).
  @inlinable
  public func step(
    _ state: UnsafeMutableRawPointer, high: Double, low: Double, close: Double
  ) -> Lines {
    let top = highest.step(state, high)
    let bottom = lowest.step(state + highest.stateBytes, low)
    if top != top || bottom != bottom, kMean.count(state + kOffset) == 0 {
      return Lines(k: .nan, d: .nan)
    }
    let k = kMean.step(state + kOffset, 100 * (close - bottom) / (top - bottom))
    if kMean.count(state + kOffset) < kMean.length { return Lines(k: .nan, d: .nan) }
    return Lines(k: k, d: dMean.step(state + dOffset, k))
  }
}
