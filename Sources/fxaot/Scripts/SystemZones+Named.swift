import Calendar
import FXCore

extension SystemZones {
  /// As `rules`, with a sentence where there is no such zone.
  static func named(_ name: String) throws(ToolError) -> ZoneRules {
    guard let rules = rules(name) else {
      throw .failed(
        "this system has no time zone '\(name)'; use one like UTC, UTC+2, Europe/Berlin "
          + "or America/New_York")
    }
    return rules
  }
}
