/// A day of the proleptic Gregorian calendar.
///
/// The era arithmetic is Howard Hinnant's `days_from_civil` and `civil_from_days`
/// (http://howardhinnant.github.io/date_algorithms.html). All of it is total: years beyond
/// ±`furthestYear` are cut to that.
@frozen
public struct CivilDate: Equatable, Sendable {
  @inlinable public static var furthestYear: Int { 270_000 }

  public let year: Int
  /// 1 … 12.
  public let month: Int
  /// 1 … 31.
  public let day: Int

  /// The date that is `days` after 1970-01-01. O(1).
  public init(days: Int64) {
    let limit = Int64(Self.furthestYear) &* 366
    let z = Int(min(max(days, -limit), limit)) &+ 719_468
    let era = floorDivide(z, 146_097)
    let dayOfEra = z &- era &* 146_097
    let yearOfEra =
      (dayOfEra &- dayOfEra / 1460 &+ dayOfEra / 36_524 &- dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra &- (365 &* yearOfEra &+ yearOfEra / 4 &- yearOfEra / 100)
    let shifted = (5 &* dayOfYear &+ 2) / 153
    day = dayOfYear &- (153 &* shifted &+ 2) / 5 &+ 1
    month = shifted < 10 ? shifted &+ 3 : shifted &- 9
    year = yearOfEra &+ era &* 400 &+ (month <= 2 ? 1 : 0)
  }

  /// nil if there is no such date.
  @inlinable
  public init?(year: Int, month: Int, day: Int) {
    guard year.magnitude <= UInt(Self.furthestYear), (1...12).contains(month), day >= 1,
      day <= Self.days(inMonth: month, of: year)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// Days since 1970-01-01.
  @inlinable public var days: Int64 { Self.days(year: year, month: month, day: day) }

  /// Days from 1970-01-01 to a date whose month and day may lie outside their ranges, as in
  /// timestamp(2024, 14, 0, …): month 14 is the next year's February, day 0 the day before the 1st.
  @inlinable
  public static func days(year: Int, month: Int, day: Int) -> Int64 {
    let limit = 12 * furthestYear
    let months = min(max(month, -limit), limit) &- 1
    let carried = floorDivide(months, 12)
    let monthOfYear = months &- carried &* 12 &+ 1
    let y = min(max(year, -furthestYear), furthestYear) &+ carried &- (monthOfYear <= 2 ? 1 : 0)
    let era = floorDivide(y, 400)
    let yearOfEra = y &- era &* 400
    let dayOfYear = (153 &* (monthOfYear > 2 ? monthOfYear &- 3 : monthOfYear &+ 9) &+ 2) / 5
    let dayOfEra = yearOfEra &* 365 &+ yearOfEra / 4 &- yearOfEra / 100 &+ dayOfYear
    let offset = min(max(day, -366 * furthestYear), 366 * furthestYear) &- 1
    return Int64(era &* 146_097 &+ dayOfEra &- 719_468 &+ offset)
  }

  /// Days since 1970-01-01 of a day that quotes may have, of the years 1970 … 2200; nil for other
  /// years and invalid dates. O(1).
  @inlinable
  public static func quoteDays(year: Int, month: Int, day: Int) -> Int64? {
    guard (1970...2200).contains(year) else { return nil }
    return CivilDate(year: year, month: month, day: day)?.days
  }

  /// 1 = Sunday … 7 = Saturday, as Pine's `dayofweek`.
  public var weekday: Int { Self.weekday(days: days) }

  public static func weekday(days: Int64) -> Int { Int(floorModulo(days &+ 4, 7)) &+ 1 }

  /// 1 … 366.
  public var dayOfYear: Int { Int(days &- Self.days(year: year, month: 1, day: 1)) &+ 1 }

  /// ISO 8601 week of the year, 1 … 53: weeks start on Monday, week 1 has the year's first Thursday.
  public var weekOfYear: Int {
    let thursday = days &- Int64((weekday &+ 5) % 7) &+ 3
    return (CivilDate(days: thursday).dayOfYear &- 1) / 7 &+ 1
  }

  @inlinable
  public static func isLeap(_ year: Int) -> Bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
  }

  @inlinable
  public static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

/// Rounds towards minus infinity; b > 0.
@inlinable
func floorDivide<T: FixedWidthInteger & SignedInteger>(_ a: T, _ b: T) -> T {
  let quotient = a / b
  return quotient &* b > a ? quotient &- 1 : quotient
}

/// 0 ..< b; b > 0.
@usableFromInline
func floorModulo<T: FixedWidthInteger & SignedInteger>(_ a: T, _ b: T) -> T {
  a &- floorDivide(a, b) &* b
}
