/// The bounds of one symbol's bars of any period: from its zone, the start of its trading day, and the days on
/// which it trades.
public struct TradingCalendar: Sendable {
  /// Milliseconds since 1970 UTC, `start` inclusive, `end` exclusive.
  @frozen
  public struct Bounds: Equatable, Sendable {
    public let start, end: Int64

    @inlinable
    public init(start: Int64, end: Int64) {
      self.start = start
      self.end = end
    }

    @inlinable
    public func contains(_ instant: Int64) -> Bool { start <= instant && instant < end }
  }

  public let zone: ZoneRules
  /// Minutes from midnight at which a trading day begins, −1439 … 1439; below 0 it begins on the
  /// day before: −420 is 17:00, as forex days do in New York.
  public let dayStart: Int
  /// The days of the week that are traded: bit d − 1 for day d, 1 = Sunday; never none.
  public let days: UInt8

  public static let everyDay: UInt8 = 0x7F

  public init(zone: ZoneRules = .utc, dayStart: Int = 0, days: UInt8 = everyDay) {
    self.zone = zone
    self.dayStart = min(max(dayStart, -1439), 1439)
    self.days = days & Self.everyDay == 0 ? Self.everyDay : days & Self.everyDay
  }

  /// The calendar of a symbol with trading hours.
  public init(zone: ZoneRules, session: Session) {
    self.init(zone: zone, dayStart: session.dayStart, days: session.days)
  }

  /// The day, counted from 1970-01-01, that an instant is traded under: the date on which the day
  /// ends where it begins on the eve. Time between two traded days belongs to the day before.
  public func tradingDay(at instant: Int64) -> Int64 { tradedDay(atOrBefore: day(at: instant)) }

  /// Whether an instant lies on a day on which the symbol is traded; forex is not on week-ends,
  /// from Friday 17:00 to Sunday 17:00.
  public func isTraded(at instant: Int64) -> Bool {
    days == Self.everyDay || isTraded(day: day(at: instant))
  }

  public func isTraded(day: Int64) -> Bool {
    guard days != Self.everyDay else { return true }
    return days >> UInt8(truncatingIfNeeded: CivilDate.weekday(days: day) &- 1) & 1 == 1
  }

  /// The last traded day up to this one.
  public func tradedDay(atOrBefore day: Int64) -> Int64 {
    (0..<7).lazy.map { day &- $0 }.first(where: isTraded(day:)) ?? day
  }

  /// The first traded day from this one on.
  public func tradedDay(atOrAfter day: Int64) -> Int64 {
    (0..<7).lazy.map { day &+ $0 }.first(where: isTraded(day:)) ?? day
  }

  /// The day of an instant, whether it is traded or not.
  public func day(at instant: Int64) -> Int64 {
    let bounded = Self.bounded(instant)
    let local = bounded &+ zone.offset(at: bounded)
    return floorDivide(local &- Int64(dayStart) &* 60_000, CivilMoment.millisecondsPerDay)
  }

  /// The first instant of a trading day.
  public func start(ofTradingDay day: Int64) -> Int64 {
    let most = CivilMoment.furthest / CivilMoment.millisecondsPerDay
    let bounded = min(max(day, -most), most)
    return zone.instant(
      local: bounded &* CivilMoment.millisecondsPerDay &+ Int64(dayStart) &* 60_000)
  }

  static func bounded(_ instant: Int64) -> Int64 {
    let most = CivilMoment.furthest &- 400 &* CivilMoment.millisecondsPerDay
    return min(max(instant, -most), most)
  }
}
