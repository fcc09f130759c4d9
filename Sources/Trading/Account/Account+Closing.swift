import CFxaot
import Market

/// Closing positions, cash, and the trading state.
extension Account {
  /// Closes an instrument's position, in part or (0) whole: in a hedging account all its tickets, with a
  /// quantity the oldest first, which only a FIFO account allows. One market order for each position.
  package mutating func close(slot: Int, quantity: Int64) -> Answer {
    forgetIfFull()
    let held = positions.elements.filter { $0.instrumentSlot == slot }
    var most = Int128(0)
    for position in held { most += Int128(position.quantity.magnitude) }
    guard most > 0 else { return fault(FXAOT_FAULT_POSITION) }
    guard quantity >= 0, Int128(quantity) <= most else { return fault(FXAOT_FAULT_QUANTITY) }
    let isRefused = settings.mode == .hedging && quantity > 0 && !settings.isFIFO
    var left = quantity == 0 ? Int64.max : quantity
    var last: Answer = fault(FXAOT_FAULT_POSITION)
    for position in held where left > 0 {
      let units = min(left, Int64(clamping: position.quantity.magnitude))
      last = sendClose(position, units, refusal: isRefused ? FXAOT_REJECT_FIFO : nil)
      left -= units
      if isRefused { break }
    }
    return last
  }

  /// Closes a ticket, in part or (0) whole. In a FIFO account only the instrument's oldest.
  package mutating func close(ticket: fxaot_id, quantity: Int64) -> Answer {
    forgetIfFull()
    guard let position = position(ofTicket: ticket) else { return fault(FXAOT_FAULT_TICKET) }
    let all = Int64(clamping: position.quantity.magnitude)
    guard (0...all).contains(quantity) else { return fault(FXAOT_FAULT_QUANTITY) }
    let oldest = positions.elements.first { $0.instrumentSlot == position.instrumentSlot }
    let isRefused = settings.isFIFO && oldest?.order != position.order
    return sendClose(
      position, quantity == 0 ? all : quantity, refusal: isRefused ? FXAOT_REJECT_FIFO : nil)
  }

  private func position(ofTicket id: fxaot_id) -> Position? {
    guard settings.mode == .hedging, let record = records[recordPlace(id)] else { return nil }
    return positions.elements.first { $0.order == record.pointee.order.order_id }
  }

  private mutating func sendClose(
    _ position: Position, _ units: Int64, refusal: fxaot_reject?
  ) -> Answer {
    closes += 1
    var order = AccountOrder(
      id: 0, strategySlot: -1, instrumentSlot: position.instrumentSlot,
      quantity: position.isLong ? -units : units, fillsFrom: quoteNumber &+ 1)
    order.role = .close
    order.ticket = settings.mode == .hedging ? position.order : 0
    if settings.mode == .hedging { order.ticketStrategy = position.strategyRef }
    order.record = newRecord(ownName("close.", gate.nameNumber(closes)), order)
    if let refusal {
      order.id = gate.number()
      refused(order, refusal)
      return answer(order.id, FXAOT_ORDER_REJECTED, refusal)
    }
    let (number, why) = admit(order)
    return answer(number, why == nil ? admitted : FXAOT_ORDER_REJECTED, why)
  }

  /// Two open tickets of an instrument on different sides.
  package func opposites(_ ticket: fxaot_id, _ other: fxaot_id) -> (first: Position, second: Position)? {
    guard let first = position(ofTicket: ticket), let second = position(ofTicket: other),
      first.instrumentSlot == second.instrumentSlot, first.isLong != second.isLong
    else { return nil }
    return (first, second)
  }

