import CFxaot

/// The risk gate's checks in the order of the specification; the first refusal wins.
extension NaiveAccount {
  /// nil: the order passes. Takes a token of the rate where the order comes that far.
  mutating func refusal(of order: fxaot_order_request) -> fxaot_reject? {
    guard let place = markets.firstIndex(where: { $0.ref == order.symbol_ref }) else {
      return state == FXAOT_TRADING_HALTED.rawValue ? FXAOT_REJECT_HALTED : FXAOT_REJECT_UNKNOWN_SYMBOL
    }
    let signed = order.side == UInt32(FXAOT_BUY) ? order.quantity : -order.quantity
    let shrinks = shrinks(place, signed, isReduceOnly: order.reduce_only == 1)
    if state == FXAOT_TRADING_HALTED.rawValue { return FXAOT_REJECT_HALTED }
    if state == FXAOT_TRADING_REDUCING.rawValue, !shrinks { return FXAOT_REJECT_REDUCING }
    return quantityRefusal(order, markets[place]) ?? quoteRefusal(markets[place]) ?? collarRefusal(
      order, markets[place])
      ?? sizeRefusal(order, place, signed) ?? (takesToken() ? nil : FXAOT_REJECT_RATE)
      ?? (shrinks ? nil : lossRefusal()) ?? termsRefusal(order, place, signed) ?? marginRefusal(order, place, signed)
  }

  /// Whether it only makes the position smaller; in hedging only what says so does.
  private func shrinks(_ place: Int, _ signed: Int64, isReduceOnly: Bool) -> Bool {
    if isHedging { return isReduceOnly }
    let before = netAfterWaiting(place)
    let after = before + signed
    return before != 0 && after.magnitude < before.magnitude && (after == 0 || (after > 0) == (before > 0))
  }

  private func quantityRefusal(_ order: fxaot_order_request, _ market: Market) -> fxaot_reject? {
    if order.quantity < market.minimum { return FXAOT_REJECT_QUANTITY_BELOW_MINIMUM }
    if order.quantity > market.maximum { return FXAOT_REJECT_QUANTITY_ABOVE_MAXIMUM }
    return order.quantity % market.step == 0 ? nil : FXAOT_REJECT_QUANTITY_STEP
  }

  private func quoteRefusal(_ market: Market) -> fxaot_reject? {
    if !market.hasQuote { return FXAOT_REJECT_NO_QUOTE }
    if risk.max_quote_age_ns > 0, now - market.quoteTime > risk.max_quote_age_ns { return FXAOT_REJECT_STALE_QUOTE }
    if risk.max_spread_steps > 0, market.spreadSteps > risk.max_spread_steps { return FXAOT_REJECT_SPREAD }
    if market.hasHours, !isForexOpen { return FXAOT_REJECT_MARKET_CLOSED }
    return convert(0, from: market.quote) == nil ? FXAOT_REJECT_NO_CONVERSION : nil
  }

  /// Sunday 17:00 to Friday 17:00 in New York, in winter: UTC − 5.
  var isForexOpen: Bool {
    let hours = now / 3_600_000_000_000 - 5
    // 1970-01-01 was a Thursday; 0 = Sunday.
    let (weekday, hour) = ((hours / 24 + 4) % 7, hours % 24)
    return switch weekday {
    case 0: hour >= 17
    case 5: hour < 17
    case 6: false
    default: true
    }
  }

  private mutating func collarRefusal(_ order: fxaot_order_request, _ market: Market) -> fxaot_reject? {
    if risk.collar == 0 { return nil }
    let most = Double(risk.collar) / 1e9 * market.mid
    for price in [order.price, order.limit] where !price.isNaN {
      if abs(abs(price - market.mid) - most) < 1e-9 * market.mid { isDoubtful = true }
      if abs(price - market.mid) > most { return FXAOT_REJECT_COLLAR }
    }
    return nil
  }

  private mutating func sizeRefusal(
    _ order: fxaot_order_request, _ place: Int, _ signed: Int64
  ) -> fxaot_reject? {
    if risk.max_order_quantity > 0, order.quantity > risk.max_order_quantity { return FXAOT_REJECT_MAX_QUANTITY }
    if risk.max_order_notional_micro > 0, exceeds(notional(place, signed), Double(risk.max_order_notional_micro) / 1e6)
    {
      return FXAOT_REJECT_MAX_NOTIONAL
    }
    let before = netAfterWaiting(place)
    let after = before + signed
    let grows = after.magnitude > before.magnitude && order.reduce_only == 0
    let own = markets[place].terms.max_position
    let most = own > 0 ? own : risk.max_position
    if most > 0, grows, after.magnitude > most.magnitude { return FXAOT_REJECT_MAX_POSITION }
    if risk.max_currency_notional_micro > 0, grows {
      for currency in [markets[place].base, markets[place].quote]
      where exceeds(total(of: currency, place, signed), Double(risk.max_currency_notional_micro) / 1e6) {
        return FXAOT_REJECT_MAX_CURRENCY
      }
    }
    if risk.max_positions > 0, order.reduce_only == 0, opensPosition(place), openPositions >= Int(risk.max_positions) {
      return FXAOT_REJECT_MAX_POSITIONS
    }
    if risk.max_orders > 0, live.count(where: \.isPlain) >= Int(risk.max_orders) { return FXAOT_REJECT_MAX_ORDERS }
    return nil
  }

