import CFxaot
import Calendar

extension LineCursor {
  /// `YYYY-MM-DD HH:MM[:SS[.fraction]]` with `T` or a blank between, then `Z`, `±HH`, `±HHMM` or
  /// `±HH:MM`; none is UTC. Nanoseconds since 1970.
  @inline(__always) mutating func isoTime() -> Int64? {
    guard let year = digits(4), take(0x2D), let month = digits(2), take(0x2D),
      let day = digits(2), let days = CivilDate.quoteDays(year: year, month: month, day: day),
      take(0x20) || take(0x54) || take(0x74),
      let hour = digits(2), take(0x3A), let minute = digits(2), hour < 24, minute < 60
    else { return nil }
    var second = 0
    var nanosecond: Int64 = 0
    if take(0x3A) {
      guard let value = digits(2), value < 60 else { return nil }
      second = value
      if take(0x2E) {
        guard let value = fraction(places: 9) else { return nil }
        nanosecond = value
      }
    }
    guard let offset = zoneSeconds() else { return nil }
    let seconds = days * 86_400 + Int64(hour * 3_600 + minute * 60 + second) - offset
    return LineCursor.inRange(seconds * CivilMoment.nanosecondsPerSecond + nanosecond)
  }

  /// `YYYYMMDD HHMMSSmmm` as HistData writes it, in EST without daylight saving (UTC − 5 h).
  @inline(__always) mutating func histDataTime() -> Int64? {
    guard let year = digits(4), let month = digits(2), let day = digits(2),
      let days = CivilDate.quoteDays(year: year, month: month, day: day), take(0x20),
      let hour = digits(2), let minute = digits(2), let second = digits(2),
      let millisecond = digits(3), hour < 24, minute < 60, second < 60
    else { return nil }
    let seconds = days * 86_400 + Int64((hour + 5) * 3_600 + minute * 60 + second)
    return LineCursor.inRange(
      seconds * CivilMoment.nanosecondsPerSecond + Int64(millisecond) * 1_000_000)
  }

  /// The time if a quote may have it, else nil.
  @inline(__always) static func inRange(_ time: Int64) -> Int64? {
    time >= 0 && time <= FXAOT_MAX_TIME_NS ? time : nil
  }

  @inline(__always) private mutating func zoneSeconds() -> Int64? {
    if take(0x5A) || take(0x7A) { return 0 }
    let isWest = peek == 0x2D
    guard take(0x2B) || take(0x2D) else { return 0 }
    guard let hours = digits(2), hours <= 18 else { return nil }
    var minutes = 0
    if take(0x3A) || (peek >= 0x30 && peek <= 0x39) {
      guard let value = digits(2), value < 60 else { return nil }
      minutes = value
    }
    let seconds = Int64(hours * 3_600 + minutes * 60)
    return isWest ? -seconds : seconds
  }
}
