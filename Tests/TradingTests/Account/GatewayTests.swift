import CFxaot
import TestTerms
import Testing

@testable import Market
@testable import Trading

/// The gateway venue, with a broker played by hand. Each test lists all that the account says.
struct GatewayTests {
  private let micro = Money.microPerUnit

  @Test func `an order is sent, accepted and filled by reports alone`() throws {
    let broker = try TestBroker()
    #expect(broker.test.order(0, 10_000, id: "a").answer.state == FXAOT_ORDER_PENDING_NEW.rawValue)
    #expect(broker.requests() == ["1 send a buy 10000"])
    #expect(broker.said() == ["new a"])
    broker.test.quote(0, 1.1002, 1.1003)
    #expect(broker.said() == [])
    #expect(broker.report("a", FXAOT_REPORT_ACCEPTED) == .taken)
    #expect(broker.fill("a", 4_000, 1.1004, "e1") == .taken)
    #expect(broker.test.state("a") == FXAOT_ORDER_PART_FILLED)
    #expect(broker.fill("a", 6_000, 1.1005, "e2") == .taken)
    #expect(broker.test.state("a") == FXAOT_ORDER_FILLED)
    #expect(broker.said() == ["accepted a", "fill a 4000 @ 1.1004", "fill a 6000 @ 1.1005"])
    #expect(broker.test.account.positions.elements.map(\.quantity) == [10_000])
    #expect(broker.requests() == [])
    // 10,000 bought for 11,004.60, valued at 1.1002.
    #expect(broker.test.account.equity() == 9_997_400_000)
  }

  @Test func `a market order reserves margin from the moment it is sent until it ends`() throws {
    let broker = try TestBroker(balance: 1_000)
    #expect(broker.test.order(0, 45_000, id: "a").status == FXAOT_OK)
    #expect(broker.test.order(0, 1_000, id: "b").answer.reject == FXAOT_REJECT_MARGIN.rawValue)
    #expect(broker.report("a", FXAOT_REPORT_REJECTED) == .taken)
    #expect(broker.test.order(0, 1_000, id: "c").status == FXAOT_OK)
    #expect(broker.said() == ["new a", "rejected b 29", "cancelled a 11", "new c"])
  }

  @Test func `a doubled, late, early or unknown report is counted and books nothing twice`() throws {
    let broker = try TestBroker()
    _ = broker.test.order(0, 10_000, id: "a")
    #expect(broker.fill("a", 4_000, 1.1, "e1") == .taken)
    #expect(broker.fill("a", 4_000, 1.1, "e1") == .duplicate)
    // The fill came before it.
    #expect(broker.report("a", FXAOT_REPORT_ACCEPTED) == .outOfOrder)
    #expect(broker.report("a", FXAOT_REPORT_ACCEPTED) == .duplicate)
    #expect(broker.report("a", FXAOT_REPORT_REPLACED) == .outOfOrder)
    #expect(broker.report("a", FXAOT_REPORT_CANCEL_REJECTED) == .outOfOrder)
    #expect(broker.report("a", FXAOT_REPORT_REPLACE_REJECTED) == .outOfOrder)
    #expect(broker.fill("a", 6_000, 1.1, "e2") == .taken)
    #expect(broker.fill("a", 6_000, 1.1, "e2") == .duplicate)
    #expect(broker.report("a", FXAOT_REPORT_CANCELLED) == .late)
    #expect(broker.report("a", FXAOT_REPORT_ACCEPTED) == .late)
    #expect(broker.report("b", FXAOT_REPORT_ACCEPTED) == .unknown)
    #expect(broker.test.account.alarms == 0)
    #expect(broker.fill("b", 1_000, 1.1, "e3") == .unknown)
    #expect(broker.test.account.alarms == 1)
    #expect(broker.said() == ["new a", "fill a 4000 @ 1.1", "fill a 6000 @ 1.1", "alarm 8 3 1000"])
    let counts = broker.test.account.gateway.counts
    #expect([counts.reports, counts.fills, counts.duplicates, counts.late] == [13, 2, 3, 2])
    #expect([counts.out_of_order, counts.unknown, counts.overfills] == [4, 2, 0])
  }

