/// The tables of the script's own book. Amounts are in the account's currency.
extension BookField {
  private static let rows = allCases.map(\.written)

  /// Its row of the catalogue.
  package var row: VariableRow { Self.rows[Int(rawValue)] }

  public var type: ValueType { row.type.valueType }

  private var written: VariableRow {
    switch self {
    case .positionSize: Self.amount("position_size", "Quantity of the position; negative where it is short.")
    case .positionAveragePrice: Self.amount("position_avg_price", "Average entry price; na without a position.")
    case .equity: Self.amount("equity", "Capital with the profit of open trades.")
    case .netProfit: Self.amount("netprofit", "Profit of the closed trades.")
    case .openProfit: Self.amount("openprofit", "Profit of the open trades.")
    case .grossProfit: Self.amount("grossprofit", "Total profit of the closed trades that won.")
    case .grossLoss: Self.amount("grossloss", "Total loss of the closed trades that lost.")
    case .maxDrawdown: Self.amount("max_drawdown", "Largest fall of the equity.")
    case .maxRunup: Self.amount("max_runup", "Largest rise of the equity.")
    case .maxDrawdownPercent: Self.amount("max_drawdown_percent", "Largest fall of the equity in percent.")
    case .maxRunupPercent: Self.amount("max_runup_percent", "Largest rise of the equity in percent.")
    case .netProfitPercent: Self.amount("netprofit_percent", "netprofit in percent of the initial capital.")
    case .openProfitPercent: Self.amount("openprofit_percent", "openprofit in percent of the realised equity.")
    case .grossProfitPercent: Self.amount("grossprofit_percent", "grossprofit in percent of the initial capital.")
    case .grossLossPercent: Self.amount("grossloss_percent", "grossloss in percent of the initial capital.")
    case .winTrades: Self.count("wintrades", "Number of closed trades that won.")
    case .lossTrades: Self.count("losstrades", "Number of closed trades that lost.")
    case .evenTrades: Self.count("eventrades", "Number of closed trades without profit and loss.")
    case .openTrades: Self.count("opentrades", "Number of open trades.")
    case .closedTrades: Self.count("closedtrades", "Number of closed trades.")
    case .averageTrade: Self.amount("avg_trade", "Mean profit of a closed trade.")
    case .averageTradePercent: Self.amount("avg_trade_percent", "Mean profit of a closed trade in percent.")
    case .averageWinningTrade: Self.amount("avg_winning_trade", "Mean profit of a trade that won.")
    case .averageLosingTrade: Self.amount("avg_losing_trade", "Mean loss of a trade that lost.")
    case .averageWinningTradePercent:
      Self.amount("avg_winning_trade_percent", "Mean profit of a trade that won, in percent.")
    case .averageLosingTradePercent:
      Self.amount("avg_losing_trade_percent", "Mean loss of a trade that lost, in percent.")
    case .maxContractsHeldAll: Self.amount("max_contracts_held_all", "Largest quantity held.")
    case .maxContractsHeldLong: Self.amount("max_contracts_held_long", "Largest quantity held long.")
    case .maxContractsHeldShort: Self.amount("max_contracts_held_short", "Largest quantity held short.")
    case .initialCapital: Self.amount("initial_capital", "Capital at the start.")
    case .marginLiquidationPrice: Self.amount("margin_liquidation_price", "Price of the next margin call.")
    case .openTradesCapitalHeld: Self.amount("opentrades.capital_held", "Capital that the open trades hold.")
    case .accountRate: VariableRow(inner: .float, about: "One unit of the symbol's currency in the account's.")
    }
  }

  private static func amount(_ name: String, _ about: String) -> VariableRow {
    VariableRow("strategy." + name, type: .float, about: about)
  }

  private static func count(_ name: String, _ about: String) -> VariableRow {
    VariableRow("strategy." + name, type: .int, about: about)
  }
}

/// `name` follows `strategy.opentrades.` and `strategy.closedtrades.`: see `Catalogue.trades`.
extension TradeField {
  package struct Row: Sendable {
    package let name: String
    package let type: StaticType
    package let about: String

    init(_ name: String, _ type: StaticType, _ about: String) {
      (self.name, self.type, self.about) = (name, type, about)
    }
  }

  private static let rows = allCases.map(\.written)

  /// Its row of the catalogue.
  package var row: Row { Self.rows[Int(rawValue)] }

  public var type: ValueType { row.type.valueType }

  /// An open trade has no exit.
  package var isOfClosed: Bool {
    switch self {
    case .exitID, .exitComment, .exitBar, .exitTime, .exitPrice: true
    default: false
    }
  }

  private var written: Row {
    switch self {
    case .entryID: Row("entry_id", .text, "Id of the entry order")
    case .exitID: Row("exit_id", .text, "Id of the exit order")
    case .entryComment: Row("entry_comment", .text, "Comment of the entry order")
    case .exitComment: Row("exit_comment", .text, "Comment of the exit order")
    case .entryBar: Row("entry_bar_index", .int, "Bar of the entry")
    case .exitBar: Row("exit_bar_index", .int, "Bar of the exit")
    case .entryTime: Row("entry_time", .int, "Time of the entry")
    case .exitTime: Row("exit_time", .int, "Time of the exit")
    case .entryPrice: Row("entry_price", .float, "Price of the entry")
    case .exitPrice: Row("exit_price", .float, "Price of the exit")
    case .size: Row("size", .float, "Quantity, negative where short,")
    case .profit: Row("profit", .float, "Profit")
    case .profitPercent: Row("profit_percent", .float, "Profit in percent")
    case .commission: Row("commission", .float, "Commission")
    case .maxRunup: Row("max_runup", .float, "Largest profit on the way")
    case .maxRunupPercent: Row("max_runup_percent", .float, "Largest profit on the way, in percent,")
    case .maxDrawdown: Row("max_drawdown", .float, "Largest loss on the way")
    case .maxDrawdownPercent: Row("max_drawdown_percent", .float, "Largest loss on the way, in percent,")
    }
  }
}

extension Catalogue {
  /// `strategy.opentrades.profit(0)`, `strategy.closedtrades.profit(0)`: trades count from 0.
  static let trades: [(CallRow, Meaning)] = TradeField.allCases.flatMap { field in
    let closed = trade(field, isOpen: false)
    return field.isOfClosed ? [closed] : [closed, trade(field, isOpen: true)]
  }

  private static func trade(_ field: TradeField, isOpen: Bool) -> (CallRow, Meaning) {
    let state = isOpen ? "open" : "closed"
    return (
      CallRow(
        "strategy.\(state)trades.\(field.row.name)(trade_num: int) \(field.row.type.spelling)",
        about: "\(field.row.about) of a\(isOpen ? "n" : "") \(state) trade."),
      .trade(field, isOpen: isOpen)
    )
  }
}
