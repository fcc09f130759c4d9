/// Hours of the week, as Pine writes them: `0930-1600`, `0930-1130,1230-1600:23456`, `24x7`.
///
/// Days are digits, 1 = Sunday … 7 = Saturday; all days if none are given. A range that ends
/// before it begins goes through midnight and belongs to the day on which it ends: `1700-1700:2` is
/// Monday's, from Sunday 17:00 on. An end at midnight, `0000` or `2400`, is the end of the same day.
/// Ranges with days of their own are separated by `|`.
public struct Session: Equatable, Sendable {
  struct Hours: Equatable, Sendable {
    /// Minutes since midnight; start 0 ..< 1440, end 1 … 1440, end ≤ start through midnight.
    var start, end: Int
    /// Bit d − 1 for day d.
    var days: UInt8

    var isOvernight: Bool { end <= start }
    func has(day: Int) -> Bool { days >> UInt8(truncatingIfNeeded: day &- 1) & 1 == 1 }
  }

  let hours: [Hours]

  public static let always = Session(hours: [Hours(start: 0, end: 1440, days: 0x7F)])

  init(hours: [Hours]) { self.hours = hours }

  /// The start of the range that contains a time: minutes from the midnight before `minute`, below 0
  /// on the day before; nil outside of all ranges. O(ranges).
  ///
  /// - Parameters:
  ///   - minute: minutes since midnight, 0 ..< 1440.
  ///   - weekday: 1 = Sunday … 7 = Saturday.
  public func opening(minute: Int, weekday: Int) -> Int? {
    hours(minute: minute, weekday: weekday).map { $0.opening &+ Int($0.day) &* 1440 }
  }

  /// The range that a time lies in: the day that it belongs to (0 that of the time, 1 the next one),
  /// and its ends in minutes from that day's midnight.
  func hours(minute: Int, weekday: Int) -> (day: Int64, opening: Int, closing: Int)? {
    for range in hours {
      if range.isOvernight {
        if minute >= range.start, range.has(day: weekday % 7 &+ 1) {
          return (1, range.start &- 1440, range.end)
        }
        if minute < range.end, range.has(day: weekday) {
          return (0, range.start &- 1440, range.end)
        }
      } else if minute >= range.start, minute < range.end, range.has(day: weekday) {
        return (0, range.start, range.end)
      }
    }
    return nil
  }

  /// First opening and last closing of a day of the week, in minutes from its midnight; nil for a day
  /// without hours.
  func span(ofDay weekday: Int) -> (opening: Int, closing: Int)? {
    var span: (opening: Int, closing: Int)?
    for range in hours where range.has(day: weekday) {
      let opening = range.isOvernight ? range.start &- 1440 : range.start
      span = (min(span?.opening ?? opening, opening), max(span?.closing ?? range.end, range.end))
    }
    return span
  }

  /// The days of the week that have hours: bit d − 1 for day d.
  public var days: UInt8 { hours.reduce(0) { $0 | $1.days } }

  /// Whether an instant, milliseconds since 1970 UTC, lies in the hours of a zone.
  public func contains(_ instant: Int64, in zone: ZoneRules) -> Bool {
    contains(zone.moment(at: instant))
  }

  public func contains(_ moment: CivilMoment) -> Bool {
    opening(minute: moment.minuteOfDay, weekday: moment.date.weekday) != nil
  }

  /// Minutes from midnight at which a trading day of these hours begins, for `TradingCalendar`:
  /// the first range's start, on the day before if that goes through midnight.
  public var dayStart: Int {
    guard let first = hours.first else { return 0 }
    return first.isOvernight ? first.start &- 1440 : first.start
  }
}

extension Session {
  /// nil for a text of another form. O(length).
  public init?(_ text: some StringProtocol) {
    if text == "24x7" {
      self = .always
      return
    }
    var hours: [Hours] = []
    for part in text.split(separator: "|", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: ":", omittingEmptySubsequences: false)
      guard pieces.count <= 2, let ranges = pieces.first,
        let days = pieces.count == 2 ? Self.days(pieces[1].utf8) : 0x7F
      else { return nil }
      for range in ranges.split(separator: ",", omittingEmptySubsequences: false) {
        guard let found = Self.hours(Array(range.utf8), days: days), hours.count < 64 else {
          return nil
        }
        hours.append(found)
      }
    }
    self.init(hours: hours)
  }

  private static func days(_ digits: some Collection<UInt8>) -> UInt8? {
    var days: UInt8 = 0
    for digit in digits {
      guard digit >= 0x31, digit <= 0x37 else { return nil }
      days |= 1 << (digit - 0x31)
    }
    return days == 0 ? nil : days
  }

  /// `0930-1600`.
  private static func hours(_ text: [UInt8], days: UInt8) -> Hours? {
    guard text.count == 9, text[4] == UInt8(ascii: "-"), let start = minutes(text[0..<4]),
      let end = minutes(text[5..<9])
    else { return nil }
    return Hours(start: start % 1440, end: end == 0 ? 1440 : end, days: days)
  }

  /// `0000` … `2400`.
  private static func minutes(_ text: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for byte in text {
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    let (hour, minute) = (value / 100, value % 100)
    guard minute < 60, hour < 24 || value == 2400 else { return nil }
    return hour * 60 + minute
  }
}
