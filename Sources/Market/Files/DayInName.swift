import Calendar

/// The day in a file's name: LEAN keeps the day of a file there only.
public enum DayInName {
  /// Midnight UTC, in nanoseconds since 1970, of the first eight consecutive digits of a name, read
  /// as YYYYMMDD; nil where no run of eight or more digits starts with a date. O(length).
  public static func midnight(_ name: some Sequence<UInt8>) -> Int64? {
    var digits = 0
    var value = 0
    for byte in name {
      guard byte >= 0x30, byte <= 0x39 else {
        digits = 0
        value = 0
        continue
      }
      digits += 1
      value = value &* 10 &+ Int(byte &- 0x30)
      if digits == 8 {
        return CivilDate.quoteDays(
          year: value / 10_000, month: value / 100 % 100, day: value % 100
        ).map { $0 * CivilMoment.nanosecondsPerDay }
      }
    }
    return nil
  }
}
