import StrategyIR

extension Builtins {
  /// Order calls. `when` is version 5's; it is accepted by name.
  static let orderRows: [(OrderCommand.Kind, String)] = [
    (
      .entry,
      "strategy.entry(id: string, direction: direction, qty: float = na, limit: float = na,"
        + " stop: float = na, oca_name?: string, oca_type?: oca, comment?: string,"
        + " alert_message?: string, disable_alert?: bool, when?: bool) void"
    ),
    (
      .order,
      "strategy.order(id: string, direction: direction, qty: float = na, limit: float = na,"
        + " stop: float = na, oca_name?: string, oca_type?: oca, comment?: string,"
        + " alert_message?: string, disable_alert?: bool, when?: bool) void"
    ),
    (
      .exit,
      "strategy.exit(id: string, from_entry?: string, qty: float = na,"
        + " qty_percent: float = na, profit: float = na, limit: float = na, loss: float = na,"
        + " stop: float = na, trail_price: float = na, trail_points: float = na,"
        + " trail_offset: float = na, oca_name?: string, comment?: string,"
        + " comment_profit?: string, comment_loss?: string, comment_trailing?: string,"
        + " alert_message?: string, alert_profit?: string, alert_loss?: string,"
        + " alert_trailing?: string, disable_alert?: bool, when?: bool) void"
    ),
    (
      .close,
      "strategy.close(id: string, comment?: string, qty: float = na, qty_percent: float = na,"
        + " alert_message?: string, immediately?: bool, disable_alert?: bool, when?: bool) void"
    ),
    (
      .closeAll,
      "strategy.close_all(comment?: string, alert_message?: string, immediately?: bool,"
        + " disable_alert?: bool, when?: bool) void"
    ),
    (.cancel, "strategy.cancel(id: string, when?: bool) void"),
    (.cancelAll, "strategy.cancel_all(when?: bool) void"),
  ]

  /// Further forms of version 5, where `when` has a place of its own: tried after those above.
  static let orderRowsOfVersion5: [(OrderCommand.Kind, String)] = [
    (
      .entry,
      "strategy.entry(id: string, direction: direction, qty: float = na, limit: float = na,"
        + " stop: float = na, oca_name?: string, oca_type?: oca, comment?: string, when?: bool,"
        + " alert_message?: string, disable_alert?: bool) void"
    ),
    (
      .order,
      "strategy.order(id: string, direction: direction, qty: float = na, limit: float = na,"
        + " stop: float = na, oca_name?: string, oca_type?: oca, comment?: string, when?: bool,"
        + " alert_message?: string, disable_alert?: bool) void"
    ),
    (
      .exit,
      "strategy.exit(id: string, from_entry?: string, qty: float = na,"
        + " qty_percent: float = na, profit: float = na, limit: float = na, loss: float = na,"
        + " stop: float = na, trail_price: float = na, trail_points: float = na,"
        + " trail_offset: float = na, oca_name?: string, comment?: string, when?: bool,"
        + " alert_message?: string, comment_profit?: string, comment_loss?: string,"
        + " comment_trailing?: string, alert_profit?: string, alert_loss?: string,"
        + " alert_trailing?: string, disable_alert?: bool) void"
    ),
    (
      .close,
      "strategy.close(id: string, when?: bool, comment?: string, qty: float = na,"
        + " qty_percent: float = na, alert_message?: string, immediately?: bool,"
        + " disable_alert?: bool) void"
    ),
    (
      .closeAll,
      "strategy.close_all(when?: bool, comment?: string, alert_message?: string,"
        + " immediately?: bool, disable_alert?: bool) void"
    ),
  ]

  static let riskRows: [(RiskRule.Kind, String)] = [
    (.allowEntryIn, "strategy.risk.allow_entry_in(value: direction) void"),
    (
      .maxConsecutiveLossDays,
      "strategy.risk.max_cons_loss_days(count: simple int, alert_message?: string) void"
    ),
    (
      .maxDrawdown,
      "strategy.risk.max_drawdown(value: simple float, type: const string,"
        + " alert_message?: string) void"
    ),
    (
      .maxIntradayFilledOrders,
      "strategy.risk.max_intraday_filled_orders(count: simple int, alert_message?: string) void"
    ),
    (
      .maxIntradayLoss,
      "strategy.risk.max_intraday_loss(value: simple float, type: const string,"
        + " alert_message?: string) void"
    ),
    (.maxPositionSize, "strategy.risk.max_position_size(contracts: simple float) void"),
  ]

  static let indicatorRow =
    "indicator(title: const string, shorttitle?: const string, overlay?: const bool,"
    + " format?: const string, precision?: const int, scale?: const string,"
    + " max_bars_back?: const int, timeframe?: const string, timeframe_gaps?: const bool,"
    + " explicit_plot_zorder?: const bool, max_lines_count?: const int,"
    + " max_labels_count?: const int, max_boxes_count?: const int, calc_bars_count?: const int,"
    + " max_polylines_count?: const int, dynamic_requests?: const bool,"
    + " behind_chart?: const bool) void"

  static let strategyRow =
    "strategy(title: const string, shorttitle?: const string, overlay?: const bool,"
    + " format?: const string, precision?: const int, scale?: const string,"
    + " pyramiding?: const int, calc_on_order_fills?: const bool,"
    + " calc_on_every_tick?: const bool, max_bars_back?: const int,"
    + " backtest_fill_limits_assumption?: const int, default_qty_type?: const string,"
    + " default_qty_value?: const float, initial_capital?: const float,"
    + " currency?: const string, slippage?: const int, commission_type?: const string,"
    + " commission_value?: const float, process_orders_on_close?: const bool,"
    + " close_entries_rule?: const string, margin_long?: const float,"
    + " margin_short?: const float, explicit_plot_zorder?: const bool,"
    + " max_lines_count?: const int, max_labels_count?: const int, max_boxes_count?: const int,"
    + " calc_bars_count?: const int, risk_free_rate?: const float,"
    + " use_bar_magnifier?: const bool, fill_orders_on_standard_ohlc?: const bool,"
    + " max_polylines_count?: const int, dynamic_requests?: const bool,"
    + " behind_chart?: const bool) void"

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
  static let tradeFields: [String: TradeField] = [
    "entry_id": .entryID, "exit_id": .exitID, "entry_comment": .entryComment,
    "exit_comment": .exitComment, "entry_bar_index": .entryBar, "exit_bar_index": .exitBar,
    "entry_time": .entryTime, "exit_time": .exitTime, "entry_price": .entryPrice,
    "exit_price": .exitPrice, "size": .size, "profit": .profit,
    "profit_percent": .profitPercent, "commission": .commission, "max_runup": .maxRunup,
    "max_runup_percent": .maxRunupPercent, "max_drawdown": .maxDrawdown,
    "max_drawdown_percent": .maxDrawdownPercent,
  ]
}
