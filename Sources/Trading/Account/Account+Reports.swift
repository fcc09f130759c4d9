import CFxaot
import Market

/// What a broker reports. With a gateway nothing else fills, ends or changes an order that has left.
extension Account {
  package struct Reported {
    package var status = FXAOT_OK
    package var verdict = GatewayVenue.Verdict.taken
    /// Its instrument; −1: none is concerned.
    package var slot = -1
    package var execution: Execution?
    /// The broker has refused to end or to change this order of a script: it stands so.
    package var kept: AccountOrder?
  }

  /// FXAOT_BAD_CONFIG without a gateway, FXAOT_BAD_ARGUMENT for a report that cannot be read, FXAOT_LIMIT for a fill
  /// beyond what an order can have, FXAOT_OUT_OF_MEMORY: these change nothing. O(live orders).
  package mutating func report(_ report: fxaot_report) -> Reported {
    guard gateway.isOn else { return Reported(status: FXAOT_BAD_CONFIG) }
    guard report.id.length <= UInt32(FXAOT_ID_BYTES), let kind = fxaot_report_kind(checked: report.kind) else {
      return Reported(status: FXAOT_BAD_ARGUMENT)
    }
    let number =
      report.id.length == 0 ? report.order_id : records[recordPlace(report.id)]?.pointee.order.order_id ?? 0
    forgetIfFull()
    guard let entry = gateway.place(of: number) else { return unknown(report, kind) }
    let answer = taken(report, kind, entry)
    venue.sweep()
    if answer.status == FXAOT_OK { count(answer.verdict) }
    return answer
  }

  private mutating func taken(_ report: fxaot_report, _ kind: fxaot_report_kind, _ entry: Int) -> Reported {
    if kind == FXAOT_REPORT_FILL { return filled(report, entry) }
    let slot = gateway.entries.base[entry].order.instrumentSlot
    guard !gateway.entries.base[entry].isEnded, let place = venue.index(of: gateway.entries.base[entry].order.id)
    else { return Reported(verdict: .late) }
    let verdict: GatewayVenue.Verdict
    switch kind {
    case FXAOT_REPORT_ACCEPTED: verdict = accepted(place, entry)
    case FXAOT_REPORT_TRIGGERED: verdict = triggered(place, entry)
    case FXAOT_REPORT_CANCELLED: verdict = over(place, entry, FXAOT_ORDER_CANCELLED, cancelReason(place, entry))
    case FXAOT_REPORT_REJECTED: verdict = over(place, entry, FXAOT_ORDER_CANCELLED, FXAOT_CANCEL_REJECTED_BY_VENUE)
    case FXAOT_REPORT_EXPIRED: verdict = over(place, entry, FXAOT_ORDER_EXPIRED, nil)
    case FXAOT_REPORT_CANCEL_REJECTED: verdict = cancelRejected(place, entry)
    case FXAOT_REPORT_REPLACED: verdict = replaced(place, entry)
    default: verdict = replaceRejected(place, entry)
    }
    let isRefused = kind == FXAOT_REPORT_CANCEL_REJECTED || kind == FXAOT_REPORT_REPLACE_REJECTED
    return Reported(verdict: verdict, slot: slot, kept: isRefused && verdict == .taken ? kept(place, entry) : nil)
  }

  /// As it is once the changes that are still on its way have been made; nil for no script's order, and while its end is
  /// asked for.
  private func kept(_ place: Int, _ entry: Int) -> AccountOrder? {
    var order = venue.waiting.base[place]
    guard order.isSignal, order.scriptKey != 0, order.strategySlot >= 0, gateway.entries.base[entry].cancel == 0 else {
      return nil
    }
    if let wanted = gateway.wanted(order.id) { order.take(wanted) }
    return order.order.quantity > 0 ? order : nil
  }

  private mutating func unknown(_ report: fxaot_report, _ kind: fxaot_report_kind) -> Reported {
    count(.unknown)
    if kind == FXAOT_REPORT_FILL {
      alarm(FXAOT_ALARM_GATEWAY) {
        $0.reason = UInt16(FXAOT_GATEWAY_UNKNOWN_ORDER)
        $0.order_id = report.order_id
        $0.quantity = report.quantity
      }
    }
    return Reported(verdict: .unknown)
  }

  private mutating func count(_ verdict: GatewayVenue.Verdict) {
    gateway.counts.reports &+= 1
    switch verdict {
    case .taken: break
    case .duplicate: gateway.counts.duplicates &+= 1
    case .late: gateway.counts.late &+= 1
    case .outOfOrder: gateway.counts.out_of_order &+= 1
    case .unknown: gateway.counts.unknown &+= 1
    }
  }

