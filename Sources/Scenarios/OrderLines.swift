import CFxaot
import Market

/// {"order": …} and the lines that change or close something by its id.
extension ScenarioReader {
  /// A ref that no instrument has: the gate refuses an order for it.
  static let noSymbol = UInt64.max - 1

  private static let known = [
    "id", "symbol", "side", "type", "quantity", "price", "limit", "trail", "trail_step", "trail_activation", "tif",
    "expires", "stop_loss", "take_profit", "oco", "after", "reduce_only", "post_only",
  ]

  mutating func order(_ value: JSONValue, _ line: Int) throws(ScenarioFault) -> [Scenario.Step] {
    let fields = try Fields(value, "order", line: line, known: Self.known)
    var steps: [Scenario.Step] = []
    let id = try fields.required("id", try fields.text("id"))
    let name = try fields.required("symbol", try fields.text("symbol"))
    let place = use(name, line, &steps)
    let symbol = place.map { symbols[$0] }
    if let place, symbolOfOrder[id] == nil { symbolOfOrder[id] = place }
    var order = fxaot_order_request()
    order.id = try fields.id("id") ?? fxaot_id()
    order.symbol_ref = place.map { UInt64($0 + 1) } ?? Self.noSymbol
    order.side = try fields.required("side", try fields.choice("side", Names.sides))
    order.type = try fields.choice("type", Names.types) ?? UInt32(FXAOT_TYPE_MARKET)
    order.time_in_force = try fields.choice("tif", Names.timesInForce) ?? UInt32(FXAOT_GTC)
    order.reduce_only = try fields.bool("reduce_only") ?? 0
    order.post_only = try fields.bool("post_only") ?? 0
    order.quantity = try fields.required("quantity", try fields.whole("quantity"))
    order.price = try fields.price("price", symbol)
    order.limit = try fields.price("limit", symbol)
    order.trail_steps = try fields.whole("trail") ?? 0
    order.trail_step = try fields.whole("trail_step") ?? 0
    order.trail_activation = try fields.price("trail_activation", symbol)
    order.expires_ns = try fields.time("expires") ?? 0
    order.stop_loss = try fields.price("stop_loss", symbol)
    order.take_profit = try fields.price("take_profit", symbol)
    order.oco = try fields.id("oco") ?? fxaot_id()
    order.after = try fields.id("after") ?? fxaot_id()
    return steps + [.order(order)]
  }

  func modify(_ value: JSONValue, _ line: Int) throws(ScenarioFault) -> [Scenario.Step] {
    let fields = try Fields(
      value, "modify", line: line,
      known: ["id", "quantity", "price", "limit", "trail", "expires", "stop_loss", "take_profit"])
    let id = try fields.required("id", try fields.id("id"))
    let name = try fields.text("id") ?? ""
    let symbol = symbolOfOrder[Self.withoutEnd(name)].map { symbols[$0] }
    let change = fxaot_order_change(
      quantity: try fields.whole("quantity") ?? 0, price: try fields.price("price", symbol),
      limit: try fields.price("limit", symbol), stop_loss: try fields.price("stop_loss", symbol),
      take_profit: try fields.price("take_profit", symbol), trail_steps: try fields.whole("trail") ?? 0,
      expires_ns: try fields.time("expires") ?? 0)
    return [.modify(id, change)]
  }

  /// The order that an attached one belongs to.
  private static func withoutEnd(_ id: String) -> String {
    id.hasSuffix(".sl") || id.hasSuffix(".tp") ? String(id.dropLast(3)) : id
  }

  func cancel(_ value: JSONValue, _ line: Int) throws(ScenarioFault) -> [Scenario.Step] {
    let fields = try Fields(value, "cancel", line: line, known: ["id"])
    return [.cancel(try fields.required("id", try fields.id("id")))]
  }

  mutating func close(_ value: JSONValue, _ line: Int) throws(ScenarioFault) -> [Scenario.Step] {
    let fields = try Fields(value, "close", line: line, known: ["ticket", "symbol", "quantity"])
    guard fields.has("ticket") != fields.has("symbol") else {
      throw fields.fault("close needs either 'ticket' or 'symbol'")
    }
    let quantity = try fields.whole("quantity")
    if let quantity, quantity <= 0 { throw fields.outOfRange("quantity") }
    if let ticket = try fields.id("ticket") { return [.closeTicket(ticket, quantity ?? 0)] }
    var steps: [Scenario.Step] = []
    let place = try symbol(fields, &steps)
    return steps + [.closeSymbol(place, quantity ?? 0)]
  }

  func closeBy(_ value: JSONValue, _ line: Int) throws(ScenarioFault) -> [Scenario.Step] {
    let fields = try Fields(value, "close_by", line: line, known: ["ticket", "by"])
    let ticket = try fields.required("ticket", try fields.id("ticket"))
    return [.closeBy(ticket, try fields.required("by", try fields.id("by")))]
  }
}

extension Fields {
  /// An order's or a group's name.
  fileprivate func id(_ name: String) throws(ScenarioFault) -> fxaot_id? {
    guard let text = try text(name) else { return nil }
    guard let id = fxaot_id(text) else {
      throw fault("\(owner).\(name) must have 1 to \(FXAOT_ID_BYTES) bytes", at: name)
    }
    return id
  }

  /// NaN without a price.
  fileprivate func price(_ name: String, _ symbol: ScenarioSymbol?) throws(ScenarioFault) -> Double {
    guard let decimal = try decimal(name) else { return .nan }
    guard let symbol else { return decimal.double }
    guard let price = symbol.price(decimal) else { throw outOfRange(name) }
    return price
  }
}
