import CFxaot
import Market
import StrategyIR
import Trading

/// Account ▶ strategies' books ▶ Wants.
extension Engine {
  /// A quote that an order waits for, or that brings the account to a limit, or that a script must see. Orders that a
  /// script places because of a fill come before the next fill, and this quote may fill them too.
  @inline(never)
  mutating func trade(_ slot: Int, _ quote: fxaot_quote) {
    journal.isDirty = true
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
    while let execution = accountState.nextFill(on: &event) { take(execution) }
  }

  /// Before trading ends: closes that still wait fill at the last quotes, where these are fresh. O(orders ×
  /// instruments).
  mutating func fillCloses() {
    for slot in 0..<instruments.count {
      guard var event = accountState.lastEvent(slot) else { continue }
      while let execution = accountState.nextFill(on: &event) { take(execution) }
    }
    accountState.finish(-1)
    takeLost()
  }

  private mutating func take(_ execution: Account.Execution) {
    counts.fills &+= 1
    if execution.order.strategySlot >= 0 {
      book(execution)
    } else if execution.order.role == .close || execution.order.role == .liquidation {
      // A stop-loss or take-profit closes its own order's part, which is no strategy's here.
      takeFromStrategies(execution)
    }
    carryOutWants()
  }

  /// What a broker reports, with a gateway: the state machine is Account+Reports. FXAOT_BAD_CONFIG without a gateway,
  /// FXAOT_BAD_ARGUMENT, FXAOT_LIMIT, FXAOT_OUT_OF_MEMORY.
  public mutating func report(_ report: fxaot_report) -> (status: fxaot_status, verdict: UInt32) {
    note(.report) { $0.addPlain(report) }
    meet()
    let answer = accountState.report(report)
    if let execution = answer.execution { take(execution) }
    if let order = answer.kept { tellKept(order) }
    if answer.slot >= 0 { accountState.finish(answer.slot) }
    takeLost()
    if answer.slot >= 0, instruments.base[answer.slot].market.watchers > 0 { wakeScripts(answer.slot) }
    return (answer.status, answer.verdict.rawValue)
  }

  /// Books a fill in its strategy's book, and for a script also in the script's own.
  private mutating func book(_ execution: Account.Execution) {
    let order = execution.order
    let strategy = strategies.base + order.strategySlot
    if order.isSignal, order.scriptKey == 0 { strategy.pointee.waiting -= execution.awaited }
    if strategy.pointee.book.quantity == 0 { strategy.pointee.enteredAt = counts.accepted }
    let own = settle(
      strategy.pointee.book.fill(execution.quantity, at: execution.price), order.instrumentSlot)
    strategy.pointee.book.realise(own)
    strategy.pointee.sizing.close(profit: own)
    strategy.pointee.fills &+= 1
    accountState.log.setProfit(own, at: execution.event)
    if order.isSignal, case .script(let place) = strategy.pointee.content {
      let fill = fill(execution.quantity, at: execution.price, order, of: strategy.pointee)
      scripts[place]?._withUnsafeGuaranteedRef { $0.broker.filled(fill) }
      // Orders from a bar that this quote has closed fill at a later quote; older wants may fill at this
      // one too.
      let steppedNow = strategy.pointee.steppedAt == counts.accepted
      want(order.strategySlot, fillsFrom: steppedNow ? nextQuote : counts.accepted)
    }
  }

  /// A fill, or a part of it, as a script's book takes it.
  private func fill(
    _ units: Int64, at price: Int64, _ order: AccountOrder? = nil, of strategy: StrategyState
  ) -> LiveFill {
    let instrument = instruments.base[strategy.instrumentSlot]
    let grid = instrument.instrument.grid
    return LiveFill(
      key: order?.scriptKey ?? 0, number: order?.id ?? 0, isBuy: units > 0, quantity: Double(units.magnitude),
      price: grid.price(price),
      quote: instrument.quote.price(strategy.basis, on: grid), time: instrument.quoteTime / 1_000_000)
  }