  /// Closes the common quantity of two opposite tickets of an instrument at the difference of their entry prices,
  /// without spread or commission.
  package mutating func close(ticket: fxaot_id, by other: fxaot_id) -> Answer {
    // To the broker both are open.
    if gateway.isOn { return (FXAOT_BAD_CONFIG, fxaot_order_answer()) }
    guard let (first, second) = opposites(ticket, other) else { return fault(FXAOT_FAULT_TICKET) }
    let slot = first.instrumentSlot
    guard markets.convert(0, markets[slot].pointee.conversion) != nil else { return fault(FXAOT_FAULT_TICKET) }
    let units = Int64(clamping: min(first.quantity.magnitude, second.quantity.magnitude))
    let grid = markets[slot].pointee.instrument.grid
    closes += 1
    var order = AccountOrder(
      id: gate.number(), strategySlot: -1, instrumentSlot: slot,
      quantity: first.isLong ? -units : units, fillsFrom: quoteNumber)
    order.role = .close
    order.ticket = first.order
    order.record = newRecord(ownName("close.", gate.nameNumber(closes)), order)
    say(FXAOT_EVENT_ORDER, order) { $0.code = FXAOT_ORDER_ACCEPTED.rawValue }
    let profit = closeTogether(first, second, units)
    say(FXAOT_EVENT_FILL, order) {
      $0.quantity = units
      $0.price = second.book.averagePrice(on: grid)
      $0.profit_micro = profit
    }
    order.filled = units
    order.order.quantity = 0
    record(order) {
      $0.state = FXAOT_ORDER_FILLED.rawValue
      $0.average_price = second.book.averagePrice(on: grid)
    }
    for id in [first.order, second.order] {
      var closing = order
      closing.order.side = id == first.order ? order.order.side : (order.isBuy ? .sell : .buy)
      settlePairs(closing, Outcome(closed: units, ticket: id))
    }
    venue.sweep()
    if positions.count == 0 { updateDeadline() }
    finish(slot)
    return answer(order.id, FXAOT_ORDER_FILLED)
  }

  /// Deposits, or withdraws at most the free margin and the balance.
  package mutating func pay(_ micro: Int64) -> Answer {
    let most: Int64 = 1_000_000_000_000 * Money.microPerUnit
    guard micro != 0, micro.magnitude <= most.magnitude, Money.add(balance, micro) <= most else {
      return fault(FXAOT_FAULT_CASH)
    }
    if micro < 0 {
      let free = min(balance, Money.add(equity(), -marginUsed()))
      guard free >= -micro else { return fault(FXAOT_FAULT_CASH) }
    }
    cash = Money.add(cash, micro)
    // Neither a profit nor a loss.
    dayEquity = Money.add(dayEquity, micro)
    highestEquity = Money.add(highestEquity, micro)
    sayAccount(FXAOT_ACCOUNT_CASH) { $0.profit_micro = micro }
    refreshAccountRanges()
    return (FXAOT_OK, fxaot_order_answer())
  }

  /// Draws the consequences of the trading state that the flag has: a halt cancels what rests or waits, and
  /// leaves what only closes; where the limits say so, it cancels stop-losses and take-profits too. After a return
  /// to active the drawdown and the losing trades count anew: else they would never end. The day's loss
  /// holds until the day is over.
  package mutating func applyState() {
    let state = gate.state
    guard state != gate.applied else { return }
    gate.applied = state
    gate.reason = FXAOT_STATE_USER
    sayState()
    if state == FXAOT_TRADING_ACTIVE.rawValue {
      losingTrades = 0
      highestEquity = equity()
    }
    if state == FXAOT_TRADING_HALTED.rawValue {
      let cancelsProtection = gate.limits.raw.halt_cancels_protection == 1
      cancelAll(FXAOT_CANCEL_HALTED) {
        cancelsProtection ? $0.role == .plain || $0.isProtection : $0.role == .plain && !$0.isExit
      }
    }
    wakeOnce()
  }

  /// FXAOT_BAD_CONFIG, or FXAOT_BUSY once there has been an order.
  package mutating func set(_ terms: fxaot_account_terms) -> fxaot_status {
    guard let new = AccountSettings(terms) else { return FXAOT_BAD_CONFIG }
    venue.sweep()
    guard positions.count == 0, venue.waitingCount == 0 else { return FXAOT_BUSY }
    settings = new
    return FXAOT_OK
  }

  package mutating func set(_ raw: fxaot_risk) -> fxaot_status {
    guard let limits = RiskLimits(raw) else { return FXAOT_BAD_CONFIG }
    // Without the limit nobody has looked.
    if gate.limits.raw.max_drawdown == 0 { highestEquity = equity() }
    gate.changeLimits(limits)
    updateDeadline()
    wakeOnce()
    return FXAOT_OK
  }

  package mutating func set(_ raw: fxaot_venue) -> fxaot_status {
    guard let new = PaperSettings(raw) else { return FXAOT_BAD_CONFIG }
    venue.settings = new
    return FXAOT_OK
  }
}
