import CFxaot
import Calendar
import Market

/// The risk gate's checks, in their order: the first that fails names the refusal. ../docs/trading.md has the list.
extension Account {
  /// What an order's sender knows of it. It goes beside the order: an order is large, and is not copied to be looked at.
  package struct Sender: BitwiseCopyable {
    /// The strategy's own position with its waiting orders, signed; nil for an order of no strategy.
    package var own: Int64?
    /// The quantity step has reduced a size above 0 to 0.
    package var isCut = false
    /// The size is a share of equity, and equity is 0 or less.
    package var lacksEquity = false

    package init(own: Int64? = nil, isCut: Bool = false, lacksEquity: Bool = false) {
      self.own = own
      self.isCut = isCut
      self.lacksEquity = lacksEquity
    }
  }

  /// nil: the order may pass. A liquidation passes always; what closes on request, or protects, passes all but
  /// what the market itself forbids. `isChange`: it is there already, and is not counted again.
  mutating func refusal(
    of order: AccountOrder, _ sender: Sender = Sender(), isChange: Bool = false
  ) -> fxaot_reject? {
    if order.role == .liquidation { return nil }
    let first = firstRefusal(of: order, sender, isChange: isChange)
    if let refusal = first.refusal { return refusal }
    if first.isCounted, !gate.takeToken(strategySlot: order.strategySlot, at: now) { return FXAOT_REJECT_RATE }
    if first.addsRisk, let refusal = lossRefusal() { return refusal }
    return lastRefusal(of: order) ?? heldRefusal(order, sender)
  }

  /// What changes nothing stands together: from a method that changes the account, each call of one that does not copies
  /// the whole account.
  private func firstRefusal(of order: AccountOrder, _ sender: Sender, isChange: Bool)
    -> (refusal: fxaot_reject?, isCounted: Bool, addsRisk: Bool)
  {
    let closes = closes(order, sender)
    func refused(_ refusal: fxaot_reject) -> (fxaot_reject?, Bool, Bool) { (refusal, false, false) }
    if let refusal = stateRefusal(order, sender, closes) { return refused(refusal) }
    if let refusal = quantityRefusal(order, sender, closes) { return refused(refusal) }
    if let refusal = marketRefusal(order, closes) { return refused(refusal) }
    if let refusal = limitRefusal(order, closes, isChange) { return refused(refusal) }
    return (nil, !closes && !isChange, !reduces(order, sender))
  }

  private func lastRefusal(of order: AccountOrder) -> fxaot_reject? {
    termsRefusal(order) ?? (fits(order) ? nil : FXAOT_REJECT_MARGIN)
  }

  // 1
  private func stateRefusal(_ order: AccountOrder, _ sender: Sender, _ closes: Bool) -> fxaot_reject? {
    let state = gate.state
    if state == FXAOT_TRADING_ACTIVE.rawValue || order.onlyCloses { return nil }
    if state == FXAOT_TRADING_HALTED.rawValue { return closes ? nil : FXAOT_REJECT_HALTED }
    return reduces(order, sender) ? nil : FXAOT_REJECT_REDUCING
  }

  /// Whether it only shrinks its own strategy's position, or the account's where it has no strategy.
  private func reduces(_ order: AccountOrder, _ sender: Sender) -> Bool {
    if order.onlyCloses { return true }
    if settings.mode == .hedging { return order.isBounded(in: .hedging) }
    let state = markets[order.instrumentSlot]
    let held = sender.own ?? (state.pointee.book.quantity &+ state.pointee.waiting)
    let after = held &+ order.quantity
    return held != 0 && after.magnitude < held.magnitude && (after == 0 || (after > 0) == (held > 0))
  }

  /// What closes on request, protects, or is a script's exit: no new risk, whatever limits there are.
  private func closes(_ order: AccountOrder, _ sender: Sender) -> Bool {
    order.onlyCloses || (order.isExit && reduces(order, sender))
  }

