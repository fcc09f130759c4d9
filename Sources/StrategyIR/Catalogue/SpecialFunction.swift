/// Functions that the front end lowers one by one.
package enum SpecialFunction: CaseIterable, Sendable {
  case na, nz, int, float, bool, string, color
  case time, timeClose, timestamp, timeframeSeconds
  case text, format
  case request, currencyRate, runtimeError, changed
  case toAccount, toSymbol, ticker, newTicker

  package var row: CallRow {
    switch self {
    case .na: CallRow("na(x: any) bool", about: "Whether the value is na.")
    case .nz:
      CallRow(
        "nz(source: value, replacement?: value) value",
        about: "The source, or for na the replacement: 0 where none is given.")
    case .int: CallRow("int(x: number) int", about: "The number without its fraction.")
    case .float: CallRow("float(x: number) float", about: "The number as a float.")
    case .bool: CallRow("bool(x: any) bool", about: "The value as a bool: 0 and na are false.")
    case .string: CallRow("string(x: string) string", about: "The text; gives na a type.")
    case .color: CallRow("color(x: color) color", about: "The colour; gives na a type.")
    case .time:
      CallRow(
        "time(timeframe: simple string, session?: simple string, timezone?: simple string,"
          + " bars_back?: int) int",
        about: "Start of the timeframe's bar; na outside the session.")
    case .timeClose:
      CallRow(
        "time_close(timeframe: simple string, session?: simple string,"
          + " timezone?: simple string, bars_back?: int) int",
        about: "End of the timeframe's bar; na outside the session.")
    case .timestamp:
      CallRow(
        "timestamp(dateString: string) int",
        "timestamp(timezone: string, year: int, month: int, day: int, hour: int = 0,"
          + " minute: int = 0, second: int = 0) int",
        "timestamp(year: int, month: int, day: int, hour: int = 0, minute: int = 0,"
          + " second: int = 0) int",
        about: "The time of a date, in milliseconds since 1970, UTC.")
    case .timeframeSeconds:
      CallRow(
        "timeframe.in_seconds(timeframe?: simple string) int",
        about: "Seconds of a timeframe, of the chart's where none is given.")
    case .text:
      CallRow("str.tostring(value: any, format?: string) string", about: "The value as a text.")
    case .format:
      CallRow(
        "str.format(formatString: string, arg0: any...) string",
        about: "A text with the arguments in the places {0}, {1} …")
    case .runtimeError:
      CallRow("runtime.error(message: string) void", about: "Stops the script with a message.")
    case .changed:
      CallRow(
        "ta.change(source: bool, length: int = 1) bool",
        about: "Whether a bool differs from the one length bars before.")
    case .toAccount:
      CallRow(
        "strategy.convert_to_account(value: float) float",
        about: "An amount of the symbol's currency in the account's.")
    case .toSymbol:
      CallRow(
        "strategy.convert_to_symbol(value: float) float",
        about: "An amount of the account's currency in the symbol's.")
    case .ticker:
      CallRow(
        "ticker.standard(symbol: simple string) string",
        "ticker.modify(tickerid: simple string, session?: simple string,"
          + " adjustment?: simple string, backadjustment?: simple bool,"
          + " settlement_as_close?: simple bool) string",
        "ticker.inherit(from_tickerid: simple string, symbol: simple string) string",
        about: "The symbol; its modifiers have no effect.")
    case .newTicker:
      CallRow(
        "ticker.new(prefix: simple string, ticker: simple string, session?: simple string,"
          + " adjustment?: simple string, backadjustment?: simple bool,"
          + " settlement_as_close?: simple bool) string",
        about: "A symbol of its exchange and ticker.")
    case .currencyRate:
      CallRow(
        "request.currency_rate(from: string, to: string, ignore_invalid_currency?: simple bool) float",
        about: "The day's rate between two currencies.")
    case .request:
      CallRow(
        "request.security(symbol: string, timeframe: string, expression: any,"
          + " gaps: simple bool = false, lookahead: simple bool = false,"
          + " ignore_invalid_symbol?: input bool, currency?: string,"
          + " calc_bars_count?: int) void",
        about: "An expression on the bars of another symbol or timeframe.")
    }
  }
}

/// Forms of calls with a sentence. Several names may share a row.
package struct CallRow: Sendable {
  package let forms: [String]
  package let about: String
  /// The versions of the language that have them.
  package let versions: ClosedRange<Int>

  package init(_ forms: String..., about: String, versions: ClosedRange<Int> = 5...6) {
    (self.forms, self.about, self.versions) = (forms, about, versions)
  }
}
