import Trading

/// The results of a back-test. Money is in the account's currency, ratios in percent.
public struct Statistics: Sendable, Equatable {
  public var bars = 0
  /// Closed trades, and those still open at the end.
  public var trades = 0
  public var openTrades = 0
  public var wins = 0
  public var losses = 0
  /// After commission, without open trades.
  public var netProfit = 0.0
  public var netProfitPercent = 0.0
  /// Of the open trades at the last close.
  public var openProfit = 0.0
  public var grossProfit = 0.0
  /// Positive.
  public var grossLoss = 0.0
  public var commission = 0.0
  /// From the highest equity at a bar's close down to the lowest within a later bar.
  public var maxDrawdown = 0.0
  public var maxDrawdownPercent = 0.0
  /// See `EquityCurve.sharpe`; nan when undefined.
  public var sharpe = Double.nan
  /// Bars that ended with a position, in percent.
  public var exposure = 0.0

  /// Share of the closed trades that won, in percent; nan without trades.
  public var winRate: Double { trades > 0 ? Double(wins) / Double(trades) * 100 : .nan }
  /// Gross profit over gross loss; infinite without losses, nan without trades.
  public var profitFactor: Double {
    if grossLoss > 0 { return grossProfit / grossLoss }
    return grossProfit > 0 ? .infinity : .nan
  }

  public init() {}

  package init(_ broker: BarBroker, _ curve: EquityCurve) {
    let totals = broker.book.totals
    bars = curve.bars
    trades = totals.closed
    openTrades = broker.book.openTrades.count
    wins = totals.wins
    losses = totals.losses
    netProfit = totals.netProfit
    let capital = broker.book.settings.initialCapital
    netProfitPercent = capital != 0 ? netProfit / capital * 100 : .nan
    openProfit = broker.book.openProfit(at: broker.bar.close)
    grossProfit = totals.grossProfit
    grossLoss = totals.grossLoss
    commission = totals.commission
    for index in 0..<broker.book.openTrades.count { commission += broker.book.openTrades[index].commission }
    maxDrawdown = curve.maxDrawdown
    maxDrawdownPercent = curve.maxDrawdownPercent
    sharpe = curve.sharpe
    exposure = bars > 0 ? Double(curve.barsInMarket) / Double(bars) * 100 : 0
  }
}
