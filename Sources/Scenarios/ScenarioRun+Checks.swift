import CFxaot
import FXCore

/// Compares what is expected with what is: each failure as wanted and got.
extension ScenarioRun {
  mutating func check(_ expected: Expectation) -> [String] {
    let account = engine.account
    return expected.checks.compactMap { check in
      switch check {
      case .money(let field, let wanted):
        return Self.difference(field.rawValue, wanted, account.decimal(field), digits: 2)
      case .marginLevel(let wanted): return Self.level(wanted, account.margin_level)
      case .position(let place, let field):
        let symbol = scenario.symbols[place]
        return Self.holding("positions \(symbol.name)", field, position(place), symbol.digits)
      case .ticket(let name, let field):
        let ticket = ticket(name)
        return Self.holding("tickets \(name)", field, ticket?.holding, ticket.map { digits($0.symbol_ref) } ?? 0)
      case .order(let name, let wanted): return order(name, wanted)
      case .rejected(let name, let wanted):
        return Self.difference("rejected \(name)", wanted, history.rejected[name] ?? "no refusal")
      case .cancelled(let name, let wanted):
        return Self.difference("cancelled \(name)", wanted, history.cancelled[name] ?? "no cancel")
      case .events(let wanted, let isExact):
        return isExact
          ? Self.exactEvents(wanted, history.recent) : Self.events(wanted, history.recent)
      }
    }
  }

  private static func difference(_ name: String, _ wanted: String, _ got: String) -> String? {
    wanted == got ? nil : "\(name): wanted \(wanted), got \(got)"
  }

  /// The actual value, rounded half away from zero to the digits written and to `digits` at least, must be the
  /// expected one.
  static func difference(
    _ name: String, _ wanted: ExactDecimal, _ got: ExactDecimal?, digits: Int
  ) -> String? {
    let digits = max(digits, wanted.places)
    guard let got else { return "\(name): wanted \(wanted.text(digits: digits)), got none" }
    if let left = wanted.rounded(to: digits), left == got.rounded(to: digits) { return nil }
    return "\(name): wanted \(wanted.text(digits: digits)), got \(got.text(digits: digits))"
  }

  private static func level(_ wanted: ExactDecimal?, _ got: Double) -> String? {
    guard let wanted else { return difference("margin_level", "infinite", EventText.level(got)) }
    guard let level = ExactDecimal(shortest: got) else {
      return "margin_level: wanted \(wanted.text(digits: max(4, wanted.places))), got infinite"
    }
    return difference("margin_level", wanted, level, digits: 4)
  }

  // MARK: Positions and tickets

  struct Holding {
    var side: UInt32
    var quantity: Int64
    var price: Double
    var unrealisedMicro: Int64
  }

  private static func holding(
    _ name: String, _ wanted: Expectation.HoldingField, _ got: Holding?, _ digits: Int
  ) -> String? {
    switch wanted {
    case .side(let side):
      return difference(
        name + " side", Names.word(side, Names.sides), got.map { Names.word($0.side, Names.sides) } ?? "no ticket")
    case .quantity(let quantity):
      return difference(name + " quantity", "\(quantity)", "\(got?.quantity ?? 0)")
    case .price(let price):
      let actual = got.flatMap { $0.quantity == 0 ? nil : ExactDecimal(shortest: $0.price) }
      return difference(name + " price", price, actual, digits: digits)
    case .unrealised(let unrealised):
      let actual = ExactDecimal(Int128(got?.unrealisedMicro ?? 0), places: 6)
      return difference(name + " unrealised", unrealised, actual, digits: 2)
    }
  }

  private func position(_ place: Int) -> Holding? {
    var all = [fxaot_position](repeating: fxaot_position(), count: scenario.symbols.count)
    let count = all.withUnsafeMutableBufferPointer { engine.positions(into: $0) }
    let found = all.prefix(count).first { $0.symbol_ref == UInt64(place + 1) }
    return found.map {
      Holding(side: 0, quantity: $0.quantity, price: $0.average_price, unrealisedMicro: $0.unrealised_micro)
    }
  }

  /// All open tickets, oldest first.
  var tickets: [fxaot_ticket] {
    let count = engine.tickets(into: UnsafeMutableBufferPointer(start: nil, count: 0))
    var all = [fxaot_ticket](repeating: fxaot_ticket(), count: count)
    let filled = all.withUnsafeMutableBufferPointer { engine.tickets(into: $0) }
    return Array(all.prefix(filled))
  }

  private func ticket(_ name: String) -> fxaot_ticket? { tickets.first { $0.text == name } }

  func digits(_ ref: UInt64) -> Int {
    let place = Int(clamping: ref) - 1
    return scenario.symbols.indices.contains(place) ? scenario.symbols[place].digits : 0
  }

  // MARK: Orders and events

  private func order(_ name: String, _ wanted: UInt32) -> String? {
    let state = fxaot_id(name).flatMap { engine.order($0) }?.state
    return Self.difference(
      "orders \(name)", Names.word(wanted, Names.orderStates),
      state.map { Names.word($0, Names.orderStates) } ?? "no such order")
  }

  /// The wanted ones in their order, others may lie between.
  static func events(_ wanted: [String], _ got: [String]) -> String? {
    var rest = got[...]
    for (index, event) in wanted.enumerated() {
      guard let found = rest.firstIndex(of: event) else {
        let before = index > 0 ? " after '\(wanted[index - 1])'" : ""
        return "events: wanted '\(event)'\(before), got \(list(rest))"
      }
      rest = rest[(found + 1)...]
    }
    return nil
  }

  static func exactEvents(_ wanted: [String], _ got: [String]) -> String? {
    wanted == got ? nil : "events_exact: wanted \(list(wanted[...])), got \(list(got[...]))"
  }

  private static func list(_ events: ArraySlice<String>) -> String {
    events.isEmpty ? "none" : events.map { "'\($0)'" }.joined(separator: ", ")
  }
}

extension fxaot_account {
  fileprivate func decimal(_ field: Expectation.AccountField) -> ExactDecimal {
    let micro =
      switch field {
      case .balance: balance_micro
      case .equity: equity_micro
      case .marginUsed: margin_used_micro
      case .freeMargin: free_margin_micro
      }
    return ExactDecimal(Int128(micro), places: 6)
  }
}

extension fxaot_ticket {
  var text: String {
    withUnsafeBytes(of: name.text) { String(decoding: $0.prefix(Int(name_length)), as: UTF8.self) }
  }

  fileprivate var holding: ScenarioRun.Holding {
    ScenarioRun.Holding(
      side: UInt32(quantity > 0 ? FXAOT_BUY : FXAOT_SELL), quantity: Int64(clamping: quantity.magnitude),
      price: price, unrealisedMicro: unrealised_micro)
  }
}
