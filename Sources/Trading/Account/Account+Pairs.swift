import CFxaot
import Market

/// Stop-losses and take-profits that are attached to orders. Each pair has its own order's quantity.
extension Account {
  /// After a fill: its order's own pair begins or grows, and pairs of the side that was closed shrink.
  mutating func settlePairs(_ order: AccountOrder, _ outcome: Outcome) {
    if outcome.closed > 0 { shrinkPairs(order, outcome) }
    if outcome.opened > 0, order.stopLoss != 0 || order.takeProfit != 0 {
      attach(order, outcome.opened)
    }
  }

  /// The order of a role that belongs to a parent, by its place at the venue.
  func leg(_ role: AccountOrder.Role, of parent: Int64) -> Int? {
    (0..<venue.waiting.count).first {
      let order = venue.waiting.base[$0]
      return order.role == role && order.parent == parent && order.instrumentSlot >= 0
        && !gateway.isCancelling(order.id)
    }
  }

  private mutating func attach(_ order: AccountOrder, _ units: Int64) {
    for (role, price) in [(AccountOrder.Role.stopLoss, order.stopLoss), (.takeProfit, order.takeProfit)]
    where price != 0 {
      if let place = leg(role, of: order.id) {
        resize(place, self.units(of: place) + units)
      } else {
        attach(role, price, to: order, units)
      }
    }
  }

  /// Adds one leg. There is memory: `makeRoom` of the order has made room for its pair too.
  mutating func attach(
    _ role: AccountOrder.Role, _ price: Int64, to order: AccountOrder, _ units: Int64
  ) {
    guard venue.makeRoom() else { return }
    let isStop = role == .stopLoss
    var leg = AccountOrder(
      id: gate.number(), strategySlot: order.strategySlot, instrumentSlot: order.instrumentSlot,
      quantity: order.isBuy ? -units : units, fillsFrom: quoteNumber &+ 1)
    leg.strategyRef = order.strategyRef
    leg.role = role
    leg.kind = isStop ? .stop : .limit
    if isStop { leg.order.stop = price } else { leg.order.limit = price }
    leg.side = order.isBuy ? .bid : .ask
    leg.parent = order.id
    let sibling = self.leg(isStop ? .takeProfit : .stopLoss, of: order.id)
    leg.born = sibling.map { venue.waiting.base[$0].born } ?? leg.id
    leg.ticket = settings.mode == .hedging ? order.id : 0
    leg.record = addRecord(
      for: leg, named: order.record,
      end: UInt8(isStop ? FXAOT_NAME_STOP_LOSS : FXAOT_NAME_TAKE_PROFIT))
    accept(leg)
  }

  /// A leg's record, under its parent's name; −1 where that has none.
  private mutating func addRecord(for leg: AccountOrder, named parent: Int, end: UInt8) -> Int {
    guard let record = records[parent] else { return -1 }
    let name = fxaot_id(
      text: record.pointee.order.name.text, length: UInt32(record.pointee.order.name_length), end: 0)
    var order = record.pointee.order
    order.type = UInt32(leg.kind.rawValue)
    order.price = price(leg.role == .stopLoss ? leg.order.stop : leg.order.limit, leg.instrumentSlot)
    order.limit = .nan
    order.stop_loss = .nan
    order.take_profit = .nan
    order.average_price = .nan
    order.time_in_force = 0
    order.reduce_only = 1
    order.reason = 0
    let known = records.place(of: name, end: end)
    // At a broker the one before may live: this one gets a name of its own.
    if known >= 0, gateway.isOn { return -1 }
    if known >= 0 {
      records.change(known)?.pointee.order = order
      records.change(known)?.pointee.order.name_end = end
      records.change(known)?.pointee.cost = 0
      return known
    }
    return records.add(name, end: end, order)
  }

  /// A price in steps as a double; NaN for none.
  func price(_ steps: Int64, _ slot: Int) -> Double {
    steps == 0 ? .nan : markets[slot].pointee.instrument.grid.price(steps)
  }

