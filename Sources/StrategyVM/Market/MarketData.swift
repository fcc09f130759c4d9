import Calendar

/// The history of another symbol than the chart's, for `request.security` and for conversions.
public struct SymbolBars: Sendable {
  public var symbol: ScriptSymbol
  public var period: Period
  /// In the order of time, none twice.
  public var bars: [ScriptBar]

  public init(symbol: ScriptSymbol, period: Period, bars: [ScriptBar]) {
    self.symbol = symbol
    self.period = period
    self.bars = bars
  }
}

/// The histories that a script can ask for, by the names that it calls their symbols.
public struct MarketData: Sendable {
  public private(set) var symbols: [SymbolBars] = []

  public init() {}

  /// The answer is the history's number.
  @discardableResult
  public mutating func add(_ bars: SymbolBars) -> Int {
    symbols.append(bars)
    return symbols.count - 1
  }

  /// The number of the history that a text means: the one with the same exchange where there is
  /// one, else one where either of the two says nothing of an exchange.
  func find(_ name: SymbolName) -> Int? {
    symbols.firstIndex { SymbolName($0.symbol) == name }
      ?? symbols.firstIndex { SymbolName($0.symbol).means(name) }
  }

  /// The one with the longest bars that are no longer than a period; nil without one.
  func find(_ name: SymbolName, atMost period: Period) -> Int? {
    let fine = symbols.indices.filter { symbols[$0].period.seconds <= period.seconds }
    let same = fine.filter { SymbolName(symbols[$0].symbol) == name }
    let found = same.isEmpty ? fine.filter { SymbolName(symbols[$0].symbol).means(name) } : same
    return found.reduce(nil) { best, next in
      guard let best else { return next }
      return symbols[next].period.seconds > symbols[best].period.seconds ? next : best
    }
  }
}

/// A symbol's name as scripts write it: `NASDAQ:AAPL`, `AAPL`. Upper and lower case are the same.
public struct SymbolName: Equatable, Sendable {
  /// Empty: of any exchange.
  public let prefix: String
  public let ticker: String

  public init(_ text: String) {
    let parts = text.uppercased().split(
      separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    prefix = parts.count > 1 ? String(parts[0]) : ""
    ticker = String(parts[parts.count - 1])
  }

  init(_ symbol: ScriptSymbol) {
    prefix = symbol.prefix.uppercased()
    ticker = symbol.ticker.uppercased()
  }

  /// Whether both name one symbol.
  public func means(_ other: SymbolName) -> Bool {
    ticker == other.ticker
      && (prefix == other.prefix || prefix.isEmpty || other.prefix.isEmpty)
  }
}
