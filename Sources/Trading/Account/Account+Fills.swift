import CFxaot
import Market

/// Quote ▶ venue ▶ positions.
extension Account {
  /// A booked fill, for the strategy whose order it was.
  package struct Execution {
    package let order: AccountOrder
    /// Steps.
    package let price: Int64
    /// Signed base units.
    package let quantity: Int64
    /// Of these, what the order still waited for: a broker may fill more.
    package let awaited: Int64
    package let time: Int64
    /// The place of its event in the log; −1 if there was no memory for it.
    package let event: Int
  }

  /// Begins the fills of a quote, which its instrument already has. Sizes of 0: the quote has none.
  package func event(
    _ slot: Int, number: UInt64, bidSize: Double, askSize: Double
  ) -> PaperVenue.Event {
    let state = markets[slot]
    let isOpen = !gateway.isOn && isOpen(state.pointee.terms, at: state.pointee.quoteTime)
    return PaperVenue.Event(
      instrumentSlot: isOpen ? slot : PaperVenue.taken - 1, number: number,
      quote: state.pointee.quote, time: state.pointee.quoteTime,
      bidSize: venue.settings.ignoresSizes ? 0 : bidSize, askSize: venue.settings.ignoresSizes ? 0 : askSize,
      step: state.pointee.instrument.quantityStep)
  }

  /// The end of trading: what waits to close an instrument's position fills at its last quote. nil without such
  /// an order, where the market is closed, or where the quote is older than max_quote_age or else 5 seconds.
  package func lastEvent(_ slot: Int) -> PaperVenue.Event? {
    let state = markets[slot]
    let limit = gate.limits.raw.max_quote_age_ns
    guard !gateway.isOn, state.pointee.orders > 0, state.pointee.hasQuote, isOpen(state.pointee.terms, at: now),
      now - state.pointee.quoteTime <= (limit > 0 ? limit : Self.freshTime),
      venue.waiting.elements.contains(where: { $0.instrumentSlot == slot && $0.closesNow })
    else { return nil }
    var event = PaperVenue.Event(instrumentSlot: slot, number: .max, quote: state.pointee.quote)
    event.isLast = true
    return event
  }

  private static let freshTime: Int64 = 5_000_000_000

  /// Books the next fill of a quote; nil after the last one.
  package mutating func nextFill(on event: inout PaperVenue.Event) -> Execution? {
    while true {
      let fill = venue.nextFill(on: &event)
      sayChanges()
      guard let fill else { return nil }
      if let execution = book(fill, on: &event) { return execution }
    }
  }

  /// What has happened to orders at the venue but fills.
  private mutating func sayChanges() {
    for place in 0..<venue.changes.count {
      let change = venue.changes.base[place]
      if change.state == FXAOT_ORDER_CANCELLED {
        ended(change.order, change.state, change.reason)
      } else {
        say(FXAOT_EVENT_ORDER, change.order) { $0.code = change.state.rawValue }
        record(change.order) { $0.state = change.state.rawValue }
      }
    }
    venue.clearChanges()
  }

  /// nil where the order does not fill after all, and is cancelled.
  private mutating func book(_ fill: PaperVenue.Fill, on event: inout PaperVenue.Event) -> Execution? {
    let order = fill.order
    var quantity = fill.quantity
    if order.isBounded(in: settings.mode) {
      quantity = min(quantity, closable(by: order))
      if quantity <= 0 {
        ended(order, FXAOT_ORDER_CANCELLED, FXAOT_CANCEL_REDUCE_ONLY)
        return nil
      }
    } else if order.kind != .market, !fits(order) {
      ended(order, FXAOT_ORDER_CANCELLED, FXAOT_CANCEL_MARGIN)
      return nil
    }
    let signed = order.isBuy ? quantity : -quantity
    if order.kind == .market { reserve(order, -quantity) }
    venue.keepRest(of: fill, quantity, on: &event)
    var left = venue.waiting.base[fill.place]
    left.instrumentSlot = order.instrumentSlot
    let cost = commission(order.instrumentSlot, quantity, at: fill.steps)
    let outcome = apply(order, signed, at: fill.steps, commission: cost)
    let said = sayFill(order, quantity, at: fill.steps, outcome, cost)
    recordFill(left, quantity, at: fill.steps)
    settlePairs(order, outcome)
    if order.group > 0 { cancelGroup(of: order) }
    if left.order.quantity <= 0 {
      gone(left)
    } else if quantity < fill.quantity
      || (order.isBounded(in: settings.mode) && closable(by: left) == 0)
    {
      if venue.waiting.base[fill.place].instrumentSlot >= 0 {
        cancel(at: fill.place, FXAOT_CANCEL_REDUCE_ONLY)
      }
    }
    return Execution(
      order: order, price: fill.steps, quantity: signed, awaited: signed,
      time: markets[order.instrumentSlot].pointee.quoteTime, event: said)
  }

  /// The place of the event in the log; −1 if there was no memory for it.
  mutating func sayFill(
    _ order: AccountOrder, _ quantity: Int64, at steps: Int64, _ outcome: Outcome, _ cost: Int64
  ) -> Int {
    let price = markets[order.instrumentSlot].pointee.instrument.grid.price(steps)
    say(FXAOT_EVENT_FILL, order) {
      $0.quantity = quantity
      $0.price = price
      $0.profit_micro = outcome.profit
      $0.commission_micro = cost
    }
    return log.events.elements.last?.order_id == order.id ? log.events.count - 1 : -1
  }

  /// An order has been filled in full: its dependants come to the market.
  mutating func gone(_ order: AccountOrder) {
    leave(order)
    if order.role == .liquidation { liquidationEnded(order) }
    guard order.record >= 0, order.role == .plain else { return }
    for place in 0..<venue.waiting.count {
      let child = venue.waiting.base[place]
      if child.isDormant, child.parent == order.id, child.instrumentSlot >= 0 { wake(place) }
    }
  }

  /// Takes an order that has waited for its parent to the gate.
  private mutating func wake(_ place: Int) {
    let dormant = venue.waiting.base[place]
    var order = dormant
    order.isDormant = false
    order.fillsFrom = quoteNumber &+ 1
    setTimes(&order)
    venue.waiting.base[place] = order
    if let refusal = refusal(of: order) {
      venue.remove(at: place)
      leave(dormant)
      refused(order, refusal)
      dropDependants(of: order.id)
      return
    }
    // It is accepted now: behind all that have been accepted before. Without memory for that it keeps its place.
    if venue.accept(order) { venue.remove(at: place) }
    if order.kind == .market { reserve(order, order.order.quantity) }
    narrow(for: order)
    sayAccepted(order)
  }

  mutating func recordFill(_ left: AccountOrder, _ quantity: Int64, at steps: Int64) {
    guard let record = records.change(left.record) else { return }
    record.pointee.cost += Int128(quantity) * Int128(steps)
    let grid = markets[left.instrumentSlot].pointee.instrument.grid
    let average = Money.double(record.pointee.cost) / Double(max(left.filled, 1))
    self.record(left) {
      $0.average_price = average * grid.stepUnits / grid.scale
      $0.state =
        (left.order.quantity <= 0 ? FXAOT_ORDER_FILLED : FXAOT_ORDER_PART_FILLED).rawValue
    }
  }

  /// Cancels the others of an order's one-cancels-other group.
  mutating func cancelGroup(of order: AccountOrder) {
    for place in 0..<venue.waiting.count {
      let other = venue.waiting.base[place]
      if other.group == order.group, other.id != order.id, other.instrumentSlot >= 0 {
        cancel(at: place, FXAOT_CANCEL_OCO)
      }
    }
  }
}
