import Calendar
import StrategyVM

/// Bars of files as a chart has them: in the order of time, with their closes, of one timeframe.
struct TimedBars {
  private(set) var bars: [ScriptBar] = []
  let period: Period
  /// How the bars were read, for the user, a sentence each.
  private(set) var notes: [String] = []

  /// Of bars that carry their opening times alone. Their own timeframe is the most common step; they
  /// are gathered to `period` where that is longer.
  init(_ raw: [ScriptBar], period: Period?, calendar: TradingCalendar) throws(ToolError) {
    let ordered = TimedBars.inOrder(raw)
    let own = OwnTimeframe(ordered.map(\.time))
    guard let found = own?.period ?? period else {
      throw .failed(
        raw.isEmpty
          ? "the files contain no bars"
          : "cannot infer the timeframe from one bar; give it with --timeframe")
    }
    self.period = period ?? found
    let repeated = raw.count - ordered.count
    if repeated > 0 { notes.append("left out \(repeated) bars with the time of an earlier bar") }
    note(strays: own?.strays ?? [], found)
    bars = found.isIntraday ? TimedBars.timed(ordered, found) : days(ordered, found, calendar)
    if let period, period != found { try gather(from: found, to: period, calendar) }
  }

  /// Of single days, however far apart.
  init(days raw: [ScriptBar], calendar: TradingCalendar) {
    period = .day
    bars = days(TimedBars.inOrder(raw), .day, calendar)
  }

  /// Of bars made of quotes.
  init(_ made: BarAggregation) {
    period = made.period
    take(made, "quotes")
  }

  /// Of two bars of one time the first.
  private static func inOrder(_ raw: [ScriptBar]) -> [ScriptBar] {
    let isOrdered = zip(raw, raw.dropFirst()).allSatisfy { $0.time <= $1.time }
    var ordered: [ScriptBar] = []
    ordered.reserveCapacity(raw.count)
    for bar in isOrdered ? raw : raw.sorted(by: { $0.time < $1.time })
    where ordered.last?.time != bar.time {
      ordered.append(bar)
    }
    return ordered
  }

  private static func timed(_ bars: [ScriptBar], _ period: Period) -> [ScriptBar] {
    let length = Int64(period.seconds) * 1_000
    return bars.map { bar in
      var bar = bar
      bar.timeClose = bar.time + length
      return bar
    }
  }

  /// Bars of days, weeks or months: each is the calendar's bar that its middle lies in.
  ///
  /// Where all rows are of midnight UTC they have dates and no clock times. Such a row is the day that
  /// ends on its date where days begin on the eve, and opens with it. One on a date that is not traded
  /// becomes part of the next day: brokers with days from midnight give Sunday's two hours a row.
  private mutating func days(
    _ bars: [ScriptBar], _ period: Period, _ calendar: TradingCalendar
  ) -> [ScriptBar] {
    let day = CivilMoment.millisecondsPerDay
    let isDated = bars.allSatisfy { $0.time % day == 0 }
    let middle = period.unit == .day ? day / 2 : period.unit == .week ? 7 * day / 2 : 15 * day
    var made: [ScriptBar] = []
    var joined = 0
    for bar in bars {
      let traded = calendar.tradedDay(atOrAfter: calendar.day(at: bar.time + middle))
      let bounds = calendar.bounds(of: period, onTradingDay: traded)
      if let last = made.indices.last, made[last].timeClose == bounds.end {
        made[last].add(bar)
        joined += 1
        continue
      }
      made.append(bar)
      // A clock time outside of its day's bounds is another clock's.
      let isWithin = bar.time >= bounds.start && bar.time < bounds.end
      made[made.count - 1].time = isDated || !isWithin ? bounds.start : bar.time
      made[made.count - 1].timeClose = bounds.end
    }
    if joined > 0 {
      notes.append(
        "joined \(joined) rows with the row before: they belong to the same bar of \(period.text)")
    }
    return made
  }

  private mutating func gather(
    from own: Period, to period: Period, _ calendar: TradingCalendar
  ) throws(ToolError) {
    guard period.seconds >= own.seconds else {
      throw .failed(
        "--timeframe \(period.text) is shorter than the files' timeframe, \(own.text)")
    }
    guard period.isMultiple(of: own) else {
      throw .failed(
        "--timeframe \(period.text) is not a multiple of the files' timeframe, \(own.text)")
    }
    var made = BarAggregation(period, calendar)
    for bar in bars { made.add(bar) }
    take(made, "bars")
  }

  private mutating func take(_ made: BarAggregation, _ what: String) {
    bars = made.bars
    guard let first = made.firstUntraded else { return }
    notes.append(
      "left out \(made.untraded) \(what) on days without trading, the first at "
        + TimeOption.text(first))
  }

  private mutating func note(strays: [Int64], _ period: Period) {
    guard let first = strays.first else { return }
    let time = TimeOption.text(first)
    notes.append(
      strays.count == 1
        ? "1 bar does not fit the timeframe \(period.text) of the others: the bar of \(time)"
        : "\(strays.count) bars do not fit the timeframe \(period.text) of the others; the first is "
          + "the bar of \(time)")
  }
}

extension ScriptBar {
  /// Takes in a bar that follows this one.
  mutating func add(_ bar: ScriptBar) {
    high = max(high, bar.high)
    low = min(low, bar.low)
    close = bar.close
    volume += bar.volume
  }
}
