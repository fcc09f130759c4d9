import CFxaot
import Calendar

// Longer than a file should be: one parser for each way to write a time, and their common tables.
/// The value of a time stamp's text.
enum FieldTime: Equatable {
  /// Nanoseconds since 1970 UTC: an epoch number, or a text with its zone.
  case instant(Int64)
  /// Nanoseconds from 1970-01-01 00:00 to a local time; a day alone is its start.
  case local(Int64, isDay: Bool)
}

/// Which of 03/04/2024 is the day.
enum DateOrder: UInt8 {
  case unknown = 0
  case dayFirst = 1
  case monthFirst = 2
}

extension LineField {
  /// A whole time stamp, nil for anything else.
  ///
  /// Epoch numbers are seconds, milliseconds, microseconds or nanoseconds by their size, with or
  /// without a fraction. Numbers of 8, 12, 14 and 17 digits that could be no epoch of our time are
  /// dates, YYYYMMDD and then the clock. Dates with points between are 2024.03.04 or 04.03.2024,
  /// the day first; with `/` or `-` and the year last, `order` decides.
  func time(_ order: DateOrder) -> FieldTime? {
    var cursor = cursor
    let digits = cursor.leadingDigits
    switch digits {
    case 0: break
    case 9...:
      if digits == 12 || digits == 14 || digits == 17, let time = cursor.compactTime(digits) {
        return time
      }
      return cursor.epoch()
    case 8: return cursor.compactTime(8)
    case 3, 5...7: return cursor.epoch()
    default:
      if cursor.at + digits >= end { return cursor.epoch() }
    }
    guard let days = cursor.date(order) else { return nil }
    return cursor.clockAndZone(after: days)
  }

  /// Days since 1970 of a date alone.
  func day(_ order: DateOrder) -> Int64? {
    guard case .local(let time, isDay: true) = self.time(order) else { return nil }
    return time / CivilMoment.nanosecondsPerDay
  }

  /// `DATE` and `CLOCK` of two columns.
  func time(clock: LineField, _ order: DateOrder) -> FieldTime? {
    guard let days = day(order) else { return nil }
    var cursor = clock.cursor
    return cursor.clock(after: days)
  }

  /// Whether the field is a time of the day and no more.
  var isClock: Bool {
    var cursor = cursor
    return cursor.clock(after: 0) != nil
  }
}

extension LineCursor {
  fileprivate var leadingDigits: Int {
    var place = at
    while place < end, place.pointee &- 0x30 < 10 { place += 1 }
    return place - at
  }

  /// An epoch number that is the whole rest.
  fileprivate mutating func epoch() -> FieldTime? {
    guard let value = longInteger() else { return nil }
    let unit: Int64 =
      switch value {
      case ..<100_000_000_000: 1_000_000_000
      case ..<100_000_000_000_000: 1_000_000
      case ..<100_000_000_000_000_000: 1_000
      default: 1
      }
    var nanoseconds: Int64 = 0
    if take(0x2E) || take(0x2C) { nanoseconds = fraction(of: unit) }
    guard isAtEnd, value <= FXAOT_MAX_TIME_NS / unit else { return nil }
    return .instant(value * unit + nanoseconds)
  }

  /// Digits after the point of `unit` nanoseconds; those below a nanosecond are cut.
  private mutating func fraction(of unit: Int64) -> Int64 {
    var result: Int64 = 0
    var rest = unit
    while at < end, at.pointee &- 0x30 < 10 {
      rest /= 10
      result += Int64(at.pointee &- 0x30) * rest
      at += 1
    }
    return result
  }

  /// YYYYMMDD, then the clock as HHMM, HHMMSS or HHMMSSmmm, joined or after a blank or `T`.
  fileprivate mutating func compactTime(_ count: Int) -> FieldTime? {
    let start = self
    guard let year = digits(4), let month = digits(2), let day = digits(2), year >= 1970,
      let days = CivilDate.quoteDays(year: year, month: month, day: day)
    else {
      self = start
      return nil
    }
    if count > 8 {
      guard let time = clock(after: days) else {
        self = start
        return nil
      }
      return time
    }
    return clockAndZone(after: days)
  }

  /// Days since 1970 of a date with marks or a month's name in it.
  fileprivate mutating func date(_ order: DateOrder) -> Int64? {
    skipWeekday()
    if let month = monthName() {
      skipMarks()
      guard let day = shortNumber(), !takeMarks().isEmpty, let year = digits(4) else { return nil }
      return CivilDate.quoteDays(year: year, month: month, day: day)
    }
    let first = leadingDigits
    if first == 4 {
      guard let year = digits(4), let mark = dateMark(), let month = shortNumber() ?? monthName(),
        take(mark), let day = shortNumber()
      else { return nil }
      return CivilDate.quoteDays(year: year, month: month, day: day)
    }
    guard first == 1 || first == 2, let a = shortNumber() else { return nil }
    if peek == 0x20 || peek == 0x2D || peek == 0x2F {
      let start = self
      skipMarks()
      if let month = monthName() {
        skipMarks()
        guard let year = digits(4) else { return nil }
        return CivilDate.quoteDays(year: year, month: month, day: a)
      }
      self = start
    }
    guard let mark = dateMark(), let b = shortNumber(), take(mark), let year = digits(4) else {
      return nil
    }
    switch mark == 0x2E ? .dayFirst : order {
    case .dayFirst: return CivilDate.quoteDays(year: year, month: b, day: a)
    case .monthFirst: return CivilDate.quoteDays(year: year, month: a, day: b)
    case .unknown: return nil
    }
  }

