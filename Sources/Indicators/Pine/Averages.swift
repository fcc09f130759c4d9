extension Pine {
  /// ta.sma: the mean of the newest n values without na. On a bar with na it does not change.
  @frozen
  public struct SMA: WindowKernel, OverWindow {
    public let window: WindowMean

    @inlinable public init(length: Int) { window = WindowMean(length: length) }

    /// O(log n).
    @inlinable @inline(__always)
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double, length n: Int) -> Double {
      window.take(state, x, has: n) ? window.fullMean(state, of: n) : .nan
    }
  }

  /// math.sum: the sum of the newest n values without na. On a bar with na it does not change.
  @frozen
  public struct Sum: WindowKernel, OverWindow {
    public let window: WindowMean

    @inlinable public init(length: Int) { window = WindowMean(length: length) }

    /// O(log n).
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double, length n: Int) -> Double {
      window.take(state, x, has: n) ? window.total(state, of: n) : .nan
    }
  }

  /// ta.wma: weights n … 1 from the newest bar. On a bar with na the result is na; later the bar
  /// counts as the value before it.
  ///
  ///     state   double: the newest value that is not na; WMA
  @frozen
  public struct WMA: WindowKernel, OverWindow {
    public let window: HeadedWindow<Indicators.WMA>

    @inlinable public init(length: Int) { window = HeadedWindow(Indicators.WMA(length: length)) }

    /// O(log n).
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double, length n: Int) -> Double {
      let (values, before) = (window.values, state.doubles[0])
      guard x == x else {
        if before == before { values.push(state + 8, before) }
        return .nan
      }
      state.doubles[0] = x
      guard values.take(state + 8, x, has: n) else { return .nan }
      let size = Double(n)
      return values.sums(state + 8, of: n).weighted / (size * (size + 1) * 0.5)
    }
  }

  /// ta.vwma: ta.sma(x·volume) / ta.sma(volume), each over its own values that are not na.
  ///
  ///     state   SMA of x·volume, SMA of the volume
  @frozen
  public struct VWMA: VolumeKernel, OverWindow {
    public let window: Twin<SMA>

    @inlinable public init(length: Int) { window = Twin(SMA(length: length), SMA(length: length)) }

    /// O(log n).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, _ x: Double, volume: Double, length n: Int
    ) -> Double {
      let (weighted, mean) = window.step(state, x * volume, volume, length: n)
      return weighted / mean
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
  public struct SWMA: SeriesKernel, OverRing {
    public let ring: HistoryRing

    @inlinable public init() { ring = HistoryRing(length: 4) }

    @inlinable public var lookback: Int { 3 }

    /// O(1).
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double {
      ring.push(state, x)
      let view = ring.view(state)
      return view[3] * 1 / 6 + view[2] * 2 / 6 + view[1] * 2 / 6 + x * 1 / 6
    }
  }
}
