import CFxaot
import Market

/// What a fill does to positions.
extension Account {
  struct Outcome {
    /// Of the closed part, account currency, before the commission.
    var profit: Int64 = 0
    /// Units, without signs.
    var closed: Int64 = 0
    var opened: Int64 = 0
    /// The order whose ticket was closed, in a hedging account.
    var ticket: Int64 = 0
  }

  /// Units that an order which may only close can still close.
  func closable(by order: AccountOrder) -> Int64 {
    if settings.mode == .netting {
      let held = markets[order.instrumentSlot].pointee.book.quantity
      return order.isBuy ? max(0, -held) : max(0, held)
    }
    var sum: Int64 = 0
    for position in positions.elements where isClosed(position, by: order) {
      sum += Int64(clamping: position.quantity.magnitude)
    }
    return sum
  }

  private func isClosed(_ position: Position, by order: AccountOrder) -> Bool {
    position.instrumentSlot == order.instrumentSlot && position.isLong != order.isBuy
      && (order.ticket == 0 || position.order == order.ticket)
      && (!order.isExit || settings.mode == .netting || position.strategyRef == order.strategyRef)
  }

  /// Books a fill of signed units at a price, and its commission.
  mutating func apply(
    _ order: AccountOrder, _ signed: Int64, at steps: Int64, commission: Int64
  ) -> Outcome {
    let slot = order.instrumentSlot
    var outcome = Outcome(ticket: order.ticket)
    var left = signed
    if settings.mode == .netting || order.isBounded(in: settings.mode) {
      for place in 0..<positions.count where left != 0 && isClosed(positions.base[place], by: order) {
        let part = min(left.magnitude, positions.base[place].quantity.magnitude)
        let closing = left > 0 ? Int64(part) : -Int64(part)
        let fee = Money.saturating(
          Money.divide(Int128(commission) * Int128(part), by: Int128(max(signed.magnitude, 1))))
        outcome.profit = Money.add(
          outcome.profit, close(place, closing, at: steps, order, commission: fee))
        outcome.closed += Int64(part)
        left -= closing
      }
    }
    if left != 0 {
      outcome.opened = Int64(clamping: left.magnitude)
      let fee = Money.saturating(
        Money.divide(Int128(commission) * Int128(left.magnitude), by: Int128(max(signed.magnitude, 1))))
      open(order, left, at: steps, commission: fee)
    }
    removeClosed()
    _ = markets[slot].pointee.book.fill(signed, at: steps)
    bookMoney(Money.add(outcome.profit, -commission), slot)
    commissions = Money.add(commissions, commission)
    return outcome
  }

  /// One of many goes as a block: the others are not looked at one by one.
  private mutating func removeClosed() {
    var place = positions.count - 1
    while place >= 0 {
      if positions.base[place].quantity == 0 { positions.remove(at: place) }
      place -= 1
    }
  }

  /// Books profit, commission or swap of an instrument.
  mutating func bookMoney(_ micro: Int64, _ slot: Int) {
    markets[slot].pointee.book.realise(micro)
    realised = Money.add(realised, micro)
  }

  private mutating func close(
    _ place: Int, _ signed: Int64, at steps: Int64, _ order: AccountOrder, commission: Int64
  ) -> Int64 {
    let slot = order.instrumentSlot
    let before = positions.base[place]
    let grid = markets[slot].pointee.instrument.grid
    let profit = settle(positions.base[place].book.fill(signed, at: steps), slot)
    positions.base[place].tradeProfit = Money.add(before.tradeProfit, Money.add(profit, -commission))
    trades.append(
      fxaot_trade(
        symbol_ref: markets[slot].pointee.ref, strategy_ref: order.strategyRef,
        entry_order: before.order, exit_order: order.id, quantity: -signed,
        entry_price: before.book.averagePrice(on: grid), exit_price: grid.price(steps),
        entry_ns: before.openedAt, exit_ns: markets[slot].pointee.quoteTime, profit_micro: profit,
        commission_micro: commission))
    if order.role == .liquidation {
      positions.base[place].inFlight = max(
        0, before.inFlight - Int64(clamping: signed.magnitude))
    }
    if positions.base[place].quantity == 0 {
      losingTrades = positions.base[place].tradeProfit < 0 ? losingTrades + 1 : 0
    }
    return profit
  }

  /// Closes a part of two opposite tickets at the difference of their entry prices. Returns the profit.
  mutating func closeTogether(_ first: Position, _ second: Position, _ units: Int64) -> Int64 {
    let slot = first.instrumentSlot
    let grid = markets[slot].pointee.instrument.grid
    var sum = Int128(0)
    for ticket in [first, second] {
      guard let place = positions.elements.firstIndex(where: { $0.opened == ticket.opened }) else { continue }
      // At a price of 0 the profit is what the part has cost, and the costs of both sides differ by the profit.
      sum += positions.base[place].book.fill(ticket.isLong ? -units : units, at: 0)
    }
    let profit = settle(sum, slot)
    if positions.elements.contains(where: { $0.quantity == 0 }) {
      // One trade, for neither side has a price of its own.
      let total = Int128(first.tradeProfit) + Int128(second.tradeProfit) + Int128(profit)
      losingTrades = total < 0 ? losingTrades + 1 : 0
    }
    let closedBy = second.order
    trades.append(
      fxaot_trade(
        symbol_ref: markets[slot].pointee.ref, strategy_ref: first.strategyRef, entry_order: first.order,
        exit_order: closedBy, quantity: first.isLong ? units : -units,
        entry_price: first.book.averagePrice(on: grid), exit_price: second.book.averagePrice(on: grid),
        entry_ns: first.openedAt, exit_ns: markets[slot].pointee.quoteTime, profit_micro: profit,
        commission_micro: 0))
    removeClosed()
    bookMoney(profit, slot)
    return profit
  }

  private mutating func open(
    _ order: AccountOrder, _ signed: Int64, at steps: Int64, commission: Int64
  ) {
    let slot = order.instrumentSlot
    let isNetting = settings.mode == .netting
    let known = positions.elements.firstIndex {
      $0.instrumentSlot == slot && $0.quantity != 0 && (isNetting || $0.order == order.id)
    }
    if let known {
      _ = positions.base[known].book.fill(signed, at: steps)
      positions.base[known].tradeProfit = Money.add(positions.base[known].tradeProfit, -commission)
      return
    }
    opened += 1
    var fresh = Position(
      instrumentSlot: slot, order: order.id, record: order.record, strategyRef: order.strategyRef,
      opened: opened, openedAt: markets[slot].pointee.quoteTime)
    _ = fresh.book.fill(signed, at: steps)
    fresh.tradeProfit = -commission
    // `makeRoom` of the venue's order has made this room too.
    _ = positions.append(fresh)
    if positions.count == 1 { updateDeadline() }
  }

  /// Quantity × price steps ▶ micro-units of the account currency at the live quotes. There
  /// is always a conversion: the risk gate passes no order without one, and quotes stay.
  private func settle(_ stepUnits: Int128, _ slot: Int) -> Int64 {
    let state = markets[slot]
    let quoted = Money.micro(stepUnits: stepUnits, on: state.pointee.instrument.grid)
    return markets.convert(quoted, state.pointee.conversion, atSide: settings.convertsAtSide) ?? 0
  }
}
