import Calendar
import StrategyIR

/// A question about time, with everything settled that is known before the first bar. Answers
/// are looked up in the zone's and the calendar's tables only when time leaves the span that the
/// last answer was good for.
struct TimeQuery {
  enum Kind {
    case field(BarField)
    /// The start or end of the period a time lies in; with a session, as its hours make it.
    case periodStart(Period)
    case periodEnd(Period)
    /// The bar's own open, its own close.
    case itself, itselfClose
    /// Of year, month, day, hour, minute and second.
    case timestamp
    /// Of a time and a format.
    case text
    /// How long a timeframe is.
    case seconds(Int)
    /// Whatever the texts among the inputs say, and what is wrong with bad ones.
    case asked(AskedTime, String)

    /// Whether the time it is asked for is a bar's close.
    var isClose: Bool { if case .itselfClose = self { true } else { false } }
  }

  let kind: Kind
  let zone: ZoneRules
  let calendar: TradingCalendar
  /// Outside of it the answer is na.
  let session: Session?
  private var span = ZoneRules.Span(from: 0, until: 0, offset: 0)
  private var bounds = TradingCalendar.Bounds(start: 0, end: 0)

  init(_ kind: Kind, zone: ZoneRules, calendar: TradingCalendar, session: Session? = nil) {
    self.kind = kind
    self.zone = zone
    self.session = session
    self.calendar =
      session.map { TradingCalendar(zone: zone, dayStart: $0.dayStart, days: calendar.days) }
      ?? calendar
  }

  /// The answer for the numbers from `inputs` on: one, or as many as the kind needs.
  mutating func answer(_ inputs: UnsafePointer<Double>, _ texts: TextFunctions) -> Double {
    switch kind {
    case .timestamp: return timestamp(inputs)
    case .seconds(let seconds): return Double(seconds)
    case .asked(let asked, _): return asked.answer(inputs, texts)
    default: break
    }
    guard let instant = Self.instant(inputs[0]) else { return .nan }
    switch kind {
    case .field(let field): return Double(Clock.value(field, moment(instant)))
    case .text:
      let ahead = offset(instant)
      return texts.timeText(Double(instant &+ ahead), offset: ahead, format: inputs[1])
    default: break
    }
    // A bar belongs to the session it opens in; of its close, the last moment before counts.
    let inside = kind.isClose ? instant &- 1 : instant
    if let session, !session.contains(moment(inside)) { return .nan }
    switch kind {
    case .periodStart(let period): return Double(bounds(period, instant).start)
    case .periodEnd(let period): return Double(bounds(period, instant).end)
    default: return Double(instant)
    }
  }

  private mutating func offset(_ instant: Int64) -> Int64 {
    if !span.contains(instant) { span = zone.span(at: instant) }
    return span.offset
  }

  private mutating func moment(_ instant: Int64) -> CivilMoment {
    CivilMoment(local: instant &+ offset(instant))
  }

  private mutating func bounds(_ period: Period, _ instant: Int64) -> TradingCalendar.Bounds {
    if bounds.contains(instant) { return bounds }
    let ofSession = session.flatMap { calendar.bounds(of: period, at: instant, in: $0) }
    bounds = ofSession ?? calendar.bounds(of: period, at: instant)
    return bounds
  }

  private func timestamp(_ fields: UnsafePointer<Double>) -> Double {
    guard let year = Self.whole(fields[0]), let month = Self.whole(fields[1]),
      let day = Self.whole(fields[2]), let hour = Self.whole(fields[3]),
      let minute = Self.whole(fields[4]), let second = Self.whole(fields[5])
    else { return .nan }
    let local = CivilMoment.local(
      year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    return local.map { Double(zone.instant(local: $0)) } ?? .nan
  }

  static func instant(_ x: Double) -> Int64? {
    x.magnitude <= Double(CivilMoment.furthest) ? Int64(x) : nil
  }

  private static func whole(_ x: Double) -> Int? { x.magnitude < 1e12 ? Int(x) : nil }
}

/// The calendar's fields of a moment.
enum Clock {
  static func value(_ field: BarField, _ moment: CivilMoment) -> Int {
    switch field {
    case .year: moment.date.year
    case .month: moment.date.month
    case .weekOfYear: moment.date.weekOfYear
    case .dayOfMonth: moment.date.day
    case .dayOfWeek: moment.date.weekday
    case .hour: moment.hour
    case .minute: moment.minute
    case .second: moment.second
    default: 0
    }
  }
}
