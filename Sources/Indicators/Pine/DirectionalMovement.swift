extension Pine {
  /// ta.dmi: the directional movement indices +DI and −DI, and ADX.
  ///
  ///     up = high − high[1], down = low[1] − low
  ///     +DM = up where up > down and up > 0, else 0; −DM likewise
  ///     ±DI = 100 · rma(±DM) / rma(true range), or its last value where that is na
  ///     ADX = 100 · rma(|+DI − −DI| / (+DI + −DI, or 1 where that is 0))
  ///
  /// The movements are compared with Pine's tolerance: of two equal ones neither counts.
  ///
  ///     state   doubles: previous high, previous low, +DI, −DI
  ///             TrueRange; RMA of the range, of +DM, of −DM, of the ratio
  @frozen
  public struct DMI: StateKernel {
    @frozen
    public struct Lines {
      public let plus, minus, adx: Double

      @inlinable
      init(plus: Double, minus: Double, adx: Double) {
        self.plus = plus
        self.minus = minus
        self.adx = adx
      }
    }

    @usableFromInline let range: TrueRange
    @usableFromInline let average, smoothing: RMA

    @inlinable
    public init(length: Int, smoothing: Int) {
      range = TrueRange(handlesNA: false)
      average = RMA(length: length)
      self.smoothing = RMA(length: smoothing)
    }

    /// Of the ADX; ±DI come with bar n.
    @inlinable public var lookback: Int { average.length &+ smoothing.lookback }
    @inlinable public var stateBytes: Int { 104 }

    @inlinable
    public func reset(_ state: UnsafeMutableRawPointer) {
      state.clear(104)
      for i in 0..<4 { state.doubles[i] = .nan }
      range.reset(state + 32)
    }

    /// O(1).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, high: Double, low: Double, close: Double
    ) -> Lines {
      let before = state.doubles[4]
      state.doubles[4] = close
      return step(state, high: high, low: low, before: before)
    }

    /// For a call that some bars pass over: the movements are from call to call, `before` is the
    /// close of the chart's bar before. O(1).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, high: Double, low: Double, before: Double
    ) -> Lines {
      let cells = state.doubles
      let (up, down) = (high - cells[0], cells[1] - low)
      (cells[0], cells[1]) = (high, low)
      let isKnown = up == up && down == down
      let rises = Pine.isGreater(up, down) && Pine.isGreater(up, 0)
      let falls = Pine.isGreater(down, up) && Pine.isGreater(down, 0)
      let width = average.step(state + 40, range.range(high: high, low: low, before: before))
      let plus = average.step(state + 56, isKnown ? (rises ? up : 0) : .nan)
      let minus = average.step(state + 72, isKnown ? (falls ? down : 0) : .nan)
      if width != 0, plus == plus, width == width { cells[2] = 100 * plus / width }
      if width != 0, minus == minus, width == width { cells[3] = 100 * minus / width }
      let sum = cells[2] + cells[3]
      let ratio = (cells[2] - cells[3]).magnitude / (sum == 0 ? 1 : sum)
      return Lines(plus: cells[2], minus: cells[3], adx: 100 * smoothing.step(state + 88, ratio))
    }
  }
}
