/// The functions without state. A case's place is its number in `.fxir` files: new ones go at the end.
/// `Function+Rows.swift` describes each. Text arguments are texts, times milliseconds since 1970, UTC.
public enum Function: UInt8, Sendable, CaseIterable {
  // math.*
  case abs, ceil, floor, sqrt, exp, log, log10, sin, cos, tan, asin, acos, atan, sign
  case toDegrees, toRadians
  /// To the nearest int, halves up.
  case round
  /// (x, precision): to so many decimals.
  case roundTo
  case roundToMintick
  case pow
  /// Two or more arguments; na when one is.
  case max, min, avg
  /// nz(x, replacement)
  case nz

  // color.*: 0 … 255, transparency 0 … 100
  case colorNew, colorRGB, colorRed, colorGreen, colorBlue, colorTransparency
  /// (value, bottom value, top value, bottom colour, top colour)
  case colorFromGradient

  // str.*
  case concatenate
  /// (number) and (number, format); of an int the format is "#".
  case textOfNumber, textOfNumberFormatted
  case textOfBool
  /// (format, argument …): `{0}`, `{1,number,#.##}`, `{2,date,…}`. A bool or text argument is
  /// passed as a text.
  case textFormat
  /// (time, format, timezone)
  case textFormatTime
  case textLength, textContains, textPosition, textSubstring, textReplace, textReplaceAll
  case textUpper, textLower, textTrim, textRepeat, textStartsWith, textEndsWith, textToNumber

  // time; a timeframe, session and zone must be known before the first bar
  /// time(timeframe, session, timezone), time_close(…): "" where not given; na outside the session.
  case time, timeClose
  /// (time, timezone); "" is the symbol's zone.
  case year, month, weekOfYear, dayOfMonth, dayOfWeek, hour, minute, second
  /// (timezone, year, month, day, hour, minute, second)
  case timestamp
  /// timeframe.in_seconds(timeframe), timeframe.from_seconds(seconds)
  case timeframeSeconds, timeframeFromSeconds
  /// timestamp(text): na where it is no date.
  case timestampOfText
  /// (source, regular expression)
  case textMatch

  private static let rows = allCases.map(\.written)
  private static let arities = rows.map { UInt8($0.arity) }

  /// Its row of the catalogue.
  public var row: FunctionRow { Self.rows[Int(rawValue)] }

  /// The number of arguments; textFormat, max, min and avg take any number, here their fewest.
  public var arity: Int { Int(Self.arities[Int(rawValue)]) }

  public var isVariadic: Bool { row.isVariadic }

  /// nil: that of the arguments (int when all are int, else float; of nz, the first's).
  public var type: ValueType? { row.type }
}