  private mutating func dateMark() -> UInt8? {
    let mark = peek
    return (mark == 0x2D || mark == 0x2E || mark == 0x2F) && take(mark) ? mark : nil
  }

  private mutating func shortNumber() -> Int? {
    let count = leadingDigits
    return count == 1 || count == 2 ? digits(count) : nil
  }

  private mutating func skipMarks() { _ = takeMarks() }

  private mutating func takeMarks() -> UnsafeBufferPointer<UInt8> {
    let start = at
    while at < end, [0x20, 0x2C, 0x2D, 0x2E, 0x2F].contains(at.pointee) { at += 1 }
    return UnsafeBufferPointer(start: start, count: at - start)
  }

  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]
  private static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  private func word() -> (text: String, end: UnsafePointer<UInt8>) {
    guard (0x61...0x7A).contains(peek | 0x20) else { return ("", at) }
    var place = at
    while place < end, (0x61...0x7A).contains(place.pointee | 0x20) { place += 1 }
    let bytes = UnsafeBufferPointer(start: at, count: place - at)
    return (String(decoding: bytes.prefix(3).map { $0 | 0x20 }, as: UTF8.self), place)
  }

  private mutating func monthName() -> Int? {
    let word = word()
    guard let index = LineCursor.months.firstIndex(of: word.text) else { return nil }
    at = word.end
    return index + 1
  }

  private mutating func skipWeekday() {
    let word = word()
    guard LineCursor.weekdays.contains(word.text) else { return }
    at = word.end
    skipMarks()
  }

  /// The rest after a date: nothing, or a clock after a blank, `T` or comma.
  fileprivate mutating func clockAndZone(after days: Int64) -> FieldTime? {
    if isAtEnd { return .local(days * CivilMoment.nanosecondsPerDay, isDay: true) }
    if take(0x2C) {
      skipBlanks()
    } else {
      guard take(0x20) || take(0x54) || take(0x74) else { return nil }
    }
    skipBlanks()
    return clock(after: days)
  }

  /// The time of the day and its zone, up to the end.
  mutating func clock(after days: Int64) -> FieldTime? {
    guard let seconds = clockSeconds() else { return nil }
    var nanoseconds: Int64 = 0
    if seconds.hasFraction || (seconds.hasSeconds && (take(0x2E) || take(0x2C))) {
      let count = leadingDigits
      guard (1...9).contains(count), let value = fraction(places: 9) else { return nil }
      nanoseconds = value
    }
    var hour = seconds.hour
    let beforeHalf = self
    skipBlanks()
    let half = word()
    if half.text == "am" || half.text == "pm" {
      guard (1...12).contains(hour) else { return nil }
      hour = hour % 12 + (half.text == "pm" ? 12 : 0)
      at = half.end
    } else {
      self = beforeHalf
    }
    let local = days * 86_400 + Int64(hour * 3_600) + Int64(seconds.rest)
    guard let zone = zone() else { return nil }
    let time = local * CivilMoment.nanosecondsPerSecond + nanoseconds
    switch zone {
    case .none: return .local(time, isDay: false)
    case .some(let offset):
      return LineCursor.inRange(time - offset * CivilMoment.nanosecondsPerSecond).map {
        .instant($0)
      }
    }
  }

  private struct Clock {
    var hour: Int
    /// Seconds after the hour.
    var rest: Int
    var hasSeconds: Bool
    /// Digits of a fraction follow without a point.
    var hasFraction = false
  }

  /// `H:MM`, `HH:MM:SS`, `HHMM`, `HHMMSS` or `HHMMSSmmm`.
  private mutating func clockSeconds() -> Clock? {
    let count = leadingDigits
    var clock: Clock
    switch count {
    case 1, 2:
      guard let hour = digits(count), take(0x3A), let minute = digits(2) else { return nil }
      clock = Clock(hour: hour, rest: minute * 60, hasSeconds: false)
      guard minute < 60 else { return nil }
      if take(0x3A) {
        guard let second = digits(2), second < 60 else { return nil }
        clock.rest += second
        clock.hasSeconds = true
      }
    case 4, 6, 9:
      guard let hour = digits(2), let minute = digits(2), minute < 60 else { return nil }
      clock = Clock(hour: hour, rest: minute * 60, hasSeconds: count > 4)
      if count > 4 {
        guard let second = digits(2), second < 60 else { return nil }
        clock.rest += second
      }
      clock.hasFraction = count == 9
    default: return nil
    }
    return clock.hour < 24 ? clock : nil
  }

  /// Seconds east of UTC from the rest; `.some(nil)` without a rest, nil if the rest is no zone:
  /// `Z`, `+01`, `-0500`, `+05:30`, `UTC`, `GMT`, `GMT+0100`.
  private mutating func zone() -> Int64?? {
    skipBlanks()
    if isAtEnd { return .some(nil) }
    if take(0x5A) || take(0x7A) { return isAtEnd ? .some(0) : nil }
    let word = word()
    if word.end > at {
      guard word.text == "gmt" || word.text == "utc", word.end - at == 3 else { return nil }
      at = word.end
      if isAtEnd { return .some(0) }
    }
    let isWest = peek == 0x2D
    guard take(0x2B) || take(0x2D) else { return nil }
    let count = leadingDigits
    guard [1, 2, 4].contains(count), let hours = digits(min(count, 2)) else { return nil }
    var minutes = 0
    if count == 4 || take(0x3A) {
      guard let value = digits(2) else { return nil }
      minutes = value
    }
    guard isAtEnd, hours <= 18, minutes < 60 else { return nil }
    let seconds = Int64(hours * 3_600 + minutes * 60)
    return .some(isWest ? -seconds : seconds)
  }
}
