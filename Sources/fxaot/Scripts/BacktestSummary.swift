import Research

/// The result of a script's run, for people and as JSON.
struct BacktestSummary: Encodable {
  /// Without a strategy there are no trades to speak of.
  var isStrategy: Bool
  var script: String
  var title: String
  var symbol: String
  var timeframe: String
  var from, to: String
  /// Trading hours and their zone: by them days and weeks begin.
  var session, timezone: String
  var statistics: Statistics
  /// Orders of which the step of quantities left nothing, and that step.
  var cutOrders: Int
  var quantityStep: Double
  /// The account's currency, and by which pairs money is converted into it, where it is.
  var accountCurrency: String
  var conversion: String?
  var seconds: Double
  /// The titles of the plots that --plots records.
  var plots: [String]
  /// How the files were read, a sentence each.
  var data: [String]
  /// The engine's account, of a run with one.
  var account: AccountSummary?

  private enum CodingKeys: String, CodingKey {
    case data, script, title, symbol, timeframe, from, to, session, timezone, bars, trades, wins, losses, commission
    case openTrades = "open_trades"
    case netProfit = "net_profit"
    case netProfitPercent = "net_profit_percent"
    case openProfit = "open_profit"
    case grossProfit = "gross_profit"
    case grossLoss = "gross_loss"
    case winRate = "win_rate"
    case profitFactor = "profit_factor"
    case maxDrawdown = "max_drawdown"
    case maxDrawdownPercent = "max_drawdown_percent"
    case cutOrders = "cut_orders"
    case quantityStep = "quantity_step"
    case accountCurrency = "account_currency"
    case conversion, account
    case sharpe, exposure, seconds, plots
    case nanosecondsPerBar = "ns_per_bar"
  }

  func encode(to encoder: Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    func number(_ value: Double, _ key: CodingKeys) throws {
      // JSON has no infinity and no na.
      if value.isFinite {
        try values.encode(value, forKey: key)
      } else {
        try values.encodeNil(forKey: key)
      }
    }
    try values.encode(script, forKey: .script)
    try values.encode(title, forKey: .title)
    try values.encode(data, forKey: .data)
    try values.encode(symbol, forKey: .symbol)
    try values.encode(timeframe, forKey: .timeframe)
    try values.encode(from, forKey: .from)
    try values.encode(to, forKey: .to)
    try values.encode(session, forKey: .session)
    try values.encode(timezone, forKey: .timezone)
    try values.encode(statistics.bars, forKey: .bars)
    try values.encode(statistics.trades, forKey: .trades)
    try values.encode(statistics.openTrades, forKey: .openTrades)
    try values.encode(statistics.wins, forKey: .wins)
    try values.encode(statistics.losses, forKey: .losses)
    try number(statistics.netProfit, .netProfit)
    try number(statistics.netProfitPercent, .netProfitPercent)
    try number(statistics.openProfit, .openProfit)
    try number(statistics.grossProfit, .grossProfit)
    try number(statistics.grossLoss, .grossLoss)
    try number(statistics.commission, .commission)
    try number(statistics.winRate, .winRate)
    try number(statistics.profitFactor, .profitFactor)
    try number(statistics.maxDrawdown, .maxDrawdown)
    try number(statistics.maxDrawdownPercent, .maxDrawdownPercent)
    try number(statistics.sharpe, .sharpe)
    try number(statistics.exposure, .exposure)
    try values.encode(cutOrders, forKey: .cutOrders)
    try number(quantityStep, .quantityStep)
    try values.encode(accountCurrency, forKey: .accountCurrency)
    try values.encode(conversion, forKey: .conversion)
    try values.encodeIfPresent(account, forKey: .account)
    try number(seconds, .seconds)
    try number(nanosecondsPerBar, .nanosecondsPerBar)
    try values.encode(plots, forKey: .plots)
  }

  private var nanosecondsPerBar: Double {
    statistics.bars > 0 ? seconds * 1e9 / Double(statistics.bars) : .nan
  }

  func json() throws(ToolError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    guard let data = try? encoder.encode(self) else {
      throw .failed("cannot write the summary as JSON")
    }
    return String(decoding: data, as: UTF8.self) + "\n"
  }

  var table: String {
    let s = statistics
    let open = s.openTrades > 0 ? ", \(s.openTrades) open" : ""
    let chart = [
      ("script", title.isEmpty ? script : title),
      ("chart", "\(symbol), \(timeframe), \(s.bars) bars, \(from) to \(to)"),
      ("hours", "\(session) \(timezone)"),
    ]
    let sources = data.map { ("data", $0) }
    var converted: [(String, String)] = []
    if let conversion { converted.append(("account", "\(accountCurrency), converted by \(conversion)")) }
    let results = [
      ("trades", "\(s.trades) closed\(open)"),
      ("net profit", "\(money(s.netProfit)) (\(percent(s.netProfitPercent)))"),
      ("open profit", money(s.openProfit)),
      ("win rate", percent(s.winRate)),
      ("profit factor", fixed(s.profitFactor, 3)),
      ("max drawdown", "\(money(s.maxDrawdown)) (\(percent(s.maxDrawdownPercent)))"),
      ("sharpe", fixed(s.sharpe, 3)),
      ("exposure", percent(s.exposure)),
      ("commission", money(s.commission)),
    ]
    let step = PlainNumber.text(quantityStep)
    let cut =
      cutOrders > 0 ? [("cut orders", "\(cutOrders) cut to nothing by the step of \(step)")] : []
    let time = ("time", fixed(seconds, 3) + " s, " + fixed(nanosecondsPerBar, 0) + " ns a bar")
    let rows = chart + sources + (isStrategy ? converted + results + cut : []) + (account?.rows ?? []) + [time]
    // No label has more than 13 letters.
    return rows.map { $0 + String(repeating: " ", count: 15 - $0.count) + $1 + "\n" }.joined()
  }

  private func money(_ amount: Double) -> String { fixed(amount, 2) }
  private func percent(_ share: Double) -> String {
    share.isNaN ? "none" : fixed(share, 2) + " %"
  }
  private func fixed(_ value: Double, _ places: Int) -> String {
    if value.isNaN { return "none" }
    return value.isInfinite ? "infinite" : PlainNumber.fixed(value, places: places)
  }
}
