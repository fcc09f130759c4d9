extension Pine {
  /// ta.cum: the sum of all values that are not na; na on a bar with na.
  ///
  ///     state   double
  @frozen
  public struct Cumulative: SeriesKernel {
    @inlinable public init() {}

    @inlinable public var lookback: Int { 0 }
    @inlinable public var stateBytes: Int { 8 }
    @inlinable public func reset(_ state: UnsafeMutableRawPointer) { state.doubles[0] = 0 }

    /// O(1).
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double {
      guard x == x else { return .nan }
      state.doubles[0] += x
      return state.doubles[0]
    }
  }

  /// fixnan: the newest value that is not na.
  ///
  ///     state   double
  @frozen
  public struct FixNan: SeriesKernel {
    @inlinable public init() {}

    @inlinable public var lookback: Int { 0 }
    @inlinable public var stateBytes: Int { 8 }
    @inlinable public func reset(_ state: UnsafeMutableRawPointer) { state.doubles[0] = .nan }

    /// O(1).
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double {
      if x == x { state.doubles[0] = x }
      return state.doubles[0]
    }
  }

  /// ta.obv, ta.accdist, ta.nvi, ta.pvi, ta.pvt, ta.wad: one line of prices and volumes, added up
  /// from call to call.
  ///
  ///     obv       ± volume, the sign being that of close − close of the call before
  ///     accdist   ((close − low) − (high − close))/(high − low) · volume
  ///     nvi, pvi  from 1: · close/close[1] on bars with less (more) volume than the one before
  ///     pvt       (close − close of the call before)/close[1] · volume
  ///     wad       close − min(low, close[1]) on a rise, close − max(high, close[1]) on a fall
  ///
  /// close[1] and volume[1] are the chart's. A bar without a close before or without a range adds
  /// nothing. obv and pvt, which are `ta.cum` in the manual, are na on such a bar.
  ///
  ///     state   doubles: the line, close and volume of the call before
  @frozen
  public struct VolumeLine: StateKernel {
    public enum Kind: UInt8, Sendable {
      case obv, accdist, nvi, pvi, pvt, wad
    }

    public let kind: Kind

    @inlinable public init(_ kind: Kind) { self.kind = kind }

    @inlinable public var lookback: Int { kind == .obv || kind == .pvt ? 1 : 0 }
    @inlinable public var stateBytes: Int { 24 }

    @inlinable
    public func reset(_ state: UnsafeMutableRawPointer) {
      state.doubles[0] = kind == .nvi || kind == .pvi ? 1 : 0
      state.doubles[1] = .nan
      state.doubles[2] = .nan
    }

    /// For a call of every bar. O(1).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, high: Double, low: Double, close: Double, volume: Double
    ) -> Double {
      let (before, volumeBefore) = (state.doubles[1], state.doubles[2])
      return step(
        state, high: high, low: low, close: close, volume: volume, before: before,
        volumeBefore: volumeBefore)
    }

    /// For a call that some bars pass over. `before` and `volumeBefore` are close and volume of the
    /// chart's bar before. O(1).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, high: Double, low: Double, close: Double, volume: Double,
      before: Double, volumeBefore: Double
    ) -> Double {
      let cells = state.doubles
      let line = cells[0]
      let change = close - cells[1]
      (cells[1], cells[2]) = (close, volume)
      var added: Double
      switch kind {
      case .obv: added = change * 0 + (change > 0 ? volume : change < 0 ? -volume : volume * 0)
      case .accdist: added = ((close - low) - (high - close)) / (high - low) * volume
      case .nvi, .pvi:
        let last = volumeBefore == volumeBefore ? volumeBefore : 0
        let counts = kind == .nvi ? volume < last : volume > last
        added = counts && close != 0 ? (close - before) / before * line : 0
      case .pvt: added = change / before * volume
      case .wad:
        added = change > 0 ? close - min(low, before) : change < 0 ? close - max(high, before) : 0
      }
      guard added.isFinite else { return kind == .obv || kind == .pvt ? .nan : line }
      cells[0] = line + added
      return cells[0]
    }
  }

  /// ta.iii: (2·close − high − low)/((high − low) · volume); na without a range or volume.
  @inlinable
  public static func intradayIntensity(
    high: Double, low: Double, close: Double, volume: Double
  ) -> Double {
    quotient(2 * close - high - low, (high - low) * volume)
  }

  /// ta.wvad: (close − open)/(high − low) · volume; na without a range.
  @inlinable
  public static func williamsVariableAccumulation(
    open: Double, high: Double, low: Double, close: Double, volume: Double
  ) -> Double {
    high > low ? (close - open) / (high - low) * volume : .nan
  }

  /// ta.vwap: Σ x·volume / Σ volume since the newest bar on which the anchor was true, before the
  /// first such bar since the first call, and bands of a multiple of the volume-weighted deviation
  /// around it.
  ///
  ///     state   doubles: Σ x·volume, Σ volume, Σ x²·volume
  @frozen
  public struct VWAP: StateKernel {
    @inlinable public init() {}

    @inlinable public var lookback: Int { 0 }
    @inlinable public var stateBytes: Int { 24 }
    @inlinable public func reset(_ state: UnsafeMutableRawPointer) { state.clear(24) }

    /// `Bands.middle` is the average. A bar with na gives na and adds nothing. O(1).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, _ x: Double, volume: Double, anchor: Bool,
      multiple: Double
    ) -> Bands {
      let cells = state.doubles
      if anchor { (cells[0], cells[1], cells[2]) = (0, 0, 0) }
      let weighted = x * volume
      guard weighted == weighted else { return Bands(middle: .nan, distance: .nan) }
      cells[0] += weighted
      cells[1] += volume
      cells[2] += x * weighted
      let mean = cells[0] / cells[1]
      let variance = max(0, cells[2] / cells[1] - mean * mean)
      return Bands(middle: mean, distance: multiple * variance.squareRoot())
    }
  }
}