  // 2
  private func quantityRefusal(_ order: AccountOrder, _ sender: Sender, _ closes: Bool) -> fxaot_reject? {
    if sender.isCut { return FXAOT_REJECT_QUANTITY_BELOW_MINIMUM }
    if sender.lacksEquity { return FXAOT_REJECT_NO_EQUITY }
    let state = markets[order.instrumentSlot]
    let size = order.order.quantity
    // What is left of a position may be below the minimum.
    if size < state.pointee.instrument.minimumQuantity, !closes || size <= 0 {
      return FXAOT_REJECT_QUANTITY_BELOW_MINIMUM
    }
    if closes { return nil }
    if size > state.pointee.instrument.maximumQuantity { return FXAOT_REJECT_QUANTITY_ABOVE_MAXIMUM }
    return size % state.pointee.instrument.quantityStep == 0 ? nil : FXAOT_REJECT_QUANTITY_STEP
  }

  // 3
  private func marketRefusal(_ order: AccountOrder, _ closes: Bool) -> fxaot_reject? {
    let state = markets[order.instrumentSlot]
    let limits = gate.limits.raw
    guard state.pointee.hasQuote else { return FXAOT_REJECT_NO_QUOTE }
    if limits.max_quote_age_ns > 0, !order.isExit || !closes,
      now - state.pointee.quoteTime > limits.max_quote_age_ns
    {
      return FXAOT_REJECT_STALE_QUOTE
    }
    if limits.max_spread_steps > 0, !closes,
      state.pointee.quote.ask - state.pointee.quote.bid > limits.max_spread_steps
    {
      return FXAOT_REJECT_SPREAD
    }
    if !isOpen(state.pointee.terms, at: now) { return FXAOT_REJECT_MARKET_CLOSED }
    if markets.convert(0, state.pointee.conversion) == nil { return FXAOT_REJECT_NO_CONVERSION }
    // A signal would be minutes old when the broker is back. What closes, protects or follows a fill can wait.
    if closes || order.parent != 0 { return nil }
    if gate.hasNoJournal { return FXAOT_REJECT_JOURNAL_UNAVAILABLE }
    return gateway.link == .down ? FXAOT_REJECT_GATEWAY_DOWN : nil
  }

  /// Whether a market trades at an instant.
  func isOpen(_ terms: TradingTerms, at time: Int64) -> Bool {
    guard let hours = terms.hours else { return true }
    return hours.isOpen(at: time)
  }

  // 4 to 7, but for the rate
  private func limitRefusal(_ order: AccountOrder, _ closes: Bool, _ isChange: Bool) -> fxaot_reject? {
    if closes { return nil }
    let limits = gate.limits.raw
    let (slot, size, quantity) = (order.instrumentSlot, order.order.quantity, order.quantity)
    let state = markets[slot]
    if isBeyondCollar(order.order, ofRisk: !order.onlyCloses && !order.isExit, slot) {
      return FXAOT_REJECT_COLLAR
    }
    if limits.max_order_quantity > 0, size > limits.max_order_quantity {
      return FXAOT_REJECT_MAX_QUANTITY
    }
    if limits.max_order_notional_micro > 0,
      notionalAtMid(slot, size) ?? .max > limits.max_order_notional_micro
    {
      return FXAOT_REJECT_MAX_NOTIONAL
    }
    let before = state.pointee.book.quantity &+ state.pointee.waiting
    let after = before &+ quantity
    let grows = after.magnitude > before.magnitude && !order.isReduceOnly
    let most = state.pointee.terms.maximumPosition > 0 ? state.pointee.terms.maximumPosition : limits.max_position
    if most > 0, grows, after.magnitude > most.magnitude { return FXAOT_REJECT_MAX_POSITION }
    if limits.max_currency_notional_micro > 0, grows, !fitsCurrencies(slot, quantity) {
      return FXAOT_REJECT_MAX_CURRENCY
    }
    if isChange { return nil }
    if limits.max_positions > 0, !order.isReduceOnly, opensPosition(order),
      mostPositions >= Int(limits.max_positions), openPositions >= Int(limits.max_positions)
    {
      return FXAOT_REJECT_MAX_POSITIONS
    }
    let mostOrders = Int(limits.max_orders)
    let isFull = mostOrders > 0 && venue.waiting.count >= mostOrders && liveOrders >= mostOrders
    return isFull ? FXAOT_REJECT_MAX_ORDERS : nil
  }

  /// An upper bound of `openPositions`. O(1).
  private var mostPositions: Int {
    positions.count + (settings.mode == .netting ? markets.count : venue.waiting.count)
  }

