import ArgumentParser
import Market

/// Properties of a script's symbol that its name does not give.
struct SymbolOptions: ParsableArguments {
  @Option(
    help: """
      The symbol's time zone, for a script: UTC, UTC+2, America/New_York … (default: \
      America/New_York for forex, else UTC).
      """)
  var timezone: String?

  @Option(
    help: ArgumentHelp(
      "The symbol's trading hours, as 0930-1600:23456 or 24x7 (default: 1700-1700:23456 for forex).",
      valueName: "hours"))
  var session: String?

  @Option(
    help: ArgumentHelp(
      """
      When the symbol's days begin, as 17 or 17:00, in --timezone or else UTC (default: with the \
      trading hours).
      """, valueName: "time"))
  var sessionStart: String?

  @Option(
    help: """
      The smallest step of a script's quantities (default: 1 for forex, else 0.0001).
      """)
  var quantityStep: Double?

  @Option(help: "The smallest step of a script's prices (default: by --decimals).")
  var mintick: Double?

  @Option(
    name: .customLong("pointvalue"),
    help: "What a move of 1.0 in the price is worth for one unit (default: 1).")
  var pointValue: Double?

  @Option(help: "The currency of a script's prices (default: the second one of a forex symbol).")
  var currency: String?

  @Option(
    help: ArgumentHelp(
      "A JSON file that describes the symbol; options count more. See docs/backtesting.md.",
      valueName: "file"))
  var instrument: String?
}

extension SymbolOptions {
  /// The options that are given, as they are written.
  var given: [String] {
    let all = [
      ("--timezone", timezone != nil), ("--session", session != nil),
      ("--session-start", sessionStart != nil),
      ("--quantity-step", quantityStep != nil), ("--mintick", mintick != nil),
      ("--pointvalue", pointValue != nil), ("--currency", currency != nil),
      ("--instrument", instrument != nil),
    ]
    return all.filter(\.1).map(\.0)
  }

  /// A number that must be above 0.
  static func positive(_ value: Double?, _ option: String) throws(ToolError) -> Double? {
    guard let value else { return nil }
    guard value > 0, value.isFinite else { throw .failed("\(option) must be above 0") }
    return value
  }
}
