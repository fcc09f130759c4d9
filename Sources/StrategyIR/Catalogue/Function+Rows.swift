/// The table of the functions without state: one row for each case, since a `switch` without one does not build.
extension Function {
  var written: FunctionRow {
    switch self {
    case .abs: FunctionRow("math.abs(number: number) number", about: "Absolute value.")
    case .ceil: FunctionRow("math.ceil(number: float) int", about: "Smallest int that is not less.")
    case .floor: FunctionRow("math.floor(number: float) int", about: "Largest int that is not greater.")
    case .sqrt: FunctionRow("math.sqrt(number: float) float", about: "Square root.")
    case .exp: FunctionRow("math.exp(number: float) float", about: "e to the power of the number.")
    case .log: FunctionRow("math.log(number: float) float", about: "Natural logarithm.")
    case .log10: FunctionRow("math.log10(number: float) float", about: "Logarithm to base 10.")
    case .sin: FunctionRow("math.sin(angle: float) float", about: "Sine of an angle in radians.")
    case .cos: FunctionRow("math.cos(angle: float) float", about: "Cosine of an angle in radians.")
    case .tan: FunctionRow("math.tan(angle: float) float", about: "Tangent of an angle in radians.")
    case .asin: FunctionRow("math.asin(angle: float) float", about: "Angle of a sine, in radians.")
    case .acos: FunctionRow("math.acos(angle: float) float", about: "Angle of a cosine, in radians.")
    case .atan: FunctionRow("math.atan(angle: float) float", about: "Angle of a tangent, in radians.")
    case .sign: FunctionRow("math.sign(number: float) float", about: "−1, 0 or 1.")
    case .toDegrees: FunctionRow("math.todegrees(radians: float) float", about: "Degrees of an angle in radians.")
    case .toRadians: FunctionRow("math.toradians(degrees: float) float", about: "Radians of an angle in degrees.")
    case .round: FunctionRow("math.round(number: float) int", about: "Nearest int, halves away from zero.")
    case .roundTo:
      FunctionRow("math.round(number: float, precision: int) float", about: "Rounded to so many decimals.")
    case .roundToMintick:
      FunctionRow("math.round_to_mintick(number: float) float", about: "Rounded to the symbol's smallest step.")
    case .pow: FunctionRow("math.pow(base: float, exponent: float) float", about: "Base to the power of the exponent.")
    case .max:
      FunctionRow(
        "math.max(number0: number, number1: number...) number",
        about: "Greatest argument; na when one is na.")
    case .min:
      FunctionRow("math.min(number0: number, number1: number...) number", about: "Least argument; na when one is na.")
    case .avg:
      FunctionRow(
        "math.avg(number0: float, number1: float...) float",
        about: "Mean of the arguments; na when one is na.")
    case .nz:
      FunctionRow(inner: "nz(source: value, replacement: value) value", about: "The source, or the replacement for na.")

    case .colorNew:
      FunctionRow(
        "color.new(color: color, transp: float = 0) color",
        about: "The colour with a transparency of 0 to 100.")
    case .colorRGB:
      FunctionRow(
        "color.rgb(red: float, green: float, blue: float, transp: float = 0) color",
        about: "A colour of its parts, 0 to 255, and a transparency of 0 to 100.")
    case .colorRed: FunctionRow("color.r(color: color) float", about: "The red part, 0 to 255.", carried: .int)
    case .colorGreen: FunctionRow("color.g(color: color) float", about: "The green part, 0 to 255.", carried: .int)
    case .colorBlue: FunctionRow("color.b(color: color) float", about: "The blue part, 0 to 255.", carried: .int)
    case .colorTransparency: FunctionRow("color.t(color: color) float", about: "The transparency, 0 to 100.")
    case .colorFromGradient:
      FunctionRow(
        "color.from_gradient(value: float, bottom_value: float, top_value: float,"
          + " bottom_color: color, top_color: color) color",
        about: "The colour of a value between two colours.")

    case .concatenate: FunctionRow(inner: "+(left: string, right: string) string", about: "Two texts in a row.")
    case .textOfNumber: FunctionRow(inner: "str.tostring(value: number) string", about: "A number as a text.")
    case .textOfNumberFormatted:
      FunctionRow(inner: "str.tostring(value: number, format: string) string", about: "A number as a text in a format.")
    case .textOfBool: FunctionRow(inner: "str.tostring(value: bool) string", about: "\"true\" or \"false\".")
    case .textFormat:
      FunctionRow(inner: "str.format(formatString: string...) string", about: "A text with arguments in its places.")
    case .textFormatTime:
      FunctionRow(
        "str.format_time(time: int, format: string = 'yyyy-MM-dd\u{27}T\u{27}HH:mm:ssZ',"
          + " timezone: string = '') string",
        about: "A time as a text, in the symbol's zone where none is given.")
    case .textLength: FunctionRow("str.length(string: string) int", about: "Number of characters.")
    case .textContains:
      FunctionRow("str.contains(source: string, str: string) bool", about: "Whether the text contains another.")
    case .textPosition:
      FunctionRow(
        "str.pos(source: string, str: string) int", about: "Place of the first occurrence, from 0; na without one.")
    case .textSubstring:
      FunctionRow(
        "str.substring(source: string, begin_pos: int, end_pos: int = na) string",
        about: "The characters from one place up to another, which is left out.")
    case .textReplace:
      FunctionRow(
        "str.replace(source: string, target: string, replacement: string, occurrence: int = 0) string",
        about: "The text with one occurrence of the target replaced.")
    case .textReplaceAll:
      FunctionRow(
        "str.replace_all(source: string, target: string, replacement: string) string",
        about: "The text with all occurrences of the target replaced.")
    case .textUpper: FunctionRow("str.upper(source: string) string", about: "The text in capitals.")
    case .textLower: FunctionRow("str.lower(source: string) string", about: "The text in small letters.")
    case .textTrim: FunctionRow("str.trim(source: string) string", about: "The text without blanks at its ends.")
    case .textRepeat:
      FunctionRow(
        "str.repeat(source: string, repeat: int, separator: string = '') string",
        about: "The text so many times, with a separator between.")
    case .textStartsWith:
      FunctionRow("str.startswith(source: string, str: string) bool", about: "Whether the text begins with another.")
    case .textEndsWith:
      FunctionRow("str.endswith(source: string, str: string) bool", about: "Whether the text ends with another.")
    case .textToNumber:
      FunctionRow("str.tonumber(string: string) float", about: "The number in a string; na for any other text.")

    case .time:
      FunctionRow(
        inner: "time(timeframe: string, session: string, timezone: string) int",
        about: "Start of the bar of a timeframe.")
    case .timeClose:
      FunctionRow(
        inner: "time_close(timeframe: string, session: string, timezone: string) int",
        about: "End of the bar of a timeframe.")
    case .year: FunctionRow("year(time: int, timezone: string = '') int", about: "Year of a time.")
    case .month: FunctionRow("month(time: int, timezone: string = '') int", about: "Month of a time, 1 to 12.")
    case .weekOfYear: FunctionRow("weekofyear(time: int, timezone: string = '') int", about: "Week of a time's year.")
    case .dayOfMonth: FunctionRow("dayofmonth(time: int, timezone: string = '') int", about: "Day of a time's month.")
    case .dayOfWeek:
      FunctionRow("dayofweek(time: int, timezone: string = '') int", about: "Day of a time's week, 1 for Sunday.")
    case .hour: FunctionRow("hour(time: int, timezone: string = '') int", about: "Hour of a time.")
    case .minute: FunctionRow("minute(time: int, timezone: string = '') int", about: "Minute of a time.")
    case .second: FunctionRow("second(time: int, timezone: string = '') int", about: "Second of a time.")
    case .timestamp:
      FunctionRow(
        inner: "timestamp(timezone: string, year: int, month: int, day: int, hour: int, minute: int, second: int) int",
        about: "The time of a date.")
    case .timeframeSeconds:
      FunctionRow(inner: "timeframe.in_seconds(timeframe: string) int", about: "Seconds of a timeframe.")
    case .timeframeFromSeconds:
      FunctionRow("timeframe.from_seconds(seconds: int) string", about: "The timeframe of so many seconds.")
    case .timestampOfText:
      FunctionRow(inner: "timestamp(dateString: string) int", about: "The time of a date that is written as a text.")
    case .textMatch:
      FunctionRow(
        "str.match(source: string, regex: const string) string",
        about: "The first part of the text that a regular expression fits; empty without one.")
    }
  }
}
