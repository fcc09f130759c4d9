/// Date and time of day as texts show them, from milliseconds since 1970 by some zone's clocks.
/// The calendar's arithmetic is Calendar's; here it is repeated in two lines, since this module
/// imports nothing. Source: http://howardhinnant.github.io/date_algorithms.html
public struct ClockFields {
  var year, month, day, hour, minute, second, millisecond: Int

  /// nil for na and times beyond ±200,000 years.
  public init?(local milliseconds: Double) {
    guard abs(milliseconds) < 6e15, let time = Int(exactly: milliseconds.rounded(.down)) else {
      return nil
    }
    let days = time >= 0 ? time / 86_400_000 : (time - 86_399_999) / 86_400_000
    let rest = time - days * 86_400_000
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shifted + 2) / 5 + 1
    month = shifted < 10 ? shifted + 3 : shifted - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    hour = rest / 3_600_000
    minute = rest / 60_000 % 60
    second = rest / 1000 % 60
    millisecond = rest % 1000
  }

  /// y M d H h m s S a E, as often as digits are wanted; text in apostrophes; other signs stand.
  public func append(pattern: [UInt8], to out: inout [UInt8]) {
    var i = 0
    var isQuoted = false
    while i < pattern.count {
      let letter = pattern[i]
      var run = 1
      while i + run < pattern.count, pattern[i + run] == letter { run += 1 }
      if letter == UInt8(ascii: "'") {
        if run % 2 == 1 { isQuoted.toggle() }
      } else if isQuoted || !append(letter, run, to: &out) {
        out.append(contentsOf: pattern[i..<i + run])
      }
      i += run
    }
  }

  private func append(_ letter: UInt8, _ run: Int, to out: inout [UInt8]) -> Bool {
    switch letter {
    case UInt8(ascii: "y"), UInt8(ascii: "Y"): digits(run == 2 ? year % 100 : year, run, &out)
    case UInt8(ascii: "M"): run < 3 ? digits(month, run, &out) : name(run, &out)
    case UInt8(ascii: "d"): digits(day, run, &out)
    case UInt8(ascii: "H"): digits(hour, run, &out)
    case UInt8(ascii: "h"): digits(hour % 12 == 0 ? 12 : hour % 12, run, &out)
    case UInt8(ascii: "m"): digits(minute, run, &out)
    case UInt8(ascii: "s"): digits(second, run, &out)
    case UInt8(ascii: "S"): digits(millisecond, run, &out)
    case UInt8(ascii: "a"): out.append(contentsOf: (hour < 12 ? "AM" : "PM").utf8)
    default: return false
    }
    return true
  }

  private func digits(_ n: Int, _ places: Int, _ out: inout [UInt8]) {
    let text = String(abs(n))
    if n < 0 { out.append(UInt8(ascii: "-")) }
    for _ in 0..<max(min(places, 8) - text.utf8.count, 0) { out.append(UInt8(ascii: "0")) }
    out.append(contentsOf: text.utf8)
  }

  private func name(_ run: Int, _ out: inout [UInt8]) {
    let name = Self.months[min(max(month - 1, 0), 11)]
    out.append(contentsOf: run == 3 ? Array(name.utf8.prefix(3)) : Array(name.utf8))
  }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
}
