import CFxaot
import FXCore
import Messaging

// Account, orders and risk as C sees them. What a value may be is the engine's to say; here stands what would
// take the process down before the engine sees it.

@inline(__always)
private func engine(_ pointer: OpaquePointer?) -> UnsafeMutablePointer<Engine>? {
  pointer.map { UnsafeMutablePointer($0) }
}

private typealias Answer = (status: fxaot_status, answer: fxaot_order_answer)

private func put(_ answer: Answer, _ out: UnsafeMutablePointer<fxaot_order_answer>?) -> Int32 {
  out?.pointee = answer.answer
  return status(answer.status)
}

/// A request that no engine has seen.
private func refused(
  _ refusal: fxaot_status, _ fault: fxaot_order_fault,
  _ out: UnsafeMutablePointer<fxaot_order_answer>?
) -> Int32 {
  var answer = fxaot_order_answer()
  answer.fault = fault.rawValue
  out?.pointee = answer
  return status(refusal)
}

private func badArgument(_ out: UnsafeMutablePointer<fxaot_order_answer>?) -> Int32 {
  refused(FXAOT_BAD_ARGUMENT, FXAOT_FAULT_NONE, out)
}

private func badOrder(
  _ fault: fxaot_order_fault, _ out: UnsafeMutablePointer<fxaot_order_answer>?
) -> Int32 {
  refused(FXAOT_BAD_ORDER, fault, out)
}

extension fxaot_id {
  /// One that a client may give.
  fileprivate var fits: Bool { length <= UInt32(FXAOT_ID_BYTES) && end == 0 }
  /// One that can name an order, an attached one too.
  fileprivate var names: Bool {
    (1...UInt32(FXAOT_ID_BYTES)).contains(length) && end <= UInt32(FXAOT_NAME_TAKE_PROFIT)
  }
}

extension fxaot_order_request {
  /// The first field that is outside of its enumeration or its memory.
  fileprivate var fault: fxaot_order_fault {
    if !id.fits { return FXAOT_FAULT_ID }
    if side != UInt32(FXAOT_BUY) && side != UInt32(FXAOT_SELL) { return FXAOT_FAULT_SIDE }
    if type > UInt32(FXAOT_TYPE_LIMIT_IF_TOUCHED) || trigger > UInt32(FXAOT_TRIGGER_OPPOSITE) {
      return FXAOT_FAULT_TYPE
    }
    if time_in_force > UInt32(FXAOT_FOK) { return FXAOT_FAULT_TIME_IN_FORCE }
    if reduce_only > 1 || post_only > 1 { return FXAOT_FAULT_TYPE }
    return oco.fits && after.fits ? FXAOT_FAULT_NONE : FXAOT_FAULT_AFTER
  }
}

// MARK: Terms

@_cdecl("fxaot_account_terms_default")
public func exportAccountTermsDefault(_ out: UnsafeMutablePointer<fxaot_account_terms>?) {
  out?.pointee = Engine.defaultAccountTerms
}

@_cdecl("fxaot_engine_set_account")
public func exportSetAccount(
  _ pointer: OpaquePointer?, _ terms: UnsafePointer<fxaot_account_terms>?
) -> Int32 {
  guard let engine = engine(pointer), let terms else { return status(FXAOT_BAD_ARGUMENT) }
  return answer { () throws(EngineError) in try engine.pointee.setAccount(terms.pointee) }
}

@_cdecl("fxaot_engine_set_risk")
public func exportSetRisk(_ pointer: OpaquePointer?, _ risk: UnsafePointer<fxaot_risk>?) -> Int32 {
  guard let engine = engine(pointer), let risk else { return status(FXAOT_BAD_ARGUMENT) }
  return answer { () throws(EngineError) in try engine.pointee.setRisk(risk.pointee) }
}

@_cdecl("fxaot_engine_set_venue")
public func exportSetVenue(
  _ pointer: OpaquePointer?, _ venue: UnsafePointer<fxaot_venue>?
) -> Int32 {
  guard let engine = engine(pointer), let venue else { return status(FXAOT_BAD_ARGUMENT) }
  return answer { () throws(EngineError) in try engine.pointee.setVenue(venue.pointee) }
}

@_cdecl("fxaot_engine_set_terms")
public func exportSetTerms(
  _ pointer: OpaquePointer?, _ ref: UInt64, _ terms: UnsafePointer<fxaot_terms>?
) -> Int32 {
  guard let engine = engine(pointer), let terms else { return status(FXAOT_BAD_ARGUMENT) }
  return answer { () throws(EngineError) in
    try engine.pointee.setTerms(terms.pointee, symbolRef: ref)
  }
}

// MARK: Orders

