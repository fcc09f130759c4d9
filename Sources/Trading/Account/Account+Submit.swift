import CFxaot
import Market

/// Orders on their way in: to the gate, to the venue, and their changes.
extension Account {
  /// Passes an order to the gate and the venue. The order has no number yet. Returns its number, and why it was
  /// refused.
  package mutating func admit(
    _ order: AccountOrder, _ sender: Sender = Sender()
  ) -> (number: Int64, refusal: fxaot_reject?) {
    var order = order
    order.id = gate.number()
    setTimes(&order)
    return (order.id, pass(order, sender))
  }

  /// The same with a number and its times. An order is large: given on as it came, it is not copied.
  private mutating func pass(_ order: AccountOrder, _ sender: Sender) -> fxaot_reject? {
    if gateway.isOn, order.record < 0 { forgetIfFull() }
    var refusal = refusal(of: order, sender)
    if refusal == nil, !(venue.makeRoom() && positions.makeRoom()) { refusal = FXAOT_REJECT_OUT_OF_MEMORY }
    if let refusal {
      refused(order, refusal)
      return refusal
    }
    if sender.own == nil, gate.state != FXAOT_TRADING_ACTIVE.rawValue {
      placeReducing(order)
    } else {
      place(order)
    }
    return nil
  }

  /// What passes while trading is reduced never adds, whatever else fills before it.
  private mutating func placeReducing(_ order: AccountOrder) {
    var order = order
    order.isReduceOnly = true
    place(order)
  }

  mutating func refused(_ order: AccountOrder, _ refusal: fxaot_reject) {
    let measure = measure(refusal, of: order)
    refusalMeasure = measure
    say(FXAOT_EVENT_REJECT, order) {
      $0.code = refusal.rawValue
      $0.profit_micro = measure.measured
      $0.commission_micro = measure.bound
    }
    record(order) {
      $0.state = FXAOT_ORDER_REJECTED.rawValue
      $0.reason = UInt16(truncatingIfNeeded: refusal.rawValue)
      $0.measured = measure.measured
      $0.bound = measure.bound
    }
  }

  /// A strategy's position once all its live orders on the other side of it have filled. O(live orders).
  package func ownPosition(_ strategySlot: Int, held: Int64) -> Int64 {
    var own = held
    for order in venue.waiting.elements
    where order.strategySlot == strategySlot && order.instrumentSlot >= 0 && order.role == .plain && !order.isExit
      && (held == 0 || order.isBuy != (held > 0))
    {
      own &+= order.quantity
    }
    return own
  }

  /// Puts an order that has passed the gate to the venue, which has room.
  mutating func accept(_ order: AccountOrder) {
    var order = order
    setTimes(&order)
    place(order)
  }

  private mutating func place(_ order: AccountOrder) {
    _ = venue.accept(order)
    enter(order, by: 1)
    sayAccepted(order)
  }

  /// It is accepted now, and arrives at the venue after the latency.
  func setTimes(_ order: inout AccountOrder) {
    order.acceptedAt = now
    order.fillsAfter = venue.settings.latency > 0 ? now &+ venue.settings.latency : .min
  }

  /// With a gateway it is sent instead: the broker accepts it.
  mutating func sayAccepted(_ order: AccountOrder) {
    if gateway.isOn { return send(order) }
    if order.lifetime == .day || order.expires != .max { updateDeadline() }
    say(FXAOT_EVENT_ORDER, order) { $0.code = FXAOT_ORDER_ACCEPTED.rawValue }
    record(order) { $0.state = FXAOT_ORDER_ACCEPTED.rawValue }
  }

  /// Counts an order at the venue, `by` 1, or out, −1, with what is left of it.
  mutating func enter(_ order: AccountOrder, by change: Int) {
    markets[order.instrumentSlot].pointee.orders += change
    if order.isDormant { return }
    if order.kind == .market { reserve(order, Int64(change) * order.order.quantity) }
    if change > 0 { narrow(for: order) }
  }

  func narrow(for order: AccountOrder) {
    if gateway.isOn { return }
    let state = markets[order.instrumentSlot]
    if order.isRestless {
      state.pointee.orderRange = .never
    } else {
      var range = state.pointee.orderRange
      order.narrow(&range)
      state.pointee.orderRange = range
    }
  }

  /// Units of a waiting market order, more or less.
  mutating func reserve(_ order: AccountOrder, _ units: Int64) {
    let state = markets[order.instrumentSlot]
    state.pointee.waiting += order.isBuy ? units : -units
    if settings.mode == .hedging, order.isBounded(in: .hedging) { return }
    if order.isBuy {
      state.pointee.waitingBuys += units
    } else {
      state.pointee.waitingSells += units
    }
  }

  /// An order has left the venue, with what is left of it. Its place is swept later, or has been.
  mutating func leave(_ order: AccountOrder) {
    enter(order, by: -1)
    if order.group > 0 { groups.base[Int(order.group) - 1].orders -= 1 }
  }

