import CFxaot
import Market

/// The numbers of a refusal: what the gate has measured, and its bound. Both 0: the refusal has none.
package struct Measure: BitwiseCopyable, Equatable {
  package var measured: Int64 = 0
  package var bound: Int64 = 0

  package init(_ measured: Int64 = 0, _ bound: Int64 = 0) {
    self.measured = measured
    self.bound = bound
  }
}

/// The gate compares; only what it refuses is measured, here and once more. Units are those of fxaot_reject in fxaot.h.
extension Account {
  func measure(_ refusal: fxaot_reject, of order: AccountOrder) -> Measure {
    let state = markets[order.instrumentSlot]
    let limits = gate.limits.raw
    let size = order.order.quantity
    switch refusal {
    case FXAOT_REJECT_QUANTITY_BELOW_MINIMUM:
      let minimum = state.pointee.instrument.minimumQuantity
      return Measure(size, size < minimum ? minimum : state.pointee.instrument.quantityStep)
    case FXAOT_REJECT_QUANTITY_ABOVE_MAXIMUM: return sizeMeasure(order)
    case FXAOT_REJECT_QUANTITY_STEP: return Measure(size, state.pointee.instrument.quantityStep)
    case FXAOT_REJECT_STALE_QUOTE: return Measure(now - state.pointee.quoteTime, limits.max_quote_age_ns)
    case FXAOT_REJECT_SPREAD:
      return Measure(state.pointee.quote.ask - state.pointee.quote.bid, limits.max_spread_steps)
    case FXAOT_REJECT_COLLAR: return Measure(distanceFromMid(order), limits.collar)
    case FXAOT_REJECT_MAX_QUANTITY: return Measure(order.filled + size, limits.max_order_quantity)
    case FXAOT_REJECT_MAX_NOTIONAL:
      return Measure(notionalAtMid(order.instrumentSlot, size) ?? .max, limits.max_order_notional_micro)
    case FXAOT_REJECT_MAX_POSITION:
      let own = state.pointee.terms.maximumPosition
      let after = state.pointee.book.quantity &+ state.pointee.waiting &+ order.quantity
      return Measure(Int64(clamping: after.magnitude), own > 0 ? own : limits.max_position)
    case FXAOT_REJECT_MAX_CURRENCY:
      return Measure(largestNotional(order.instrumentSlot, order.quantity), limits.max_currency_notional_micro)
    case FXAOT_REJECT_MAX_POSITIONS: return Measure(Int64(openPositions) + 1, Int64(limits.max_positions))
    case FXAOT_REJECT_MAX_ORDERS: return Measure(Int64(liveOrders) + 1, Int64(limits.max_orders))
    case FXAOT_REJECT_RATE: return Measure(limits.order_rate_count, limits.order_rate_ns)
    case FXAOT_REJECT_DAILY_LOSS, FXAOT_REJECT_DRAWDOWN, FXAOT_REJECT_LOSING_TRADES: return lossMeasure(refusal)
    case FXAOT_REJECT_POST_ONLY:
      let price = PaperVenue.price(of: order.quantity, at: state.pointee.quote)
      return Measure(order.isBuy ? price - order.order.limit : order.order.limit - price, 1)
    case FXAOT_REJECT_BAD_STOP_LOSS, FXAOT_REJECT_BAD_TAKE_PROFIT:
      return distance(
        refusal, isLong: order.isBuy, stopLoss: order.stopLoss, takeProfit: order.takeProfit,
        entry: entry(of: order), state.pointee)
    case FXAOT_REJECT_MARGIN: return marginMeasure(order)
    default: return Measure()
    }
  }

  /// The order, or what is held and waits together with it.
  private func sizeMeasure(_ order: AccountOrder) -> Measure {
    let state = markets[order.instrumentSlot]
    let most = state.pointee.instrument.maximumQuantity
    let size = order.filled + order.order.quantity
    if size > most { return Measure(size, most) }
    let net = state.pointee.book.quantity &+ state.pointee.waiting &+ order.quantity
    let side = (order.isBuy ? state.pointee.waitingBuys : state.pointee.waitingSells) &+ order.order.quantity
    return Measure(
      Int64(clamping: max(net.magnitude, side.magnitude)), Int64(clamping: Self.heldQuantityLimit))
  }

  /// Of the price that is further away, in billionths of the mid, rounded up.
  private func distanceFromMid(_ order: AccountOrder) -> Int64 {
    let sum = Int128(markets[order.instrumentSlot].pointee.quote.sum)
    var most = Int128(0)
    for price in [order.order.limit, order.order.stop] where price != 0 {
      let away = Int128((2 * Int128(price) - sum).magnitude) * Int128(Fraction.billion)
      most = max(most, (away + max(sum, 1) - 1) / max(sum, 1))
    }
    return Int64(clamping: most)
  }

  private func largestNotional(_ slot: Int, _ quantity: Int64) -> Int64 {
    let own = markets[slot].pointee.instrument
    let sums = [own.base, own.quote].map { notional(in: $0, slot, and: quantity) ?? Int128(Int64.max) }
    return Int64(clamping: max(sums[0], sums[1]))
  }

  private func lossMeasure(_ refusal: fxaot_reject) -> Measure {
    let limits = gate.limits.raw
    switch refusal {
    case FXAOT_REJECT_DAILY_LOSS:
      return Measure(Int64(clamping: Int128(dayEquity) - Int128(equity())), limits.daily_loss_micro)
    case FXAOT_REJECT_DRAWDOWN:
      let fall = (Int128(highestEquity) - Int128(equity())) * Int128(Fraction.billion)
      return Measure(Int64(clamping: fall / Int128(max(highestEquity, 1))), limits.max_drawdown)
    default: return Measure(Int64(losingTrades), Int64(limits.max_losing_trades))
    }
  }

  /// Steps from the price to a stop-loss or take-profit, negative on the wrong side; and the fewest that may be.
  func distance(
    _ refusal: fxaot_reject, isLong: Bool, stopLoss: Int64, takeProfit: Int64, entry: Int64, _ state: TradedInstrument
  ) -> Measure {
    let sign: Int64 = isLong ? 1 : -1
    let away = refusal == FXAOT_REJECT_BAD_STOP_LOSS ? entry - stopLoss : takeProfit - entry
    return Measure(sign * away, max(1, state.terms.minimumStopDistance))
  }

  /// What the order adds to the margin, with its commission, and what is free for it.
  private func marginMeasure(_ order: AccountOrder) -> Measure {
    var nothing = order
    nothing.order.quantity = 0
    guard let before = marginAfter(nothing), let needed = marginNeeded(with: order) else { return Measure() }
    let allowed = Int128(equity()) * Int128(settings.newOrders.denominator) / Int128(settings.newOrders.numerator)
    return Measure(
      Money.saturating(Int128(needed) - Int128(before)), Money.saturating(allowed - Int128(before)))
  }
}
