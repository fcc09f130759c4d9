import CFxaot
import Calendar
import StrategyVM

/// The bars that a script runs on.
struct ChartBars {
  var bars: [ScriptBar] = []
  let period: Period
  /// Places after the point that the prices have.
  let decimals: Int
  /// Bars left out because an earlier line had their time, or a later one.
  var repeated = 0

  private static let batch = 8_192

  /// The bars of files in the format FXAOT_FORMAT_BARS. `period` is found from their times where
  /// it is not given.
  init(
    _ reader: QuoteReader, period: Period?, calendar: TradingCalendar, decimals: Int?,
    progress: Progress
  ) throws(ToolError) {
    var raw: [ScriptBar] = []
    try ChartBars.forEach(reader, progress: progress) { (quotes, count) throws(ToolError) in
      guard reader.format == UInt32(FXAOT_FORMAT_BARS) else {
        throw .failed("these files hold quotes, not bars: give them with --ticks")
      }
      for index in stride(from: 0, to: count - count % 4, by: 4) {
        raw.append(ChartBars.bar(quotes + index))
      }
    }
    guard let found = period ?? ChartPeriod.of(raw.lazy.map(\.time)) else {
      throw .failed(
        raw.isEmpty
          ? "there is no bar in the files"
          : "one bar does not tell its timeframe: give it with --timeframe")
    }
    self.period = found
    self.decimals = decimals ?? ChartBars.decimals(raw)
    take(raw, calendar)
  }

  /// Bars of `period`, made of quotes. Their volume is the number of their quotes.
  init(
    quotes reader: QuoteReader, period: Period, price: Int, calendar: TradingCalendar,
    decimals: Int, progress: Progress
  ) throws(ToolError) {
    self.period = period
    self.decimals = decimals
    var made: [ScriptBar] = []
    try ChartBars.forEach(reader, progress: progress) { (quotes, count) in
      for index in 0..<count {
        let quote = quotes[index]
        let value =
          switch price {
          case FXAOT_BID: quote.bid
          case FXAOT_ASK: quote.ask
          default: (quote.bid + quote.ask) / 2
          }
        ChartBars.add(value, at: quote.time_ns / 1_000_000, to: &made, period, calendar)
      }
    }
    guard !made.isEmpty else { throw .failed("there is no quote in the files") }
    bars = made
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

  private static func add(
    _ price: Double, at time: Int64, to bars: inout [ScriptBar], _ period: Period,
    _ calendar: TradingCalendar
  ) {
    if let last = bars.indices.last, time < bars[last].timeClose {
      // A quote older than its bar belongs to no bar.
      guard time >= bars[last].time else { return }
      bars[last].high = max(bars[last].high, price)
      bars[last].low = min(bars[last].low, price)
      bars[last].close = price
      bars[last].volume += 1
      return
    }
    let bounds = calendar.bounds(of: period, at: time)
    bars.append(
      ScriptBar(
        time: bounds.start, timeClose: bounds.end, open: price, high: price, low: price,
        close: price, volume: 1))
  }

  /// In the order of time; of two bars of one time the first.
  private mutating func take(_ raw: [ScriptBar], _ calendar: TradingCalendar) {
    bars.reserveCapacity(raw.count)
    let isOrdered = zip(raw, raw.dropFirst()).allSatisfy { $0.time <= $1.time }
    for bar in isOrdered ? raw : raw.sorted(by: { $0.time < $1.time }) {
      if let last = bars.last, last.time == bar.time {
        repeated += 1
        continue
      }
      bars.append(bar)
      let length = Int64(period.seconds) * 1_000
      bars[bars.count - 1].timeClose =
        period.isIntraday
        ? bar.time + length : calendar.bounds(of: period, at: bar.time).end
    }
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
