import CFxaot
import Market
import Trading

/// Signal ▶ Sizer ▶ Account (risk gate, venue).
extension Engine {
  /// Turns a signal into an order. A signal in a direction that the strategy already holds, or has ordered,
  /// does nothing. A signal in the other direction reverses: its order closes the position and opens the new
  /// size. If the new size is 0, or the sum exceeds the maximum, the order only closes, so no position is held
  /// against its signal. A size that the quantity step reduces to 0 is rejected, even if the order closes.
  mutating func order(_ strategySlot: Int, strength: Double) {
    let isBuy = strength > 0
    let strategy = strategies.base + strategySlot
    let slot = strategy.pointee.instrumentSlot
    let held = strategy.pointee.book.quantity + strategy.pointee.waiting
    if isBuy ? held > 0 : held < 0 { return }
    guard let wanted = wanted(strategySlot, strength) else { return }
    let size = wanted - wanted % instruments.base[slot].instrument.quantityStep
    let reversal = (isBuy ? size : -size) - held
    let maximum = instruments.base[slot].instrument.maximumQuantity
    let closesOnly = held != 0 && (size == 0 || reversal.magnitude > maximum.magnitude)
    let isCut = size == 0 && wanted > 0
    if held != 0 || !isCut {
      _ = place(
        closesOnly ? -held : reversal, strategySlot, isBuy: isBuy, fillsFrom: nextQuote,
        stopLoss: closesOnly ? 0 : stopLoss(slot, isBuy: isBuy))
    }
    if isCut { _ = placeCut(Double(wanted), strategySlot, isBuy: isBuy) }
  }

  /// The number of the first quote at which an order that is placed now may fill.
  var nextQuote: UInt64 { counts.accepted &+ 1 }

  /// Takes an order to the gate whose base units the instrument's step reduces to 0.
  mutating func placeCut(_ size: Double, _ strategySlot: Int, isBuy: Bool) -> Bool {
    let units = Int64(min(max(size, 0), Double(Instrument.quantityLimit)))
    return place(units, cutFrom: size, strategySlot, isBuy: isBuy, fillsFrom: nextQuote)
  }

  /// Takes an order of signed base units to the gate and the venue; false when it was rejected. It
  /// fills at the first quote from number `fillsFrom` on.
  mutating func place(
    _ quantity: Int64, cutFrom size: Double? = nil, _ strategySlot: Int, isBuy: Bool,
    fillsFrom: UInt64, stopLoss: Int64 = 0, isExit: Bool = false
  ) -> Bool {
    let strategy = strategies.base + strategySlot
    let slot = strategy.pointee.instrumentSlot
    var order = AccountOrder(
      id: 0, strategySlot: strategySlot, instrumentSlot: slot, quantity: quantity,
      fillsFrom: fillsFrom)
    order.isExit = isExit
    order.stopLoss = stopLoss
    // An order for nothing has a side all the same.
    order.order.side = isBuy ? .buy : .sell
    var lacksEquity = false
    if quantity == 0, settings.sizer.fixedUnits == 0 { lacksEquity = accountState.equity() <= 0 }
    guard
      admit(
        order, strategySlot, size: size ?? Double(quantity.magnitude), isCut: size != nil,
        lacksEquity: lacksEquity) != nil
    else { return false }
    strategy.pointee.waiting += quantity
    return true
  }

  /// Takes a strategy's order to the gate and the venue. Returns its number; nil when it was refused. `size`: the
  /// units that it was to have.
  mutating func admit(
    _ order: AccountOrder, _ strategySlot: Int, size: Double, isCut: Bool = false, lacksEquity: Bool = false
  ) -> Int64? {
    journal.isDirty = true
    let strategy = strategies.base + strategySlot
    var order = order
    order.strategyRef = strategy.pointee.ref
    order.isSignal = true
    accountState.now = max(accountState.now, instruments.base[order.instrumentSlot].clock)
    accountState.quoteNumber = counts.accepted
    let verdict = accountState.admit(
      order,
      Account.Sender(
        own: strategy.pointee.book.quantity &+ strategy.pointee.waiting, isCut: isCut, lacksEquity: lacksEquity))
    if let refusal = verdict.refusal {
      countRefusal(refusal, strategySlot, size: size)
      return nil
    }
    counts.orders &+= 1
    strategy.pointee.orders &+= 1
    return verdict.number
  }