  /// Removes the live order at a place and says why; one that a broker has is only asked for. Returns it.
  @discardableResult
  mutating func cancel(at place: Int, _ reason: fxaot_cancel) -> AccountOrder {
    let order = venue.waiting.base[place]
    if isAtBroker(order) {
      requestCancel(of: order, reason)
      return order
    }
    venue.remove(at: place)
    ended(order, FXAOT_ORDER_CANCELLED, reason)
    return order
  }

  /// Says that an order, which has been taken out, has ended without a further fill; those that come after it end too.
  mutating func ended(_ order: AccountOrder, _ state: fxaot_order_state, _ reason: fxaot_cancel?) {
    leave(order)
    say(FXAOT_EVENT_ORDER, order) {
      $0.code = state.rawValue
      $0.reason = UInt16(truncatingIfNeeded: reason?.rawValue ?? 0)
    }
    record(order) {
      $0.state = state.rawValue
      $0.reason = UInt16(truncatingIfNeeded: reason?.rawValue ?? 0)
    }
    if order.role == .liquidation { liquidationEnded(order) }
    if order.strategySlot >= 0 { _ = lost.append(order) }
    if order.record >= 0, order.role == .plain { dropDependants(of: order.id) }
  }

  /// Cancels the orders that wait for one that has ended unfilled, and those that wait for these: one after another,
  /// for the chain may be long. O(live orders × orders that end).
  mutating func dropDependants(of id: Int64) {
    guard orphaned.append(id), !isDropping else { return }
    isDropping = true
    defer { isDropping = false }
    while orphaned.count > 0 {
      let parent = orphaned.base[orphaned.count - 1]
      orphaned.remove(at: orphaned.count - 1)
      for place in 0..<venue.waiting.count {
        let order = venue.waiting.base[place]
        if order.isDormant, order.parent == parent, order.instrumentSlot >= 0 {
          cancel(at: place, FXAOT_CANCEL_AFTER)
        }
      }
    }
  }

  /// Cancels the live orders that `isOut`, and frees their places. Returns how many. O(live orders).
  @discardableResult
  package mutating func cancelAll(_ reason: fxaot_cancel, where isOut: (AccountOrder) -> Bool) -> Int {
    var count = 0
    for place in 0..<venue.waiting.count {
      let order = venue.waiting.base[place]
      if order.instrumentSlot >= 0, isOut(order), !gateway.isCancelling(order.id) {
        cancel(at: place, reason)
        count += 1
      }
    }
    if count > 0 { venue.sweep() }
    return count
  }

  // MARK: - Records and events

  mutating func record(_ order: AccountOrder, _ change: (inout fxaot_order) -> Void) {
    guard let record = records.change(order.record) else { return }
    record.pointee.order.time_ns = now
    record.pointee.order.side = UInt32(order.isBuy ? FXAOT_BUY : FXAOT_SELL)
    record.pointee.order.order_id = order.id
    record.pointee.order.quantity = order.filled + order.order.quantity
    record.pointee.order.filled = order.filled
    change(&record.pointee.order)
  }

  mutating func say(_ kind: Int, _ order: AccountOrder, _ fill: (inout fxaot_event) -> Void) {
    var event = fxaot_event()
    let state = markets[order.instrumentSlot]
    event.kind = UInt32(kind)
    event.time_ns = order.isSignal ? state.pointee.clock : now
    event.side = UInt32(order.isBuy ? FXAOT_BUY : FXAOT_SELL)
    event.strategy_ref = order.strategyRef
    event.symbol_ref = state.pointee.ref
    event.order_id = order.id
    event.quantity = order.order.quantity
    let steps = order.kind == .limit ? order.order.limit : order.order.stop
    if steps != 0 { event.price = state.pointee.instrument.grid.price(steps) }
    if kind == FXAOT_EVENT_ORDER, order.kind != .limit, !order.order.limit.isNone {
      event.strength = state.pointee.instrument.grid.price(order.order.limit)
    }
    name(&event, order.record)
    fill(&event)
    log.append(event)
  }

  func name(_ event: inout fxaot_event, _ record: Int) {
    guard let record = records[record] else { return }
    event.name_length = record.pointee.order.name_length
    event.name_end = record.pointee.order.name_end
    withUnsafeMutableBytes(of: &event.bar) { out in
      withUnsafeBytes(of: record.pointee.order.name) { out.copyBytes(from: $0) }
    }
  }
}

extension AccountOrder {
  /// The next quote concerns it whatever its price.
  var isRestless: Bool {
    if isDormant { return false }
    return isAtMarket || lifetime == .immediate || lifetime == .allOrNothing
      || (trail.distance > 0 && trail.best == 0 && trail.activation == 0)
  }
}
