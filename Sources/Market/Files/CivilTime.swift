/// Proleptic Gregorian dates as days since 1970-01-01, in integers only.
public enum CivilTime {
  public static let nanosecondsPerSecond: Int64 = 1_000_000_000
  public static let nanosecondsPerDay: Int64 = 86_400 * nanosecondsPerSecond

  /// Days from 1970-01-01 to a date of the years 1970 … 2200, nil where there is no such date.
  ///
  /// The era arithmetic is Howard Hinnant's `days_from_civil`
  /// (http://howardhinnant.github.io/date_algorithms.html). O(1).
  public static func days(year: Int, month: Int, day: Int) -> Int64? {
    guard (1970...2200).contains(year), (1...12).contains(month), day >= 1,
      day <= daysIn(month: month, of: year)
    else { return nil }
    let y = month <= 2 ? year - 1 : year
    let era = y / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return Int64(era * 146_097 + dayOfEra - 719_468)
  }

  /// Midnight UTC of the first eight consecutive digits of a name, read as YYYYMMDD.
  ///
  /// LEAN keeps the day of a file in its name only. nil where no run of exactly eight or more
  /// digits starts with a date. O(length).
  public static func midnight(inName name: some Sequence<UInt8>) -> Int64? {
    var digits = 0
    var value = 0
    for byte in name {
      guard byte >= 0x30, byte <= 0x39 else {
        digits = 0
        value = 0
        continue
      }
      digits += 1
      value = value &* 10 &+ Int(byte &- 0x30)
      if digits == 8 {
        return days(year: value / 10_000, month: value / 100 % 100, day: value % 100)
          .map { $0 * nanosecondsPerDay }
      }
    }
    return nil
  }

  private static func daysIn(month: Int, of year: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}
