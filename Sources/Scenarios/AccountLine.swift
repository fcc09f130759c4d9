import CFxaot

/// {"account": …}: the currency, the balance and the terms.
enum AccountLine {
  private static let known = [
    "currency", "balance", "leverage", "mode", "margin_mode", "margin_price", "conversion", "new_orders",
    "margin_call", "stop_out", "liquidation", "negative_balance_protection", "fifo",
  ]

  static let currency = "USD"
  static let balanceMicro: Int64 = 10_000_000_000
  /// 10¹² units: as much as an engine takes.
  private static let largestBalance: Int64 = 1_000_000_000_000_000_000

  static func steps(
    _ value: JSONValue, _ line: Int, defaults: fxaot_account_terms
  ) throws(ScenarioFault) -> [Scenario.Step] {
    let fields = try Fields(value, "account", line: line, known: known)
    let currency = try fields.text("currency") ?? currency
    guard currency.isCurrency else { throw fields.fault("account.currency must be a name such as USD", at: "currency") }
    let balance = try fields.money("balance") ?? balanceMicro
    guard (0...largestBalance).contains(balance) else { throw fields.outOfRange("balance") }
    var terms = defaults
    terms.leverage = try fields.count("leverage") ?? terms.leverage
    guard (1...500).contains(terms.leverage) else {
      throw fields.fault("account.leverage must be from 1 to 500", at: "leverage")
    }
    terms.mode = try fields.choice("mode", Names.modes) ?? terms.mode
    terms.margin_mode = try fields.choice("margin_mode", Names.marginModes) ?? terms.margin_mode
    terms.margin_price = try fields.choice("margin_price", Names.marginPrices) ?? terms.margin_price
    terms.conversion = try fields.choice("conversion", Names.conversions) ?? terms.conversion
    terms.liquidation = try fields.choice("liquidation", Names.liquidations) ?? terms.liquidation
    terms.negative_balance_protection =
      try fields.bool("negative_balance_protection") ?? terms.negative_balance_protection
    terms.fifo = try fields.bool("fifo") ?? terms.fifo
    terms.new_orders = try fields.fraction("new_orders") ?? terms.new_orders
    terms.margin_call = try fields.fraction("margin_call") ?? terms.margin_call
    terms.stop_out = try fields.fraction("stop_out") ?? terms.stop_out
    return [.account(currency: currency, balanceMicro: balance, terms)]
  }
}

extension String {
  /// 1 to 7 capital letters or digits, as an engine takes them.
  var isCurrency: Bool {
    (1..<Int(FXAOT_CURRENCY_BYTES)).contains(utf8.count)
      && utf8.allSatisfy { (65...90).contains($0) || (48...57).contains($0) }
  }
}