  mutating func countRefusal(_ refusal: fxaot_reject, _ strategySlot: Int, size: Double) {
    countReject(refusal.rawValue)
    strategies.base[strategySlot].rejects &+= 1
    strategies.base[strategySlot].rejected.add(refusal.rawValue)
    if refusal == FXAOT_REJECT_QUANTITY_BELOW_MINIMUM { warnOfSize(strategySlot, size) }
  }

  /// Base units of a new position, on no step yet; nil while the sizer cannot tell.
  private func wanted(_ strategySlot: Int, _ strength: Double) -> Int64? {
    guard let units = fullSize(strategySlot) else { return nil }
    guard settings.sizer.isScaled else { return units }
    // At most 2 × 10¹², so exact as a double.
    return Int64(Double(units) * min(strength.magnitude, 1))
  }

  private func fullSize(_ strategySlot: Int) -> Int64? {
    let slot = strategies.base[strategySlot].instrumentSlot
    let sizing = strategies.base[strategySlot].sizing
    switch settings.sizer.rule {
    case .fixed(let units): return units
    case .equity(let millionths): return units(slot, notional: millionths)
    case .risk(let millionths, let stop): return units(slot, steps: stop, millionths)
    case .volatility(let millionths, let bars):
      let range = sizing.averageRange(length: bars)
      let steps = range / instruments.base[slot].instrument.grid.tick
      guard steps.isFinite, steps < 0x1p51 else { return nil }
      return units(slot, steps: max(1, Int64(steps.rounded())), millionths)
    case .kelly(let percent, let most):
      let share = sizing.kellyShare.map { Int64(min($0 * 10_000 * Double(percent), Double(most))) }
      return units(slot, notional: share ?? most)
    }
  }

  private func units(_ slot: Int, notional millionths: Int64) -> Int64 {
    let instrument = instruments.base[slot]
    if instrument.instrument.base == settings.currency {
      return Sizer.units(baseEquity: accountState.equity(), millionths: millionths)
    }
    return units(slot, steps: PaperVenue.price(of: 1, at: instrument.quote), millionths)
  }

  /// Units whose worth at so many steps is a share of equity; 0 where it cannot be converted.
  private func units(_ slot: Int, steps: Int64, _ millionths: Int64) -> Int64 {
    let instrument = instruments.base[slot]
    // Equity in the quote currency: how much account currency one million of it is worth, inverted.
    let million = 1_000_000 * Money.microPerUnit
    guard let worth = convert(million, instrument.conversion), worth > 0 else { return 0 }
    let quoteEquity = Money.saturating(
      Money.divide(Int128(accountState.equity()) * Int128(million), by: Int128(worth)))
    return Sizer.units(
      instrument.instrument, quoteEquity: quoteEquity, steps: steps, millionths: millionths)
  }

  /// The stop-loss of a size by risk, in steps; 0 for other sizes.
  private func stopLoss(_ slot: Int, isBuy: Bool) -> Int64 {
    guard case .risk(_, let stop) = settings.sizer.rule else { return 0 }
    let price = PaperVenue.price(of: isBuy ? 1 : -1, at: instruments.base[slot].quote)
    return max(1, isBuy ? price - stop : price + stop)
  }

  /// Alarms once for a strategy: the size that is too small, and the instrument's step.
  private mutating func warnOfSize(_ strategySlot: Int, _ size: Double) {
    let strategy = strategies.base + strategySlot
    if strategy.pointee.isWarnedOfSize { return }
    strategy.pointee.isWarnedOfSize = true
    counts.alarms &+= 1
    let state = instruments.base[strategy.pointee.instrumentSlot]
    var event = event(FXAOT_EVENT_ALARM, strategySlot, at: state.clock)
    event.code = FXAOT_ALARM_SMALL_ORDER.rawValue
    event.quantity = state.instrument.quantityStep
    event.price = Double(state.instrument.minimumQuantity)
    event.strength = size
    log.append(event)
  }
}
