extension Pine {
  /// ta.highest, ta.lowest and their bars, called in a branch that is not taken on every bar.
  ///
  /// TradingView keeps the values in n + 1 slots, by the number of the bar. It writes a slot only
  /// when the function is called. A bar without a call shows the slot's value of n + 1 bars before,
  /// or 0. The extreme and its bar are kept from call to call, replaced by a better value, and
  /// searched for again once they are n bars old. Called on every bar it agrees with `Extreme` and
  /// `ExtremeBars`.
  ///
  ///     state   doubles: the extreme, 1 + its bar (0: none), n + 1 slots
  @frozen
  public struct SlotExtreme: StateKernel {
    public let length: Int
    /// −1 for the lowest.
    @usableFromInline let sign: Double

    @inlinable
    init(length: Int, sign: Double) {
      self.length = min(max(length, 1), WindowMean.longest)
      self.sign = sign
    }
    @inlinable
    public static func highest(length: Int) -> SlotExtreme { SlotExtreme(length: length, sign: 1) }
    @inlinable
    public static func lowest(length: Int) -> SlotExtreme { SlotExtreme(length: length, sign: -1) }

    @inlinable public var lookback: Int { length &- 1 }
    @inlinable public var stateBytes: Int { 24 &+ 8 &* length }
    @inlinable public func reset(_ state: UnsafeMutableRawPointer) { state.clear(stateBytes) }

    /// The extreme, and how many bars ago it was as 0 or a negative number; `bar` is the number of
    /// the bar, 0 the chart's first. O(1), O(n) on a bar that searches for it again.
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, _ x: Double, bar: Int
    ) -> (value: Double, bars: Double) {
      let cells = state.doubles
      let slots = cells + 2
      guard bar >= 0 else { return (.nan, .nan) }
      slots[bar % (length &+ 1)] = x
      if x != x {
        cells[1] = 0
      } else if cells[1] == 0 || x * sign > cells[0] * sign {
        (cells[0], cells[1]) = (x, Double(bar) + 1)
      } else if Double(bar) + 1 - cells[1] >= Double(length) {
        search(cells, bar)
      }
      guard bar >= length &- 1 else { return (.nan, .nan) }
      return cells[1] == 0 ? (.nan, 0) : (cells[0], cells[1] - 1 - Double(bar))
    }

    /// The oldest extreme of the newest n slots up to a na.
    @inlinable
    func search(_ cells: UnsafeMutablePointer<Double>, _ bar: Int) {
      let slots = cells + 2
      var best = slots[bar % (length &+ 1)]
      var place = bar
      for older in 1..<max(length, 1) where older <= bar {
        let value = slots[(bar &- older) % (length &+ 1)]
        guard value == value else { break }
        if value * sign >= best * sign { (best, place) = (value, bar &- older) }
      }
      (cells[0], cells[1]) = (best, Double(place) + 1)
    }
  }
}
