import Calendar

/// When a market is open, and when its days begin.
public enum MarketHours: UInt8, BitwiseCopyable, Sendable {
  /// Always; days begin at midnight UTC.
  case always
  /// Monday's day is from Sunday 17:00 to Monday 17:00, in New York; there are five a week.
  case forex

  public static let forexSession = "1700-1700:23456"
  public static let forexZone = "America/New_York"
  /// The zone's rules from the system's tzdata; without it, the rules that hold since 2007.
  public static let forexRules = SystemZones.rules(forexZone) ?? .newYork

  private static let utcDays = TradingCalendar()
  private static let forexDays =
    Session(forexSession).map { TradingCalendar(zone: forexRules, session: $0) } ?? utcDays

  var calendar: TradingCalendar { self == .forex ? Self.forexDays : Self.utcDays }
}
