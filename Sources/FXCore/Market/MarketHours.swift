import Calendar

/// When markets are open, where the symbol's own terms do not tell.
public enum MarketHours {
  /// Monday's day is from Sunday 17:00 to Monday 17:00, in New York; there are five a week.
  public static let forexSession = "1700-1700:23456"
  public static let forexZone = "America/New_York"

  /// The zone's rules from the system's tzdata; without it, the rules that hold since 2007.
  public static let forexRules = SystemZones.rules(forexZone) ?? .newYork
}
