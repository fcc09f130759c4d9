extension Pine {
  /// ta.tr: the largest of high − low, |high − close[1]|, |low − close[1]|. Without a close[1] it is
  /// high − low (`handlesNA`) or na.
  ///
  /// close[1] is the chart's: the last call's where every bar calls, else `before`.
  ///
  ///     state   double: the previous close
  @frozen
  public struct TrueRange: RangeKernel {
    @usableFromInline let handlesNA: Bool

    @inlinable public init(handlesNA: Bool) { self.handlesNA = handlesNA }

    @inlinable public var lookback: Int { handlesNA ? 0 : 1 }
    @inlinable public var stateBytes: Int { 8 }
    @inlinable public func reset(_ state: UnsafeMutableRawPointer) { state.doubles[0] = .nan }

    /// O(1).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, high: Double, low: Double, close: Double
    ) -> Double {
      let before = state.doubles[0]
      state.doubles[0] = close
      return range(high: high, low: low, before: before)
    }

    /// - Parameter before: the close of the chart's bar before.
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, high: Double, low: Double, before: Double
    ) -> Double {
      range(high: high, low: low, before: before)
    }

    @inlinable
    func range(high: Double, low: Double, before: Double) -> Double {
      guard before == before else { return handlesNA ? high - low : .nan }
      let range = high - low
      guard range == range else { return .nan }
      return max(range, max((high - before).magnitude, (low - before).magnitude))
    }
  }

  /// ta.atr: the `RMA` of the true range, the first bar's being high − low.
  ///
  ///     state   TrueRange, RMA
  @frozen
  public struct ATR: RangeKernel {
    @usableFromInline let range: TrueRange
    @usableFromInline let average: RMA

    @inlinable
    public init(length: Int) {
      range = TrueRange(handlesNA: true)
      average = RMA(length: length)
    }

    @inlinable public var lookback: Int { average.lookback }
    @inlinable public var stateBytes: Int { 24 }

    @inlinable
    public func reset(_ state: UnsafeMutableRawPointer) {
      range.reset(state)
      average.reset(state + 8)
    }

    /// O(1).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, high: Double, low: Double, close: Double
    ) -> Double {
      average.step(state + 8, range.step(state, high: high, low: low, close: close))
    }

    /// For a call that some bars pass over. `before` is the close of the chart's bar before. O(1).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, high: Double, low: Double, before: Double
    ) -> Double {
      average.step(state + 8, range.range(high: high, low: low, before: before))
    }
  }

  /// ta.kc: the `EMA` of the source ± multiple · the `EMA` of the true range (na on the first bar)
  /// or of high − low.
  ///
  ///     state   EMA of the source, EMA of the range, TrueRange
  @frozen
  public struct KeltnerChannels: StateKernel {
    @usableFromInline let average: EMA
    @usableFromInline let range: TrueRange

    @inlinable
    public init(length: Int) {
      average = EMA(length: length)
      range = TrueRange(handlesNA: false)
    }

    /// Of all lines with a true range; without one they come a bar earlier.
    @inlinable public var lookback: Int { average.lookback &+ 1 }
    @inlinable public var stateBytes: Int { 40 }

    @inlinable
    public func reset(_ state: UnsafeMutableRawPointer) {
      state.clear(40)
      range.reset(state + 32)
    }

    /// O(1).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, _ x: Double, high: Double, low: Double, close: Double,
      multiple: Double, usesTrueRange: Bool
    ) -> Bands {
      let before = state.doubles[4]
      state.doubles[4] = close
      return step(
        state, x, high: high, low: low, before: before, multiple: multiple,
        usesTrueRange: usesTrueRange)
    }

    /// For a call that some bars pass over. `before` is the close of the chart's bar before. O(1).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, _ x: Double, high: Double, low: Double, before: Double,
      multiple: Double, usesTrueRange: Bool
    ) -> Bands {
      let middle = average.step(state, x)
      let trueRange = range.range(high: high, low: low, before: before)
      let width = average.step(state + 16, usesTrueRange ? trueRange : high - low)
      return Bands(middle: middle, distance: width * multiple)
    }
  }
}

/// A kernel of the bar's range, in the form for every bar and in the form for a call that some bars pass over.
public protocol RangeKernel: StateKernel {
  func step(_ state: UnsafeMutableRawPointer, high: Double, low: Double, close: Double) -> Double
  func step(_ state: UnsafeMutableRawPointer, high: Double, low: Double, before: Double) -> Double
}
