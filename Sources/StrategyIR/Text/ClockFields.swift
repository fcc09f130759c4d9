import Calendar

/// Date and time of day as texts show them, from milliseconds since 1970 by some zone's clocks.
public struct ClockFields {
  private let moment: CivilMoment
  /// Minutes that these clocks are ahead of UTC.
  private let offset: Int

  /// nil for na and times beyond ±200,000 years.
  ///
  /// - Parameter offset: Milliseconds that these clocks are ahead of UTC.
  public init?(local milliseconds: Double, offset: Int64 = 0) {
    guard abs(milliseconds) < 6e15, let time = Int64(exactly: milliseconds.rounded(.down)) else {
      return nil
    }
    moment = CivilMoment(local: time)
    self.offset = Int(offset / 60_000)
  }

  var year: Int { moment.date.year }
  var month: Int { moment.date.month }
  var day: Int { moment.date.day }
  var hour: Int { moment.hour }
  var minute: Int { moment.minute }
  var second: Int { moment.second }
  var millisecond: Int { moment.millisecond }

  /// Days since the year's first.
  private var dayOfYear: Int { moment.date.dayOfYear - 1 }
  /// 0 for Sunday.
  private var weekday: Int { moment.date.weekday - 1 }
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