  @Test func `an overfill and a fill after the end are booked and alarmed`() throws {
    let broker = try TestBroker()
    _ = broker.test.order(0, 10_000, id: "a")
    #expect(broker.fill("a", 12_000, 1.1, "e1") == .taken)
    #expect(broker.test.account.positions.elements.map(\.quantity) == [12_000])
    #expect(broker.fill("a", 1_000, 1.1, "e2") == .late)
    #expect(broker.fill("a", 1_000, 1.1, "e2") == .duplicate)
    #expect(broker.test.account.positions.elements.map(\.quantity) == [13_000])
    #expect(
      broker.said() == [
        "new a", "fill a 12000 @ 1.1", "alarm 8 1 2000", "fill a 1000 @ 1.1", "alarm 8 2 1000",
      ])
    let order = try #require(broker.order("a"))
    #expect([order.filled, order.quantity, Int64(order.state)] == [13_000, 13_000, 4])
    #expect(broker.test.account.gateway.counts.overfills == 1)
    // Nothing is reserved any more: 13,000 × 1.1 / 50.
    #expect(broker.test.account.marginUsed() == 286 * micro)
    #expect(broker.test.order(0, 436_000, id: "c").answer.reject == 0)
  }

  @Test func `a cancel is a request and the order lives until the broker has confirmed it`() throws {
    let broker = try TestBroker()
    _ = broker.limit("a", 10_000, 1.09)
    _ = broker.report("a", FXAOT_REPORT_ACCEPTED)
    #expect(broker.cancel("a").answer.state == FXAOT_ORDER_ACCEPTED.rawValue)
    // Asked for once.
    #expect(broker.cancel("a").status == FXAOT_OK)
    #expect(broker.requests() == ["1 send a buy 10000 1.09", "2 cancel a buy 10000 1.09"])
    #expect(broker.report("a", FXAOT_REPORT_CANCEL_REJECTED) == .taken)
    #expect(broker.test.state("a") == FXAOT_ORDER_ACCEPTED)
    _ = broker.cancel("a")
    // A fill that was faster.
    #expect(broker.fill("a", 4_000, 1.09, "e1") == .taken)
    #expect(broker.report("a", FXAOT_REPORT_CANCELLED) == .taken)
    #expect(broker.test.state("a") == FXAOT_ORDER_CANCELLED)
    #expect(
      broker.said() == [
        "new a", "accepted a", "cancelling a 1", "cancel_rejected a", "cancelling a 1", "fill a 4000 @ 1.09",
        "cancelled a 1",
      ])
  }

  @Test func `changes go one after another, and the newest wins`() throws {
    let broker = try TestBroker()
    _ = broker.limit("a", 10_000, 1.09)
    _ = broker.report("a", FXAOT_REPORT_ACCEPTED)
    _ = broker.requests()
    for price in [1.091, 1.092, 1.093] { _ = broker.modify("a") { $0.price = price } }
    #expect(broker.requests() == ["2 replace a buy 10000 1.091"])
    #expect(broker.report("a", FXAOT_REPORT_REPLACED) == .taken)
    #expect(broker.requests() == ["3 replace a buy 10000 1.093"])
    #expect(broker.report("a", FXAOT_REPORT_REPLACE_REJECTED) == .taken)
    #expect(broker.order("a")?.price == 1.091)
    #expect(
      broker.said() == [
        "new a", "accepted a", "replacing a", "modified a", "replacing a", "replace_rejected a",
      ])
    // Smaller than what has been filled meanwhile: nothing is left.
    _ = broker.modify("a") { $0.quantity = 4_000 }
    #expect(broker.fill("a", 5_000, 1.09, "e1") == .taken)
    #expect(broker.report("a", FXAOT_REPORT_REPLACED) == .taken)
    #expect(broker.test.state("a") == FXAOT_ORDER_FILLED)
    #expect(broker.test.account.venue.waitingCount == 0)
  }

  @Test func `a pair is sent with the fill, grows and shrinks by requests, and cancels its sibling`() throws {
    let broker = try TestBroker()
    _ = broker.test.order(0, 10_000, id: "a") {
      $0.stop_loss = 1.09
      $0.take_profit = 1.12
    }
    #expect(broker.requests() == ["1 send a buy 10000"])
    _ = broker.fill("a", 4_000, 1.1, "e1")
    #expect(broker.requests() == ["2 send a.sl sell 4000 1.09", "3 send a.tp sell 4000 1.12"])
    _ = broker.fill("a", 6_000, 1.1, "e2")
    #expect(broker.requests() == ["4 replace a.sl sell 10000 1.09", "5 replace a.tp sell 10000 1.12"])
    _ = broker.report("a.sl", FXAOT_REPORT_REPLACED)
    _ = broker.report("a.tp", FXAOT_REPORT_REPLACED)
    // Two reductions while the first change is on its way: the second counts from what was asked for.
    _ = broker.test.order(0, -3_000, id: "b")
    _ = broker.test.order(0, -2_000, id: "c")
    _ = broker.requests()
    _ = broker.fill("b", 3_000, 1.1, "e3")
    _ = broker.fill("c", 2_000, 1.1, "e4")
    #expect(broker.requests() == ["8 replace a.sl sell 7000 1.09", "9 replace a.tp sell 7000 1.12"])
    _ = broker.report("a.sl", FXAOT_REPORT_REPLACED)
    _ = broker.report("a.tp", FXAOT_REPORT_REPLACED)
    #expect(broker.requests() == ["10 replace a.sl sell 5000 1.09", "11 replace a.tp sell 5000 1.12"])
    _ = broker.report("a.sl", FXAOT_REPORT_REPLACED)
    _ = broker.report("a.tp", FXAOT_REPORT_REPLACED)
    _ = broker.said()
    #expect(broker.fill("a.sl", 5_000, 1.0899, "e5") == .taken)
    #expect(broker.requests() == ["12 cancel a.tp sell 5000 1.12"])
    #expect(broker.report("a.tp", FXAOT_REPORT_CANCELLED) == .taken)
    #expect(broker.said() == ["fill a.sl 5000 @ 1.0899", "cancelling a.tp 2", "cancelled a.tp 2"])
    let (positions, live) = (broker.test.account.positions.count, broker.test.account.venue.waitingCount)
    #expect([positions, live] == [0, 0])
  }

  @Test func `siblings of a group are cancelled by requests and a child is sent when its parent is filled`() throws {
    let broker = try TestBroker()
    _ = broker.limit("a", 1_000, 1.09) { $0.oco = TestAccount.id("g") }
    _ = broker.limit("b", 1_000, 1.08) { $0.oco = TestAccount.id("g") }
    _ = broker.limit("c", -1_000, 1.2) { $0.after = TestAccount.id("a") }
    #expect(broker.requests() == ["1 send a buy 1000 1.09", "2 send b buy 1000 1.08"])
    _ = broker.fill("a", 1_000, 1.09, "e1")
    #expect(broker.requests() == ["3 cancel b buy 1000 1.08", "4 send c sell 1000 1.2"])
    // Both may fill where the broker was faster than the cancel.
    _ = broker.fill("b", 1_000, 1.08, "e1")
    #expect(broker.report("b", FXAOT_REPORT_CANCEL_REJECTED) == .late)
    #expect(broker.test.account.positions.elements.map(\.quantity) == [2_000])
    #expect(
      broker.said() == [
        "new a", "new b", "fill a 1000 @ 1.09", "cancelling b 2", "new c", "fill b 1000 @ 1.08",
      ])
  }

  @Test func `a stop-out and a halt leave as requests`() throws {
    let broker = try TestBroker(balance: 1_000)
    _ = broker.test.order(0, 40_000, id: "a")
    _ = broker.fill("a", 40_000, 1.1, "e1")
    _ = broker.limit("b", 1_000, 1.05)
    _ = broker.requests()
    _ = broker.said()
    broker.test.account.gate.set(FXAOT_TRADING_HALTED.rawValue)
    broker.test.account.applyState()
    #expect(broker.requests() == ["3 cancel b buy 1000 1.05"])
    // Lost 920 of 1,000; margin 863.
    broker.test.quote(0, 1.077, 1.077)
    #expect(broker.requests() == ["4 send stop_out.1 sell 40000"])
    broker.test.quote(0, 1.07, 1.07)
    #expect(broker.requests() == [])
    _ = broker.fill("stop_out.1", 40_000, 1.0775, "e2")
    #expect(
      broker.said() == [
        "account 5", "cancelling b 5", "account 3", "alarm 6 0 0", "account 4", "new stop_out.1",
        "fill stop_out.1 40000 @ 1.0775",
      ])
    #expect(broker.test.account.balance == 100 * micro)
  }

  @Test func `without a connection new orders are refused, and what closes waits`() throws {
    let broker = try TestBroker()
    _ = broker.test.order(0, 10_000, id: "a")
    _ = broker.fill("a", 10_000, 1.1, "e1")
    #expect(broker.set(FXAOT_GATEWAY_DOWN) == FXAOT_OK)
    #expect(broker.test.order(0, 1_000, id: "b").answer.reject == FXAOT_REJECT_GATEWAY_DOWN.rawValue)
    #expect(broker.close().status == FXAOT_OK)
    #expect(broker.requests() == ["1 send a buy 10000", "2 send close.1 sell 10000"])
    #expect(broker.set(FXAOT_GATEWAY_NONE) == FXAOT_BUSY)
    #expect(broker.set(3) == FXAOT_BAD_CONFIG)
  }

  @Test func `requests stay until they are acknowledged`() throws {
    let broker = try TestBroker()
    _ = broker.limit("a", 1_000, 1.09)
    _ = broker.limit("b", 1_000, 1.09)
    #expect(broker.requests(after: 0) == ["1 send a buy 1000 1.09", "2 send b buy 1000 1.09"])
    #expect(broker.requests(after: 1) == ["2 send b buy 1000 1.09"])
    #expect(broker.requests(after: 0) == ["2 send b buy 1000 1.09"])
    #expect(broker.requests(after: .max) == [])
    #expect(broker.test.account.gateway.counts.acknowledged == 2)
  }

  @Test func `an order without an id gets a name, and nobody else may give it`() throws {
    let broker = try TestBroker()
    let number = broker.test.order(0, 1_000).answer.order_id
    #expect(number == 1 && broker.requests() == ["1 send order.1 buy 1000"])
    #expect(broker.fill("order.1", 1_000, 1.1, "e1") == .taken)
    #expect(broker.test.state("order.1") == FXAOT_ORDER_FILLED)
    #expect(broker.test.order(0, 1_000, id: "order.2").answer.fault == FXAOT_FAULT_ID.rawValue)
  }

  @Test func `the engine's own names have the gateway's incarnation, so that no broker sees one twice`() throws {
    let broker = try TestBroker(balance: 1_000, incarnation: .max)
    let number = "18446744073709551615"
    _ = broker.test.order(0, 40_000)
    _ = broker.fill("order.\(number).1", 40_000, 1.1, "e1")
    // Lost 920 of 1,000; margin 863.
    broker.test.quote(0, 1.077, 1.077)
    _ = broker.report("stop_out.\(number).1", FXAOT_REPORT_REJECTED)
    _ = broker.close()
    #expect(
      broker.requests() == [
        "1 send order.\(number).1 buy 40000", "2 send stop_out.\(number).1 sell 40000",
        "3 send close.\(number).1 sell 40000",
      ])
    // Only switching on gives another.
    #expect(broker.set(FXAOT_GATEWAY_DOWN) == FXAOT_OK)
    #expect(broker.test.account.gateway.incarnation == .max)
  }

  @Test func `a stop-out that the broker refuses is tried again a second later, not at each quote`() throws {
    let broker = try TestBroker(balance: 1_000)
    _ = broker.test.order(0, 40_000, id: "a")
    _ = broker.fill("a", 40_000, 1.1, "e1")
    _ = broker.limit("b", 1_000, 1.05)
    _ = broker.requests()
    let time = broker.test.account.now
    // Lost 920 of 1,000; margin 863.
    broker.test.quote(0, 1.077, 1.077, at: time + 1)
    #expect(broker.requests() == ["3 cancel b buy 1000 1.05", "4 send stop_out.1 sell 40000"])
    #expect(broker.report("stop_out.1", FXAOT_REPORT_REJECTED) == .taken)
    #expect(broker.report("b", FXAOT_REPORT_CANCEL_REJECTED) == .taken)
    broker.test.quote(0, 1.077, 1.077, at: time + 1_000_000_000)
    #expect(broker.requests() == [])
    broker.test.quote(0, 1.077, 1.077, at: time + 1_000_000_001)
    #expect(broker.requests() == ["5 cancel b buy 1000 1.05", "6 send stop_out.2 sell 40000"])
  }

  @Test func `a gateway is switched on as soon as the last paper order has ended`() throws {
    let test = try TestAccount(["EURUSD"])
    test.quote(0, 1.1, 1.1)
    _ = test.order(0, 1_000, id: "a") {
      $0.type = UInt32(FXAOT_TYPE_LIMIT)
      $0.price = 1.05
    }
    #expect(test.account.setGateway(UInt32(FXAOT_GATEWAY_UP)) == FXAOT_BUSY)
    _ = test.account.cancel(TestAccount.id("a"))
    #expect(test.account.setGateway(UInt32(FXAOT_GATEWAY_UP)) == FXAOT_OK)
  }

  @Test func `a report that cannot be read changes nothing`() throws {
    let broker = try TestBroker()
    _ = broker.test.order(0, 10_000, id: "a")
    let bad: [(inout fxaot_report) -> Void] = [
      { $0.kind = 0 }, { $0.kind = 10 }, { $0.id.length = 65 }, { $0.execution.length = 0 },
      { $0.execution.length = 65 }, { $0.quantity = 0 }, { $0.quantity = -1 }, { $0.quantity = .max },
      { $0.price = .nan }, { $0.price = -1 }, { $0.price = .infinity }, { $0.has_commission = 2 },
      { $0.commission_micro = .min },
    ]
    for (index, change) in bad.enumerated() {
      var report = broker.fillReport("a", 10_000, 1.1, "e1")
      change(&report)
      #expect(broker.take(report).status == FXAOT_BAD_ARGUMENT, "\(index)")
    }
    // 2 × 10¹² in all.
    #expect(broker.fill("a", 1_000_000_000_000, 1.1, "x1") == .taken)
    #expect(broker.fill("a", 1_000_000_000_000, 1.1, "x2") == .late)
    #expect(broker.take(broker.fillReport("a", 1, 1.1, "x3")).status == FXAOT_LIMIT)
    #expect(broker.test.account.gateway.counts.fills == 2)
    let paper = try TestAccount(["EURUSD"])
    let status = paper.account.report(broker.fillReport("a", 1, 1.1, "x4")).status
    #expect(status == FXAOT_BAD_CONFIG)
  }

  @Test func `ended orders are forgotten with their executions, the older half at a time`() {
    var venue = GatewayVenue(endedLimit: 4)
    var isKept: [Bool] = []
    for id in 1...6 as ClosedRange<Int64> {
      let order = AccountOrder(id: id, strategySlot: -1, instrumentSlot: 0, quantity: 1, fillsFrom: 0)
      isKept.append(venue.add(order))
      guard let place = venue.place(of: id) else { continue }
      isKept.append(venue.keep(TestAccount.id("e"), place))
      if id > 1 { venue.end(place, order) }
    }
    #expect(isKept == [Bool](repeating: true, count: 12))
    // The first lives; of 2 to 5 the older half went when the sixth came.
    var known: [Int64] = []
    for id in 1...6 as ClosedRange<Int64> where venue.place(of: id) != nil { known.append(id) }
    #expect(known == [1, 4, 5, 6])
    let first = venue.place(of: 1).map { venue.has(TestAccount.id("e"), $0) }
    let other = venue.place(of: 6).map { venue.has(TestAccount.id("f"), $0) }
    #expect([first, other] == [true, false])
  }

  @Test func `the broker's commission is booked in place of the instrument's`() throws {
    let broker = try TestBroker()
    _ = broker.test.order(0, 10_000, id: "a")
    var report = broker.fillReport("a", 10_000, 1.1, "e1")
    report.has_commission = 1
    report.commission_micro = 2 * micro
    #expect(broker.take(report).verdict == .taken)
    #expect(broker.test.account.balance == 9_998 * micro)
  }
}