  // MARK: - States

  private mutating func accepted(_ place: Int, _ entry: Int) -> GatewayVenue.Verdict {
    let order = venue.waiting.base[place]
    if gateway.entries.base[entry].isAccepted { return .duplicate }
    gateway.change(entry) { $0.isAccepted = true }
    // Its fill has said so.
    if order.filled > 0 || order.isTriggered { return .outOfOrder }
    say(FXAOT_EVENT_ORDER, order) { $0.code = FXAOT_ORDER_ACCEPTED.rawValue }
    record(order) { $0.state = FXAOT_ORDER_ACCEPTED.rawValue }
    return .taken
  }

  private mutating func triggered(_ place: Int, _ entry: Int) -> GatewayVenue.Verdict {
    if venue.waiting.base[place].isTriggered { return .duplicate }
    venue.waiting.base[place].isTriggered = true
    let order = venue.waiting.base[place]
    if order.filled > 0 { return .outOfOrder }
    say(FXAOT_EVENT_ORDER, order) { $0.code = FXAOT_ORDER_TRIGGERED.rawValue }
    record(order) { $0.state = FXAOT_ORDER_TRIGGERED.rawValue }
    return .taken
  }

  /// The one that was asked for, or what the broker does by itself.
  private func cancelReason(_ place: Int, _ entry: Int) -> fxaot_cancel {
    let asked = gateway.entries.base[entry].cancel
    if asked != 0 { return fxaot_cancel(asked) }
    switch venue.waiting.base[place].lifetime {
    case .immediate: return FXAOT_CANCEL_IOC
    case .allOrNothing: return FXAOT_CANCEL_FOK
    default: return FXAOT_CANCEL_BY_VENUE
    }
  }

  private mutating func over(
    _ place: Int, _ entry: Int, _ state: fxaot_order_state, _ reason: fxaot_cancel?
  ) -> GatewayVenue.Verdict {
    let order = venue.waiting.base[place]
    if order.role == .liquidation { gateway.liquidatesFrom = Money.add(now, GatewayVenue.refusedWait) }
    venue.remove(at: place)
    gateway.end(entry, order)
    ended(order, state, reason)
    return .taken
  }

  private mutating func cancelRejected(_ place: Int, _ entry: Int) -> GatewayVenue.Verdict {
    guard gateway.entries.base[entry].cancel != 0 else { return .outOfOrder }
    if gateway.entries.base[entry].cancel == FXAOT_CANCEL_STOP_OUT.rawValue {
      gateway.cancelsFrom = Money.add(now, GatewayVenue.refusedWait)
    }
    gateway.change(entry) { $0.cancel = 0 }
    say(FXAOT_EVENT_ORDER, venue.waiting.base[place]) { $0.code = FXAOT_ORDER_CANCEL_REJECTED.rawValue }
    return .taken
  }

  private mutating func replaceRejected(_ place: Int, _ entry: Int) -> GatewayVenue.Verdict {
    guard gateway.entries.base[entry].change != nil else { return .outOfOrder }
    let order = venue.waiting.base[place]
    say(FXAOT_EVENT_ORDER, order) { $0.code = FXAOT_ORDER_REPLACE_REJECTED.rawValue }
    askForNext(entry, of: order)
    return .taken
  }

  private mutating func replaced(_ place: Int, _ entry: Int) -> GatewayVenue.Verdict {
    guard let change = gateway.entries.base[entry].change else { return .outOfOrder }
    let old = venue.waiting.base[place]
    venue.waiting.base[place].take(change)
    let new = venue.waiting.base[place]
    if old.kind == .market { reserve(old, new.order.quantity - old.order.quantity) }
    say(FXAOT_EVENT_ORDER, new) { $0.code = FXAOT_ORDER_MODIFIED.rawValue }
    record(new) {
      $0.expires_ns = new.expires == .max ? 0 : new.expires
      $0.trail_steps = new.trail.distance
    }
    if let record = records.change(new.record) { setPrices(&record.pointee.order, new) }
    if new.order.quantity > 0 {
      askForNext(entry, of: new)
    } else {
      // Nothing is left to fill of the smaller order.
      venue.remove(at: place)
      gateway.end(entry, new)
      record(new) { $0.state = FXAOT_ORDER_FILLED.rawValue }
      gone(new)
    }
    return .taken
  }

  // MARK: - Fills

