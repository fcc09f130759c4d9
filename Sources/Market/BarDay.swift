import Calendar

/// The day in which an instrument's newest bar began. Bars count from its start, so that a day's
/// calendar is asked once a day.
package struct BarDay: BitwiseCopyable {
  /// Nanoseconds; none before the first bar.
  private var start: Int64 = 0
  private var end: Int64 = 0
  private var isTraded = true

  private static let length: Int64 = 86_400_000_000_000
  private static let perMillisecond: Int64 = 1_000_000

  package init() {}

  /// Start and end (exclusive) of the bar that contains an instant. nil for a bar of a day or longer on a
  /// day on which the market is closed. O(1) within a day.
  package mutating func bar(
    of timeframe: Timeframe, at time: Int64, _ hours: MarketHours
  ) -> (start: Int64, end: Int64)? {
    if time < start || time >= end { move(to: time, hours.calendar) }
    let length = timeframe.length
    if length < Self.length {
      let from = start &+ (time &- start) / length &* length
      return (from, min(from &+ length, end))
    }
    guard isTraded else { return nil }
    if length == Self.length { return (start, end) }
    return Self.days(length, at: time, hours.calendar)
  }

  private mutating func move(to time: Int64, _ calendar: TradingCalendar) {
    let day = calendar.day(at: time / Self.perMillisecond)
    start = calendar.start(ofTradingDay: day) &* Self.perMillisecond
    end = calendar.start(ofTradingDay: day &+ 1) &* Self.perMillisecond
    isTraded = calendar.isTraded(day: day)
  }

  /// Several days count as a script's do; other spans count from 1970.
  private static func days(
    _ length: Int64, at time: Int64, _ calendar: TradingCalendar
  ) -> (start: Int64, end: Int64) {
    guard length % Self.length == 0, let period = Period(Int(length / Self.length), .day) else {
      let from = time &- time % length
      return (from, from &+ length)
    }
    let bounds = calendar.bounds(of: period, at: time / perMillisecond)
    return (bounds.start &* perMillisecond, bounds.end &* perMillisecond)
  }
}
