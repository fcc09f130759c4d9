import StrategyIR

extension Builtins {
  static let bookFields: [String: BookField] = [
    "strategy.position_size": .positionSize,
    "strategy.position_avg_price": .positionAveragePrice, "strategy.equity": .equity,
    "strategy.netprofit": .netProfit, "strategy.openprofit": .openProfit,
    "strategy.grossprofit": .grossProfit, "strategy.grossloss": .grossLoss,
    "strategy.max_drawdown": .maxDrawdown, "strategy.max_runup": .maxRunup,
    "strategy.max_drawdown_percent": .maxDrawdownPercent,
    "strategy.max_runup_percent": .maxRunupPercent,
    "strategy.netprofit_percent": .netProfitPercent,
    "strategy.openprofit_percent": .openProfitPercent,
    "strategy.grossprofit_percent": .grossProfitPercent,
    "strategy.grossloss_percent": .grossLossPercent, "strategy.wintrades": .winTrades,
    "strategy.losstrades": .lossTrades, "strategy.eventrades": .evenTrades,
    "strategy.opentrades": .openTrades, "strategy.closedtrades": .closedTrades,
    "strategy.avg_trade": .averageTrade, "strategy.avg_trade_percent": .averageTradePercent,
    "strategy.avg_winning_trade": .averageWinningTrade,
    "strategy.avg_losing_trade": .averageLosingTrade,
    "strategy.avg_winning_trade_percent": .averageWinningTradePercent,
    "strategy.avg_losing_trade_percent": .averageLosingTradePercent,
    "strategy.max_contracts_held_all": .maxContractsHeldAll,
    "strategy.max_contracts_held_long": .maxContractsHeldLong,
    "strategy.max_contracts_held_short": .maxContractsHeldShort,
    "strategy.initial_capital": .initialCapital,
    "strategy.margin_liquidation_price": .marginLiquidationPrice,
    "strategy.opentrades.capital_held": .openTradesCapitalHeld,
  ]

  /// After `strategy.opentrades.` and `strategy.closedtrades.`; each takes a trade's number.
  static let tradeFields = Dictionary(uniqueKeysWithValues: TradeField.allCases.map { ($0.name, $0) })
}
