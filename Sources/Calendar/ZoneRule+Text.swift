extension ZoneRule {
  /// nil where the text is not a POSIX TZ text with the extensions of RFC 8536 (hours −167 … 167).
  init?(_ text: ArraySlice<UInt8>) {
    var reader = Reader(rest: text)
    guard reader.skipName(), let west = reader.offset() else { return nil }
    standard = Int32(-west)
    daylight = nil
    if reader.rest.isEmpty { return }
    guard reader.skipName() else { return nil }
    var summer = standard &+ 3600
    if let next = reader.rest.first, next != UInt8(ascii: ",") {
      guard let west = reader.offset() else { return nil }
      summer = Int32(-west)
    }
    guard let start = reader.change(), let end = reader.change(), reader.rest.isEmpty else {
      return nil
    }
    daylight = Daylight(offset: summer, start: start, end: end)
  }

  private struct Reader {
    var rest: ArraySlice<UInt8>

    mutating func skip(_ character: Character) -> Bool {
      guard rest.first == character.asciiValue else { return false }
      rest.removeFirst()
      return true
    }

    /// `EST`, or anything between < and >.
    mutating func skipName() -> Bool {
      if skip("<") {
        while let next = rest.popFirst() {
          if next == UInt8(ascii: ">") { return true }
        }
        return false
      }
      let before = rest.count
      while let next = rest.first, (next | 0x20) >= 0x61, (next | 0x20) <= 0x7A {
        rest.removeFirst()
      }
      return before &- rest.count >= 3
    }

    mutating func number(most: Int) -> Int? {
      var value: Int?
      while let next = rest.first, next >= 0x30, next <= 0x39 {
        rest.removeFirst()
        value = (value ?? 0) &* 10 &+ Int(next &- 0x30)
        if value ?? 0 > most { return nil }
      }
      return value
    }

    /// `[+-]h[h][:mm[:ss]]` in seconds.
    mutating func time(mostHours: Int) -> Int64? {
      let isNegative = skip("-")
      if !isNegative { _ = skip("+") }
      guard let hours = number(most: mostHours) else { return nil }
      var seconds = hours &* 3600
      if skip(":") {
        guard let minutes = number(most: 59) else { return nil }
        seconds &+= minutes &* 60
        if skip(":") {
          guard let rest = number(most: 59) else { return nil }
          seconds &+= rest
        }
      }
      return Int64(isNegative ? -seconds : seconds)
    }

    mutating func offset() -> Int64? { time(mostHours: 24) }

    /// `,M3.2.0/2`, `,J60`, `,59/26`; 2:00 where no time is given.
    mutating func change() -> Change? {
      guard skip(","), let day = day() else { return nil }
      guard skip("/") else { return Change(day: day, time: 7200) }
      return time(mostHours: 167).map { Change(day: day, time: $0) }
    }

    mutating func day() -> Day? {
      if skip("J") { return number(most: 365).flatMap { $0 >= 1 ? .julian($0) : nil } }
      guard skip("M") else { return number(most: 365).map(Day.ordinal) }
      guard let month = number(most: 12), month >= 1, skip("."),
        let week = number(most: 5), week >= 1, skip("."), let day = number(most: 6)
      else { return nil }
      return .weekday(month: month, week: week, day: day)
    }
  }
}
