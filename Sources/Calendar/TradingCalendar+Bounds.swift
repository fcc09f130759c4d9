extension TradingCalendar {
  /// The bar of a period that an instant lies in; it always does lie in it.
  ///
  /// Seconds and minutes count from the start of the day, and the day's last bar ends with it. Days
  /// count from 1 January, weeks from the year's first Monday, months from January: the year's last
  /// bar of several of them may be shorter. A bar of days begins with its first traded day and ends
  /// with its last one. An instant between two traded days lies in the bar before, which then ends
  /// where the next traded day begins. O(log n) in the zone's transitions: ask again only once the
  /// bounds are left.
  public func bounds(of period: Period, at instant: Int64) -> Bounds {
    let bounded = Self.bounded(instant)
    let day = day(at: bounded)
    let (from, until): (Int64, Int64) =
      switch period.unit {
      case .second: intraday(at: bounded, day: day, length: Int64(period.count) &* 1000)
      case .minute: intraday(at: bounded, day: day, length: Int64(period.count) &* 60_000)
      case .day, .week, .month: ofDays(period, day)
      }
    return Bounds(start: min(from, bounded), end: max(until, bounded &+ 1))
  }

  /// The bar of days, weeks or months that a traded day lies in.
  public func bounds(of period: Period, onTradingDay day: Int64) -> Bounds {
    let (from, until) = ofDays(period, day)
    return Bounds(start: from, end: until)
  }

  private func intraday(at instant: Int64, day: Int64, length: Int64) -> (Int64, Int64) {
    let start = start(ofTradingDay: day)
    let end = self.start(ofTradingDay: day &+ 1)
    let from = start &+ floorDivide(instant &- start, length) &* length
    return (from, min(from &+ length, end))
  }

  private func ofDays(_ period: Period, _ day: Int64) -> (Int64, Int64) {
    let traded = tradedDay(atOrBefore: day)
    let (first, next) = Self.days(of: period, around: traded)
    let last = tradedDay(atOrBefore: next &- 1)
    let end = start(ofTradingDay: last &+ 1)
    let start = start(ofTradingDay: tradedDay(atOrAfter: first))
    return (start, traded == day ? end : max(end, self.start(ofTradingDay: tradedDay(atOrAfter: day))))
  }

  /// The days of a period of days, weeks or months that a day lies in: the first, and the one after
  /// the last.
  static func days(of period: Period, around day: Int64) -> (first: Int64, next: Int64) {
    switch period.unit {
    case .week: weeks(day, every: Int64(period.count))
    case .month: months(day, every: period.count)
    default: days(day, every: Int64(period.count))
    }
  }

  private static func days(_ day: Int64, every count: Int64) -> (Int64, Int64) {
    if count == 1 { return (day, day &+ 1) }
    let year = CivilDate(days: day).year
    return counted(
      day, every: count, from: CivilDate.days(year: year, month: 1, day: 1),
      until: CivilDate.days(year: year &+ 1, month: 1, day: 1))
  }

  private static func weeks(_ day: Int64, every count: Int64) -> (Int64, Int64) {
    let monday = day &- floorModulo(day &- aMonday, 7)
    if count == 1 { return (monday, monday &+ 7) }
    var year = CivilDate(days: monday).year
    if monday < firstMonday(of: year) { year &-= 1 }
    return counted(
      monday, every: 7 &* count, from: firstMonday(of: year), until: firstMonday(of: year &+ 1))
  }

  /// 1970-01-05.
  private static let aMonday: Int64 = 4

  private static func firstMonday(of year: Int) -> Int64 {
    let first = CivilDate.days(year: year, month: 1, day: 1)
    return first &+ floorModulo(aMonday &- first, 7)
  }

  private static func months(_ day: Int64, every count: Int) -> (Int64, Int64) {
    let date = CivilDate(days: day)
    let first = (date.month &- 1) / count &* count &+ 1
    let next = min(first &+ count, 13)
    return (
      CivilDate.days(year: date.year, month: first, day: 1),
      CivilDate.days(year: date.year, month: next, day: 1)
    )
  }

  /// The stretch of `count` days from `origin` on that a day lies in, the last one cut at `end`.
  private static func counted(
    _ day: Int64, every count: Int64, from origin: Int64, until end: Int64
  ) -> (Int64, Int64) {
    let first = origin &+ floorDivide(day &- origin, count) &* count
    return (first, min(first &+ count, end))
  }
}
