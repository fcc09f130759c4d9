extension Pine {
  /// ta.sma: the mean of the newest n values that are not na; on a bar with na it stays as it was.
  @frozen
  public struct SMA: WindowKernel, OverWindow {
    public let window: WindowMean

    @inlinable public init(length: Int) { window = WindowMean(length: length) }

    /// O(log n).
    @inlinable @inline(__always)
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double, length n: Int) -> Double {
      if x == x { window.push(state, x) }
      guard n >= 1, n <= window.length, n <= window.count(state) else { return .nan }
      return window.fullMean(state, of: n)
    }
  }

  /// math.sum: the sum of the newest n values that are not na; on a bar with na it stays.
  @frozen
  public struct Sum: WindowKernel, OverWindow {
    public let window: WindowMean

    @inlinable public init(length: Int) { window = WindowMean(length: length) }

    /// O(log n).
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double, length n: Int) -> Double {
      if x == x { window.push(state, x) }
      guard n >= 1, n <= window.length, n <= window.count(state) else { return .nan }
      return window.total(state, of: n)
    }
  }

  /// ta.wma: weights n … 1 from the newest bar. A bar with na counts as the value before it and is
  /// answered with na itself.
  ///
  ///     state   double: the newest value that is not na; WMA
  @frozen
  public struct WMA: WindowKernel {
    @usableFromInline let window: Indicators.WMA

    @inlinable public init(length: Int) { window = Indicators.WMA(length: length) }

    @inlinable public var lookback: Int { window.lookback }
    @inlinable public var stateBytes: Int { 8 &+ window.stateBytes }

    @inlinable
    public func reset(_ state: UnsafeMutableRawPointer) {
      state.doubles[0] = .nan
      window.reset(state + 8)
    }

    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double {
      step(state, x, length: window.length)
    }

    /// O(log n).
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double, length n: Int) -> Double {
      let before = state.doubles[0]
      guard x == x else {
        if before == before { window.push(state + 8, before) }
        return .nan
      }
      state.doubles[0] = x
      window.push(state + 8, x)
      guard n >= 1, n <= window.length, n <= window.count(state + 8) else { return .nan }
      let size = Double(n)
      return window.sums(state + 8, of: n).weighted / (size * (size + 1) * 0.5)
    }
  }

  /// ta.vwma: ta.sma(x·volume) / ta.sma(volume), each over its own values that are not na.
  ///
  ///     state   SMA of x·volume, SMA of the volume
  @frozen
  public struct VWMA: StateKernel {
    @usableFromInline let mean: SMA

    @inlinable public init(length: Int) { mean = SMA(length: length) }

    @inlinable public var lookback: Int { mean.lookback }
    @inlinable public var stateBytes: Int { 2 &* mean.stateBytes }
    @inlinable public func reset(_ state: UnsafeMutableRawPointer) { state.clear(stateBytes) }

    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, _ x: Double, volume: Double
    ) -> Double {
      step(state, x, volume: volume, length: mean.window.length)
    }

    /// O(log n).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, _ x: Double, volume: Double, length n: Int
    ) -> Double {
      let weighted = mean.step(state, x * volume, length: n)
      return weighted / mean.step(state + mean.stateBytes, volume, length: n)
    }
  }

  /// ta.hma: the WMA over ⌊√n⌋ bars of 2·WMA(⌊n/2⌋) − WMA(n).
  ///
  ///     state   WMA of n/2, WMA of n, WMA of √n
  @frozen
  public struct HMA: SeriesKernel {
    @usableFromInline let half, full, root: WMA

    @inlinable
    public init(length: Int) {
      let n = min(max(length, 1), WindowMean.longest)
      half = WMA(length: n / 2)
      full = WMA(length: n)
      root = WMA(length: Int(Double(n).squareRoot()))
    }

    @inlinable public var lookback: Int { full.lookback &+ root.lookback }
    @inlinable var rootOffset: Int { half.stateBytes &+ full.stateBytes }
    @inlinable public var stateBytes: Int { rootOffset &+ root.stateBytes }

    @inlinable
    public func reset(_ state: UnsafeMutableRawPointer) {
      half.reset(state)
      full.reset(state + half.stateBytes)
      root.reset(state + rootOffset)
    }

    /// O(log n).
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double {
      let short = half.step(state, x)
      let long = full.step(state + half.stateBytes, x)
      let lead = 2 * short - long
      return lead == lead ? root.step(state + rootOffset, lead) : .nan
    }
  }

  /// ta.swma: weights 1/6, 2/6, 2/6, 1/6 of the newest four bars; na among them is na.
  @frozen
  public struct SWMA: SeriesKernel {
    @usableFromInline let ring: HistoryRing

    @inlinable public init() { ring = HistoryRing(length: 4) }

    @inlinable public var lookback: Int { 3 }
    @inlinable public var stateBytes: Int { ring.stateBytes }
    @inlinable public func reset(_ state: UnsafeMutableRawPointer) { ring.reset(state) }

    /// O(1).
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double {
      ring.push(state, x)
      let view = ring.view(state)
      return view[3] * 1 / 6 + view[2] * 2 / 6 + view[1] * 2 / 6 + x * 1 / 6
    }
  }
}
