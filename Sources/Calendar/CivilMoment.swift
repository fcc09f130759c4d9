/// Date and time of day, in some zone.
@frozen
public struct CivilMoment: Equatable, Sendable {
  public let date: CivilDate
  /// Milliseconds since midnight, 0 ..< 86,400,000.
  public let millisecondOfDay: Int

  @inlinable public static var millisecondsPerDay: Int64 { 86_400_000 }
  @inlinable public static var nanosecondsPerSecond: Int64 { 1_000_000_000 }
  @inlinable public static var nanosecondsPerDay: Int64 { 86_400 * nanosecondsPerSecond }
  /// Instants further from 1970 than this, in milliseconds, are cut to it: about 240,000 years.
  public static let furthest: Int64 = 88_000_000 * millisecondsPerDay

  /// Date and time of a clock that is `milliseconds` past 1970-01-01 00:00 of its own zone.
  public init(local milliseconds: Int64) {
    let bounded = min(max(milliseconds, -Self.furthest), Self.furthest)
    let days = floorDivide(bounded, Self.millisecondsPerDay)
    date = CivilDate(days: days)
    millisecondOfDay = Int(bounded &- days &* Self.millisecondsPerDay)
  }

  public var hour: Int { millisecondOfDay / 3_600_000 }
  public var minute: Int { millisecondOfDay / 60_000 % 60 }
  public var second: Int { millisecondOfDay / 1000 % 60 }
  public var millisecond: Int { millisecondOfDay % 1000 }
  public var minuteOfDay: Int { millisecondOfDay / 60_000 }

  /// Milliseconds since 1970-01-01 00:00 of the same zone, of fields that may lie outside their
  /// ranges: hour 25 is 1:00 of the next day. nil where that is further away than `furthest`.
  public static func local(
    year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0
  ) -> Int64? {
    let most = 1 << 40
    guard hour.magnitude < most, minute.magnitude < most, second.magnitude < most else {
      return nil
    }
    let seconds = Int64(hour) &* 3600 &+ Int64(minute) &* 60 &+ Int64(second)
    let days = CivilDate.days(year: year, month: month, day: day)
    let result = days &* millisecondsPerDay &+ seconds &* 1000
    return result.magnitude <= UInt64(furthest) ? result : nil
  }
}
