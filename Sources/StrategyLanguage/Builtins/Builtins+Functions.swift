import StrategyIR

extension Builtins {
  /// The functions without state: their result is as early known as their arguments.
  static let functionRows: [(Function, String)] = [
    (.abs, "math.abs(number: number) number"),
    (.ceil, "math.ceil(number: float) int"),
    (.floor, "math.floor(number: float) int"),
    (.sqrt, "math.sqrt(number: float) float"),
    (.exp, "math.exp(number: float) float"),
    (.log, "math.log(number: float) float"),
    (.log10, "math.log10(number: float) float"),
    (.sin, "math.sin(angle: float) float"),
    (.cos, "math.cos(angle: float) float"),
    (.tan, "math.tan(angle: float) float"),
    (.asin, "math.asin(angle: float) float"),
    (.acos, "math.acos(angle: float) float"),
    (.atan, "math.atan(angle: float) float"),
    (.sign, "math.sign(number: float) float"),
    (.toDegrees, "math.todegrees(radians: float) float"),
    (.toRadians, "math.toradians(degrees: float) float"),
    (.round, "math.round(number: float) int"),
    (.roundTo, "math.round(number: float, precision: int) float"),
    (.roundToMintick, "math.round_to_mintick(number: float) float"),
    (.pow, "math.pow(base: float, exponent: float) float"),
    (.max, "math.max(number0: number, number1: number...) number"),
    (.min, "math.min(number0: number, number1: number...) number"),
    (.avg, "math.avg(number0: float, number1: float...) float"),
    (.colorNew, "color.new(color: color, transp: float = 0) color"),
    (.colorRGB, "color.rgb(red: float, green: float, blue: float, transp: float = 0) color"),
    (.colorRed, "color.r(color: color) float"),
    (.colorGreen, "color.g(color: color) float"),
    (.colorBlue, "color.b(color: color) float"),
    (.colorTransparency, "color.t(color: color) float"),
    (
      .colorFromGradient,
      "color.from_gradient(value: float, bottom_value: float, top_value: float,"
        + " bottom_color: color, top_color: color) color"
    ),
    (.textLength, "str.length(string: string) int"),
    (.textContains, "str.contains(source: string, str: string) bool"),
    (.textPosition, "str.pos(source: string, str: string) int"),
    (
      .textSubstring,
      "str.substring(source: string, begin_pos: int, end_pos: int = na) string"
    ),
    (
      .textReplace,
      "str.replace(source: string, target: string, replacement: string,"
        + " occurrence: int = 0) string"
    ),
    (
      .textReplaceAll,
      "str.replace_all(source: string, target: string, replacement: string) string"
    ),
    (.textUpper, "str.upper(source: string) string"),
    (.textLower, "str.lower(source: string) string"),
    (.textTrim, "str.trim(source: string) string"),
    (.textRepeat, "str.repeat(source: string, repeat: int, separator: string = '') string"),
    (.textStartsWith, "str.startswith(source: string, str: string) bool"),
    (.textEndsWith, "str.endswith(source: string, str: string) bool"),
    (.textToNumber, "str.tonumber(string: string) float"),
    (
      .textFormatTime,
      "str.format_time(time: int, format: string = 'yyyy-MM-dd\u{27}T\u{27}HH:mm:ssZ',"
        + " timezone: string = '') string"
    ),
    (.year, "year(time: int, timezone: string = '') int"),
    (.month, "month(time: int, timezone: string = '') int"),
    (.weekOfYear, "weekofyear(time: int, timezone: string = '') int"),
    (.dayOfMonth, "dayofmonth(time: int, timezone: string = '') int"),
    (.dayOfWeek, "dayofweek(time: int, timezone: string = '') int"),
    (.hour, "hour(time: int, timezone: string = '') int"),
    (.minute, "minute(time: int, timezone: string = '') int"),
    (.second, "second(time: int, timezone: string = '') int"),
    (.timeframeFromSeconds, "timeframe.from_seconds(seconds: simple int) string"),
  ]

  /// Functions whose lowering is written out by hand.
  enum Special {
    case na, nz, int, float, bool, string, color
    case time, timeClose, timestamp, timeframeSeconds
    case text, format
    case request, currencyRate, trade, runtimeError, changed
    case toAccount, toSymbol, ticker, newTicker
  }

  static let specialRows: [(Special, String)] = [
    (.na, "na(x: any) bool"),
    (.nz, "nz(source: value, replacement?: value) value"),
    (.int, "int(x: number) int"),
    (.float, "float(x: number) float"),
    (.bool, "bool(x: any) bool"),
    (.string, "string(x: string) string"),
    (.color, "color(x: color) color"),
    (
      .time,
      "time(timeframe: simple string, session?: simple string, timezone?: simple string,"
        + " bars_back?: int) int"
    ),
    (
      .timeClose,
      "time_close(timeframe: simple string, session?: simple string,"
        + " timezone?: simple string, bars_back?: int) int"
    ),
    (.timestamp, "timestamp(dateString: string) int"),
    (
      .timestamp,
      "timestamp(timezone: string, year: int, month: int, day: int, hour: int = 0,"
        + " minute: int = 0, second: int = 0) int"
    ),
    (
      .timestamp,
      "timestamp(year: int, month: int, day: int, hour: int = 0, minute: int = 0,"
        + " second: int = 0) int"
    ),
    (.timeframeSeconds, "timeframe.in_seconds(timeframe?: simple string) int"),
    (.text, "str.tostring(value: any, format?: string) string"),
    (.format, "str.format(formatString: string, arg0: any...) string"),
    (.runtimeError, "runtime.error(message: string) void"),
    (.changed, "ta.change(source: bool, length: int = 1) bool"),
    (.toAccount, "strategy.convert_to_account(value: float) float"),
    (.toSymbol, "strategy.convert_to_symbol(value: float) float"),
    (.ticker, "ticker.standard(symbol: simple string) string"),
    (
      .ticker,
      "ticker.modify(tickerid: simple string, session?: simple string,"
        + " adjustment?: simple string, backadjustment?: simple bool,"
        + " settlement_as_close?: simple bool) string"
    ),
    (.ticker, "ticker.inherit(from_tickerid: simple string, symbol: simple string) string"),
    (
      .newTicker,
      "ticker.new(prefix: simple string, ticker: simple string, session?: simple string,"
        + " adjustment?: simple string, backadjustment?: simple bool,"
        + " settlement_as_close?: simple bool) string"
    ),
    (
      .currencyRate,
      "request.currency_rate(from: string, to: string, ignore_invalid_currency?: simple bool) float"
    ),
    (
      .request,
      "request.security(symbol: string, timeframe: string, expression: any,"
        + " gaps: simple bool = false, lookahead: simple bool = false,"
        + " ignore_invalid_symbol?: input bool, currency?: string,"
        + " calc_bars_count?: int) void"
    ),
  ]
}
