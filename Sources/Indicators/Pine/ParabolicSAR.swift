extension Pine {
  /// ta.sar: Wilder's parabolic stop and reverse.
  ///
  /// The second bar starts it: below the price if that bar closed above the first. From bar to bar
  /// it moves by `acceleration` of its distance from the trend's extreme; each new extreme adds
  /// `increment` up to `maximum`. When it touches the price it turns: to the old trend's extreme,
  /// with the acceleration of the start. It never enters the range of the two bars before.
  ///
  ///     state   doubles: bars so far, up to 3; stop; extreme; acceleration; 1 if it is below;
  ///             close[1], high[1], low[1], high[2], low[2]
  @frozen
  public struct ParabolicSAR: StateKernel {
    @usableFromInline let start, increment, maximum: Double

    @inlinable
    public init(start: Double, increment: Double, maximum: Double) {
      self.start = start
      self.increment = increment
      self.maximum = maximum
    }

    @inlinable public var lookback: Int { 1 }
    @inlinable public var stateBytes: Int { 80 }
    @inlinable public func reset(_ state: UnsafeMutableRawPointer) { state.clear(80) }

    /// The two bars before: their extremes, and the newer one's close.
    @frozen
    public struct Before {
      public let close, high, low, high2, low2: Double

      @inlinable
      public init(close: Double, high: Double, low: Double, high2: Double, low2: Double) {
        self.close = close
        (self.high, self.low) = (high, low)
        (self.high2, self.low2) = (high2, low2)
      }
    }

    /// For a call of every bar. O(1).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, high: Double, low: Double, close: Double
    ) -> Double {
      let cells = state.doubles
      let before = Before(
        close: cells[5], high: cells[6], low: cells[7], high2: cells[8], low2: cells[9])
      let bar = cells[0]
      cells[0] = min(bar + 1, 3)
      (cells[8], cells[9]) = (before.high, before.low)
      (cells[5], cells[6], cells[7]) = (close, high, low)
      guard bar >= 1 else { return .nan }
      return advance(cells, bar: bar, high: high, low: low, close: close, before)
    }

    /// For a call that some bars pass over. The second bar of the chart starts the stop, or nothing
    /// ever does: without a call on it the answer stays na.
    ///
    /// - Parameters:
    ///   - bar: The chart's bar number, from 0 on.
    ///   - before: The chart's bars before.
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, bar: Double, high: Double, low: Double, close: Double,
      _ before: Before
    ) -> Double {
      let cells = state.doubles
      if bar == 1 { cells[0] = 1 }
      guard cells[0] == 1 else { return .nan }
      return advance(cells, bar: bar, high: high, low: low, close: close, before)
    }

    @inlinable
    func advance(
      _ cells: UnsafeMutablePointer<Double>, bar: Double, high: Double, low: Double,
      close: Double, _ before: Before
    ) -> Double {
      var isFirst = false
      if bar == 1 {
        let isBelow = close > before.close
        cells[4] = isBelow ? 1 : 0
        cells[2] = isBelow ? high : low
        cells[1] = isBelow ? before.low : before.high
        cells[3] = start
        isFirst = true
      }
      cells[1] = cells[1] + cells[3] * (cells[2] - cells[1])
      isFirst = turn(cells, high: high, low: low) || isFirst
      if !isFirst { accelerate(cells, high: high, low: low) }
      clamp(cells, before, hasTwo: bar > 1)
      return cells[1]
    }

    @inlinable
    func turn(_ cells: UnsafeMutablePointer<Double>, high: Double, low: Double) -> Bool {
      if cells[4] != 0 {
        guard cells[1] > low else { return false }
        cells[4] = 0
        cells[1] = max(high, cells[2])
        cells[2] = low
      } else {
        guard cells[1] < high else { return false }
        cells[4] = 1
        cells[1] = min(low, cells[2])
        cells[2] = high
      }
      cells[3] = start
      return true
    }

    @inlinable
    func accelerate(_ cells: UnsafeMutablePointer<Double>, high: Double, low: Double) {
      if cells[4] != 0 {
        guard high > cells[2] else { return }
        cells[2] = high
      } else {
        guard low < cells[2] else { return }
        cells[2] = low
      }
      cells[3] = min(cells[3] + increment, maximum)
    }

    @inlinable
    func clamp(_ cells: UnsafeMutablePointer<Double>, _ before: Before, hasTwo: Bool) {
      if cells[4] != 0 {
        cells[1] = min(cells[1], before.low)
        if hasTwo { cells[1] = min(cells[1], before.low2) }
      } else {
        cells[1] = max(cells[1], before.high)
        if hasTwo { cells[1] = max(cells[1], before.high2) }
      }
    }
  }
}