  /// Limit and trigger far from the mid.
  func collarRefusal(_ order: AccountOrder) -> fxaot_reject? {
    isBeyondCollar(order.order, ofRisk: !order.onlyCloses && !order.isExit, order.instrumentSlot)
      ? FXAOT_REJECT_COLLAR : nil
  }

  private func isBeyondCollar(_ order: Order<Int64, Int64>, ofRisk isRisk: Bool, _ slot: Int) -> Bool {
    let (part, sum) = (gate.limits.raw.collar, markets[slot].pointee.quote.sum)
    if part == 0 || !isRisk { return false }
    func isFar(_ price: Int64) -> Bool {
      price != 0
        && Int128((2 * price - sum).magnitude) * Int128(Fraction.billion) > Int128(part) * Int128(sum)
    }
    return isFar(order.limit) || isFar(order.stop)
  }

  /// Whether the notional of each of its two currencies stays within the limit, over the net positions of all
  /// instruments and the waiting market orders.
  private func fitsCurrencies(_ slot: Int, _ quantity: Int64) -> Bool {
    let own = (base: markets[slot].pointee.instrument.base, quote: markets[slot].pointee.instrument.quote)
    let limit = Int128(gate.limits.raw.max_currency_notional_micro)
    var (inBase, inQuote) = (Int128(0), Int128(0))
    for other in 0..<markets.count {
      let state = markets[other]
      let (base, quote) = (state.pointee.instrument.base, state.pointee.instrument.quote)
      let isOfBase = base == own.base || quote == own.base
      let isOfQuote = base == own.quote || quote == own.quote
      if !isOfBase, !isOfQuote { continue }
      let held = state.pointee.book.quantity &+ state.pointee.waiting &+ (other == slot ? quantity : 0)
      if held == 0 { continue }
      guard let notional = notionalAtMid(other, held) else { return false }
      if isOfBase { inBase += Int128(notional) }
      if isOfQuote { inQuote += Int128(notional) }
    }
    return inBase <= limit && inQuote <= limit
  }

  /// The notional in a currency with an order of signed units; nil where it cannot be converted.
  func notional(in currency: UInt64, _ slot: Int, and quantity: Int64) -> Int128? {
    var sum = Int128(0)
    for other in 0..<markets.count {
      let state = markets[other]
      guard state.pointee.instrument.base == currency || state.pointee.instrument.quote == currency else {
        continue
      }
      let held = state.pointee.book.quantity &+ state.pointee.waiting &+ (other == slot ? quantity : 0)
      if held == 0 { continue }
      guard let notional = notionalAtMid(other, held) else { return nil }
      sum += Int128(notional)
    }
    return sum
  }

  private func opensPosition(_ order: AccountOrder) -> Bool {
    if settings.mode == .hedging { return !order.isBounded(in: .hedging) }
    let state = markets[order.instrumentSlot]
    return state.pointee.book.quantity == 0 && state.pointee.waiting == 0
  }

  /// Open positions and those that waiting market orders will open: instruments, or tickets.
  var openPositions: Int {
    var count = positions.count
    if settings.mode == .netting {
      for slot in 0..<markets.count {
        let state = markets[slot]
        let waits = state.pointee.waitingBuys != 0 || state.pointee.waitingSells != 0
        // A close that comes too late opens none.
        if waits, state.pointee.book.quantity == 0, opensWhenFilled(slot) { count += 1 }
      }
      return count
    }
    for order in venue.waiting.elements
    where order.instrumentSlot >= 0 && order.role == .plain && order.kind == .market && !order.isDormant {
      if order.filled == 0, !order.isBounded(in: .hedging) { count += 1 }
    }
    return count
  }

  private func opensWhenFilled(_ slot: Int) -> Bool {
    venue.waiting.elements.contains {
      $0.instrumentSlot == slot && $0.kind == .market && !$0.isDormant && !$0.isBounded(in: settings.mode)
    }
  }

  /// The clients' and strategies' orders that have not ended.
  var liveOrders: Int { venue.waiting.elements.count { $0.role == .plain && $0.instrumentSlot >= 0 } }

  // 8
  private mutating func lossRefusal() -> fxaot_reject? {
    switch exceededLimit() {
    case FXAOT_STATE_DAILY_LOSS: return FXAOT_REJECT_DAILY_LOSS
    case FXAOT_STATE_DRAWDOWN: return FXAOT_REJECT_DRAWDOWN
    case FXAOT_STATE_LOSING_TRADES: return FXAOT_REJECT_LOSING_TRADES
    default: return nil
    }
  }

