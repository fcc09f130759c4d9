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
  public struct ParabolicSAR {
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

    /// O(1).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, high: Double, low: Double, close: Double
    ) -> Double {
      let cells = state.doubles
      defer {
        cells[0] = min(cells[0] + 1, 3)
        (cells[8], cells[9]) = (cells[6], cells[7])
        (cells[5], cells[6], cells[7]) = (close, high, low)
      }
      guard cells[0] >= 1 else { return .nan }
      var isFirst = false
      if cells[0] == 1 {
        let isBelow = close > cells[5]
        cells[4] = isBelow ? 1 : 0
        cells[2] = isBelow ? high : low
        cells[1] = isBelow ? cells[7] : cells[6]
        cells[3] = start
        isFirst = true
      }
      cells[1] = cells[1] + cells[3] * (cells[2] - cells[1])
      isFirst = turn(cells, high: high, low: low) || isFirst
      if !isFirst { accelerate(cells, high: high, low: low) }
      clamp(cells)
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
    func clamp(_ cells: UnsafeMutablePointer<Double>) {
      let hasTwo = cells[0] > 1
      if cells[4] != 0 {
        cells[1] = min(cells[1], cells[7])
        if hasTwo { cells[1] = min(cells[1], cells[9]) }
      } else {
        cells[1] = max(cells[1], cells[6])
        if hasTwo { cells[1] = max(cells[1], cells[8]) }
      }
    }
  }
}
