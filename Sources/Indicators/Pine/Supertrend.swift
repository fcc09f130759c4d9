extension Pine {
  /// ta.supertrend: bands of factor · `ATR` around (high + low)/2 that only move towards the price
  /// while it stays within them. The line is the lower band in a rise (direction −1), the upper one
  /// in a fall (direction 1).
  ///
  /// Before there is an ATR the direction is 1 and the line na, but 0 on the first bar: in the
  /// formula of Pine's manual a band that is not there yet counts as 0.
  ///
  ///     state   doubles: previous lower band, upper band, line, ATR, close; ATR
  @frozen
  public struct Supertrend: StateKernel {
    @frozen
    public struct Lines {
      public let line, direction: Double

      @inlinable
      init(line: Double, direction: Double) {
        self.line = line
        self.direction = direction
      }
    }

    @usableFromInline let range: ATR

    @inlinable public init(length: Int) { range = ATR(length: length) }

    @inlinable public var lookback: Int { range.lookback }
    @inlinable public var stateBytes: Int { 64 }

    @inlinable
    public func reset(_ state: UnsafeMutableRawPointer) {
      for i in 0..<5 { state.doubles[i] = .nan }
      range.reset(state + 40)
    }

    /// O(1).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, high: Double, low: Double, close: Double, factor: Double
    ) -> Lines {
      let before = state.doubles[4]
      state.doubles[4] = close
      return step(state, high: high, low: low, close: close, before: before, factor: factor)
    }

    /// For a call that some bars pass over: the bands are those of the call before, `before` is the
    /// close of the chart's bar before. O(1).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, high: Double, low: Double, close: Double, before: Double,
      factor: Double
    ) -> Lines {
      let cells = state.doubles
      let width = range.step(state + 40, high: high, low: low, before: before)
      let middle = (high + low) / 2
      let lowerBefore = cells[0] == cells[0] ? cells[0] : 0
      let upperBefore = cells[1] == cells[1] ? cells[1] : 0
      var lower = middle - factor * width
      var upper = middle + factor * width
      if !(lower > lowerBefore || before < lowerBefore) { lower = lowerBefore }
      if !(upper < upperBefore || before > upperBefore) { upper = upperBefore }
      let direction: Double =
        if cells[3] != cells[3] { 1 } else if cells[2] == upperBefore {
          close > upper ? -1 : 1
        } else {
          close < lower ? 1 : -1
        }
      let line = direction < 0 ? lower : upper
      (cells[0], cells[1], cells[2], cells[3]) = (lower, upper, line, width)
      return Lines(line: line, direction: direction)
    }
  }
}
