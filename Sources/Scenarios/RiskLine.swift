import CFxaot

/// {"risk": …} and {"venue": …}: each changes what it names. A limit of 0 is off.
extension ScenarioReader {
  private static let limits = [
    "max_quote_age_ms", "max_spread", "collar", "max_order_quantity", "max_order_notional", "max_position",
    "max_currency_notional", "max_positions", "max_orders", "order_rate", "daily_loss", "max_drawdown",
    "max_losing_trades", "halt_keeps_protection",
  ]

  mutating func risk(_ value: JSONValue, _ line: Int) throws(ScenarioFault) -> [Scenario.Step] {
    let fields = try Fields(value, "risk", line: line, known: Self.limits)
    risk.max_quote_age_ns = try fields.limit("max_quote_age_ms", places: 6) ?? risk.max_quote_age_ns
    risk.max_spread_steps = try fields.limit("max_spread") ?? risk.max_spread_steps
    risk.collar = try fields.limit("collar", places: 9) ?? risk.collar
    risk.max_order_quantity = try fields.limit("max_order_quantity") ?? risk.max_order_quantity
    risk.max_order_notional_micro =
      try fields.limit("max_order_notional", places: 6) ?? risk.max_order_notional_micro
    risk.max_currency_notional_micro =
      try fields.limit("max_currency_notional", places: 6) ?? risk.max_currency_notional_micro
    risk.max_positions = try fields.count("max_positions") ?? risk.max_positions
    risk.max_orders = try fields.count("max_orders") ?? risk.max_orders
    risk.daily_loss_micro = try fields.limit("daily_loss", places: 6) ?? risk.daily_loss_micro
    risk.max_drawdown = try fields.limit("max_drawdown", places: 9) ?? risk.max_drawdown
    risk.max_losing_trades = try fields.count("max_losing_trades") ?? risk.max_losing_trades
    if let keeps = try fields.bool("halt_keeps_protection") { risk.halt_cancels_protection = 1 - keeps }
    if let rate = fields.value("order_rate") {
      let rate = try Fields(rate, "order_rate", line: line, known: ["count", "per_ms"])
      risk.order_rate_count = try rate.required("count", try rate.limit("count"))
      risk.order_rate_ns = try rate.required("per_ms", try rate.limit("per_ms", places: 6))
    }
    let perSymbol = try maxPosition(fields)
    return perSymbol + [.risk(risk)]
  }

  /// One number for every instrument, or an object with numbers by symbol.
  private mutating func maxPosition(_ fields: Fields) throws(ScenarioFault) -> [Scenario.Step] {
    guard let value = fields.value("max_position") else { return [] }
    guard case .object(let members) = value.content else {
      risk.max_position = try fields.limit("max_position") ?? 0
      return []
    }
    let limits = try Fields(value, "max_position", line: fields.line)
    var steps: [Scenario.Step] = []
    for member in members {
      guard let place = use(member.name, fields.line, &steps) else {
        throw ScenarioFault(fields.line, member.column, unknown(member.name))
      }
      symbols[place].terms.max_position = try limits.limit(member.name) ?? 0
      steps.append(.terms(place, symbols[place].terms, symbols[place].holidays))
    }
    return steps
  }

  mutating func venue(_ value: JSONValue, _ line: Int) throws(ScenarioFault) -> [Scenario.Step] {
    let fields = try Fields(
      value, "venue", line: line, known: ["latency_ms", "slippage", "reject_probability", "seed", "ignore_sizes"])
    venue.latency_ns = try fields.limit("latency_ms", places: 6) ?? venue.latency_ns
    venue.slippage_steps = try fields.limit("slippage") ?? venue.slippage_steps
    venue.reject_probability = try fields.limit("reject_probability", places: 9) ?? venue.reject_probability
    guard venue.reject_probability <= 1_000_000_000 else { throw fields.outOfRange("reject_probability") }
    if let seed = try fields.limit("seed") { venue.seed = UInt64(seed) }
    if let ignores = try fields.bool("ignore_sizes") { venue.ignore_sizes = UInt64(ignores) }
    return [.venue(venue)]
  }
}

extension Fields {
  /// A number × 10^places that is not below zero.
  fileprivate func limit(_ name: String, places: Int = 0) throws(ScenarioFault) -> Int64? {
    guard let limit = try scaled(name, places: places) else { return nil }
    guard limit >= 0 else { throw outOfRange(name) }
    return limit
  }
}