  /// Books a fill, also one of an order that has ended, and one beyond its order: that is what the broker has done.
  private mutating func filled(_ report: fxaot_report, _ entry: Int) -> Reported {
    let known = gateway.entries.base[entry]
    let slot = known.order.instrumentSlot
    let grid = markets[slot].pointee.instrument.grid
    guard (1...Instrument.quantityLimit).contains(report.quantity), report.execution.length > 0,
      report.execution.length <= UInt32(FXAOT_ID_BYTES), let price = grid.quote(report.price, report.price),
      report.has_commission <= 1, report.commission_micro.magnitude <= UInt64(Self.commissionLimit)
    else { return Reported(status: FXAOT_BAD_ARGUMENT) }
    if gateway.has(report.execution, entry) { return Reported(verdict: .duplicate) }
    let place = known.isEnded ? nil : venue.index(of: known.order.id)
    let order = place.map { venue.waiting.base[$0] } ?? known.order
    guard order.filled + report.quantity <= 2 * Instrument.quantityLimit else { return Reported(status: FXAOT_LIMIT) }
    guard positions.makeRoom(), venue.makeRoom() else { return Reported(status: FXAOT_OUT_OF_MEMORY) }
    guard gateway.keep(report.execution, entry) else { return Reported(status: FXAOT_LIMIT) }
    gateway.counts.fills &+= 1
    let execution = book(report, at: price.bid, order, place, entry)
    return Reported(verdict: place == nil ? .late : .taken, slot: slot, execution: execution)
  }

  private static let commissionLimit: Int64 = 1_000_000_000_000_000

  private mutating func book(
    _ report: fxaot_report, at steps: Int64, _ order: AccountOrder, _ place: Int?, _ entry: Int
  ) -> Execution {
    let quantity = report.quantity
    let awaited = place == nil ? 0 : min(quantity, order.order.quantity)
    var left = order
    left.filled += quantity
    left.order.quantity -= awaited
    if order.kind == .market { reserve(order, -awaited) }
    if let place {
      venue.waiting.base[place].filled = left.filled
      venue.waiting.base[place].order.quantity = left.order.quantity
      if left.order.quantity == 0 { venue.remove(at: place) }
    }
    let cost =
      report.has_commission == 1 ? report.commission_micro : commission(order.instrumentSlot, quantity, at: steps)
    let signed = order.isBuy ? quantity : -quantity
    let outcome = apply(order, signed, at: steps, commission: cost)
    let said = sayFill(order, quantity, at: steps, outcome, cost)
    if let place {
      recordFill(left, quantity, at: steps)
      settle(left, at: place, entry, outcome)
    } else {
      recordLateFill(left, quantity, at: steps)
      gateway.change(entry) { $0.order.filled = left.filled }
      settlePairs(order, outcome)
    }
    if awaited < quantity { sayUnawaited(order, quantity - awaited, isLate: place == nil) }
    return Execution(
      order: order, price: steps, quantity: signed, awaited: order.isBuy ? awaited : -awaited,
      time: markets[order.instrumentSlot].pointee.quoteTime, event: said)
  }

  /// What a fill of a live order does to other orders. `left`: what is left of it.
  private mutating func settle(_ left: AccountOrder, at place: Int, _ entry: Int, _ outcome: Outcome) {
    if left.order.quantity == 0 { gateway.end(entry, left) }
    settlePairs(left, outcome)
    if left.group > 0 { cancelGroup(of: left) }
    if left.order.quantity == 0 {
      gone(left)
    } else if left.isBounded(in: settings.mode), closable(by: left) == 0 {
      requestCancel(of: left, FXAOT_CANCEL_REDUCE_ONLY)
    }
  }

  private mutating func recordLateFill(_ order: AccountOrder, _ quantity: Int64, at steps: Int64) {
    guard let state = records[order.record]?.pointee.order.state else { return }
    recordFill(order, quantity, at: steps)
    record(order) { $0.state = state }
  }

  private mutating func sayUnawaited(_ order: AccountOrder, _ quantity: Int64, isLate: Bool) {
    if !isLate { gateway.counts.overfills &+= 1 }
    let symbol = markets[order.instrumentSlot].pointee.ref
    alarm(FXAOT_ALARM_GATEWAY) {
      $0.reason = UInt16(isLate ? FXAOT_GATEWAY_LATE_FILL : FXAOT_GATEWAY_OVERFILL)
      $0.strategy_ref = order.strategyRef
      $0.symbol_ref = symbol
      $0.order_id = order.id
      $0.quantity = quantity
    }
  }
}

extension fxaot_report_kind {
  fileprivate init?(checked raw: UInt32) {
    guard (FXAOT_REPORT_ACCEPTED.rawValue...FXAOT_REPORT_REPLACE_REJECTED.rawValue).contains(raw) else { return nil }
    self.init(raw)
  }
}
