import Calendar
import StrategyIR

/// The fields of a bar, calculated once per bar and field that the script reads.
struct BarClock {
  private let zone: ZoneRules
  private let calendar: TradingCalendar
  private let session: Session?
  private var span = ZoneRules.Span(from: 0, until: 0, offset: 0)
  private var dayStart: Int64 = 0
  private var dayMoment = CivilMoment(local: 0)
  /// For `session.isfirstbar`.
  private var day = Int64.min
  private var dayOfBar = Int64.min
  private var barOfDay = -1

  init(_ environment: ScriptEnvironment) {
    zone = environment.symbol.zone
    calendar = environment.calendar
    session = Session(environment.symbol.session)
  }

  mutating func value(
    _ field: BarField, _ bar: ScriptBar, _ place: BarPlace, _ index: Int
  ) -> Double {
    switch field {
    case .open: bar.open
    case .high: bar.high
    case .low: bar.low
    case .close: bar.close
    case .volume: bar.volume
    case .hl2: (bar.high + bar.low) / 2
    case .hlc3: (bar.high + bar.low + bar.close) / 3
    case .ohlc4: (bar.open + bar.high + bar.low + bar.close) / 4
    case .hlcc4: (bar.high + bar.low + bar.close + bar.close) / 4
    case .time: Double(bar.time)
    case .timeClose, .now: Double(bar.timeClose)
    case .index: Double(index)
    case .lastIndex: Double(place.lastIndex)
    case .lastTime: Double(place.lastTime)
    case .timeTradingDay:
      Double(calendar.tradingDay(at: bar.time) &* CivilMoment.millisecondsPerDay)
    case .hour: Double(timeOfDay(bar.time) / 3_600_000)
    case .minute: Double(timeOfDay(bar.time) / 60_000 % 60)
    case .second: Double(timeOfDay(bar.time) / 1000 % 60)
    case .year, .month, .weekOfYear, .dayOfMonth, .dayOfWeek:
      Double(Clock.value(field, midnight(bar.time)))
    default: state(field, bar, place, index) ? 1 : 0
    }
  }

  /// The moment at which the bar's day began, by the zone's clocks. Worked out once a day.
  private mutating func midnight(_ time: Int64) -> CivilMoment {
    let local = local(time)
    if local < dayStart || local >= dayStart &+ CivilMoment.millisecondsPerDay {
      dayStart = local &- timeOfDay(time)
      dayMoment = CivilMoment(local: dayStart)
    }
    return dayMoment
  }

  /// Milliseconds since midnight, without the date; 0 ..< 86,400,000.
  private mutating func timeOfDay(_ time: Int64) -> Int64 {
    let rest = local(time) % CivilMoment.millisecondsPerDay
    return rest < 0 ? rest &+ CivilMoment.millisecondsPerDay : rest
  }

  private mutating func local(_ time: Int64) -> Int64 {
    let instant = min(max(time, -CivilMoment.furthest), CivilMoment.furthest)
    if !span.contains(instant) { span = zone.span(at: instant) }
    return instant &+ span.offset
  }

  private mutating func moment(_ time: Int64) -> CivilMoment {
    CivilMoment(local: local(time))
  }

  /// `barstate.*` and `session.*`. Scripts run when a bar has closed, so each is new and confirmed.
  private mutating func state(
    _ field: BarField, _ bar: ScriptBar, _ place: BarPlace, _ index: Int
  ) -> Bool {
    switch field {
    case .isFirst: index == 0
    case .isLast: index >= place.lastIndex
    case .isHistory: place.isHistory
    case .isRealtime: !place.isHistory
    case .isNew, .isConfirmed: true
    case .isLastConfirmedHistory: place.isHistory && index == place.lastIndex
    case .isMarket: session?.contains(moment(bar.time)) ?? true
    case .isSessionFirst: isFirstOfDay(bar, index)
    case .isSessionLast:
      !(session?.contains(moment(bar.timeClose)) ?? true)
        || calendar.tradingDay(at: bar.timeClose) != calendar.tradingDay(at: bar.time)
    default: false
    }
  }

  private mutating func isFirstOfDay(_ bar: ScriptBar, _ index: Int) -> Bool {
    if barOfDay != index {
      day = dayOfBar
      dayOfBar = calendar.tradingDay(at: bar.time)
      barOfDay = index
    }
    return day != dayOfBar
  }

  /// What the next bar's fields depend on besides its own times.
  func write(_ writer: inout StateWriter) {
    writer.count(Int(day))
    writer.count(Int(dayOfBar))
    writer.count(barOfDay)
  }

  mutating func read(_ reader: inout StateReader) {
    day = Int64(reader.integer())
    dayOfBar = Int64(reader.integer())
    barOfDay = reader.integer()
  }
}
