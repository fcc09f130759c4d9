/// Date and time of day as texts show them, from milliseconds since 1970 by some zone's clocks.
/// The calendar's arithmetic is Calendar's; here it is repeated in two lines, since this module
/// imports nothing. Source: http://howardhinnant.github.io/date_algorithms.html
public struct ClockFields {
  var year, month, day, hour, minute, second, millisecond: Int
  /// Days since 1970-01-01, days since the year's first.
  private let days, dayOfYear: Int
  /// Minutes that these clocks are ahead of UTC.
  private let offset: Int

  /// nil for na and times beyond ±200,000 years.
  ///
  /// - Parameter offset: Milliseconds that these clocks are ahead of UTC.
  public init?(local milliseconds: Double, offset: Int64 = 0) {
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
    let marchDay = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * marchDay + 2) / 153
    day = marchDay - (153 * shifted + 2) / 5 + 1
    month = shifted < 10 ? shifted + 3 : shifted - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    hour = rest / 3_600_000
    minute = rest / 60_000 % 60
    second = rest / 1000 % 60
    millisecond = rest % 1000
    self.days = days
    self.offset = Int(offset / 60_000)
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    // Days from March on: 306 before January, 337 before February.
    dayOfYear = month <= 2 ? marchDay - 306 : marchDay + (isLeap ? 60 : 59)
  }

  /// 0 for Sunday.
  private var weekday: Int { ((days % 7) + 11) % 7 }
  private var firstWeekday: Int { (weekday - dayOfYear % 7 + 7) % 7 }

  /// The letters of Java's SimpleDateFormat, as often as digits are wanted; text in apostrophes, two
  /// of them are one; other signs stand.
  ///
  ///     G era, y year, M month, w week of the year, W week of the month, D day of the year, d day,
  ///     E weekday, u weekday from Monday on, a AM or PM, H k hour from 0, 1, K h hour of twelve
  ///     from 0, 1, m minute, s second, S millisecond, z zone, Z offset (-0500), X offset (-05)
  ///
  /// Weeks begin on Sunday; the first is the one with the 1st.
  public func append(pattern: [UInt8], to out: inout [UInt8]) {
    var i = 0
    var isQuoted = false
    while i < pattern.count {
      let letter = pattern[i]
      if letter == UInt8(ascii: "'") {
        if i + 1 < pattern.count, pattern[i + 1] == letter {
          out.append(letter)
          i += 1
        } else {
          isQuoted.toggle()
        }
        i += 1
        continue
      }
      var run = 1
      while !isQuoted, i + run < pattern.count, pattern[i + run] == letter { run += 1 }
      if isQuoted || !append(letter, run, to: &out) {
        out.append(contentsOf: pattern[i..<i + run])
      }
      i += run
    }
  }

  private func append(_ letter: UInt8, _ run: Int, to out: inout [UInt8]) -> Bool {
    switch letter {
    case UInt8(ascii: "G"): out.append(contentsOf: (year > 0 ? "AD" : "BC").utf8)
    case UInt8(ascii: "y"), UInt8(ascii: "Y"): digits(run == 2 ? year % 100 : year, run, &out)
    case UInt8(ascii: "M"), UInt8(ascii: "L"):
      run < 3 ? digits(month, run, &out) : name(Self.months[min(max(month - 1, 0), 11)], run, &out)
    case UInt8(ascii: "w"): digits(week(of: dayOfYear, firstWeekday), run, &out)
    case UInt8(ascii: "W"): digits(week(of: day - 1, (weekday - (day - 1) % 7 + 7) % 7), run, &out)
    case UInt8(ascii: "D"): digits(dayOfYear + 1, run, &out)
    case UInt8(ascii: "d"): digits(day, run, &out)
    case UInt8(ascii: "E"): name(Self.weekdays[min(max(weekday, 0), 6)], run > 3 ? run : 3, &out)
    case UInt8(ascii: "u"): digits(weekday == 0 ? 7 : weekday, run, &out)
    case UInt8(ascii: "a"): out.append(contentsOf: (hour < 12 ? "AM" : "PM").utf8)
    case UInt8(ascii: "H"): digits(hour, run, &out)
    case UInt8(ascii: "k"): digits(hour == 0 ? 24 : hour, run, &out)
    case UInt8(ascii: "K"): digits(hour % 12, run, &out)
    case UInt8(ascii: "h"): digits(hour % 12 == 0 ? 12 : hour % 12, run, &out)
    case UInt8(ascii: "m"): digits(minute, run, &out)
    case UInt8(ascii: "s"): digits(second, run, &out)
    case UInt8(ascii: "S"): digits(millisecond, run, &out)
    case UInt8(ascii: "z"): zone(&out)
    case UInt8(ascii: "Z"): ahead(minutes: true, colon: false, &out)
    case UInt8(ascii: "X"):
      if offset == 0 { out.append(UInt8(ascii: "Z")) } else { ahead(minutes: run > 1, colon: run > 2, &out) }
    default: return false
    }
    return true
  }

  /// Of the day so many days after one that was that weekday.
  private func week(of day: Int, _ first: Int) -> Int { (day + first) / 7 + 1 }

  private func zone(_ out: inout [UInt8]) {
    if offset == 0 { return out.append(contentsOf: "UTC".utf8) }
    out.append(contentsOf: "GMT".utf8)
    ahead(minutes: true, colon: true, &out)
  }

  /// -0500, -05:00, -05.
  private func ahead(minutes: Bool, colon: Bool, _ out: inout [UInt8]) {
    out.append(UInt8(ascii: offset < 0 ? "-" : "+"))
    digits(abs(offset) / 60, 2, &out)
    guard minutes else { return }
    if colon { out.append(UInt8(ascii: ":")) }
    digits(abs(offset) % 60, 2, &out)
  }

  private func digits(_ n: Int, _ places: Int, _ out: inout [UInt8]) {
    let text = String(abs(n))
    if n < 0 { out.append(UInt8(ascii: "-")) }
    for _ in 0..<max(min(places, 8) - text.utf8.count, 0) { out.append(UInt8(ascii: "0")) }
    out.append(contentsOf: text.utf8)
  }

  /// In full from four letters on.
  private func name(_ name: String, _ run: Int, _ out: inout [UInt8]) {
    out.append(contentsOf: run == 3 ? Array(name.utf8.prefix(3)) : Array(name.utf8))
  }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
  private static let weekdays = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]
}