  // 9
  func termsRefusal(_ order: AccountOrder) -> fxaot_reject? {
    let state = markets[order.instrumentSlot]
    if order.isPostOnly, order.kind == .limit, order.isMarketable(at: state.pointee.quote) {
      return FXAOT_REJECT_POST_ONLY
    }
    if order.isReduceOnly, closable(by: order) == 0 { return FXAOT_REJECT_REDUCE_ONLY }
    guard order.role == .plain else { return nil }
    return protectionRefusal(
      isLong: order.isBuy, stopLoss: order.stopLoss, takeProfit: order.takeProfit,
      entry: entry(of: order), state.pointee)
  }

  /// The price from which a stop-loss lies on one side and a take-profit on the other: the order's own, else the
  /// side of the quote at which the position would be closed.
  func entry(of order: AccountOrder) -> Int64 {
    if !order.order.limit.isNone { return order.order.limit }
    if !order.order.stop.isNone { return order.order.stop }
    let state = markets[order.instrumentSlot]
    return order.isBuy ? state.pointee.low : state.pointee.high
  }

  func protectionRefusal(
    isLong: Bool, stopLoss: Int64, takeProfit: Int64, entry: Int64, _ state: TradedInstrument
  ) -> fxaot_reject? {
    let distance = state.terms.minimumStopDistance
    let sign: Int64 = isLong ? 1 : -1
    if stopLoss != 0, sign * (entry - stopLoss) <= 0 || sign * (entry - stopLoss) < distance {
      return FXAOT_REJECT_BAD_STOP_LOSS
    }
    if takeProfit != 0, sign * (takeProfit - entry) <= 0 || sign * (takeProfit - entry) < distance {
      return FXAOT_REJECT_BAD_TAKE_PROFIT
    }
    return nil
  }

  // 10
  /// Whether the margin that is used after an order, and its commission, are within equity / new_orders; always
  /// for what adds no exposure. Market orders reserve margin from now on; a resting order does not, and is looked at
  /// again when it would fill.
  func fits(_ order: AccountOrder) -> Bool {
    guard addsExposure(order) else { return true }
    guard let needed = marginNeeded(with: order) else { return false }
    // needed × new_orders ≤ equity
    return Int128(needed) * Int128(settings.newOrders.numerator)
      <= Int128(equity()) * Int128(settings.newOrders.denominator)
  }

  /// The margin that is used after an order, and its commission; nil where it cannot be converted.
  func marginNeeded(with order: AccountOrder) -> Int64? {
    guard let used = marginAfter(order) else { return nil }
    let slot = order.instrumentSlot
    let price = PaperVenue.price(of: order.quantity, at: markets[slot].pointee.quote)
    return Money.add(used, commission(slot, order.order.quantity, at: price))
  }

  /// In netting what raises the absolute position, waiting market orders included; in hedging every opening order.
  func addsExposure(_ order: AccountOrder) -> Bool {
    if order.isBounded(in: settings.mode) { return false }
    if settings.mode == .hedging { return true }
    let state = markets[order.instrumentSlot]
    // A triggered order is not among the waiting ones; a market order that is already there is.
    let before = state.pointee.book.quantity &+ state.pointee.waiting
    return (before &+ order.quantity).magnitude > before.magnitude
  }

  /// 10^18. Positions of removed strategies add up without limit in the net position. So does a script's own
  /// position, while others may keep the net position small. With this limit both stay an Int64, even with
  /// the largest order of every strategy at the venue.
  static var heldQuantityLimit: UInt64 { 1_000_000_000_000_000_000 }

  private func heldRefusal(_ order: AccountOrder, _ sender: Sender) -> fxaot_reject? {
    let state = markets[order.instrumentSlot]
    let quantity = order.quantity
    let net = state.pointee.book.quantity &+ state.pointee.waiting &+ quantity
    let own = (sender.own ?? 0) &+ quantity
    let waiting = order.isBuy ? state.pointee.waitingBuys : state.pointee.waitingSells
    let side = waiting &+ order.order.quantity
    if max(net.magnitude, own.magnitude, side.magnitude) > Self.heldQuantityLimit {
      return FXAOT_REJECT_QUANTITY_ABOVE_MAXIMUM
    }
    return nil
  }
}
