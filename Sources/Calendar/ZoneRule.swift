/// The rule for the years to come at the end of a TZif file, a POSIX TZ text such as
/// `EST5EDT,M3.2.0,M11.1.0` or `<+03>-3`.
struct ZoneRule: Equatable, Sendable {
  /// A day of any year.
  enum Day: Equatable, Sendable {
    /// 1 … 365; February 29 is never counted.
    case julian(Int)
    /// 0 … 365; February 29 is counted.
    case ordinal(Int)
    /// Week 1 … 5 (5: the last) of a month, weekday 0 = Sunday.
    case weekday(month: Int, week: Int, day: Int)

    /// Days since 1970-01-01 in a year.
    func days(in year: Int) -> Int64 {
      switch self {
      case .julian(let n):
        let skipped = CivilDate.isLeap(year) && n >= 60 ? 1 : 0
        return CivilDate.days(year: year, month: 1, day: n &+ skipped)
      case .ordinal(let n):
        return CivilDate.days(year: year, month: 1, day: n &+ 1)
      case .weekday(let month, let week, let day):
        let first = CivilDate.days(year: year, month: month, day: 1)
        let ahead = floorModulo(day &+ 1 &- CivilDate.weekday(days: first), 7)
        let inMonth = ahead &+ (week &- 1) &* 7
        let last = inMonth >= CivilDate.days(inMonth: month, of: year)
        return first &+ Int64(last ? inMonth &- 7 : inMonth)
      }
    }
  }

  /// A day and the seconds since its midnight, in the clock that goes until then.
  struct Change: Equatable, Sendable {
    var day: Day
    var time: Int64

    func local(in year: Int) -> Int64 { day.days(in: year) &* 86_400 &+ time }
  }

  struct Daylight: Equatable, Sendable {
    var offset: Int32
    var start, end: Change
  }

  /// Seconds to be added to UTC.
  var standard: Int32
  var daylight: Daylight?

  /// The stretch of one offset around an instant, all in seconds. O(1).
  func span(at seconds: Int64) -> (from: Int64, until: Int64, offset: Int32) {
    guard let daylight else { return (.min, .max, standard) }
    let limit = CivilMoment.furthest / 1000
    let bounded = min(max(seconds, -limit), limit)
    let year = CivilDate(days: floorDivide(bounded, 86_400)).year
    var from = Int64.min
    var until = Int64.max
    var offset = standard
    for y in (year &- 1)...(year &+ 1) {
      let start = daylight.start.local(in: y) &- Int64(standard)
      let end = daylight.end.local(in: y) &- Int64(daylight.offset)
      // The end before the start: of two at one instant, daylight saving time goes on.
      for (instant, next) in [(end, standard), (start, daylight.offset)] {
        if instant <= bounded, instant >= from { (from, offset) = (instant, next) }
        if instant > bounded, instant < until { until = instant }
      }
    }
    return (from, until, offset)
  }
}
