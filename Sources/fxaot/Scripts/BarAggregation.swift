import Calendar
import Market
import StrategyVM

/// Gathers prices or shorter bars to bars of a period, in the order of time.
///
/// Bars begin where the symbol's calendar has it, whenever their first price came. What lies on a
/// day on which the symbol is not traded makes no bar of a day or longer.
struct BarAggregation {
  let period: Period
  private let calendar: TradingCalendar
  private(set) var bars: [ScriptBar] = []
  /// What was left out: on days that are not traded, and the first of these; older than its bar.
  private(set) var untraded = 0
  private(set) var firstUntraded: Int64?
  private(set) var late = 0

  init(_ period: Period, _ calendar: TradingCalendar) {
    self.period = period
    self.calendar = calendar
  }

  mutating func add(_ price: Double, at time: Int64) {
    add(
      ScriptBar(
        time: time, timeClose: time, open: price, high: price, low: price, close: price, volume: 1))
  }

  mutating func add(_ bar: ScriptBar) {
    if let last = bars.indices.last, bar.time < bars[last].timeClose {
      if bar.time < bars[last].time { late += 1 } else { bars[last].add(bar) }
      return
    }
    if !period.isIntraday, !calendar.isTraded(at: bar.time) {
      untraded += 1
      firstUntraded = firstUntraded ?? bar.time
      return
    }
    let bounds = calendar.bounds(of: period, at: bar.time)
    var first = bar
    first.time = bounds.start
    first.timeClose = bounds.end
    bars.append(first)
  }
}
