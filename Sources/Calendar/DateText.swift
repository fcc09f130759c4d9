/// Dates written in texts, as `timestamp("…")` takes them: ISO 8601 (`2024-01-31`,
/// `2024-01-31T09:30:00Z`, `2024/01/31 09:30 +01:00`, `2024 01 31`) and RFC 2822
/// (`Wed, 31 Jan 2024 09:30:00 GMT`, also without weekday, with the month first, with a year of
/// two digits). Without a zone the time is UTC.
///
/// The evaluator in Erlang reads them by the same rules (`fxaot_eval_date`).
public enum DateText {
  /// Milliseconds since 1970, UTC; nil where the text is no date. O(length).
  public static func milliseconds(of text: String) -> Int64? {
    guard text.utf8.count <= 100 else { return nil }
    var date = WrittenDate()
    for word in text.utf8.split(whereSeparator: { isBlank($0) }) {
      guard date.take(lowercased(word)) else { return nil }
    }
    return date.milliseconds
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 44 }

  private static func lowercased(_ word: Substring.UTF8View) -> ArraySlice<UInt8> {
    word.map { (65...90).contains($0) ? $0 + 32 : $0 }[...]
  }
}

/// The parts of a date read so far, word by word.
private struct WrittenDate {
  /// The numbers of year, month and day in the order of the text.
  private var numbers: [Number] = []
  private var month: Int?
  private var clock: Clock?
  /// Minutes east of UTC.
  private var zone: Int?
  private var hasWeekday = false

  struct Number {
    var value: Int
    var digits: Int
  }

  struct Clock {
    var hour = 0
    var minute = 0
    var second = 0
    var millisecond = 0
  }

  /// A word in small letters; false where it makes no sense.
  mutating func take(_ word: ArraySlice<UInt8>) -> Bool {
    guard let first = word.first else { return true }
    if first == UInt8(ascii: "+") || first == UInt8(ascii: "-") { return takeZone(word) }
    if isDigit(first) {
      if let mark = dayEnd(word) {
        return takeDay(word[..<mark]) && takeClock(word[(mark + 1)...])
      }
      return word.contains(UInt8(ascii: ":")) ? takeClock(word) : takeDay(word)
    }
    return takeName(word)
  }

  /// The `t` of an ISO date: the first behind a digit.
  private func dayEnd(_ word: ArraySlice<UInt8>) -> Int? {
    word.indices.dropFirst().first { word[$0] == UInt8(ascii: "t") && isDigit(word[$0 - 1]) }
  }

  // MARK: Words

  private mutating func takeName(_ word: ArraySlice<UInt8>) -> Bool {
    let text = String(decoding: word, as: UTF8.self)
    if let number = Self.number(of: text, in: Self.months) { return setMonth(number) }
    if Self.number(of: text, in: Self.weekdays) != nil {
      defer { hasWeekday = true }
      return !hasWeekday
    }
    if let hours = Self.zones[text] { return setZone(hours * 60) }
    for prefix in ["gmt", "utc"] where text.hasPrefix(prefix) { return takeZone(word.dropFirst(3)) }
    return false
  }

