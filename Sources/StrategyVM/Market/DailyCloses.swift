import Calendar

/// A symbol's daily closes, for conversions: the rate at an instant is the close of the
/// newest day that was over by then.
struct DailyCloses: Sendable {
  /// When the days ended, and at which price.
  private var ends: [Int64] = []
  private var closes: [Double] = []
  /// Before the first day is over its open holds, the nearest thing to the close before it.
  private let start: Int64
  private let open: Double

  /// - Parameter history: bars of a day or less; longer ones count as days.
  init(_ history: SymbolBars) {
    start = history.bars.first?.time ?? .max
    open = history.bars.first?.open ?? .nan
    guard history.period.isIntraday else {
      ends = history.bars.map(\.timeClose)
      closes = history.bars.map(\.close)
      return
    }
    let calendar = history.calendar
    for bar in history.bars {
      if let last = ends.last, bar.time < last {
        closes[closes.count - 1] = bar.close
      } else {
        ends.append(calendar.bounds(of: .day, at: bar.time).end)
        closes.append(bar.close)
      }
    }
  }

  /// The price that holds at an instant, and until when; nan before there was any.
  func price(at time: Int64) -> (value: Double, from: Int64, until: Int64) {
    var (low, high) = (0, ends.count)
    while low < high {
      let middle = (low + high) / 2
      if ends[middle] <= time { low = middle + 1 } else { high = middle }
    }
    let until = low < ends.count ? ends[low] : .max
    if low > 0 { return (closes[low - 1], ends[low - 1], until) }
    return time >= start ? (open, start, until) : (.nan, .min, min(until, start))
  }

  /// When the newest day ends; nil without any.
  var end: Int64? { ends.last }

  /// The days as bars that are to be seen from the next day on.
  var bars: [ScriptBar] {
    var bars = [Self.bar(start, open)]
    for (end, close) in zip(ends, closes) { bars.append(Self.bar(end, close)) }
    return start == .max ? [] : bars
  }

  private static func bar(_ time: Int64, _ price: Double) -> ScriptBar {
    ScriptBar(
      time: time, timeClose: time, open: price, high: price, low: price, close: price, volume: 0)
  }
}

extension SymbolBars {
  /// When its bars of longer periods begin and end.
  var calendar: TradingCalendar {
    var place = ScriptEnvironment(timeframe: period)
    place.symbol = symbol
    return place.calendar
  }
}