  /// A liquidation, or a close that nobody's strategy has ordered, takes its units from the books of the strategies
  /// on its side, the oldest entry first; a script's own book too. A ticket's come from its own strategy.
  /// O(strategies) for each that it meets.
  private mutating func takeFromStrategies(_ execution: Account.Execution) {
    let reason: TradeRecord.ExitReason = execution.order.role == .liquidation ? .marginCall : .closeAll
    if execution.order.ticket != 0 {
      let slot = byStrategyRef.slot(of: execution.order.ticketStrategy)
      if slot >= 0, strategies.base[slot].instrumentSlot == execution.order.instrumentSlot {
        take(execution.quantity, from: slot, at: execution.price, as: reason)
      }
      return
    }
    var left = execution.quantity
    while left != 0, let slot = oldestHolder(execution.order.instrumentSlot, against: left) {
      let units = min(left.magnitude, strategies.base[slot].book.quantity.magnitude)
      let part = left > 0 ? Int64(units) : -Int64(units)
      take(part, from: slot, at: execution.price, as: reason)
      left -= part
    }
  }

  private mutating func take(
    _ quantity: Int64, from slot: Int, at price: Int64, as reason: TradeRecord.ExitReason
  ) {
    let strategy = strategies.base + slot
    let own = settle(strategy.pointee.book.fill(quantity, at: price), strategy.pointee.instrumentSlot)
    strategy.pointee.book.realise(own)
    guard case .script(let place) = strategy.pointee.content else { return }
    let fill = fill(quantity, at: price, of: strategy.pointee)
    scripts[place]?._withUnsafeGuaranteedRef { $0.broker.taken(fill, as: reason) }
    want(slot, fillsFrom: nextQuote)
  }

  /// Two tickets that have closed each other leave the books of their strategies, both at the second one's entry
  /// price. Those of one strategy stay: its book is the net of both.
  mutating func takeTogether(_ first: Position, _ second: Position) {
    if first.strategyRef == second.strategyRef { return }
    let units = Int64(clamping: min(first.quantity.magnitude, second.quantity.magnitude))
    for ticket in [first, second] where ticket.strategyRef != 0 {
      let slot = byStrategyRef.slot(of: ticket.strategyRef)
      guard slot >= 0, strategies.base[slot].instrumentSlot == ticket.instrumentSlot else { continue }
      take(ticket.quantity > 0 ? -units : units, from: slot, at: second.entrySteps, as: .closeAll)
    }
    carryOutWants()
  }

  private func oldestHolder(_ slot: Int, against quantity: Int64) -> Int? {
    var oldest: Int?
    for (place, strategy) in strategies.elements.enumerated()
    where strategy.ref != 0 && strategy.instrumentSlot == slot
      && strategy.book.quantity != 0 && (strategy.book.quantity > 0) != (quantity > 0)
    {
      if oldest.map({ strategies.base[$0].enteredAt > strategy.enteredAt }) ?? true { oldest = place }
    }
    return oldest
  }

  /// Tells a script of an order that the broker did not end or change.
  private mutating func tellKept(_ order: AccountOrder) {
    guard order.strategySlot < strategies.count else { return }
    let strategy = strategies.base + order.strategySlot
    guard strategy.pointee.ref == order.strategyRef, case .script(let place) = strategy.pointee.content else { return }
    scripts[place]?._withUnsafeGuaranteedRef { $0.broker.stands(order) }
  }

  /// Tells strategies of their orders that have ended without a fill.
  mutating func takeLost() {
    // What a script makes of it may end further orders.
    while accountState.lost.count > 0 { tellLost() }
  }

  private mutating func tellLost() {
    for order in accountState.lost.elements {
      let strategy = strategies.base + order.strategySlot
      guard order.isSignal, order.strategySlot < strategies.count, strategy.pointee.ref == order.strategyRef else {
        continue
      }
      if order.scriptKey == 0 { strategy.pointee.waiting -= order.quantity }
      if case .script(let place) = strategy.pointee.content {
        scripts[place]?._withUnsafeGuaranteedRef {
          if order.scriptKey == 0 {
            $0.refused()
          } else {
            $0.broker.lost(order.scriptKey, number: order.id, isRefused: false)
          }
        }
        want(order.strategySlot, fillsFrom: nextQuote)
      }
    }
    accountState.forgetLost()
    carryOutWants()
  }

  /// Quantity × price steps ▶ micro-units of the account currency at the live quotes.
  private func settle(_ stepUnits: Int128, _ slot: Int) -> Int64 {
    let instrument = instruments.base[slot]
    let quoted = Money.micro(stepUnits: stepUnits, on: instrument.instrument.grid)
    return convert(quoted, instrument.conversion) ?? 0
  }
}
