import CFxaot

/// An event as scenario files write it, and as the trace shows it.
enum EventText {
  /// The first words of the events that `expect` knows.
  static let words = [
    "accepted", "triggered", "fill", "cancelled", "expired", "rejected", "swap", "margin_call", "stop_out", "state",
    "late",
  ]

  /// What `expect` compares; nil for an event that it does not know.
  static func text(_ event: fxaot_event, _ symbols: [ScenarioSymbol]) -> String? {
    switch event.kind {
    case UInt32(FXAOT_EVENT_ORDER): return order(event)
    case UInt32(FXAOT_EVENT_REJECT):
      return "rejected \(name(event)) \(Names.word(event.code, Names.rejects))"
    case UInt32(FXAOT_EVENT_FILL):
      return "fill \(name(event)) \(event.quantity.magnitude) @ \(price(event, symbols))"
    case UInt32(FXAOT_EVENT_ACCOUNT): return account(event, symbols)
    default: return nil
    }
  }

  private static func order(_ event: fxaot_event) -> String? {
    switch fxaot_order_state(event.code) {
    case FXAOT_ORDER_ACCEPTED: "accepted \(name(event))"
    case FXAOT_ORDER_TRIGGERED: "triggered \(name(event))"
    case FXAOT_ORDER_EXPIRED: "expired \(name(event))"
    case FXAOT_ORDER_CANCELLED:
      "cancelled \(name(event)) \(Names.word(UInt32(event.reason), Names.cancels))"
    default: nil
    }
  }

  private static func account(_ event: fxaot_event, _ symbols: [ScenarioSymbol]) -> String? {
    switch fxaot_account_change(event.code) {
    case FXAOT_ACCOUNT_SWAP:
      "swap \(symbol(event, symbols)) \(money(event.profit_micro)) \(event.quantity)"
    case FXAOT_ACCOUNT_MARGIN_CALL: "margin_call"
    case FXAOT_ACCOUNT_STOP_OUT:
      "stop_out \(event.name_length > 0 ? name(event) : symbol(event, symbols)) \(event.quantity.magnitude)"
    case FXAOT_ACCOUNT_STATE:
      "state \(Names.word(UInt32(clamping: event.quantity), Names.tradingStates)) "
        + Names.word(UInt32(event.reason), Names.stateReasons)
    default: nil
    }
  }

  /// The same, and for the other events what they say in a few words.
  static func trace(_ event: fxaot_event, _ symbols: [ScenarioSymbol]) -> String? {
    if let text = text(event, symbols) { return text + details(event) }
    switch event.kind {
    case UInt32(FXAOT_EVENT_ORDER):
      if event.code == FXAOT_ORDER_MODIFIED.rawValue { return "modified \(name(event))" }
      return "\(Names.word(event.code, Names.orderStates)) \(name(event))"
    case UInt32(FXAOT_EVENT_ACCOUNT) where event.code == FXAOT_ACCOUNT_CASH.rawValue:
      return "cash \(money(event.profit_micro))"
    case UInt32(FXAOT_EVENT_ACCOUNT) where event.code == FXAOT_ACCOUNT_RESET.rawValue:
      return "balance reset to zero \(money(event.profit_micro))"
    default: return nil
    }
  }

  private static func details(_ event: fxaot_event) -> String {
    switch event.kind {
    case UInt32(FXAOT_EVENT_FILL):
      let side = event.side == UInt32(FXAOT_BUY) ? "buy" : "sell"
      return "  (\(side), profit \(money(event.profit_micro)), commission \(money(event.commission_micro)))"
    case UInt32(FXAOT_EVENT_REJECT): return RefusalText.details(event)
    case UInt32(FXAOT_EVENT_ACCOUNT) where event.code == FXAOT_ACCOUNT_SWAP.rawValue:
      return "  (rate \(event.price), conversion \(event.strength))"
    case UInt32(FXAOT_EVENT_ACCOUNT)
    where event.code == FXAOT_ACCOUNT_MARGIN_CALL.rawValue || event.code == FXAOT_ACCOUNT_STOP_OUT.rawValue:
      return "  (margin level \(level(event.strength)))"
    default: return ""
    }
  }

  static func level(_ value: Double) -> String {
    ExactDecimal(shortest: value)?.text(digits: 4) ?? "infinite"
  }

  static func money(_ micro: Int64) -> String { ExactDecimal(Int128(micro), places: 6).text(digits: 2) }

  /// The order's name with its end, or its number.
  static func name(_ event: fxaot_event) -> String {
    guard event.name_length > 0 else { return "#\(event.order_id)" }
    let name = withUnsafeBytes(of: event.bar) {
      String(decoding: $0.prefix(Int(event.name_length)), as: UTF8.self)
    }
    switch Int(event.name_end) {
    case FXAOT_NAME_STOP_LOSS: return name + ".sl"
    case FXAOT_NAME_TAKE_PROFIT: return name + ".tp"
    default: return name
    }
  }

  private static func found(_ event: fxaot_event, _ symbols: [ScenarioSymbol]) -> ScenarioSymbol? {
    symbols.indices.contains(Int(clamping: event.symbol_ref) - 1) ? symbols[Int(event.symbol_ref) - 1] : nil
  }

  static func symbol(_ event: fxaot_event, _ symbols: [ScenarioSymbol]) -> String {
    found(event, symbols)?.name ?? "#\(event.symbol_ref)"
  }

  private static func price(_ event: fxaot_event, _ symbols: [ScenarioSymbol]) -> String {
    let digits = found(event, symbols)?.digits ?? 5
    return ExactDecimal(shortest: event.price)?.text(digits: digits) ?? "\(event.price)"
  }
}
