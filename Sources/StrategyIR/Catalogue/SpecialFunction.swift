/// Functions that the front end lowers one by one.
package enum SpecialFunction: CaseIterable, Sendable {
  case na, nz, int, float, bool, string, color
  case time, timeClose, timestamp, timeframeSeconds
  case text, format
  case request, currencyRate, runtimeError, changed
  case toAccount, toSymbol, ticker, newTicker
  case newArray, arrayFrom, newMatrix, newMap
  case line, label, box, linefill, polyline, table
  case library, random, defaultQuantity, figures, heikinAshi
  case newPoint, pointOfIndex, pointOfTime, pointOfNow, copyPoint
  case lowerRequest

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
        "time(timeframe: string, session?: string, timezone?: string,"
          + " bars_back?: int, timeframe_bars_back?: simple int) int",
        "time(timeframe: string, session: string, bars_back: int, timeframe_bars_back?: simple int) int",
        "time(timeframe: string, bars_back: int, timeframe_bars_back?: simple int) int",
        about: "Start of the timeframe's bar; na outside the session.")
    case .timeClose:
      CallRow(
        "time_close(timeframe: string, session?: string, timezone?: string,"
          + " bars_back?: int, timeframe_bars_back?: simple int) int",
        "time_close(timeframe: string, session: string, bars_back: int, timeframe_bars_back?: simple int) int",
        "time_close(timeframe: string, bars_back: int, timeframe_bars_back?: simple int) int",
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
        "timeframe.in_seconds(timeframe?: string) int",
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
          + " adjustment?: simple string, backadjustment?: simple string,"
          + " settlement_as_close?: simple string) string",
        "ticker.inherit(from_tickerid: simple string, symbol: simple string) string",
        about: "The symbol; its modifiers have no effect.")
    case .heikinAshi:
      CallRow(
        "ticker.heikinashi(symbol: simple string) string",
        about: "The symbol, for a request of its Heikin-Ashi bars.")
    case .newTicker:
      CallRow(
        "ticker.new(prefix: simple string, ticker: simple string, session?: simple string,"
          + " adjustment?: simple string, backadjustment?: simple string,"
          + " settlement_as_close?: simple string) string",
        about: "A symbol of its exchange and ticker.")
    case .currencyRate:
      CallRow(
        "request.currency_rate(from: string, to: string, ignore_invalid_currency?: simple bool) float",
        about: "The day's rate between two currencies.")
    case .newArray:
      CallRow(
        "array.new<type>(size: int = 0, initial_value?: any) array",
        "array.new_int(size: int = 0, initial_value?: any) array",
        "array.new_float(size: int = 0, initial_value?: any) array",
        "array.new_bool(size: int = 0, initial_value?: any) array",
        "array.new_string(size: int = 0, initial_value?: any) array",
        "array.new_color(size: int = 0, initial_value?: any) array",
        "array.new_line(size: int = 0, initial_value?: any) array",
        "array.new_label(size: int = 0, initial_value?: any) array",
        "array.new_box(size: int = 0, initial_value?: any) array",
        "array.new_table(size: int = 0, initial_value?: any) array",
        "array.new_linefill(size: int = 0, initial_value?: any) array",
        about: "An array of so many elements.")
    case .arrayFrom: CallRow("array.from(arg: any...) array", about: "An array of the arguments.")
    case .newMatrix:
      CallRow(
        "matrix.new<type>(rows: int = 0, columns: int = 0, initial_value?: any) matrix",
        about: "A matrix of so many rows and columns.")
    case .newMap: CallRow("map.new<type>() map", about: "A map without pairs.")
    case .line: CallRow("line(x: line) line", about: "Gives na a type.")
    case .label: CallRow("label(x: label) label", about: "Gives na a type.")
    case .box: CallRow("box(x: box) box", about: "Gives na a type.")
    case .linefill: CallRow("linefill(x: linefill) linefill", about: "Gives na a type.")
    case .polyline: CallRow("polyline(x: polyline) polyline", about: "Gives na a type.")
    case .table: CallRow("table(x: table) table", about: "Gives na a type.")
    case .random:
      CallRow(
        "math.random(min: float = 0, max: float = 1, seed?: int) float",
        about: "A pseudo-random number; the sequence depends on the seed, or on the place of the call.")
    case .defaultQuantity:
      CallRow(
        "strategy.default_entry_qty(fill_price: float) float",
        about: "The quantity of an entry without one, filled at the price.")
    case .figures:
      CallRow(
        "request.dividends(ticker: string, field: string = 'gross', gaps: simple bool = false,"
          + " lookahead: simple bool = false, ignore_invalid_symbol?: bool, currency?: string) float",
        "request.earnings(ticker: string, field: string = 'actual', gaps: simple bool = false,"
          + " lookahead: simple bool = false, ignore_invalid_symbol?: bool, currency?: string) float",
        "request.splits(ticker: string, field: string = 'denominator', gaps: simple bool = false,"
          + " lookahead: simple bool = false, ignore_invalid_symbol?: bool) float",
        "request.financial(symbol: string, financial_id: string, period: string, gaps: simple bool = false,"
          + " ignore_invalid_symbol?: bool, currency?: string) float",
        "request.economic(country_code: string, field: string, gaps: simple bool = false,"
          + " ignore_invalid_symbol?: bool) float",
        about: "A figure of a file that --data gives under its name; na without.")
    case .library:
      CallRow(
        "library(title: const string, overlay?: const bool, dynamic_requests?: const bool) void",
        about: "Says that the text is a library.")
    case .newPoint:
      CallRow(
        "chart.point.new(time: int, index: int, price: float) chart.point", about: "A point of the chart.")
    case .pointOfIndex:
      CallRow("chart.point.from_index(index: int, price: float) chart.point", about: "A point at a bar.")
    case .pointOfTime:
      CallRow("chart.point.from_time(time: int, price: float) chart.point", about: "A point at a time.")
    case .pointOfNow:
      CallRow("chart.point.now(price?: float) chart.point", about: "A point at the bar at hand, its close if no price.")
    case .copyPoint: CallRow("chart.point.copy(id: chart.point) chart.point", about: "Another point at the place.")
    case .request:
      CallRow(
        "request.security(symbol: string, timeframe: string, expression: any,"
          + " gaps: simple bool = false, lookahead: simple bool = false,"
          + " ignore_invalid_symbol?: input bool, currency?: string,"
          + " calc_bars_count?: int) void",
        about: "An expression on the bars of another symbol or timeframe.")
    case .lowerRequest:
      CallRow(
        "request.security_lower_tf(symbol: string, timeframe: string, expression: any,"
          + " ignore_invalid_symbol?: input bool, currency?: string, ignore_invalid_timeframe?: input bool,"
          + " calc_bars_count?: int) void",
        about: "An array of the expression's values on the bars of a shorter timeframe within each bar.")
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