  /// `2024-01-31`, `2024/1/31`, `20240131`, `31-Jan-2024`, or one number of several.
  private mutating func takeDay(_ word: ArraySlice<UInt8>) -> Bool {
    if word.count == 8, let all = number(word)?.value {
      guard numbers.isEmpty, month == nil else { return false }
      numbers = [
        Number(value: all / 10_000, digits: 4), Number(value: all / 100 % 100, digits: 2),
        Number(value: all % 100, digits: 2),
      ]
      return true
    }
    let marks = [UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ".")]
    guard let mark = marks.first(where: { word.contains($0) }) else { return takeNumber(word) }
    let fields = word.split(separator: mark, omittingEmptySubsequences: false)
    guard numbers.isEmpty, month == nil, fields.count == 2 || fields.count == 3 else {
      return false
    }
    for field in fields {
      let isName = field.first.map { !isDigit($0) } ?? true
      guard isName ? takeName(field) : takeNumber(field) else { return false }
    }
    if fields.count == 2 { numbers.append(Number(value: 1, digits: 2)) }
    return true
  }

  private mutating func takeNumber(_ word: ArraySlice<UInt8>) -> Bool {
    guard let number = number(word), number.digits <= 4, numbers.count < 3 else { return false }
    numbers.append(number)
    return true
  }

  /// `09:30`, `09:30:00.250`, with `Z` or `+01:00` at its end.
  private mutating func takeClock(_ word: ArraySlice<UInt8>) -> Bool {
    guard clock == nil else { return false }
    var word = word
    if word.last == UInt8(ascii: "z") {
      guard setZone(0) else { return false }
      word = word.dropLast()
    } else if let sign = word.firstIndex(where: {
      $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-")
    }) {
      guard takeZone(word[sign...]) else { return false }
      word = word[..<sign]
    }
    let fields = word.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard fields.count == 2 || fields.count == 3, let hour = number(fields[0])?.value,
      let minute = number(fields[1])?.value
    else { return false }
    var read = Clock(hour: hour, minute: minute)
    if fields.count == 3 {
      guard takeSecond(fields[2], &read) else { return false }
    }
    clock = read
    return read.hour < 24 && read.minute < 60 && read.second < 60
  }

  private func takeSecond(_ word: ArraySlice<UInt8>, _ clock: inout Clock) -> Bool {
    let parts = word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count <= 2, let second = number(parts[0])?.value else { return false }
    clock.second = second
    guard parts.count == 2 else { return true }
    guard !parts[1].isEmpty, parts[1].allSatisfy(isDigit) else { return false }
    let digits = (Array(parts[1]) + [48, 48, 48])[..<3]
    clock.millisecond = digits.reduce(0) { $0 * 10 + Int($1) - 48 }
    return true
  }

  /// `+0100`, `-05:30`, `+1`.
  private mutating func takeZone(_ word: ArraySlice<UInt8>) -> Bool {
    let digits = word.dropFirst().filter { $0 != UInt8(ascii: ":") }
    guard let sign = word.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
      let number = number(digits[...])
    else { return false }
    let isShort = number.digits <= 2
    let minutes = isShort ? number.value * 60 : number.value / 100 * 60 + number.value % 100
    guard number.digits <= 4, minutes <= 14 * 60 else { return false }
    return setZone(sign == UInt8(ascii: "-") ? -minutes : minutes)
  }

  /// `GMT +0100` gives a zone twice: the offset counts.
  private mutating func setZone(_ minutes: Int) -> Bool {
    guard zone == nil || zone == 0 else { return false }
    zone = minutes
    return true
  }

  private mutating func setMonth(_ number: Int) -> Bool {
    guard month == nil else { return false }
    month = number
    return true
  }

  // MARK: The time

  var milliseconds: Int64? {
    guard let (year, month, day) = calendarDay, (1...9999).contains(year),
      let date = CivilDate(year: year, month: month, day: day)
    else { return nil }
    let clock = clock ?? Clock()
    let seconds = clock.hour * 3600 + clock.minute * 60 + clock.second - (zone ?? 0) * 60
    return date.days * CivilMoment.millisecondsPerDay + Int64(seconds * 1000 + clock.millisecond)
  }

  /// With a month by its name the day stands before the year, unless the year has four digits;
  /// without one the order is year, month, day.
  private var calendarDay: (Int, Int, Int)? {
    guard let month else {
      guard numbers.count == 3, numbers[0].digits == 4 else { return nil }
      return (numbers[0].value, numbers[1].value, numbers[2].value)
    }
    guard numbers.count == 2 else { return nil }
    let (first, second) = (numbers[0], numbers[1])
    if first.digits == 4, second.digits <= 2 { return (first.value, month, second.value) }
    guard first.digits <= 2 else { return nil }
    switch second.digits {
    case 4: return (second.value, month, first.value)
    // RFC 2822, 4.3: 00 … 49 are of this century.
    case 2: return (second.value + (second.value < 50 ? 2000 : 1900), month, first.value)
    default: return nil
    }
  }

  // MARK: Letters and digits

  private func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }

  private func number(_ word: ArraySlice<UInt8>) -> Number? {
    guard !word.isEmpty, word.count <= 8, word.allSatisfy(isDigit) else { return nil }
    return Number(value: word.reduce(0) { $0 * 10 + Int($1) - 48 }, digits: word.count)
  }

  /// Of a name or its beginning, three letters at least: from 1 on.
  private static func number(of word: String, in names: [String]) -> Int? {
    guard word.utf8.count >= 3 else { return nil }
    return names.firstIndex { $0.hasPrefix(word) }.map { $0 + 1 }
  }

  private static let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
  ]
  private static let weekdays = [
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
  ]
  /// Hours east of UTC: the zones of RFC 2822.
  private static let zones = [
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7,
    "mdt": -6, "pst": -8, "pdt": -7,
  ]
}
