import CFxaot
import Market
import Trading

/// Venue ▶ Account ▶ Wants.
extension Engine {
  /// Fills this instrument's waiting orders that may fill at quote number `quoteNumber`, oldest first. Orders
  /// that a script places because of a fill come before the next fill, and this quote may fill them too.
  @inline(never)
  mutating func fillWaitingOrders(_ slot: Int, quoteNumber: UInt64) {
    var event = PaperVenue.Event(
      instrumentSlot: slot, number: quoteNumber, quote: instruments.base[slot].quote)
    while let fill = venue.nextFill(on: &event) {
      book(fill, quoteNumber: quoteNumber)
      carryOutWants()
    }
  }

  /// Books a fill: in the instrument's book, the strategy's, and for a script also in the script's own.
  private mutating func book(_ fill: PaperVenue.Fill, quoteNumber: UInt64) {
    let (order, steps) = (fill.order, fill.steps)
    let slot = order.instrumentSlot
    let instrument = instruments.base + slot
    let strategy = strategies.base + order.strategySlot
    instrument.pointee.attention -= 1
    strategy.pointee.waiting -= order.quantity
    let profit = settle(instrument.pointee.book.fill(order.quantity, at: steps), slot)
    instrument.pointee.book.realise(profit)
    realised = Money.add(realised, profit)
    let own = settle(strategy.pointee.book.fill(order.quantity, at: steps), slot)
    strategy.pointee.book.realise(own)

    counts.fills &+= 1
    strategy.pointee.fills &+= 1
    var event = orderEvent(FXAOT_EVENT_FILL, order.id, order.strategySlot, order.quantity)
    event.price = instrument.pointee.instrument.grid.price(steps)
    event.profit_micro = own
    log.append(event)
    if case .script(let place) = strategy.pointee.content {
      scripts.filled(place, at: event.price, time: instrument.pointee.quoteTime)
      // Orders from a bar that this quote has closed fill at a later quote; older wants may fill at this
      // one too.
      let steppedNow = strategy.pointee.steppedAt == quoteNumber
      want(order.strategySlot, fillsFrom: steppedNow ? nextQuote : quoteNumber)
    }
  }

  /// Quantity × price steps ▶ micro-units of the account currency at the live quotes. There
  /// is always a conversion: the risk gate passes no order without one, and quotes stay.
  private func settle(_ stepUnits: Int128, _ slot: Int) -> Int64 {
    let instrument = instruments.base[slot]
    let quoted = Money.micro(stepUnits: stepUnits, on: instrument.instrument.grid)
    return convert(quoted, instrument.conversion) ?? 0
  }

  /// Unrealised profit of a book in account currency; nil when it cannot be converted.
  func unrealised(_ book: AccountBook, _ slot: Int) -> Int64? {
    if book.quantity == 0 { return 0 }
    let state = instruments.base[slot]
    let value = book.unrealised(at: state.quote)
    return convert(Money.micro(stepUnits: value, on: state.instrument.grid), state.conversion)
  }

  /// Balance + unrealised profit of all positions that can be valued. O(instruments).
  func equity() -> Int64 {
    var sum = Money.add(settings.balance, realised)
    for slot in 0..<instruments.count {
      sum = Money.add(sum, unrealised(instruments.base[slot].book, slot) ?? 0)
    }
    return sum
  }
}