/// An account with EURUSD at 1.1 and a gateway that is up.
private final class TestBroker {
  let test: TestAccount
  private var acknowledged: UInt64 = 0

  init(balance: Int64 = 10_000, incarnation: UInt64 = 0) throws {
    test = try TestAccount(["EURUSD"], balance: balance)
    #expect(test.account.setGateway(UInt32(FXAOT_GATEWAY_UP), incarnation: incarnation) == FXAOT_OK)
    test.quote(0, 1.1, 1.1)
  }

  func set(_ link: Int) -> fxaot_status { test.account.setGateway(UInt32(link)) }

  func cancel(_ id: String) -> Account.Answer { test.account.cancel(TestAccount.id(id)) }

  func close() -> Account.Answer { test.account.close(slot: 0, quantity: 0) }

  func order(_ id: String) -> fxaot_order? { test.account.order(TestAccount.id(id)) }

  func take(_ report: fxaot_report) -> Account.Reported { test.account.report(report) }

  func limit(
    _ id: String, _ quantity: Int64, _ price: Double, _ change: (inout fxaot_order_request) -> Void = { _ in }
  ) -> Account.Answer {
    test.order(0, quantity, id: id) {
      $0.type = UInt32(FXAOT_TYPE_LIMIT)
      $0.price = price
      change(&$0)
    }
  }

