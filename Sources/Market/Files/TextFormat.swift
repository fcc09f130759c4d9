import CFxaot

/// The contents of a text, detected from its beginning.
public struct TextFormat {
  /// FXAOT_FORMAT_*.
  public var format = UInt32(FXAOT_FORMAT_UNKNOWN)
  public var layout = fxaot_layout()
  /// Nanoseconds of a bar: the most common step of the beginning; 0 for quotes.
  public var barLength: Int64 = 0
  /// The program that writes this format, as in "MetaTrader 5 bars".
  public var name = ""
  /// The columns as read, as in "time <DATE> <TIME>, open <OPEN>".
  public var columns = ""
  /// How times are read, as in "times in UTC (assumed; see --file-timezone)".
  public var times = ""
  /// The symbol of the rows, if a column names it.
  public var symbol: String?
  /// Whether rows are days without a time.
  public var isDaily = false
  /// The decisions made from the data, a sentence each.
  public var notes: [String] = []

  public init() {}

  public var isBars: Bool { layout.is_bars != 0 }

  /// All of it in one sentence.
  public var sentence: String {
    ([name + ": " + columns, times] + notes).joined(separator: "; ")
  }

  /// A parser for a text of this format.
  public func parser(symbol: UInt64) -> fxaot_parser {
    var parser = fxaot_parser()
    apply(to: &parser)
    parser.symbol = symbol
    return parser
  }

  /// Sets a parser's layout.
  public func apply(to parser: inout fxaot_parser) {
    parser.format = format
    parser.layout = layout
    parser.bar_ns = barLength
  }
}

/// Why a text is refused, in a sentence without the text's name.
public struct TextRefusal: Error, Equatable {
  public let sentence: String
  public init(_ sentence: String) { self.sentence = sentence }
}
