import CFxaot
import Market

/// The account for its readers, and its instruments on the way from one engine to another.
extension Account {
  package func read(into out: inout fxaot_account) {
    out.realised_micro = realised
    out.balance_micro = balance
    for position in positions.elements {
      if let value = unrealised(position.book, position.instrumentSlot) {
        out.unrealised_micro = Money.add(out.unrealised_micro, value)
      } else {
        out.unvalued += 1
      }
    }
    out.equity_micro = Money.add(out.balance_micro, out.unrealised_micro)
    out.margin_used_micro = marginUsed()
    out.free_margin_micro = Money.add(out.equity_micro, -out.margin_used_micro)
    out.margin_level = Self.level(out.equity_micro, out.margin_used_micro)
    out.commission_micro = commissions
    out.swap_micro = swaps
    out.cash_micro = cash
    out.state = gate.newest
  }

  /// Unrealised profit of an instrument's positions; nil when it cannot be converted. O(positions).
  package func unrealised(_ slot: Int) -> Int64? {
    var sum: Int64 = 0
    for position in positions.elements where position.instrumentSlot == slot {
      guard let value = unrealised(position.book, slot) else { return nil }
      sum = Money.add(sum, value)
    }
    return sum
  }

  package func holds(_ slot: Int) -> Bool { positions.elements.contains { $0.instrumentSlot == slot } }

  /// The named order, as it is or as it ended.
  package func order(_ id: fxaot_id) -> fxaot_order? { records[recordPlace(id)]?.pointee.order }

  /// The live order of a number, with or without a name. O(live orders), from the newest back.
  package func order(number: Int64) -> fxaot_order? {
    var place = venue.waiting.count - 1
    while place >= 0 {
      let order = venue.waiting.base[place]
      if order.id == number, order.instrumentSlot >= 0 { return describe(order) }
      place -= 1
    }
    return nil
  }

  /// The orders that have not ended, oldest first. Fills the room that there is, returns the full count.
  package func orders(into out: UnsafeMutableBufferPointer<fxaot_order>) -> Int {
    var count = 0
    for order in venue.waiting.elements where order.instrumentSlot >= 0 {
      if count < out.count { out[count] = describe(order) }
      count += 1
    }
    return count
  }

  func describe(_ order: AccountOrder) -> fxaot_order {
    var out = records[order.record]?.pointee.order ?? fxaot_order()
    let slot = order.instrumentSlot
    out.order_id = order.id
    out.symbol_ref = markets[slot].pointee.ref
    out.strategy_ref = order.strategyRef
    out.side = UInt32(order.isBuy ? FXAOT_BUY : FXAOT_SELL)
    out.type = order.kind.rawValue
    out.quantity = order.filled + order.order.quantity
    out.filled = order.filled
    out.price = price(order.kind == .limit ? order.order.limit : order.order.stop, slot)
    out.limit = price(order.kind == .limit ? 0 : order.order.limit, slot)
    out.stop_loss = price(order.stopLoss, slot)
    out.take_profit = price(order.takeProfit, slot)
    if order.record < 0 {
      let state = order.filled > 0 ? FXAOT_ORDER_PART_FILLED : FXAOT_ORDER_ACCEPTED
      out.state = (order.isDormant ? FXAOT_ORDER_NEW : state).rawValue
      out.average_price = .nan
      out.time_ns = order.acceptedAt
      out.time_in_force = order.lifetime.rawValue
      out.reduce_only = order.onlyCloses || order.isReduceOnly ? 1 : 0
      out.trail_steps = order.trail.distance
      out.expires_ns = order.expires == .max ? 0 : order.expires
    }
    return out
  }

  /// The open tickets of a hedging account, oldest first. Fills the room that there is, returns the full count.
  package func tickets(into out: UnsafeMutableBufferPointer<fxaot_ticket>) -> Int {
    guard settings.mode == .hedging else { return 0 }
    for (place, position) in positions.elements.enumerated() where place < out.count {
      var ticket = fxaot_ticket()
      ticket.symbol_ref = markets[position.instrumentSlot].pointee.ref
      ticket.order_id = position.order
      if let record = records[position.record] {
        ticket.name = record.pointee.order.name
        ticket.name_length = UInt32(record.pointee.order.name_length)
      }
      ticket.quantity = position.quantity
      ticket.price = position.book.averagePrice(
        on: markets[position.instrumentSlot].pointee.instrument.grid)
      ticket.unrealised_micro = unrealised(position.book, position.instrumentSlot) ?? 0
      out[place] = ticket
    }
    return positions.count
  }

  /// The closed trades from number `first` on, as far as they are remembered. Fills the room that there is,
  /// returns how many there have been in all.
  package func trades(from first: Int, into out: UnsafeMutableBufferPointer<fxaot_trade>) -> Int {
    for place in out.indices {
      let index = first + place - trades.forgotten
      guard index >= 0, index < trades.trades.count else { break }
      out[place] = trades.trades.at(index).pointee
    }
    return trades.forgotten + trades.trades.count
  }

  // MARK: - Moves

  /// Whether an instrument can move to another account: with its net position and the strategies' orders, but no
  /// named or attached order and no ticket.
  package func canLeave(_ slot: Int) -> Bool {
    if gateway.isOn || (settings.mode == .hedging && holds(slot)) { return false }
    return venue.waiting.elements.allSatisfy {
      $0.instrumentSlot != slot
        || ($0.role == .plain && $0.record < 0 && $0.strategySlot >= 0 && $0.group == 0 && !$0.isDormant)
    }
  }

  /// Instruments come or go with their profit: neither the day's profit nor a new highest equity. `equity`: before.
  package mutating func rebase(from equity: Int64) {
    let change = Money.add(self.equity(), Money.saturating(-Int128(equity)))
    dayEquity = Money.add(dayEquity, change)
    highestEquity = Money.add(highestEquity, change)
    updateDeadline()
    wakeOnce()
  }

  package mutating func renumberPositions(_ newSlot: (Int) -> Int?) {
    for place in 0..<positions.count {
      positions.base[place].instrumentSlot = newSlot(positions.base[place].instrumentSlot) ?? -1
    }
    positions.removeAll { $0.instrumentSlot < 0 }
  }

  package mutating func reserve(orders: Int, positions count: Int) -> Bool {
    venue.reserve(orders) && positions.reserve(positions.count + count)
  }

  /// Takes over a position from another account. There is room.
  package mutating func adopt(_ position: Position) {
    opened += 1
    var position = position
    position.record = -1
    position.number(opened)
    _ = positions.append(position)
  }
}