  func modify(_ id: String, _ change: (inout fxaot_order_change) -> Void) -> Account.Answer {
    var wanted = fxaot_order_change()
    (wanted.price, wanted.limit, wanted.stop_loss, wanted.take_profit) = (.nan, .nan, .nan, .nan)
    change(&wanted)
    return test.account.modify(TestAccount.id(id), wanted)
  }

  func report(_ id: String, _ kind: fxaot_report_kind) -> GatewayVenue.Verdict {
    var report = fxaot_report()
    report.id = TestAccount.id(id)
    report.kind = kind.rawValue
    let answer = test.account.report(report)
    #expect(answer.status == FXAOT_OK)
    if answer.slot >= 0 { test.account.finish(answer.slot) }
    return answer.verdict
  }

  func fillReport(_ id: String, _ quantity: Int64, _ price: Double, _ execution: String) -> fxaot_report {
    var report = fxaot_report()
    report.id = TestAccount.id(id)
    report.kind = FXAOT_REPORT_FILL.rawValue
    report.quantity = quantity
    report.price = price
    report.execution = TestAccount.id(execution)
    return report
  }

  func fill(_ id: String, _ quantity: Int64, _ price: Double, _ execution: String) -> GatewayVenue.Verdict {
    let answer = test.account.report(fillReport(id, quantity, price, execution))
    #expect(answer.status == FXAOT_OK)
    if answer.slot >= 0 { test.account.finish(answer.slot) }
    return answer.verdict
  }