  private func notional(_ place: Int, _ quantity: Int64) -> Double {
    convert(Double(quantity.magnitude) * markets[place].mid, from: markets[place].quote) ?? .infinity
  }

  /// The notional of a currency over all markets that have it, waiting market orders and this order included.
  private func total(of currency: String, _ place: Int, _ signed: Int64) -> Double {
    markets.indices.reduce(0) { sum, other in
      let market = markets[other]
      guard market.base == currency || market.quote == currency else { return sum }
      let quantity = netAfterWaiting(other) + (other == place ? signed : 0)
      return quantity == 0 ? sum : sum + notional(other, quantity)
    }
  }

  private func opensPosition(_ place: Int) -> Bool {
    isHedging || (net(place) == 0 && netAfterWaiting(place) == 0)
  }

  /// Positions, and those that waiting market orders will open.
  private var openPositions: Int {
    let waiting = live.filter { $0.isMarket && $0.isPlain }
    if isHedging { return holdings.count + waiting.count { !$0.isReduceOnly } }
    return Set(holdings.map(\.market) + waiting.map(\.market)).count
  }

  private mutating func takesToken() -> Bool {
    if risk.order_rate_count == 0 { return true }
    let (count, length) = (Double(risk.order_rate_count), Double(risk.order_rate_ns))
    var (level, time) = tokens ?? (count, now)
    if now > time { (level, time) = (min(count, level + Double(now - time) * count / length), now) }
    if abs(level - 1) < 1e-6 { isDoubtful = isDoubtful || level != 1 }
    let isAllowed = level >= 1
    tokens = (isAllowed ? level - 1 : level, time)
    return isAllowed
  }

  mutating func lossRefusal() -> fxaot_reject? {
    let equity = equity
    highestEquity = max(highestEquity, equity)
    let loss = dayEquity - equity
    if risk.daily_loss_micro > 0, exceeds(loss, Double(risk.daily_loss_micro) / 1e6) { return FXAOT_REJECT_DAILY_LOSS }
    let most = Double(risk.max_drawdown) / 1e9 * highestEquity
    if risk.max_drawdown > 0, exceeds(highestEquity - equity, most) { return FXAOT_REJECT_DRAWDOWN }
    if risk.max_losing_trades > 0, losingTrades >= Int(risk.max_losing_trades) { return FXAOT_REJECT_LOSING_TRADES }
    return nil
  }

  private func termsRefusal(_ order: fxaot_order_request, _ place: Int, _ signed: Int64) -> fxaot_reject? {
    let market = markets[place]
    let isBuy = signed > 0
    if order.post_only == 1, isBuy ? order.price >= market.high : order.price <= market.low {
      return FXAOT_REJECT_POST_ONLY
    }
    if order.reduce_only == 1, !holdings.contains(where: { $0.market == place && ($0.quantity > 0) != isBuy }) {
      return FXAOT_REJECT_REDUCE_ONLY
    }
    let close = isBuy ? market.low : market.high
    let entry = !order.limit.isNaN ? order.limit : !order.price.isNaN ? order.price : close
    if !order.stop_loss.isNaN, isBuy ? order.stop_loss >= entry : order.stop_loss <= entry {
      return FXAOT_REJECT_BAD_STOP_LOSS
    }
    if !order.take_profit.isNaN, isBuy ? order.take_profit <= entry : order.take_profit >= entry {
      return FXAOT_REJECT_BAD_TAKE_PROFIT
    }
    return nil
  }

  private mutating func marginRefusal(
    _ order: fxaot_order_request, _ place: Int, _ signed: Int64
  ) -> fxaot_reject? {
    if order.reduce_only == 1 { return nil }
    let before = netAfterWaiting(place)
    if !isHedging, (before + signed).magnitude <= before.magnitude { return nil }
    let price = signed > 0 ? markets[place].high : markets[place].low
    let needed = marginAfter((place, signed)) + commission(place, order.quantity, at: price)
    return exceeds(needed * Double(terms.new_orders) / 1e9, equity) ? FXAOT_REJECT_MARGIN : nil
  }
}
