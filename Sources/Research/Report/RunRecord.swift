import StrategyIR
import StrategyVM
import Trading

/// A run bar by bar and trade by trade, for a report. Money is in the account's currency.
public struct RunRecord: Sendable {
  public let initialCapital: Double
  /// The bars on which orders were allowed, and after each: the equity at its close and at its worst price for the
  /// position, and the equity without open trades.
  public private(set) var bars: [ScriptBar] = []
  public private(set) var equity: [Double] = []
  public private(set) var lowest: [Double] = []
  public private(set) var realised: [Double] = []
  /// Closed trades in the order of their exits, then the open ones.
  public var trades: [ListedTrade] = []
  /// The largest positions; nil where they are not known.
  public var maxHeldLong: Double?
  public var maxHeldShort: Double?
  /// Whether prices are in another currency than the account.
  public var isConverted = false
  /// False: trades have no commission, excursions or margin calls that are known.
  public var knowsCosts = true
  package private(set) var curve: EquityCurve

  /// The rate is in percent a year.
  public init(initialCapital: Double, riskFreeRate: Double = 2) {
    self.initialCapital = initialCapital
    curve = EquityCurve(initialCapital: initialCapital, riskFreeRate: riskFreeRate)
  }

  /// The account after a bar; `day` numbers the trading days.
  package mutating func note(
    _ bar: ScriptBar, day: Int64, equity: Double, lowest: Double, realised: Double, inMarket: Bool
  ) {
    bars.append(bar)
    self.equity.append(equity)
    self.lowest.append(min(lowest, equity))
    self.realised.append(realised)
    curve.add(day: day, equity: equity, lowest: lowest, realised: realised, inMarket: inMarket)
  }

  /// Takes the trades of a run that is over.
  public mutating func take(_ broker: BarBroker, _ text: (TextRef) -> String) {
    trades = broker.listTrades(text)
    maxHeldLong = broker.bookView.numbers[Int(BookField.maxContractsHeldLong.rawValue)]
    maxHeldShort = broker.bookView.numbers[Int(BookField.maxContractsHeldShort.rawValue)]
  }

  public var closed: ArraySlice<ListedTrade> { trades.prefix { $0.exitTime != nil } }
  public var open: ArraySlice<ListedTrade> { trades[closed.count...] }

  /// The place of the bar that a time lies in: the last one that has opened by then; nil before the first. O(log bars).
  public func place(of time: Int64) -> Int? {
    var (low, high) = (0, bars.count)
    while low < high {
      let middle = (low + high) / 2
      if bars[middle].time <= time { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? low - 1 : nil
  }
}
