import Calendar

/// When the simulated market is open, and how busy it is by the hour.
enum MarketCalendar {
  static let second: Int64 = CivilMoment.nanosecondsPerSecond
  static let minute: Int64 = 60 * second
  static let week: Int64 = 7 * CivilMoment.nanosecondsPerDay
  /// The market is open for five days from Sunday 21:00 UTC on.
  static let openPerWeek: Int64 = 5 * CivilMoment.nanosecondsPerDay
  /// Sunday, 1970-01-04 21:00 UTC: the first opening.
  private static let firstOpening: Int64 = 3 * CivilMoment.nanosecondsPerDay + 21 * 3_600 * second

  /// Nanoseconds since the last opening, 0 ..< week.
  static func sinceOpening(_ time: Int64) -> Int64 {
    let rest = (time - firstOpening) % week
    return rest < 0 ? rest + week : rest
  }

  static func isOpen(_ time: Int64) -> Bool { sinceOpening(time) < openPerWeek }

  /// `time` itself while the market is open, else the next Sunday 21:00 UTC.
  static func openAtOrAfter(_ time: Int64) -> Int64 {
    let since = sinceOpening(time)
    return since < openPerWeek ? time : time + (week - since)
  }

  static func hour(_ time: Int64) -> Int {
    Int(time % CivilMoment.nanosecondsPerDay / (3_600 * second))
  }

  /// Share of a day's quotes by UTC hour, in 1/1000 of the mean hour; the sum is 24,000. Asia from
  /// 0 h, London from 7 h, New York from 12 h, the overlap busiest, the roll-over at 21 h dead.
  static func activity(_ hour: Int) -> Double {
    let table: InlineArray<24, Int> = [
      700, 800, 700, 600, 500, 500, 800, 1_400, 1_600, 1_500, 1_200, 1_100,
      1_500, 2_100, 2_200, 2_000, 1_400, 900, 700, 600, 500, 200, 200, 300,
    ]
    return Double(table[hour % 24]) / 1_000
  }

  /// Factor on the spread by UTC hour: wide at the roll-over, tight when London trades.
  static func spread(_ hour: Int) -> Double {
    switch hour {
    case 21: 3
    case 22: 1.5
    case 7..<17: 0.9
    default: 1.1
    }
  }
}
