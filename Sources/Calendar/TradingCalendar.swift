/// When bars of any period begin and end for one symbol: its zone, and when its trading day begins.
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

  public init(zone: ZoneRules = .utc, dayStart: Int = 0) {
    self.zone = zone
    self.dayStart = min(max(dayStart, -1439), 1439)
  }

  /// The calendar of a symbol with trading hours.
  public init(zone: ZoneRules, session: Session) {
    self.init(zone: zone, dayStart: session.dayStart)
  }

  /// The day, counted from 1970-01-01, that an instant is traded under.
  public func tradingDay(at instant: Int64) -> Int64 {
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

  /// The bar of a period that an instant lies in; it always does lie in it.
  ///
  /// Seconds and minutes count from the start of the trading day, and the day's last bar ends
  /// with it. Weeks begin on Monday; several weeks or days count from 1970, several months from
  /// January. O(log n) in the zone's transitions: ask again only once the bounds are left.
  public func bounds(of period: Period, at instant: Int64) -> Bounds {
    let bounded = Self.bounded(instant)
    let day = tradingDay(at: bounded)
    let count = Int64(period.count)
    let (from, until): (Int64, Int64) =
      switch period.unit {
      case .second: intraday(at: bounded, day: day, length: count &* 1000)
      case .minute: intraday(at: bounded, day: day, length: count &* 60_000)
      case .day: days(day, every: count, since: 0)
      // 1970-01-05 was a Monday.
      case .week: days(day, every: 7 &* count, since: 4)
      case .month: months(day, every: period.count)
      }
    return Bounds(start: min(from, bounded), end: max(until, bounded &+ 1))
  }

  private func intraday(at instant: Int64, day: Int64, length: Int64) -> (Int64, Int64) {
    let start = start(ofTradingDay: day)
    let end = self.start(ofTradingDay: day &+ 1)
    let from = start &+ floorDivide(instant &- start, length) &* length
    return (from, min(from &+ length, end))
  }

  private func days(_ day: Int64, every count: Int64, since origin: Int64) -> (Int64, Int64) {
    let first = floorDivide(day &- origin, count) &* count &+ origin
    return (start(ofTradingDay: first), start(ofTradingDay: first &+ count))
  }

  private func months(_ day: Int64, every count: Int) -> (Int64, Int64) {
    let date = CivilDate(days: day)
    let first = (date.month &- 1) / count &* count &+ 1
    let next = min(first &+ count, 13)
    return (
      start(ofTradingDay: CivilDate.days(year: date.year, month: first, day: 1)),
      start(ofTradingDay: CivilDate.days(year: date.year, month: next, day: 1))
    )
  }

  private static func bounded(_ instant: Int64) -> Int64 {
    let most = CivilMoment.furthest &- 400 &* CivilMoment.millisecondsPerDay
    return min(max(instant, -most), most)
  }
}
