/// Dates written in texts, as `timestamp("…")` takes them: ISO 8601 (`2024-01-31`,
/// `2024-01-31T09:30:00Z`, `2024-01-31 09:30 +01:00`) and RFC 2822 style (`31 Jan 2024 09:30
/// +0100`, `Jan 31 2024`). Without a zone the time is UTC.
enum DateText {
  /// Milliseconds since 1970, UTC; nil where the text is no date.
  static func milliseconds(of text: String) -> Double? {
    var parts = DateParts()
    for word in text.split(whereSeparator: { $0 == " " || $0 == "," }) {
      guard take(word, &parts) else { return nil }
    }
    return parts.milliseconds
  }

  /// A word, or the two around the `T` of an ISO date.
  private static func take(_ word: Substring, _ parts: inout DateParts) -> Bool {
    if let first = word.first, first.isNumber, let mark = word.firstIndex(of: "T") {
      return parts.take(String(word[..<mark]))
        && parts.take(String(word[word.index(after: mark)...]))
    }
    return parts.take(String(word))
  }
}

/// What has been read of a date.
private struct DateParts {
  private var year: Int?
  private var month: Int?
  private var day: Int?
  private var clock: (Int, Int, Int) = (0, 0, 0)
  /// Minutes east of UTC.
  private var zone = 0

  mutating func take(_ word: String) -> Bool {
    if let month = Self.month(word) {
      self.month = month
      return true
    }
    if Self.weekdays.contains(String(word.prefix(3)).lowercased()) { return true }
    if word == "Z" || word == "UTC" || word == "GMT" || word == "+" { return true }
    if word.contains(":"), !word.hasPrefix("+"), !word.hasPrefix("-") { return takeClock(word) }
    if word.hasPrefix("+") || word.hasPrefix("-") { return takeZone(word) }
    if word.hasPrefix("GMT") || word.hasPrefix("UTC") { return takeZone(String(word.dropFirst(3))) }
    let fields = word.split(separator: "-", omittingEmptySubsequences: false)
    if fields.count > 1 { return takeDate(fields) }
    guard let number = Self.number(word) else { return false }
    if word.utf8.count == 4 { year = number } else { day = number }
    return true
  }

  private mutating func takeDate(_ fields: [Substring]) -> Bool {
    let numbers = fields.compactMap { Self.number(String($0)) }
    guard numbers.count == fields.count, numbers.count <= 3 else { return false }
    year = numbers[0]
    month = numbers[1]
    day = numbers.count > 2 ? numbers[2] : 1
    return true
  }

  /// `09:30`, `09:30:00.000`, with `Z` or `+01:00` at its end.
  private mutating func takeClock(_ word: String) -> Bool {
    var text = word[...]
    if text.hasSuffix("Z") { text = text.dropLast() }
    if let sign = text.firstIndex(where: { $0 == "+" || $0 == "-" }) {
      guard takeZone(String(text[sign...])) else { return false }
      text = text[..<sign]
    }
    let fields = text.split(separator: ":", omittingEmptySubsequences: false)
    guard fields.count == 2 || fields.count == 3 else { return false }
    let whole = fields.map { $0.split(separator: ".").first ?? "" }
    let numbers = whole.compactMap { Self.number(String($0)) }
    guard numbers.count == fields.count else { return false }
    clock = (numbers[0], numbers[1], numbers.count > 2 ? numbers[2] : 0)
    return clock.0 < 24 && clock.1 < 60 && clock.2 < 60
  }

  /// `+0100`, `-05:30`, `+1`.
  private mutating func takeZone(_ word: String) -> Bool {
    let digits = word.dropFirst().filter { $0 != ":" }
    guard let number = Self.number(String(digits)) else { return false }
    let minutes = digits.utf8.count > 2 ? number / 100 * 60 + number % 100 : number * 60
    guard minutes <= 14 * 60 else { return false }
    zone = word.hasPrefix("-") ? -minutes : minutes
    return true
  }

  var milliseconds: Double? {
    guard let year, let month, let day, (1...9999).contains(year), (1...12).contains(month),
      (1...31).contains(day)
    else { return nil }
    let days = Self.days(year: year, month: month, day: day)
    let seconds = days * 86_400 + clock.0 * 3600 + clock.1 * 60 + clock.2 - zone * 60
    return Double(seconds) * 1000
  }

  /// Days since 1970-01-01 in the Gregorian calendar: years begin in March, so that the leap day
  /// is a year's last.
  private static func days(year: Int, month: Int, day: Int) -> Int {
    let shifted = month > 2 ? year : year - 1
    let monthFromMarch = (month + 9) % 12
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
  }

  private static func number(_ text: String) -> Int? {
    guard !text.isEmpty, text.utf8.count <= 6, text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 })
    else { return nil }
    return Int(text)
  }

  private static func month(_ word: String) -> Int? {
    guard word.utf8.count >= 3 else { return nil }
    let names = [
      "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    return names.firstIndex(of: String(word.prefix(3)).lowercased()).map { $0 + 1 }
  }

  private static let weekdays: Set<String> = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
}
