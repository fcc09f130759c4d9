import CFxaot
import Market

/// After each quote that matters: margin call, limits of loss; and until which prices the next quotes do not
/// matter. Account+Liquidation has the stop-out.
extension Account {
  /// The last stage of a quote of an instrument, or of an advance (−1).
  package mutating func finish(_ slot: Int) {
    venue.sweep()
    watch()
    if slot >= 0 { refreshOrderRange(slot) }
    refreshAccountRanges()
  }

  /// The next quote of any instrument is looked at.
  package mutating func wakeOnce() {
    for slot in 0..<markets.count { markets[slot].pointee.accountRange = .never }
    hasRanges = true
  }

  private mutating func watch() {
    let needsEquity = positions.count > 0 || gate.limits.raw.daily_loss_micro > 0 || gate.limits.followsEquity
    if gate.limits.raw.max_losing_trades > 0 || needsEquity { judgeLosses() }
    if settings.protectsNegativeBalance, positions.count == 0, balance < 0 { resetBalance() }
    guard positions.count > 0 else {
      isMarginCalled = false
      return
    }
    let (equity, used) = (equity(), marginUsed())
    let isCalled = used > 0 && settings.marginCall.isAtLeast(equity, of: used)
    if isCalled, !isMarginCalled {
      sayAccount(FXAOT_ACCOUNT_MARGIN_CALL) { $0.strength = Self.level(equity, used) }
      alarm(FXAOT_ALARM_MARGIN_CALL) { $0.strength = Self.level(equity, used) }
    }
    isMarginCalled = isCalled
    if used > 0, settings.stopOut.numerator > 0, settings.stopOut.isAtLeast(equity, of: used) {
      stopOut(equity, level: Self.level(equity, used))
    }
  }

  private mutating func resetBalance() {
    let difference = Money.saturating(-Int128(balance))
    cash = Money.add(cash, difference)
    sayAccount(FXAOT_ACCOUNT_RESET) { $0.profit_micro = difference }
  }

  // MARK: - Limits of loss

  /// The limit that is exceeded now; FXAOT_STATE_USER if none is.
  mutating func exceededLimit() -> fxaot_state_reason {
    let limits = gate.limits.raw
    if limits.daily_loss_micro > 0 || limits.max_drawdown > 0 {
      let equity = equity()
      highestEquity = max(highestEquity, equity)
      if limits.daily_loss_micro > 0, Int128(dayEquity) - Int128(equity) >= Int128(limits.daily_loss_micro) {
        return FXAOT_STATE_DAILY_LOSS
      }
      let fall = Int128(highestEquity) - Int128(equity)
      if limits.max_drawdown > 0, highestEquity > 0,
        fall * Int128(Fraction.billion) >= Int128(limits.max_drawdown) * Int128(highestEquity)
      {
        return FXAOT_STATE_DRAWDOWN
      }
    }
    if limits.max_losing_trades > 0, losingTrades >= Int(limits.max_losing_trades) {
      return FXAOT_STATE_LOSING_TRADES
    }
    return FXAOT_STATE_USER
  }

  private mutating func judgeLosses() {
    let limit = exceededLimit()
    guard limit != FXAOT_STATE_USER, gate.state == FXAOT_TRADING_ACTIVE.rawValue, gate.reduce() else { return }
    gate.applied = FXAOT_TRADING_REDUCING.rawValue
    gate.reason = limit
    sayState()
    alarm(FXAOT_ALARM_RISK_STATE) { $0.reason = UInt16(truncatingIfNeeded: limit.rawValue) }
  }

  mutating func sayState() {
    let (state, reason) = (gate.applied, gate.reason)
    sayAccount(FXAOT_ACCOUNT_STATE) {
      $0.quantity = Int64(state)
      $0.reason = UInt16(truncatingIfNeeded: reason.rawValue)
    }
  }

  /// Says a change of the account. `position`: the one that it concerns, named by its instrument or its ticket.
  mutating func sayAccount(
    _ change: fxaot_account_change, of position: Position? = nil, _ fill: (inout fxaot_event) -> Void
  ) {
    var event = fxaot_event()
    event.kind = UInt32(FXAOT_EVENT_ACCOUNT)
    event.code = change.rawValue
    event.time_ns = now
    if let position {
      event.symbol_ref = markets[position.instrumentSlot].pointee.ref
      if settings.mode == .hedging {
        event.order_id = position.order
        name(&event, position.record)
      }
    }
    fill(&event)
    log.append(event)
  }

  mutating func alarm(_ alarm: fxaot_alarm, _ fill: (inout fxaot_event) -> Void) {
    var event = fxaot_event(alarm: alarm)
    event.time_ns = now
    fill(&event)
    log.append(event)
    alarms &+= 1
  }

  // MARK: - Quiet prices

  /// The prices at which no order of an instrument fills. O(live orders).
  private func refreshOrderRange(_ slot: Int) {
    var range = QuietRange.always
    if markets[slot].pointee.orders > 0, !gateway.isOn {
      for order in venue.waiting.elements where order.instrumentSlot == slot && !order.isDormant {
        if order.isRestless || order.fillsAfter > markets[slot].pointee.quoteTime {
          range = .never
          break
        }
        order.narrow(&range)
      }
    }
    markets[slot].pointee.orderRange = range
  }

  /// The prices at which the account is far from its next limit. Each limit's distance is shared: while every
  /// price that the account depends on moves by less than a part ε, equity less the limit's share of margin
  /// moves by less than 2 × ε × the sum of what a whole move would do. O(positions + instruments).
  package mutating func refreshAccountRanges() {
    if positions.count == 0 {
      if hasRanges { for slot in 0..<markets.count { markets[slot].pointee.accountRange = .always } }
      hasRanges = false
      return
    }
    for slot in 0..<markets.count { markets[slot].pointee.accountRange = .always }
    hasRanges = true
    let part = quietPart()
    for position in positions.elements {
      let state = markets[position.instrumentSlot]
      narrow(position.instrumentSlot, part)
      if state.pointee.conversion.kind != .quotes { continue }
      narrow(state.pointee.conversion.first.instrumentSlot, part)
      narrow(state.pointee.conversion.second.instrumentSlot, part)
    }
  }

  private func narrow(_ slot: Int, _ part: Double) {
    guard slot >= 0, slot < markets.count else { return }
    markets[slot].pointee.accountRange = part > 0 ? .around(markets[slot].pointee.quote, part: part) : .never
  }

  /// ε; 0 where each quote matters.
  private func quietPart() -> Double {
    if gate.limits.followsEquity { return 0 }
    let (equity, used) = (Double(equity()), Double(marginUsed()))
    let level = (isMarginCalled ? settings.stopOut : settings.marginCall).value
    var distance = equity - level * used
    if isMarginCalled { distance = min(distance, settings.marginCall.value * used - equity) }
    if gate.limits.raw.daily_loss_micro > 0 {
      distance = min(distance, equity - Double(dayEquity) + Double(gate.limits.raw.daily_loss_micro))
    }
    var weight = 0.0
    for position in positions.elements {
      guard let notional = notionalAtMid(position.instrumentSlot, position.quantity),
        let profit = unrealised(position.book, position.instrumentSlot)
      else { return 0 }
      let own = Double(notional) * (1 + max(level, settings.marginCall.value))
      // Its own price, and two legs of conversion.
      weight += 3 * own + 2 * Double(profit.magnitude)
    }
    guard distance > 0, weight > 0 else { return 0 }
    return min(0.005, distance / (2 * weight))
  }
}
