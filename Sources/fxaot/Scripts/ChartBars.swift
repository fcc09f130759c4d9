import CFxaot
import Calendar
import Market
import StrategyVM

/// The bars that a script runs on.
struct ChartBars {
  let bars: [ScriptBar]
  let period: Period
  /// Places after the point that the prices have.
  let decimals: Int
  private let calendar: TradingCalendar
  /// How the bars were read, for the user, a sentence each.
  let notes: [String]

  private static let batch = 8_192

  /// The bars of files in the format FXAOT_FORMAT_BARS, gathered to `period` where that is longer
  /// than their own; or, with `isOfDays`, single days.
  init(
    _ reader: QuoteReader, period: Period?, calendar: TradingCalendar, decimals: Int?,
    progress: Progress, isOfDays: Bool = false
  ) throws(ToolError) {
    guard reader.isBars else {
      throw .failed(
        "these files contain quotes, not bars: give them with --ticks (\(reader.formats.first ?? ""))")
    }
    var raw: [ScriptBar] = []
    try ChartBars.forEach(reader, progress: progress) { (quotes, count) throws(ToolError) in
      for index in stride(from: 0, to: count - count % 4, by: 4) {
        raw.append(ChartBars.bar(quotes + index))
      }
    }
    // One bar does not tell its timeframe.
    let lone = reader.isDaily ? Period.day : Period(1, .minute)
    let isLone = period == nil && raw.count == 1
    let timed =
      isOfDays
      ? TimedBars(days: raw, calendar: calendar)
      : try TimedBars(raw, period: isLone ? lone : period, calendar: calendar)
    self.period = timed.period
    self.decimals = decimals ?? ChartBars.decimals(raw)
    bars = timed.bars
    notes =
      timed.notes
      + (isLone && !isOfDays
        ? ["cannot infer the timeframe from one bar; taken as \(self.period.text) (see --timeframe)"] : [])
    self.calendar = calendar
  }

  /// Bars of `period`, made of quotes. Their volume is the number of their quotes.
  init(
    quotes reader: QuoteReader, period: Period, price: Int, calendar: TradingCalendar,
    decimals: Int, progress: Progress
  ) throws(ToolError) {
    guard !reader.isBars else {
      throw .failed(
        "these files contain bars, not quotes: give them with --bars (\(reader.formats.first ?? ""))")
    }
    self.period = period
    self.decimals = decimals
    var made = BarAggregation(period, calendar)
    try ChartBars.forEach(reader, progress: progress) { (quotes, count) in
      for index in 0..<count {
        let quote = quotes[index]
        let value =
          switch price {
          case FXAOT_BID: quote.bid
          case FXAOT_ASK: quote.ask
          default: (quote.bid + quote.ask) / 2
          }
        made.add(value, at: quote.time_ns / 1_000_000)
      }
    }
    guard !made.bars.isEmpty else { throw .failed("the files contain no quotes") }
    let timed = TimedBars(made)
    bars = timed.bars
    notes = timed.notes
    self.calendar = calendar
  }

  /// The instant that an option means: on a chart of days a date is the trading day of that name.
  func opening(_ time: Int64) -> Int64 {
    let day = CivilMoment.millisecondsPerDay
    guard !period.isIntraday, time % day == 0 else { return time }
    return calendar.start(ofTradingDay: time / day)
  }

  private static func forEach(
    _ reader: QuoteReader, progress: Progress,
    _ body: (UnsafePointer<fxaot_quote>, Int) throws(ToolError) -> Void
  ) throws(ToolError) {
    let quotes = UnsafeMutablePointer<fxaot_quote>.allocate(capacity: batch)
    defer { quotes.deallocate() }
    var total: UInt64 = 0
    while true {
      try Interrupt.check()
      let count = try reader.next(into: UnsafeMutableRawPointer(quotes), capacity: batch)
      if count == 0 { break }
      try body(quotes, count)
      total += UInt64(count)
      progress.show(quotes: total)
    }
    progress.clear()
  }

  /// The parser gives a bar as four quotes: open, the two extremes, close.
  private static func bar(_ quotes: UnsafePointer<fxaot_quote>) -> ScriptBar {
    let (a, b) = (quotes[1].bid, quotes[2].bid)
    let time = quotes[0].time_ns / 1_000_000
    return ScriptBar(
      time: time, timeClose: time, open: quotes[0].bid, high: max(a, b), low: min(a, b),
      close: quotes[3].bid, volume: quotes[0].bid_size * 8)
  }

  /// The fewest places that write all prices.
  private static func decimals(_ bars: [ScriptBar]) -> Int {
    var places = 0
    var scale = 1.0
    for bar in bars {
      for price in [bar.open, bar.high, bar.low, bar.close] {
        while places < 8, abs(price * scale - (price * scale).rounded()) > 1e-9 * price * scale {
          places += 1
          scale *= 10
        }
      }
    }
    return places
  }
}
