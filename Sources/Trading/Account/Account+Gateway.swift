import CFxaot
import Market

/// Orders on their way to a broker: requests to send, cancel and change them.
extension Account {
  /// An order that the broker has, or is about to have: only a report ends or changes it.
  func isAtBroker(_ order: AccountOrder) -> Bool { gateway.isOn && !order.isDormant }

  /// FXAOT_BAD_CONFIG; FXAOT_BUSY when the venue would change while there is an order or a position.
  /// `incarnation`: of a gateway that is switched on now; see there.
  package mutating func setGateway(_ raw: UInt32, incarnation: UInt64 = 0) -> fxaot_status {
    guard let link = GatewayVenue.Link(rawValue: raw) else { return FXAOT_BAD_CONFIG }
    if gateway.isOn != (link != .none) {
      venue.sweep()
      guard positions.count == 0, venue.waitingCount == 0 else { return FXAOT_BUSY }
      gateway = GatewayVenue(incarnation: incarnation)
    }
    gateway.set(link)
    return FXAOT_OK
  }

  /// A name that the account gives; `number` is unique among those with the prefix.
  func ownName(_ prefix: StaticString, _ number: Int64) -> fxaot_id {
    fxaot_id(prefix, incarnation: gateway.incarnation, number)
  }

  /// Sends an order that waits at the venue. Every order that leaves has a name: `order.N` if its sender gave none.
  /// Without memory it ends. O(live orders) where it is not the newest.
  mutating func send(_ order: AccountOrder) {
    let newest = venue.waiting.count - 1
    guard newest >= 0,
      let place = venue.waiting.base[newest].id == order.id ? newest : venue.index(of: order.id)
    else { return }
    if order.record < 0 { venue.waiting.base[place].record = addRecord(forNameless: order) }
    let order = venue.waiting.base[place]
    guard gateway.add(order) else { return unsent(place) }
    guard gateway.ask(FXAOT_REQUEST_SEND, request(order)) else {
      gateway.removeNewest()
      return unsent(place)
    }
    say(FXAOT_EVENT_ORDER, order) { $0.code = FXAOT_ORDER_PENDING_NEW.rawValue }
    record(order) { $0.state = FXAOT_ORDER_PENDING_NEW.rawValue }
  }

  private mutating func unsent(_ place: Int) {
    let order = venue.waiting.base[place]
    venue.remove(at: place)
    ended(order, FXAOT_ORDER_CANCELLED, FXAOT_CANCEL_REJECTED_BY_VENUE)
  }

  private mutating func addRecord(forNameless order: AccountOrder) -> Int {
    let place = newRecord(ownName("order.", order.id), order)
    records.change(place)?.pointee.order.type = order.kind.rawValue
    records.change(place)?.pointee.order.strategy_ref = order.strategyRef
    records.change(place)?.pointee.order.time_in_force = order.lifetime.rawValue
    records.change(place)?.pointee.order.reduce_only = order.isBounded(in: settings.mode) ? 1 : 0
    return place
  }

  private func request(_ order: AccountOrder) -> fxaot_gateway_request {
    var request = fxaot_gateway_request()
    request.order = describe(order)
    request.ticket = order.ticket
    request.post_only = order.isPostOnly ? 1 : 0
    let own: PriceSide = order.isBuy ? .ask : .bid
    let trigger =
      order.side == .mid ? FXAOT_TRIGGER_MID : order.side == own ? FXAOT_TRIGGER_SAME : FXAOT_TRIGGER_OPPOSITE
    request.trigger = UInt32(order.isProtection ? FXAOT_TRIGGER_SAME : trigger)
    request.trail_step = order.trail.distance > 0 ? order.trail.step : 0
    request.trail_activation = price(order.trail.activation, order.instrumentSlot)
    return request
  }

  /// Asks for the end of an order that is at the broker; false if that is on its way already.
  @discardableResult
  mutating func requestCancel(of order: AccountOrder, _ reason: fxaot_cancel) -> Bool {
    guard let place = gateway.place(of: order.id), gateway.entries.base[place].cancel == 0,
      gateway.ask(FXAOT_REQUEST_CANCEL, request(order))
    else { return false }
    gateway.change(place) { $0.cancel = reason.rawValue }
    say(FXAOT_EVENT_ORDER, order) {
      $0.code = FXAOT_ORDER_PENDING_CANCEL.rawValue
      $0.reason = UInt16(truncatingIfNeeded: reason.rawValue)
    }
    return true
  }

  /// Asks for new terms of a live order. While a change is on its way, the newest one waits for its answer.
  mutating func requestChange(_ place: Int, _ new: AccountOrder) {
    let old = venue.waiting.base[place]
    guard let entry = gateway.place(of: old.id), gateway.entries.base[entry].cancel == 0 else { return }
    let change = GatewayVenue.Change(new)
    if change == gateway.wanted(old.id) ?? GatewayVenue.Change(old) { return }
    if gateway.entries.base[entry].change != nil {
      gateway.change(entry) { $0.next = change }
    } else {
      ask(for: change, of: old, entry)
    }
  }

  private mutating func ask(for change: GatewayVenue.Change, of old: AccountOrder, _ entry: Int) {
    var new = old
    new.take(change)
    guard gateway.ask(FXAOT_REQUEST_REPLACE, request(new)) else { return }
    gateway.change(entry) { $0.change = change }
    say(FXAOT_EVENT_ORDER, new) { $0.code = FXAOT_ORDER_PENDING_REPLACE.rawValue }
  }

  /// Asks for the change that has waited until the one before it was answered.
  mutating func askForNext(_ entry: Int, of order: AccountOrder) {
    gateway.change(entry) { $0.change = nil }
    guard let next = gateway.entries.base[entry].next else { return }
    gateway.change(entry) { $0.next = nil }
    if next != GatewayVenue.Change(order) { ask(for: next, of: order, entry) }
  }

  /// Units of a live order once the changes that are on their way have been made.
  func units(of place: Int) -> Int64 {
    let order = venue.waiting.base[place]
    guard isAtBroker(order), let wanted = gateway.wanted(order.id) else { return order.order.quantity }
    return max(0, wanted.quantity - order.filled)
  }

  /// A strategy has gone: what its orders still bring is the account's alone.
  package mutating func disown(_ strategySlot: Int) {
    guard gateway.isOn else { return }
    gateway.disown(strategySlot)
    for place in 0..<venue.waiting.count where venue.waiting.base[place].strategySlot == strategySlot {
      venue.waiting.base[place].strategySlot = -1
    }
  }

  /// The requests after a number, oldest first; those up to it have been handed over and are forgotten. Fills the room
  /// that there is, returns how many wait.
  package mutating func requests(
    after acknowledged: UInt64, into out: UnsafeMutableBufferPointer<fxaot_gateway_request>
  ) -> Int {
    gateway.acknowledge(acknowledged)
    for place in 0..<min(out.count, gateway.requests.count) { out[place] = gateway.requests.base[place] }
    return gateway.requests.count
  }
}

extension AccountOrder {
  mutating func take(_ change: GatewayVenue.Change) {
    order.quantity = max(0, change.quantity - filled)
    (order.limit, order.stop) = (change.limit, change.stop)
    (trail.distance, trail.activation) = (change.trail, change.activation)
    expires = change.expires
  }
}
