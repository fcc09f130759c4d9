import CFxaot
import Market
import Messaging

/// Stop-out: sends liquidations until the level, with all that is on its way closed, is above the stop-out.
/// Equity stays while they are sent; the margin of what is left changes by one position at a time. So all steps
/// together are O(positions × log positions).
extension Account {
  /// The margin of all that is not being liquidated.
  private struct MarginLeft: ~Copyable {
    var sum = Int128(0)
    /// By instrument, in a hedging account.
    var units = Slab<HedgedUnits>()
  }

  private struct Candidate: BitwiseCopyable {
    let place: Int
    let value: Int64
  }

  /// Without memory for its lists it waits for the next quote.
  mutating func stopOut(_ equity: Int64, level: Double) {
    if now >= gateway.cancelsFrom {
      for place in 0..<venue.waiting.count where addsWhenFilled(venue.waiting.base[place]) {
        cancel(at: place, FXAOT_CANCEL_STOP_OUT)
      }
      venue.sweep()
    }
    if now < gateway.liquidatesFrom { return }
    var candidates = Slab<Candidate>()
    var left = MarginLeft()
    guard candidates.reserve(positions.count), list(&candidates), measure(&left) else { return }
    for candidate in candidates.elements {
      if settings.liquidation != .all, !isStoppedOut(left, equity) { return }
      let all = positions.base[candidate.place].remaining
      let part = settings.liquidation == .partial ? restoring(candidate.place, &left, equity) ?? all : all
      guard liquidate(candidate.place, part, level) else { return }
      move(candidate.place, Int64(clamping: part.magnitude), &left)
    }
  }

  private func isStoppedOut(_ left: borrowing MarginLeft, _ equity: Int64) -> Bool {
    let used = Money.saturating(left.sum)
    return used > 0 && settings.stopOut.isAtLeast(equity, of: used)
  }

  /// A resting order that would add exposure.
  private func addsWhenFilled(_ order: AccountOrder) -> Bool {
    guard order.instrumentSlot >= 0, order.role == .plain, !order.isAtMarket, !order.isDormant,
      !order.isBounded(in: settings.mode)
    else { return false }
    if settings.mode == .hedging { return true }
    let net = markets[order.instrumentSlot].pointee.book.quantity
    return (net &+ order.quantity).magnitude > net.magnitude
  }

  /// The positions in the order of their liquidation; on equal terms the older one first. No other position's turn
  /// changes a position's value.
  private func list(_ candidates: inout Slab<Candidate>) -> Bool {
    for (place, position) in positions.elements.enumerated() where position.remaining != 0 {
      let value: Int64
      switch settings.liquidation {
      case .largestLoss:
        value = Money.saturating(-Int128(unrealised(position.book, position.instrumentSlot) ?? 0))
      case .largestMargin, .partial:
        value = margin(position.instrumentSlot, position.remaining, position.book) ?? 0
      case .oldest, .all: value = 0
      }
      guard candidates.append(Candidate(place: place, value: value)) else { return false }
    }
    var listed = candidates.elements
    listed.sort { $0.value == $1.value ? $0.place < $1.place : $0.value > $1.value }
    return true
  }

  private func measure(_ left: inout MarginLeft) -> Bool {
    if settings.mode == .netting {
      for position in positions.elements { left.sum += margin(with: position, left) }
      return true
    }
    guard left.units.reserve(markets.count) else { return false }
    for _ in 0..<markets.count { _ = left.units.append(HedgedUnits()) }
    for position in positions.elements {
      add(position, position.remaining, to: &left.units.base[position.instrumentSlot])
    }
    for slot in 0..<markets.count { left.sum += Int128(margin(left.units.base[slot], slot) ?? 0) }
    return true
  }

  /// What changes when this position does: its own margin, or that of its instrument's tickets.
  private func margin(with position: Position, _ left: borrowing MarginLeft) -> Int128 {
    let slot = position.instrumentSlot
    let margin =
      settings.mode == .netting
      ? margin(slot, position.remaining, position.book) : margin(left.units.base[slot], slot)
    return Int128(margin ?? 0)
  }

  /// Puts units of a position on their way, or, negative, takes them back. O(1).
  private mutating func move(_ place: Int, _ units: Int64, _ left: inout MarginLeft) {
    let before = positions.base[place]
    left.sum -= margin(with: before, left)
    positions.base[place].inFlight += units
    let after = positions.base[place]
    if settings.mode == .hedging {
      let slot = after.instrumentSlot
      take(before, before.remaining, from: &left.units.base[slot])
      add(after, after.remaining, to: &left.units.base[slot])
    }
    left.sum += margin(with: after, left)
  }

  /// The smallest part of a position, in steps, that restores the level; nil when all of it does not. Signed.
  private mutating func restoring(_ place: Int, _ left: inout MarginLeft, _ equity: Int64) -> Int64? {
    let position = positions.base[place]
    let step = markets[position.instrumentSlot].pointee.instrument.quantityStep
    let all = Int64(clamping: position.remaining.magnitude)
    var (low, high) = (Int64(0), (all + step - 1) / step)
    guard restores(place, min(high * step, all), &left, equity) else { return nil }
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if restores(place, middle * step, &left, equity) { high = middle } else { low = middle }
    }
    let units = min(high * step, all)
    return position.isLong ? units : -units
  }

  private mutating func restores(
    _ place: Int, _ units: Int64, _ left: inout MarginLeft, _ equity: Int64
  ) -> Bool {
    move(place, units, &left)
    let isRestored = !isStoppedOut(left, equity)
    move(place, -units, &left)
    return isRestored
  }

  /// Sends the order; false without memory for it.
  private mutating func liquidate(_ place: Int, _ signed: Int64, _ level: Double) -> Bool {
    guard venue.makeRoom() else { return false }
    let position = positions.base[place]
    sayAccount(FXAOT_ACCOUNT_STOP_OUT, of: position) {
      $0.side = UInt32(position.isLong ? FXAOT_SELL : FXAOT_BUY)
      $0.quantity = Int64(clamping: signed.magnitude)
      $0.strength = level
    }
    liquidations += 1
    var order = AccountOrder(
      id: gate.number(), strategySlot: -1, instrumentSlot: position.instrumentSlot,
      quantity: -signed, fillsFrom: quoteNumber &+ 1)
    order.role = .liquidation
    order.ticket = settings.mode == .hedging ? position.order : 0
    if settings.mode == .hedging { order.ticketStrategy = position.strategyRef }
    order.record = newRecord(ownName("stop_out.", gate.nameNumber(liquidations)), order)
    accept(order)
    return true
  }

  /// A liquidation has left the venue with what is left of it. O(positions).
  mutating func liquidationEnded(_ order: AccountOrder) {
    for place in 0..<positions.count
    where positions.base[place].instrumentSlot == order.instrumentSlot
      && (order.ticket == 0 || positions.base[place].order == order.ticket)
    {
      positions.base[place].inFlight = max(0, positions.base[place].inFlight - order.order.quantity)
    }
  }
}
