/// Moving average convergence and divergence, ta.macd: the fast EMA less the slow one, an EMA of
/// that as signal line, and the difference of the two.
///
///     state   RecursiveAverage fast, slow, signal
@frozen
public struct MACD {
  @frozen
  public struct Lines {
    public let macd, signal, histogram: Double

    @inlinable
    init(macd: Double, signal: Double) {
      self.macd = macd
      self.signal = signal
      histogram = macd - signal
    }
  }

  @usableFromInline let fast, slow, signal: RecursiveAverage

  @inlinable
  public init(fast: Int, slow: Int, signal: Int) {
    self.fast = .ema(length: fast)
    self.slow = .ema(length: slow)
    self.signal = .ema(length: signal)
  }

  /// Of the signal line; the macd line comes `signal − 1` values earlier.
  @inlinable public var lookback: Int { max(fast.lookback, slow.lookback) &+ signal.lookback }
  @inlinable public var stateBytes: Int { 3 &* fast.stateBytes }

  @inlinable
  public func reset(_ state: UnsafeMutableRawPointer) {
    state.initializeMemory(as: UInt8.self, repeating: 0, count: stateBytes)
  }

  /// Takes in one value; each line is nan during its own warm-up. O(1).
  @inlinable
  public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Lines {
    let fastMean = fast.step(state, x)
    let slowMean = slow.step(state + fast.stateBytes, x)
    let macd = fastMean - slowMean
    return Lines(macd: macd, signal: signal.step(state + 2 &* fast.stateBytes, macd))
  }
}
