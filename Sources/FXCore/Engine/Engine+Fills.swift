import CFxaot
import Market
import Trading

/// Account ▶ strategies' books ▶ Wants.
extension Engine {
  /// A quote that an order waits for, or that brings the account to a limit, or that a script must see. Orders that a
  /// script places because of a fill come before the next fill, and this quote may fill them too.
  @inline(never)
  mutating func trade(_ slot: Int, _ quote: fxaot_quote) {
    accountState.quoteNumber = counts.accepted
    accountState.now = max(accountState.now, quote.time_ns)
    if !instruments.base[slot].market.isRouted { chooseRoutes(after: slot) }
    if instruments.base[slot].market.orders > 0 { fillOrders(slot, quote) }
    accountState.finish(slot)
    takeLost()
    if instruments.base[slot].market.watchers > 0 { wakeScripts(slot) }
  }

  private mutating func fillOrders(_ slot: Int, _ quote: fxaot_quote) {
    var event = accountState.event(
      slot, number: counts.accepted, bidSize: quote.bid_size, askSize: quote.ask_size)
    while let execution = accountState.nextFill(on: &event) {
      counts.fills &+= 1
      if execution.order.strategySlot >= 0 {
        book(execution)
      } else if execution.order.onlyCloses {
        takeFromStrategies(execution)
      }
      carryOutWants()
    }
  }

  /// Books a fill in its strategy's book, and for a script also in the script's own.
  private mutating func book(_ execution: Account.Execution) {
    let order = execution.order
    let strategy = strategies.base + order.strategySlot
    let instrument = instruments.base + order.instrumentSlot
    if order.isSignal { strategy.pointee.waiting -= execution.quantity }
    if strategy.pointee.book.quantity == 0 { strategy.pointee.enteredAt = counts.accepted }
    let own = settle(
      strategy.pointee.book.fill(execution.quantity, at: execution.price), order.instrumentSlot)
    strategy.pointee.book.realise(own)
    strategy.pointee.sizing.close(profit: own)
    strategy.pointee.fills &+= 1
    accountState.log.setProfit(own, at: execution.event)
    if order.isSignal, case .script(let place) = strategy.pointee.content {
      let price = instrument.pointee.instrument.grid.price(execution.price)
      let quote = instrument.pointee.quote.price(
        strategy.pointee.basis, on: instrument.pointee.instrument.grid)
      scripts.filled(place, at: price, quote: quote, time: instrument.pointee.quoteTime)
      // Orders from a bar that this quote has closed fill at a later quote; older wants may fill at this
      // one too.
      let steppedNow = strategy.pointee.steppedAt == counts.accepted
      want(order.strategySlot, fillsFrom: steppedNow ? nextQuote : counts.accepted)
    }
  }

  /// A liquidation, or a close that nobody's strategy has ordered, takes its units from the books of the strategies
  /// on its side, the oldest entry first. O(strategies) for each that it meets.
  private mutating func takeFromStrategies(_ execution: Account.Execution) {
    var left = execution.quantity
    while left != 0, let slot = oldestHolder(execution.order.instrumentSlot, against: left) {
      let units = min(left.magnitude, strategies.base[slot].book.quantity.magnitude)
      let part = left > 0 ? Int64(units) : -Int64(units)
      take(part, from: slot, at: execution.price)
      left -= part
    }
  }

  private mutating func take(_ quantity: Int64, from slot: Int, at price: Int64) {
    let strategy = strategies.base + slot
    let own = settle(strategy.pointee.book.fill(quantity, at: price), strategy.pointee.instrumentSlot)
    strategy.pointee.book.realise(own)
  }

  /// Two tickets that have closed each other leave the books of their strategies, both at the second one's entry
  /// price. Those of one strategy stay: its book is the net of both.
  mutating func takeTogether(_ first: Position, _ second: Position) {
    if first.strategyRef == second.strategyRef { return }
    let units = Int64(clamping: min(first.quantity.magnitude, second.quantity.magnitude))
    for ticket in [first, second] where ticket.strategyRef != 0 {
      let slot = byStrategyRef.slot(of: ticket.strategyRef)
      guard slot >= 0, strategies.base[slot].instrumentSlot == ticket.instrumentSlot,
        strategies.base[slot].scriptPlace == nil
      else { continue }
      take(ticket.quantity > 0 ? -units : units, from: slot, at: second.entrySteps)
    }
  }

  private func oldestHolder(_ slot: Int, against quantity: Int64) -> Int? {
    var oldest: Int?
    for (place, strategy) in strategies.elements.enumerated()
    where strategy.ref != 0 && strategy.instrumentSlot == slot && strategy.scriptPlace == nil
      && strategy.book.quantity != 0 && (strategy.book.quantity > 0) != (quantity > 0)
    {
      if oldest.map({ strategies.base[$0].enteredAt > strategy.enteredAt }) ?? true { oldest = place }
    }
    return oldest
  }

  /// Tells strategies of their orders that have ended without a fill.
  mutating func takeLost() {
    guard accountState.lost.count > 0 else { return }
    for order in accountState.lost.elements {
      let strategy = strategies.base + order.strategySlot
      guard order.isSignal, order.strategySlot < strategies.count, strategy.pointee.ref == order.strategyRef else {
        continue
      }
      strategy.pointee.waiting -= order.quantity
      if case .script(let place) = strategy.pointee.content {
        scripts[place]?._withUnsafeGuaranteedRef { $0.refused() }
      }
    }
    accountState.forgetLost()
  }

  /// Quantity × price steps ▶ micro-units of the account currency at the live quotes.
  private func settle(_ stepUnits: Int128, _ slot: Int) -> Int64 {
    let instrument = instruments.base[slot]
    let quoted = Money.micro(stepUnits: stepUnits, on: instrument.instrument.grid)
    return convert(quoted, instrument.conversion) ?? 0
  }
}