@_cdecl("fxaot_engine_submit")
public func exportSubmit(
  _ pointer: OpaquePointer?, _ request: UnsafePointer<fxaot_order_request>?,
  _ out: UnsafeMutablePointer<fxaot_order_answer>?
) -> Int32 {
  guard let engine = engine(pointer), let request else { return badArgument(out) }
  let fault = request.pointee.fault
  if fault != FXAOT_FAULT_NONE { return badOrder(fault, out) }
  return put(engine.pointee.submit(request.pointee), out)
}

@_cdecl("fxaot_engine_modify")
public func exportModify(
  _ pointer: OpaquePointer?, _ id: UnsafePointer<fxaot_id>?,
  _ change: UnsafePointer<fxaot_order_change>?, _ out: UnsafeMutablePointer<fxaot_order_answer>?
) -> Int32 {
  guard let engine = engine(pointer), let id, let change else { return badArgument(out) }
  if !id.pointee.names { return badOrder(FXAOT_FAULT_ID, out) }
  return put(engine.pointee.modify(id.pointee, change.pointee), out)
}

@_cdecl("fxaot_engine_cancel")
public func exportCancel(
  _ pointer: OpaquePointer?, _ id: UnsafePointer<fxaot_id>?,
  _ out: UnsafeMutablePointer<fxaot_order_answer>?
) -> Int32 {
  guard let engine = engine(pointer), let id else { return badArgument(out) }
  if !id.pointee.names { return badOrder(FXAOT_FAULT_ID, out) }
  return put(engine.pointee.cancel(id.pointee), out)
}

@_cdecl("fxaot_engine_cancel_all")
public func exportCancelAll(
  _ pointer: OpaquePointer?, _ symbolRef: UInt64, _ strategyRef: UInt64
) -> UInt64 {
  guard let engine = engine(pointer) else { return 0 }
  return UInt64(
    clamping: engine.pointee.cancelAll(symbolRef: symbolRef, strategyRef: strategyRef))
}

@_cdecl("fxaot_engine_close_symbol")
public func exportCloseSymbol(
  _ pointer: OpaquePointer?, _ ref: UInt64, _ quantity: Int64,
  _ out: UnsafeMutablePointer<fxaot_order_answer>?
) -> Int32 {
  guard let engine = engine(pointer) else { return badArgument(out) }
  if quantity < 0 { return badOrder(FXAOT_FAULT_QUANTITY, out) }
  return put(engine.pointee.close(symbolRef: ref, quantity: quantity), out)
}

@_cdecl("fxaot_engine_close_ticket")
public func exportCloseTicket(
  _ pointer: OpaquePointer?, _ ticket: UnsafePointer<fxaot_id>?, _ quantity: Int64,
  _ out: UnsafeMutablePointer<fxaot_order_answer>?
) -> Int32 {
  guard let engine = engine(pointer), let ticket else { return badArgument(out) }
  if !ticket.pointee.names { return badOrder(FXAOT_FAULT_TICKET, out) }
  if quantity < 0 { return badOrder(FXAOT_FAULT_QUANTITY, out) }
  return put(engine.pointee.close(ticket: ticket.pointee, quantity: quantity), out)
}

@_cdecl("fxaot_engine_close_by")
public func exportCloseBy(
  _ pointer: OpaquePointer?, _ ticket: UnsafePointer<fxaot_id>?, _ other: UnsafePointer<fxaot_id>?,
  _ out: UnsafeMutablePointer<fxaot_order_answer>?
) -> Int32 {
  guard let engine = engine(pointer), let ticket, let other else { return badArgument(out) }
  if !ticket.pointee.names || !other.pointee.names { return badOrder(FXAOT_FAULT_TICKET, out) }
  return put(engine.pointee.close(ticket: ticket.pointee, by: other.pointee), out)
}

@_cdecl("fxaot_engine_cash")
public func exportCash(
  _ pointer: OpaquePointer?, _ amount: Int64, _ out: UnsafeMutablePointer<fxaot_order_answer>?
) -> Int32 {
  guard let engine = engine(pointer) else { return badArgument(out) }
  return put(engine.pointee.cash(amount), out)
}

// MARK: Gateway

@_cdecl("fxaot_engine_set_gateway")
public func exportSetGateway(_ pointer: OpaquePointer?, _ link: UInt32) -> Int32 {
  guard let engine = engine(pointer) else { return status(FXAOT_BAD_ARGUMENT) }
  let incarnation = WallClock.microseconds
  return answer { () throws(EngineError) in try engine.pointee.setGateway(link, incarnation: incarnation) }
}