  /// The requests since the last call.
  func requests() -> [String] {
    defer { acknowledged = test.account.gateway.counts.requests }
    return requests(after: acknowledged)
  }

  func requests(after acknowledged: UInt64) -> [String] {
    var all = [fxaot_gateway_request](repeating: fxaot_gateway_request(), count: 16)
    let count = all.withUnsafeMutableBufferPointer { test.account.requests(after: acknowledged, into: $0) }
    return all.prefix(count).map { request in
      let kind = ["", "send", "cancel", "replace"][Int(request.kind)]
      let order = request.order
      let name = name(order.name, order.name_length, order.name_end)
      let side = order.side == UInt32(FXAOT_BUY) ? "buy" : "sell"
      return "\(request.sequence) \(kind) \(name) \(side) \(order.quantity)"
        + (order.price.isNaN ? "" : " \(order.price)")
    }
  }

  /// What the account has said since the last call.
  func said() -> [String] {
    defer { test.account.log.removeAll() }
    return test.account.log.events.elements.map { event in
      var text = fxaot_order_name()
      withUnsafeMutableBytes(of: &text) { out in
        withUnsafeBytes(of: event.bar) { out.copyBytes(from: $0.prefix(out.count)) }
      }
      let name = name(text, event.name_length, event.name_end)
      switch Int(event.kind) {
      case FXAOT_EVENT_FILL: return "fill \(name) \(event.quantity) @ \(event.price)"
      case FXAOT_EVENT_REJECT: return "rejected \(name) \(event.code)"
      case FXAOT_EVENT_ALARM: return "alarm \(event.code) \(event.reason) \(event.quantity)"
      case FXAOT_EVENT_ORDER:
        let state = Self.states[Int(event.code)]
        return event.reason == 0 ? "\(state) \(name)" : "\(state) \(name) \(event.reason)"
      default: return "account \(event.code)"
      }
    }
  }

  private static let states = [
    "dormant", "accepted", "triggered", "part_filled", "filled", "cancelled", "rejected", "expired", "modified", "new",
    "cancelling", "replacing", "cancel_rejected", "replace_rejected",
  ]

  private func name(_ name: fxaot_order_name, _ length: UInt8, _ end: UInt8) -> String {
    withUnsafeBytes(of: name.text) { String(decoding: $0.prefix(Int(length)), as: UTF8.self) }
      + ["", ".sl", ".tp"][Int(end)]
  }
}