  private mutating func resize(_ place: Int, _ units: Int64) {
    if isAtBroker(venue.waiting.base[place]) {
      var wanted = venue.waiting.base[place]
      wanted.order.quantity = units
      return requestChange(place, wanted)
    }
    venue.waiting.base[place].order.quantity = units
    let leg = venue.waiting.base[place]
    say(FXAOT_EVENT_ORDER, leg) { $0.code = FXAOT_ORDER_MODIFIED.rawValue }
    record(leg) { _ in }
  }

  /// Reductions shrink the oldest pair first, a leg's own fill its sibling alone; a flip ends all pairs of
  /// the old side. In a hedging account a ticket has its own pair.
  private mutating func shrinkPairs(_ order: AccountOrder, _ outcome: Outcome) {
    let slot = order.instrumentSlot
    let isFlip = outcome.opened > 0
    var left = outcome.closed
    if order.role == .stopLoss || order.role == .takeProfit {
      let sibling: AccountOrder.Role = order.role == .stopLoss ? .takeProfit : .stopLoss
      if let place = leg(sibling, of: order.parent) { shrink(place, left, FXAOT_CANCEL_OCO) }
      left = 0
    }
    if outcome.ticket != 0 {
      // The ticket's own pair never exceeds it.
      let held = held(by: outcome.ticket, slot)
      for role in [AccountOrder.Role.stopLoss, .takeProfit] {
        guard let place = leg(role, of: outcome.ticket) else { continue }
        shrink(place, units(of: place) - held, FXAOT_CANCEL_REDUCE_ONLY)
      }
      return
    }
    var last: Int64 = 0
    while left > 0 || isFlip || settings.mode == .hedging,
      let (next, born) = nextPair(after: last, closedBy: order)
    {
      last = born
      let held = held(by: next, slot)
      var part = Int64(0)
      for role in [AccountOrder.Role.stopLoss, .takeProfit] {
        guard let place = leg(role, of: next) else { continue }
        let units = units(of: place)
        if settings.mode == .hedging {
          // The ticket's own pair never exceeds it.
          if units > held { shrink(place, units - held, FXAOT_CANCEL_REDUCE_ONLY) }
          continue
        }
        part = max(part, min(units, left))
        shrink(place, isFlip ? units : min(units, left), isFlip ? FXAOT_CANCEL_FLIP : FXAOT_CANCEL_REDUCE_ONLY)
      }
      left -= part
    }
    if settings.mode == .netting, markets[slot].pointee.book.quantity == 0 {
      for place in 0..<venue.waiting.count {
        let leg = venue.waiting.base[place]
        if leg.isProtection, leg.instrumentSlot == slot { cancel(at: place, FXAOT_CANCEL_REDUCE_ONLY) }
      }
    }
  }

  private func held(by ticket: Int64, _ slot: Int) -> Int64 {
    positions.elements.first { $0.instrumentSlot == slot && $0.order == ticket }
      .map { Int64(clamping: $0.quantity.magnitude) } ?? 0
  }

  /// The next pair that closes on the order's side, by the number of its older leg: its parent and that number.
  private func nextPair(after last: Int64, closedBy order: AccountOrder) -> (parent: Int64, born: Int64)? {
    var next: (parent: Int64, born: Int64)?
    for leg in venue.waiting.elements
    where leg.isProtection && leg.instrumentSlot == order.instrumentSlot && leg.isBuy == order.isBuy {
      if leg.born > last, leg.born < next?.born ?? .max, !gateway.isCancelling(leg.id) { next = (leg.parent, leg.born) }
    }
    return next
  }

  private mutating func shrink(_ place: Int, _ units: Int64, _ reason: fxaot_cancel) {
    if units <= 0 { return }
    let left = self.units(of: place) - units
    if left <= 0 { cancel(at: place, reason) } else { resize(place, left) }
  }
}
