import CFxaot
import TestTerms
import Testing

@testable import Market
@testable import Trading

/// Orders, positions and margin of one account, worked by hand.
struct AccountTests {
  private let micro = Money.microPerUnit

  @Test func `a market order fills at the next quote and uses margin`() throws {
    let test = try TestAccount(["EURUSD"])
    test.quote(0, 1.1, 1.1001)
    #expect(test.order(0, 100_000, id: "a").status == FXAOT_OK)
    #expect(test.state("a") == FXAOT_ORDER_ACCEPTED)
    test.quote(0, 1.1002, 1.1003)
    #expect(test.state("a") == FXAOT_ORDER_FILLED)
    // 100,000 × 1.10025 / 50; 100,000 × (1.1002 − 1.1003)
    #expect(test.account.marginUsed() == 2_200_500_000)
    #expect(test.account.equity() == 9_990 * micro)
  }

  @Test func `an order beyond the margin is refused and a smaller one passes`() throws {
    let test = try TestAccount(["EURUSD"], balance: 1_000)
    test.quote(0, 1.1, 1.1)
    // 1,000 × 50 / 1.1 = 45,454.5
    #expect(test.order(0, 45_455, id: "a").answer.reject == FXAOT_REJECT_MARGIN.rawValue)
    #expect(test.order(0, 45_454, id: "b").status == FXAOT_OK)
    // The waiting order has reserved it.
    #expect(test.order(0, 10, id: "c").answer.reject == FXAOT_REJECT_MARGIN.rawValue)
    #expect(test.order(0, -10, id: "d").status == FXAOT_OK)
  }

  @Test func `the same id is answered with the first order's state`() throws {
    let test = try TestAccount(["EURUSD"])
    test.quote(0, 1.1, 1.1)
    let first = test.order(0, 1_000, id: "a")
    let again = test.order(0, -5_000, id: "a")
    #expect(again.answer.order_id == first.answer.order_id && again.answer.is_known == 1)
    #expect(test.order(0, 500_000_000, id: "b").status == FXAOT_REJECTED)
    let known = test.order(0, 1_000, id: "b")
    #expect(known.status == FXAOT_REJECTED && known.answer.is_known == 1)
    #expect(known.answer.reject == FXAOT_REJECT_QUANTITY_ABOVE_MAXIMUM.rawValue)
  }

  @Test func `a stop-loss closes its position and cancels its sibling`() throws {
    let test = try TestAccount(["EURUSD"])
    test.quote(0, 1.1, 1.1)
    _ = test.order(0, 10_000, id: "a") {
      $0.stop_loss = 1.09
      $0.take_profit = 1.12
    }
    test.quote(0, 1.1, 1.1)
    #expect(test.state("a.sl") == FXAOT_ORDER_ACCEPTED && test.state("a.tp") == FXAOT_ORDER_ACCEPTED)
    test.quote(0, 1.0885, 1.0886)
    #expect(test.state("a.sl") == FXAOT_ORDER_FILLED && test.state("a.tp") == FXAOT_ORDER_CANCELLED)
    #expect(test.account.positions.count == 0)
    // 10,000 × (1.0885 − 1.1)
    #expect(test.account.balance == 9_885 * micro)
  }

  @Test func `a stop-out closes the largest loss first until the level holds`() throws {
    let test = try TestAccount(["EURUSD", "GBPUSD"], balance: 1_000)
    test.quote(0, 1.1, 1.1)
    test.quote(1, 1.3, 1.3)
    _ = test.order(0, 20_000, id: "a")
    _ = test.order(1, 10_000, id: "b")
    test.quote(0, 1.1, 1.1)
    test.quote(1, 1.3, 1.3)
    // Margin 440 + 260. At 1.055 the first has lost 900: equity 100, margin 682.
    test.quote(0, 1.055, 1.055)
    #expect(test.state("stop_out.1") == FXAOT_ORDER_ACCEPTED)
    // Without it the level is 100 / 260, above a fifth.
    #expect(test.state("stop_out.2") == nil)
    test.quote(0, 1.055, 1.055)
    #expect(test.account.positions.count == 1)
    #expect(test.account.balance == 100 * micro)
  }

  @Test func `swap is booked at 17 in New York and three times on Wednesday`() throws {
    let test = try TestAccount(["EURUSD"])
    test.change(0) {
      var terms = fxaot_terms()
      terms.swap_long = -6_500_000
      $0.terms = TradingTerms(terms) ?? .usual
    }
    // Thursday 2023-12-28 12:00 UTC.
    test.quote(0, 1.1, 1.1, at: start + 12 * hour)
    _ = test.order(0, 200_000, id: "a")
    test.quote(0, 1.1, 1.1, at: start + 13 * hour)
    test.quote(0, 1.1, 1.1, at: start + 21 * hour)
    #expect(test.account.balance == 10_000 * micro)
    // 22:00 UTC is 17:00 in winter: two lots × −6.5 points × 0.00001 × 100,000.
    test.quote(0, 1.1, 1.1, at: start + 22 * hour)
    #expect(test.account.balance == 9_987 * micro)
    // Friday, Monday, Tuesday one night each, Wednesday three.
    test.quote(0, 1.1, 1.1, at: start + 6 * 24 * hour + 22 * hour)
    #expect(test.account.balance == (9_987 - 6 * 13) * micro)
  }

