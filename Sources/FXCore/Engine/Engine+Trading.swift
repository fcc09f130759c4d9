import CFxaot
import Market
import Trading

/// The account's settings, orders of clients, and their readers. Times are those of the newest quote or advance.
extension Engine {
  public typealias Answer = (status: fxaot_status, answer: fxaot_order_answer)

  /// A netting account with 50x leverage, margin call at 50 % and stop-out at 20 %.
  public static var defaultAccountTerms: fxaot_account_terms { AccountSettings.standardTerms }

  /// FXAOT_BAD_CONFIG, FXAOT_BUSY while there are orders or positions.
  public mutating func setAccount(_ terms: fxaot_account_terms) throws(EngineError) {
    try check(accountState.set(terms))
    note(.account) { $0.addPlain(terms) }
  }

  /// FXAOT_BAD_CONFIG.
  public mutating func setRisk(_ limits: fxaot_risk) throws(EngineError) {
    meet()
    try check(accountState.set(limits))
    note(.risk) { $0.addPlain(limits) }
  }

  /// FXAOT_BAD_CONFIG.
  public mutating func setVenue(_ venue: fxaot_venue) throws(EngineError) {
    try check(accountState.set(venue))
    note(.venue) { $0.addPlain(venue) }
  }

  /// Orders go to a broker (1: that cannot be reached, 2: that can) or to the paper venue (0). FXAOT_BAD_CONFIG,
  /// FXAOT_BUSY when the venue would change while there are orders or positions.
  public mutating func setGateway(_ link: UInt32, incarnation: UInt64 = 0) throws(EngineError) {
    try check(accountState.setGateway(link, incarnation: incarnation))
    note(.gateway) { journal in
      journal.add(link)
      journal.add(incarnation)
    }
  }

  /// The gateway's requests after a number; those up to it are forgotten. Fills the room, returns how many wait.
  public mutating func requests(
    after acknowledged: UInt64, into out: UnsafeMutableBufferPointer<fxaot_gateway_request>
  ) -> Int {
    if acknowledged > 0 { note(.acknowledged) { $0.add(acknowledged) } }
    return accountState.requests(after: acknowledged, into: out)
  }

  public var gateway: fxaot_gateway_stats {
    var stats = accountState.gateway.counts
    stats.link = accountState.gateway.link.rawValue
    return stats
  }

  /// FXAOT_UNKNOWN_SYMBOL, FXAOT_BAD_INSTRUMENT, FXAOT_OUT_OF_MEMORY.
  public mutating func setTerms(_ raw: fxaot_terms, symbolRef: UInt64) throws(EngineError) {
    let slot = byInstrumentRef.slot(of: symbolRef)
    guard slot >= 0 else { throw EngineError(FXAOT_UNKNOWN_SYMBOL) }
    guard let terms = TradingTerms(raw) else { throw EngineError(FXAOT_BAD_INSTRUMENT) }
    switch Holidays.copy(of: raw) {
    case .failure(let fault): throw EngineError(fault == .wrong ? FXAOT_BAD_INSTRUMENT : FXAOT_OUT_OF_MEMORY)
    case .success(let holidays):
      instruments.base[slot].market.holidays.release()
      instruments.base[slot].market.holidays = holidays
    }
    instruments.base[slot].market.terms = terms
    accountState.refreshAccountRanges()
    note(.terms) { journal in
      journal.add(symbolRef)
      journal.add(raw)
    }
  }

  private func check(_ status: fxaot_status) throws(EngineError) {
    guard status.rawValue == FXAOT_OK.rawValue else { throw EngineError(status) }
  }

  /// The account's time and count, which it does not see while quotes are quiet. O(instruments).
  mutating func meet() {
    for slot in 0..<instruments.count where instruments.base[slot].clock > accountState.now {
      accountState.now = instruments.base[slot].clock
    }
    accountState.quoteNumber = counts.accepted
  }

  /// Takes an order to the risk gate and the venue. FXAOT_BAD_ORDER with the fault, FXAOT_REJECTED with the refusal.
  /// The id of an earlier order is answered with that order's state. O(live orders).
  public mutating func submit(_ request: fxaot_order_request) -> Answer {
    note(.submit) { $0.addPlain(request) }
    meet()
    var own: Int64?
    var strategySlot = -1
    if request.strategy_ref != 0 {
      strategySlot = byStrategyRef.slot(of: request.strategy_ref)
      guard strategySlot >= 0 else {
        var answer = fxaot_order_answer()
        answer.fault = FXAOT_FAULT_STRATEGY.rawValue
        return (FXAOT_BAD_ORDER, answer)
      }
      let strategy = strategies.base[strategySlot]
      own = accountState.ownPosition(strategySlot, held: strategy.book.quantity)
    }
    let slot = byInstrumentRef.slot(of: request.symbol_ref)
    return counted(accountState.submit(request, slot: slot, strategySlot: strategySlot, own: own))
  }

