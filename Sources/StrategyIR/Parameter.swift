/// An `input.*`: a value that is chosen before the run.
public struct Parameter: Hashable, Sendable {
  public enum Kind: UInt8, Sendable, CaseIterable {
    case int, float, bool, text, color, time, timeframe, session, symbol, price, enumeration
    /// `input.source`: the value is a `BarField`'s raw value.
    case source
  }

  public var kind: Kind
  /// The variable that the script gives it to; "" for none.
  public var variable: String
  public var title: String
  /// As an expression's value; texts by their number in `Program.texts`.
  public var initial: Double
  /// nan where the script gives none.
  public var minimum = Double.nan, maximum = Double.nan, step = Double.nan
  /// Empty: any value.
  public var options: [Double] = []
  public var group = ""

  public init(kind: Kind, variable: String, title: String, initial: Double) {
    self.kind = kind
    self.variable = variable
    self.title = title
    self.initial = initial
  }

  public var type: ValueType {
    switch kind {
    case .int, .time: .int
    case .float, .price, .source: .float
    case .bool: .bool
    case .color: .color
    case .text, .timeframe, .session, .symbol, .enumeration: .text
    }
  }
}

/// A named output: `plot(x, "title")`. One number a bar, nan where the script plots nothing.
public struct Plot: Hashable, Sendable {
  public var title: String
  public init(title: String) { self.title = title }
}

/// A call that is accepted and has no effect (drawing, alerts), for `fxaot check`.
public struct IgnoredCall: Hashable, Sendable {
  public var name: String
  public var line, column: Int32
  public init(name: String, line: Int32, column: Int32) {
    self.name = name
    self.line = line
    self.column = column
  }
}

/// The script's declaration.
public struct ProgramSettings: Sendable {
  public var isStrategy = false
  public var title = ""
  /// 5 or 6.
  public var languageVersion: UInt8 = 6
  public var broker = BrokerSettings()
  public var ignoredCalls: [IgnoredCall] = []
  /// A back-test calculates on so many bars at its end; 0: on all.
  public var calculatedBars = 0
  /// How far back the script says that it looks; 0 where it does not.
  public var maxBarsBack = 0
  /// Of how many drawings of a kind the newest stay (`max_lines_count` and its like), by `DrawingKind`; a kind beyond
  /// the end has no limit.
  public var mostDrawings = ProgramSettings.usualDrawings
  /// Percent a year, for the ratios of a report. Not among the bytes of a program: what runs from them makes none.
  public var riskFreeRate = 2.0
  /// TradingView's defaults: lines, labels, boxes, linefills, polylines.
  public static let usualDrawings = [50, 50, 50, 500, 50]
  public init() {}
}