  @Test func `quiet quotes would have changed nothing`() throws {
    let test = try TestAccount(["EURUSD"])
    test.quote(0, 1.1, 1.1001)
    _ = test.order(0, 100_000, id: "a")
    _ = test.order(0, 10_000, id: "b") {
      $0.type = UInt32(FXAOT_TYPE_LIMIT)
      $0.price = 1.095
    }
    test.quote(0, 1.1, 1.1001)
    test.change(0) {
      let grid = $0.instrument.grid
      #expect($0.quiet.contains(grid.quote(1.1003, 1.1004) ?? QuoteSteps()))
      #expect(!$0.quiet.contains(grid.quote(1.0949, 1.095) ?? QuoteSteps()))
    }
  }

  @Test func `prices beyond all reason do not overflow`() throws {
    let test = try TestAccount(["EURUSD"])
    test.quote(0, 1.1, 1.1)
    _ = test.order(0, -100_000, id: "a") {
      $0.stop_loss = 2
    }
    test.quote(0, 1.1, 1.1)
    test.quote(0, 2.2e10, 2.2e10)
    test.quote(0, 2.2e10, 2.2e10)
    #expect(test.account.positions.count == 0)
    #expect(test.account.balance < -1_000_000_000 * micro)
  }

  @Test func `a long chain of orders ends link by link`() throws {
    let test = try TestAccount(["EURUSD"])
    test.quote(0, 1.1, 1.1)
    _ = test.order(0, 1_000, id: "o0") {
      $0.type = UInt32(FXAOT_TYPE_LIMIT)
      $0.price = 1
    }
    for link in 1...1_000 {
      let answer = test.order(0, 1_000, id: "o\(link)") { $0.after = TestAccount.id("o\(link - 1)") }
      #expect(answer.status == FXAOT_OK)
    }
    let last = test.order(0, 1_000, id: "last") { $0.after = TestAccount.id("o1000") }
    #expect(last.answer.reject == FXAOT_REJECT_MAX_ORDERS.rawValue)
    _ = test.account.cancel(TestAccount.id("o0"))
    #expect(test.state("o1000") == FXAOT_ORDER_CANCELLED)
    #expect(test.account.venue.waitingCount == 0)
  }

  @Test func `an order that grows passes the gate again`() throws {
    let test = try TestAccount(["EURUSD"])
    test.quote(0, 1.1, 1.1)
    _ = test.order(0, 1_000, id: "a")
    var change = fxaot_order_change()
    (change.price, change.limit, change.stop_loss, change.take_profit) = (.nan, .nan, .nan, .nan)
    change.quantity = 10_000_000
    #expect(test.account.modify(TestAccount.id("a"), change).answer.reject == FXAOT_REJECT_MARGIN.rawValue)
    change.quantity = 2_000
    #expect(test.account.modify(TestAccount.id("a"), change).status == FXAOT_OK)
    test.quote(0, 1.1, 1.1)
    #expect(test.account.positions.base[0].quantity == 2_000)
    // What waits has been given back.
    #expect(test.order(0, 400_000, id: "b").status == FXAOT_OK)
  }

  @Test func `what has been forgotten is no ticket`() throws {
    var records = OrderRecords(limit: 16)
    for number in 0..<16 {
      var order = fxaot_order()
      order.order_id = Int64(number)
      order.state = number == 3 ? FXAOT_ORDER_ACCEPTED.rawValue : FXAOT_ORDER_FILLED.rawValue
      _ = records.add(TestAccount.id("n\(number)"), end: 0, order)
    }
    let isFull = records.isFull
    #expect(isFull)
    records.hold(0)
    let kept = records.forget()
    let places = (0..<kept.count).map { kept.base[$0] }
    // Of fourteen that may go the older seven: 1, 2, 4 … 8.
    #expect(places == [0, -1, -1, 1, -1, -1, -1, -1, -1, 2, 3, 4, 5, 6, 7, 8])
    let n0 = records.place(of: TestAccount.id("n0"))
    #expect(n0 == 0)
    let n8 = records.place(of: TestAccount.id("n8"))
    #expect(n8 == -1)
    let n15 = records.place(of: TestAccount.id("n15"))
    #expect(n15 == 8)
  }

  @Test func `a reduced account never turns around`() throws {
    let test = try TestAccount(["EURUSD"], balance: 100_000)
    test.quote(0, 1.1, 1.1)
    _ = test.order(0, 100_000, id: "a")
    test.quote(0, 1.1, 1.1)
    test.account.gate.set(FXAOT_TRADING_REDUCING.rawValue)
    test.account.applyState()
    for id in ["b", "c"] {
      let answer = test.order(0, -100_000, id: id) {
        $0.type = UInt32(FXAOT_TYPE_LIMIT)
        $0.price = 1.2
      }
      #expect(answer.status == FXAOT_OK)
    }
    test.quote(0, 1.2, 1.2)
    #expect(test.account.positions.count == 0)
    #expect(test.state("c") == FXAOT_ORDER_CANCELLED)
  }
}
