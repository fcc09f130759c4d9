extension TradingCalendar {
  /// The bar of a period as the hours of a session make it, in this calendar's zone; nil where the
  /// instant lies outside of the hours.
  ///
  /// Seconds and minutes count from the opening of the hours and end with them at the latest. A day
  /// lasts from its first opening to its last closing; weeks and months from the first opening of
  /// their days to the last closing.
  public func bounds(of period: Period, at instant: Int64, in session: Session) -> Bounds? {
    let bounded = Self.bounded(instant)
    let moment = zone.moment(at: bounded)
    guard
      let hours = session.hours(minute: moment.minuteOfDay, weekday: moment.date.weekday)
    else { return nil }
    let day = moment.date.days &+ hours.day
    let (from, until): (Int64, Int64)
    if period.isIntraday {
      let length = Int64(period.seconds) &* 1000
      let opening = self.instant(day, hours.opening)
      from = opening &+ floorDivide(bounded &- opening, length) &* length
      until = min(from &+ length, self.instant(day, hours.closing))
    } else {
      let (first, next) = Self.days(of: period, around: day)
      from = (first...day).lazy.compactMap { self.opening($0, session) }.first ?? bounded
      until =
        (day..<max(next, day &+ 1)).reversed().lazy.compactMap { self.closing($0, session) }.first
        ?? bounded &+ 1
    }
    return Bounds(start: min(from, bounded), end: max(until, bounded &+ 1))
  }

  private func instant(_ day: Int64, _ minute: Int) -> Int64 {
    zone.instant(local: day &* CivilMoment.millisecondsPerDay &+ Int64(minute) &* 60_000)
  }

  private func opening(_ day: Int64, _ session: Session) -> Int64? {
    guard isTraded(day: day), let span = session.span(ofDay: CivilDate.weekday(days: day)) else {
      return nil
    }
    return instant(day, span.opening)
  }

  private func closing(_ day: Int64, _ session: Session) -> Int64? {
    guard isTraded(day: day), let span = session.span(ofDay: CivilDate.weekday(days: day)) else {
      return nil
    }
    return instant(day, span.closing)
  }
}
