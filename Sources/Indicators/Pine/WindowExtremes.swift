extension Pine {
  /// ta.highest and ta.lowest: of the newest n bars, but not beyond the newest one with na; na on a
  /// bar with na.
  ///
  ///     state   double: bars since the newest na; Extreme
  @frozen
  public struct Extreme: WindowKernel, KernelWindow {
    @usableFromInline let extreme: Indicators.Extreme

    @inlinable init(_ extreme: Indicators.Extreme) { self.extreme = extreme }
    @inlinable public static func highest(length: Int) -> Extreme {
      Extreme(.highest(length: length))
    }
    @inlinable public static func lowest(length: Int) -> Extreme {
      Extreme(.lowest(length: length))
    }

    @inlinable public var length: Int { extreme.length }
    @inlinable public var stateBytes: Int { 8 &+ extreme.stateBytes }
    @inlinable public func reset(_ state: UnsafeMutableRawPointer) { state.clear(stateBytes) }

    /// O(log of the longest length).
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double, length n: Int) -> Double {
      _ = extreme.step(state + 8, x)
      let known = x == x ? min(state.doubles[0] + 1, Double(extreme.length)) : 0
      state.doubles[0] = known
      guard known > 0, n >= 1, n <= extreme.length, n <= extreme.count(state + 8) else {
        return .nan
      }
      return extreme.value(state + 8, of: min(n, Int(known)))
    }
  }

  /// ta.highestbars and ta.lowestbars: how many bars ago the extreme of `Extreme` was, as 0 or a
  /// negative number; of equal ones the oldest; 0 on a bar with na.
  ///
  ///     state   doubles: 1 + number of the extreme's bar (0: none), its value, the length it is of
  ///             HistoryRing
  @frozen
  public struct ExtremeBars: WindowKernel, KernelWindow, OverRing {
    public let length: Int
    /// −1 for the lowest, which is the highest of the negated values.
    @usableFromInline let sign: Double
    public let ring: HistoryRing

    @inlinable
    init(length: Int, sign: Double) {
      self.length = min(max(length, 1), WindowMean.longest)
      self.sign = sign
      ring = HistoryRing(length: self.length)
    }
    @inlinable
    public static func highest(length: Int) -> ExtremeBars { ExtremeBars(length: length, sign: 1) }
    @inlinable
    public static func lowest(length: Int) -> ExtremeBars { ExtremeBars(length: length, sign: -1) }

    @inlinable public var ringOffset: Int { 24 }

    /// O(1), and O(n) on a bar on which the extreme leaves the window.
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double, length n: Int) -> Double {
      let value = x * sign
      ring.push(state + 24, value)
      let view = ring.view(state + 24)
      guard n >= 1, n <= length else { return .nan }
      let cells = state.doubles
      let newest = Double(view.count)
      if value != value {
        cells[0] = 0
      } else if cells[0] == 0 {
        (cells[0], cells[1]) = (newest, value)
        if cells[2] != Double(n) { search(cells, view, n) }
      } else if cells[2] != Double(n) || newest - cells[0] >= Double(n) {
        search(cells, view, n)
      } else if value > cells[1] {
        (cells[0], cells[1]) = (newest, value)
      }
      cells[2] = Double(n)
      guard view.count >= n else { return .nan }
      return cells[0] == 0 ? 0 : cells[0] - newest
    }

    /// The oldest extreme of the newest n values up to a na.
    @inlinable
    func search(_ cells: UnsafeMutablePointer<Double>, _ view: HistoryView, _ n: Int) {
      var best = view.at(0)
      var place = 0
      for age in 1..<max(1, min(n, view.count)) {
        let value = view.at(age)
        guard value == value else { break }
        if value >= best { (best, place) = (value, age) }
      }
      (cells[0], cells[1]) = (Double(view.count &- place), best)
    }
  }

  /// ta.range: the largest less the smallest of the newest n values without na. On a bar with na it
  /// does not change. As on TradingView a largest value below 0 counts as 0.
  ///
  ///     state   Extreme highest, Extreme lowest
  @frozen
  public struct Range: WindowKernel, OverWindow {
    public let window: Twin<Indicators.Extreme>

    @inlinable
    public init(length: Int) { window = Twin(.highest(length: length), .lowest(length: length)) }

    /// O(log of the longest length).
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double, length n: Int) -> Double {
      let (highest, lowest, second) = (window.first, window.second, window.other(state))
      if x == x {
        _ = highest.step(state, x)
        _ = lowest.step(second, x)
      }
      guard n >= 1, n <= length, n <= highest.count(state) else { return .nan }
      return max(highest.value(state, of: n), 0) - lowest.value(second, of: n)
    }
  }

  /// ta.max and ta.min: the largest, the smallest value so far that is not na.
  ///
  ///     state   double
  @frozen
  public struct AllTimeExtreme: SeriesKernel {
    @usableFromInline let sign: Double

    @inlinable init(sign: Double) { self.sign = sign }
    @inlinable public static var highest: AllTimeExtreme { AllTimeExtreme(sign: 1) }
    @inlinable public static var lowest: AllTimeExtreme { AllTimeExtreme(sign: -1) }

    @inlinable public var lookback: Int { 0 }
    @inlinable public var stateBytes: Int { 8 }
    @inlinable public func reset(_ state: UnsafeMutableRawPointer) { state.doubles[0] = .nan }

    /// O(1).
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double {
      let best = state.doubles[0]
      if x == x, !(best * sign >= x * sign) { state.doubles[0] = x }
      return state.doubles[0]
    }
  }
}
