import CFxaot
import Testing

@testable import Scenarios

@Suite struct EventTextTests {
  private let symbols: [ScenarioSymbol]

  init() throws { symbols = try read(#"{"close": {"symbol": "USDJPY"}}"#).symbols }

  private func event(_ kind: Int, _ code: UInt32, name: String = "", end: Int = 0) -> fxaot_event {
    var event = fxaot_event()
    event.kind = UInt32(kind)
    event.code = code
    event.symbol_ref = 1
    event.name_length = UInt8(name.utf8.count)
    event.name_end = UInt8(end)
    withUnsafeMutableBytes(of: &event.bar) { $0.copyBytes(from: Array(name.utf8)) }
    return event
  }

  private func text(_ event: fxaot_event) -> String? { EventText.text(event, symbols) }

  @Test func `order events have the order's name and end`() {
    #expect(text(event(FXAOT_EVENT_ORDER, FXAOT_ORDER_ACCEPTED.rawValue, name: "a")) == "accepted a")
    #expect(text(event(FXAOT_EVENT_ORDER, FXAOT_ORDER_TRIGGERED.rawValue, name: "a", end: 1)) == "triggered a.sl")
    #expect(text(event(FXAOT_EVENT_ORDER, FXAOT_ORDER_EXPIRED.rawValue, name: "a", end: 2)) == "expired a.tp")
    var cancel = event(FXAOT_EVENT_ORDER, FXAOT_ORDER_CANCELLED.rawValue, name: "close.1")
    cancel.reason = UInt16(FXAOT_CANCEL_FOK.rawValue)
    #expect(text(cancel) == "cancelled close.1 fok")
    var nameless = event(FXAOT_EVENT_REJECT, FXAOT_REJECT_MAX_CURRENCY.rawValue)
    nameless.order_id = 12
    #expect(text(nameless) == "rejected #12 max_currency")
  }

  @Test func `the trace shows a refusal's numbers`() {
    var refusal = event(FXAOT_EVENT_REJECT, 0, name: "a")
    (refusal.profit_micro, refusal.commission_micro) = (22_001_000_000, 10_000_000_000)
    let texts: [(fxaot_reject, String)] = [
      (FXAOT_REJECT_MARGIN, "margin  (needed 22001.00, free 10000.00)"),
      (FXAOT_REJECT_MAX_CURRENCY, "max_currency  (notional 22001.00, maximum 10000.00)"),
      (FXAOT_REJECT_DAILY_LOSS, "daily_loss  (loss 22001.00, maximum 10000.00)"),
      (FXAOT_REJECT_STALE_QUOTE, "stale_quote  (age 22001.000 ms, maximum 10000.000 ms)"),
      (FXAOT_REJECT_COLLAR, "collar  (distance 2200.1000 %, maximum 1000.0000 %)"),
      (FXAOT_REJECT_BAD_STOP_LOSS, "bad_stop_loss  (distance 22001000000 steps, minimum 10000000000)"),
      (FXAOT_REJECT_MAX_ORDERS, "max_orders  (orders 22001000000, maximum 10000000000)"),
      (FXAOT_REJECT_HALTED, "halted"),
    ]
    for (code, text) in texts {
      refusal.code = code.rawValue
      #expect(EventText.trace(refusal, symbols) == "rejected a " + text)
    }
    (refusal.profit_micro, refusal.commission_micro) = (0, 0)
    refusal.code = FXAOT_REJECT_MARGIN.rawValue
    #expect(EventText.trace(refusal, symbols) == "rejected a margin")
  }

  @Test func `states without a word of their own are no texts`() {
    for state in [FXAOT_ORDER_NEW, FXAOT_ORDER_PART_FILLED, FXAOT_ORDER_FILLED, FXAOT_ORDER_MODIFIED] {
      #expect(text(event(FXAOT_EVENT_ORDER, state.rawValue, name: "a")) == nil)
    }
    #expect(text(event(FXAOT_EVENT_SIGNAL, 0)) == nil)
  }

  @Test func `fills have the instrument's digits`() {
    var fill = event(FXAOT_EVENT_FILL, 0, name: "a")
    fill.quantity = -1_000
    fill.price = 150.1
    #expect(text(fill) == "fill a 1000 @ 150.100")
  }

  @Test func `account events say what has changed`() {
    var swap = event(FXAOT_EVENT_ACCOUNT, FXAOT_ACCOUNT_SWAP.rawValue)
    swap.profit_micro = -19_505_000
    swap.quantity = 3
    #expect(text(swap) == "swap USDJPY -19.51 3")
    swap.profit_micro = -4_999
    #expect(text(swap) == "swap USDJPY 0.00 3")
    #expect(text(event(FXAOT_EVENT_ACCOUNT, FXAOT_ACCOUNT_MARGIN_CALL.rawValue)) == "margin_call")
    var stop = event(FXAOT_EVENT_ACCOUNT, FXAOT_ACCOUNT_STOP_OUT.rawValue)
    stop.quantity = 500
    #expect(text(stop) == "stop_out USDJPY 500")
    var ticket = event(FXAOT_EVENT_ACCOUNT, FXAOT_ACCOUNT_STOP_OUT.rawValue, name: "a")
    ticket.quantity = 500
    #expect(text(ticket) == "stop_out a 500")
    var state = event(FXAOT_EVENT_ACCOUNT, FXAOT_ACCOUNT_STATE.rawValue)
    state.quantity = 1
    state.reason = UInt16(FXAOT_STATE_DRAWDOWN.rawValue)
    #expect(text(state) == "state reducing drawdown")
    #expect(text(event(FXAOT_EVENT_ACCOUNT, FXAOT_ACCOUNT_CASH.rawValue)) == nil)
  }

  @Test func `every refusal and cancel has a word`() {
    for code in 1...32 as ClosedRange<UInt32> { #expect(Int(Names.word(code, Names.rejects)) == nil) }
    for code in 1...13 as ClosedRange<UInt32> { #expect(Int(Names.word(code, Names.cancels)) == nil) }
    #expect(Names.word(33, Names.rejects) == "33")
  }
}