  private mutating func counted(_ answer: Answer) -> Answer {
    takeLost()
    if answer.answer.is_known == 0, answer.answer.order_id != 0 {
      if answer.status == FXAOT_REJECTED { countReject(UInt32(answer.answer.reject)) } else { counts.orders &+= 1 }
    }
    return answer
  }

  /// Changes a live order, or the stop-loss and take-profit of a filled one.
  public mutating func modify(_ id: fxaot_id, _ change: fxaot_order_change) -> Answer {
    note(.modify) { journal in
      journal.addPlain(id)
      journal.addPlain(change)
    }
    meet()
    return accountState.modify(id, change)
  }

  public mutating func cancel(_ id: fxaot_id) -> Answer {
    note(.cancel) { $0.addPlain(id) }
    meet()
    defer { takeLost() }
    return accountState.cancel(id)
  }

  /// Cancels the orders of clients and strategies, of one symbol and strategy or (0) any; what only closes stays.
  /// Returns how many.
  public mutating func cancelAll(symbolRef: UInt64, strategyRef: UInt64) -> Int {
    meet()
    let slot = symbolRef == 0 ? -1 : byInstrumentRef.slot(of: symbolRef)
    if symbolRef != 0, slot < 0 { return 0 }
    if strategyRef != 0, byStrategyRef.slot(of: strategyRef) < 0 { return 0 }
    note(.cancelAll) { journal in
      journal.add(symbolRef)
      journal.add(strategyRef)
    }
    let count = accountState.cancelAll(FXAOT_CANCEL_USER) {
      $0.role == .plain && (slot < 0 || $0.instrumentSlot == slot)
        && (strategyRef == 0 || $0.strategyRef == strategyRef)
    }
    takeLost()
    return count
  }

  /// Closes an instrument's position, in part or (0) whole.
  public mutating func close(symbolRef: UInt64, quantity: Int64) -> Answer {
    let slot = byInstrumentRef.slot(of: symbolRef)
    guard slot >= 0 else { return (FXAOT_UNKNOWN_SYMBOL, fxaot_order_answer()) }
    note(.closeSymbol) { journal in
      journal.add(symbolRef)
      journal.add(quantity)
    }
    meet()
    return counted(accountState.close(slot: slot, quantity: quantity))
  }

  /// Closes a ticket, in part or (0) whole.
  public mutating func close(ticket: fxaot_id, quantity: Int64) -> Answer {
    note(.closeTicket) { journal in
      journal.addPlain(ticket)
      journal.add(quantity)
    }
    meet()
    return counted(accountState.close(ticket: ticket, quantity: quantity))
  }

  /// Closes two opposite tickets by each other.
  public mutating func close(ticket: fxaot_id, by other: fxaot_id) -> Answer {
    note(.closeBy) { journal in
      journal.addPlain(ticket)
      journal.addPlain(other)
    }
    meet()
    let pair = accountState.opposites(ticket, other)
    let answer = counted(accountState.close(ticket: ticket, by: other))
    if answer.status == FXAOT_OK, let pair { takeTogether(pair.first, pair.second) }
    return answer
  }

  /// A deposit, or a withdrawal of at most the free margin.
  public mutating func cash(_ micro: Int64) -> Answer {
    note(.cash) { $0.add(micro) }
    meet()
    return accountState.pay(micro)
  }

  /// The kill switch: holds for the next order at once, also while another thread is in the engine. Unknown states
  /// are read as halted.
  public borrowing func setState(_ state: UInt32) {
    accountState.gate.set(min(state, FXAOT_TRADING_HALTED.rawValue))
  }

  /// Cancels what a halt cancels, and says the change.
  public mutating func applyState() -> fxaot_status {
    note(.applyState) { _ in }
    meet()
    accountState.applyState()
    takeLost()
    return FXAOT_OK
  }

  /// Trading ends: fills the closes and liquidations that still wait at their instruments' last quotes, where these
  /// are no older than max_quote_age, or else 5 seconds. Returns how many positions and tickets are left.
  public mutating func fillRest() -> Int {
    note(.fillRest) { _ in }
    meet()
    fillCloses()
    return accountState.positions.count
  }

  public func order(_ id: fxaot_id) -> fxaot_order? { accountState.order(id) }

  /// A live order by its number, which one without an id has alone.
  public func order(number: Int64) -> fxaot_order? { accountState.order(number: number) }

  public func orders(into out: UnsafeMutableBufferPointer<fxaot_order>) -> Int {
    accountState.orders(into: out)
  }

  public func tickets(into out: UnsafeMutableBufferPointer<fxaot_ticket>) -> Int {
    accountState.tickets(into: out)
  }

  public func trades(from first: Int, into out: UnsafeMutableBufferPointer<fxaot_trade>) -> Int {
    accountState.trades(from: max(first, 0), into: out)
  }
}
