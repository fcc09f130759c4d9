import CFxaot
import FXCore

/// The account after a line, for people.
extension ScenarioRun {
  var accountText: [String] {
    let account = engine.account
    var lines = [
      "    balance \(EventText.money(account.balance_micro))  equity \(EventText.money(account.equity_micro))"
        + "  margin used \(EventText.money(account.margin_used_micro))"
        + "  free \(EventText.money(account.free_margin_micro))  level \(EventText.level(account.margin_level))"
        + (account.state == 0 ? "" : "  \(Names.word(account.state, Names.tradingStates))")
    ]
    var all = [fxaot_position](repeating: fxaot_position(), count: scenario.symbols.count)
    let count = all.withUnsafeMutableBufferPointer { engine.positions(into: $0) }
    for position in all.prefix(count) where position.quantity != 0 {
      lines.append(
        "    \(symbolName(position.symbol_ref)) "
          + holding(position.quantity, position.average_price, position.unrealised_micro, position.symbol_ref))
    }
    for ticket in tickets {
      lines.append(
        "    ticket \(ticket.text): \(symbolName(ticket.symbol_ref)) "
          + holding(ticket.quantity, ticket.price, ticket.unrealised_micro, ticket.symbol_ref))
    }
    return lines
  }

  private func holding(_ quantity: Int64, _ price: Double, _ micro: Int64, _ ref: UInt64) -> String {
    let price = ExactDecimal(shortest: price)?.text(digits: digits(ref)) ?? "?"
    return "\(quantity) @ \(price)  unrealised \(EventText.money(micro))"
  }

  private func symbolName(_ ref: UInt64) -> String {
    let place = Int(clamping: ref) - 1
    return scenario.symbols.indices.contains(place) ? scenario.symbols[place].name : "#\(ref)"
  }
}
