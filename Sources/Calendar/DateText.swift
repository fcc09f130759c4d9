/// Dates as texts, as `timestamp("…")` takes them.
public enum DateText {
  /// Milliseconds since 1970 UTC of an ISO 8601 or RFC 2822 date; nil for any other text.
  ///
  ///     2024-03-10   2024-03-10T09:30   2024-03-10 09:30:15.250 +05:30
  ///     10 Mar 2024   Sun, 10 Mar 2024 09:30 GMT+2   Mar 10, 2024 09:30:15 -0400
  ///
  /// Without a zone it is UTC. O(length).
  public static func instant(_ text: some StringProtocol) -> Int64? {
    guard text.utf8.count <= 64 else { return nil }
    var parts = Parts()
    for token in tokens(of: text) {
      guard parts.take(token) else { return nil }
    }
    return parts.instant
  }

  private static func tokens(of text: some StringProtocol) -> [ArraySlice<UInt8>] {
    var bytes = Array(text.utf8)
    // The T between date and time: one that stands between two digits.
    for i in bytes.indices.dropFirst().dropLast()
    where bytes[i] == UInt8(ascii: "T") && isDigit(bytes[i - 1]) && isDigit(bytes[i + 1]) {
      bytes[i] = UInt8(ascii: " ")
    }
    return bytes.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ",") }
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  static func number(_ text: ArraySlice<UInt8>) -> Int? {
    guard !text.isEmpty, text.count <= 6, text.allSatisfy(isDigit) else { return nil }
    return text.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  /// What has been read so far.
  private struct Parts {
    var year, month, day: Int?
    var milliseconds: Int?
    var offset: Int?

    mutating func take(_ token: ArraySlice<UInt8>) -> Bool {
      if let value = DateText.number(token) { return takeNumber(value, digits: token.count) }
      guard let first = token.first else { return false }
      if token.contains(UInt8(ascii: ":")), DateText.isDigit(first) { return takeTime(token) }
      if year == nil, DateText.isDigit(first), token.contains(UInt8(ascii: "-")) {
        return takeDate(token)
      }
      if takeZone(token) { return true }
      return takeName(token)
    }

    private mutating func takeNumber(_ value: Int, digits: Int) -> Bool {
      if digits == 4, year == nil {
        year = value
        return true
      }
      guard digits <= 2, day == nil else { return false }
      day = value
      return true
    }

    /// `2024-03-10`.
    private mutating func takeDate(_ token: ArraySlice<UInt8>) -> Bool {
      let fields = token.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        .map(DateText.number)
      guard fields.count == 3, month == nil, day == nil else { return false }
      (year, month, day) = (fields[0], fields[1], fields[2])
      return year != nil && month != nil && day != nil
    }

    /// `09:30`, `09:30:15`, `09:30:15.250`, with the zone behind it: `09:30:15Z`, `09:30+02:00`.
    private mutating func takeTime(_ token: ArraySlice<UInt8>) -> Bool {
      let isClock = { (byte: UInt8) in
        DateText.isDigit(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
      }
      let clock = token.prefix(while: isClock)
      let zone = token[clock.endIndex...]
      guard milliseconds == nil, zone.isEmpty || takeZone(zone) else { return false }
      let halves = clock.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      let fields = halves[0].split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        .map(DateText.number)
      guard (2...3).contains(fields.count), halves.count <= 2, let hour = fields[0], hour <= 24,
        let minute = fields[1], minute < 60
      else { return false }
      var total = (hour * 60 + minute) * 60_000
      if fields.count == 3 {
        guard let second = fields[2], second < 60 else { return false }
        total += second * 1000
      }
      if halves.count == 2 {
        guard let fraction = DateText.number(halves[1].prefix(3)) else { return false }
        total += [100, 10, 1][min(halves[1].count, 3) - 1] * fraction
      }
      milliseconds = total
      return total <= 86_400_000
    }

    /// `Z`, `GMT`, `UTC+2`, `-0400`, `+05:30`.
    private mutating func takeZone(_ token: ArraySlice<UInt8>) -> Bool {
      guard offset == nil else { return false }
      if token.elementsEqual("Z".utf8) {
        offset = 0
        return true
      }
      var rest = token
      if token.starts(with: "GMT".utf8) || token.starts(with: "UTC".utf8) {
        rest = token.dropFirst(3)
        if rest.isEmpty {
          offset = 0
          return true
        }
      }
      guard let seconds = ZoneRules.offset(rest) else { return false }
      offset = seconds
      return true
    }

    /// `Mar`, `March`; `Sun`, which says nothing new.
    private mutating func takeName(_ token: ArraySlice<UInt8>) -> Bool {
      guard token.count >= 3, token.allSatisfy({ ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A })
      else { return false }
      let key = token.prefix(3).reduce(UInt32(0)) { $0 << 8 | UInt32($1 | 0x20) }
      if let found = Self.names("jan feb mar apr may jun jul aug sep oct nov dec", key) {
        guard month == nil else { return false }
        month = found + 1
        return true
      }
      return Self.names("sun mon tue wed thu fri sat", key) != nil
    }

    private static func names(_ names: String, _ key: UInt32) -> Int? {
      names.split(separator: " ").firstIndex { name in
        name.utf8.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } == key
      }
    }

    var instant: Int64? {
      guard let year, let month, let day, let date = CivilDate(year: year, month: month, day: day)
      else { return nil }
      return date.days * CivilMoment.millisecondsPerDay + Int64(milliseconds ?? 0)
        - Int64(offset ?? 0) * 1000
    }
  }
}