@_cdecl("fxaot_engine_requests")
public func exportRequests(
  _ pointer: OpaquePointer?, _ acknowledged: UInt64, _ out: UnsafeMutablePointer<fxaot_gateway_request>?,
  _ capacity: UInt64
) -> UInt64 {
  guard let engine = engine(pointer) else { return 0 }
  return UInt64(clamping: engine.pointee.requests(after: acknowledged, into: room(out, capacity)))
}

@_cdecl("fxaot_engine_report")
public func exportReport(
  _ pointer: OpaquePointer?, _ report: UnsafePointer<fxaot_report>?, _ verdict: UnsafeMutablePointer<UInt32>?
) -> Int32 {
  guard let engine = engine(pointer), let report, report.pointee.id.fits, report.pointee.execution.fits else {
    return status(FXAOT_BAD_ARGUMENT)
  }
  let answer = engine.pointee.report(report.pointee)
  verdict?.pointee = answer.verdict
  return status(answer.status)
}

@_cdecl("fxaot_engine_gateway")
public func exportGateway(_ pointer: OpaquePointer?, _ out: UnsafeMutablePointer<fxaot_gateway_stats>?) {
  guard let engine = engine(pointer) else { return }
  out?.pointee = engine.pointee.gateway
}

// MARK: Trading state

/// A number that is no state halts: whoever sets the state wants less trading, not more.
@_cdecl("fxaot_engine_set_state")
public func exportSetState(_ pointer: OpaquePointer?, _ state: UInt32) {
  engine(pointer)?.pointee.setState(min(state, FXAOT_TRADING_HALTED.rawValue))
}

@_cdecl("fxaot_engine_apply_state")
public func exportApplyState(_ pointer: OpaquePointer?) -> Int32 {
  guard let engine = engine(pointer) else { return status(FXAOT_BAD_ARGUMENT) }
  return status(engine.pointee.applyState())
}

@_cdecl("fxaot_engine_fill_rest")
public func exportFillRest(_ pointer: OpaquePointer?) -> UInt64 {
  guard let engine = engine(pointer) else { return 0 }
  return UInt64(clamping: engine.pointee.fillRest())
}

// MARK: Reading

@_cdecl("fxaot_engine_order")
public func exportOrder(
  _ pointer: OpaquePointer?, _ id: UnsafePointer<fxaot_id>?, _ out: UnsafeMutablePointer<fxaot_order>?
) -> Int32 {
  guard let engine = engine(pointer), let id, let out else { return status(FXAOT_BAD_ARGUMENT) }
  guard id.pointee.names, let order = engine.pointee.order(id.pointee) else {
    return status(FXAOT_NOT_FOUND)
  }
  out.pointee = order
  return status(FXAOT_OK)
}

@_cdecl("fxaot_engine_order_numbered")
public func exportOrderNumbered(
  _ pointer: OpaquePointer?, _ number: Int64, _ out: UnsafeMutablePointer<fxaot_order>?
) -> Int32 {
  guard let engine = engine(pointer), let out else { return status(FXAOT_BAD_ARGUMENT) }
  guard let order = engine.pointee.order(number: number) else { return status(FXAOT_NOT_FOUND) }
  out.pointee = order
  return status(FXAOT_OK)
}

@_cdecl("fxaot_engine_orders")
public func exportOrders(
  _ pointer: OpaquePointer?, _ out: UnsafeMutablePointer<fxaot_order>?, _ capacity: UInt64
) -> UInt64 {
  guard let engine = engine(pointer) else { return 0 }
  return UInt64(clamping: engine.pointee.orders(into: room(out, capacity)))
}

@_cdecl("fxaot_engine_tickets")
public func exportTickets(
  _ pointer: OpaquePointer?, _ out: UnsafeMutablePointer<fxaot_ticket>?, _ capacity: UInt64
) -> UInt64 {
  guard let engine = engine(pointer) else { return 0 }
  return UInt64(clamping: engine.pointee.tickets(into: room(out, capacity)))
}

@_cdecl("fxaot_engine_trades")
public func exportTrades(
  _ pointer: OpaquePointer?, _ first: UInt64, _ out: UnsafeMutablePointer<fxaot_trade>?,
  _ capacity: UInt64
) -> UInt64 {
  guard let engine = engine(pointer) else { return 0 }
  return UInt64(
    clamping: engine.pointee.trades(from: Int(clamping: first), into: room(out, capacity)))
}

/// A caller's array; no room without one.
func room<Element>(
  _ out: UnsafeMutablePointer<Element>?, _ capacity: UInt64
) -> UnsafeMutableBufferPointer<Element> {
  UnsafeMutableBufferPointer(start: out, count: out == nil ? 0 : Int(clamping: capacity))
}
