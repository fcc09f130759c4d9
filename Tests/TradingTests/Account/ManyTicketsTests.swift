import CFxaot
import TestTerms
import Testing

@testable import Market
@testable import Trading

/// Hedging accounts: many tickets, their liquidation and their names.
struct ManyTicketsTests {
  private func hedging(
    _ balance: Int64, _ liquidation: Int, marginMode: Int = FXAOT_MARGIN_SUM
  ) throws -> TestAccount {
    let test = try TestAccount(["EURUSD", "GBPUSD"], balance: balance)
    var terms = AccountSettings.standardTerms
    terms.mode = UInt32(FXAOT_HEDGING)
    terms.liquidation = UInt32(liquidation)
    terms.margin_mode = UInt32(marginMode)
    #expect(test.account.set(terms) == FXAOT_OK)
    test.quote(0, 1.1, 1.1)
    test.quote(1, 1.3, 1.3)
    return test
  }

  private func liquidated(_ test: TestAccount) -> [Int64] {
    test.account.venue.waiting.elements.filter { $0.role == .liquidation }.map(\.ticket)
  }

  /// Each ticket needs 1,000 × 1.1 / 50 = 22. At 1.0773 each has lost 22.7: of 124,000 are left 10,500, with 21.546
  /// of margin each, so 2,436 tickets may stay: 2,436 × 21.546 × 0.2 = 10,497.2, and one more 10,501.5.
  @Test(.timeLimit(.minutes(1))) func `5,000 tickets are liquidated in one pass`() throws {
    let test = try hedging(124_000, FXAOT_LIQUIDATE_OLDEST)
    for _ in 0..<5_000 { #expect(test.order(0, 1_000).status == FXAOT_OK) }
    test.quote(0, 1.1, 1.1)
    #expect(test.account.positions.count == 5_000)
    let oldest = test.account.positions.elements.prefix(2_564).map(\.order)
    test.quote(0, 1.0773, 1.0773)
    #expect(liquidated(test) == oldest)
    test.quote(0, 1.0773, 1.0773)
    #expect(test.account.positions.count == 2_436)
    #expect(liquidated(test) == [])
  }

  /// Three longs that have lost 100, 300 and 201, and a short that has lost 200. No level is above 100.
  @Test func `the order of liquidation is that of the policy`() throws {
    for (policy, wanted) in [
      (FXAOT_LIQUIDATE_LARGEST_LOSS, ["b", "c", "d", "a"]), (FXAOT_LIQUIDATE_LARGEST_MARGIN, ["d", "c", "a", "b"]),
      (FXAOT_LIQUIDATE_OLDEST, ["a", "b", "c", "d"]), (FXAOT_LIQUIDATE_ALL, ["a", "b", "c", "d"]),
    ] {
      let test = try hedging(2_000, policy, marginMode: FXAOT_MARGIN_MAX)
      for (name, units, entry) in [
        ("a", 10_000, 1.11), ("b", 10_000, 1.13), ("c", 15_000, 1.1134), ("d", -20_000, 1.09),
      ] {
        test.quote(0, entry, entry)
        _ = test.order(0, Int64(units), id: name)
        test.quote(0, entry, entry)
      }
      let numbers = wanted.map { test.account.order(TestAccount.id($0))?.order_id ?? 0 }
      test.account.settings.stopOut = Fraction(billionths: 100 * Fraction.billion)
      test.quote(0, 1.1, 1.1)
      #expect(liquidated(test) == numbers)
    }
  }

  @Test func `attached orders of the longest ids have names`() throws {
    for length in [61, 62, 63, 64] {
      let test = try hedging(10_000, FXAOT_LIQUIDATE_OLDEST)
      let name = String(repeating: "x", count: length)
      _ = test.order(0, 1_000, id: name) { $0.stop_loss = 1.05 }
      test.quote(0, 1.1, 1.1)
      var leg = TestAccount.id(name)
      leg.end = UInt32(FXAOT_NAME_STOP_LOSS)
      #expect(test.account.order(leg)?.name_end == UInt8(FXAOT_NAME_STOP_LOSS))
      #expect(test.account.order(leg)?.price == 1.05)
      #expect(test.account.cancel(leg).status == FXAOT_OK)
      leg.end = UInt32(FXAOT_NAME_TAKE_PROFIT)
      #expect(test.account.order(leg) == nil)
      // A client gives no such names.
      #expect(test.order(0, 1_000) { $0.id = leg }.answer.fault == FXAOT_FAULT_ID.rawValue)
      #expect(test.order(0, 1_000) { $0.after = leg }.answer.fault == FXAOT_FAULT_AFTER.rawValue)
    }
  }

  @Test func `a live order is found by its number`() throws {
    let test = try hedging(10_000, FXAOT_LIQUIDATE_OLDEST)
    let number = test.order(0, 1_000) {
      $0.type = UInt32(FXAOT_TYPE_STOP_LIMIT)
      $0.price = 1.12
      $0.limit = 1.13
      $0.time_in_force = UInt32(FXAOT_DAY)
    }.answer.order_id
    _ = test.order(0, 2_000, id: "b")
    let found = test.account.order(number: number)
    let order = try #require(found)
    #expect(order.price == 1.12 && order.limit == 1.13 && order.quantity == 1_000)
    #expect(order.time_in_force == UInt32(FXAOT_DAY) && order.state == FXAOT_ORDER_ACCEPTED.rawValue)
    #expect(test.account.order(number: number + 7) == nil)
    test.account.cancelAll(FXAOT_CANCEL_USER) { _ in true }
    #expect(test.account.order(number: number) == nil)
  }

  @Test func `passing time is work for each position and night`() throws {
    let test = try hedging(10_000, FXAOT_LIQUIDATE_OLDEST)
    for _ in 0..<3 { _ = test.order(0, 1_000) }
    test.quote(0, 1.1, 1.1)
    _ = test.order(0, 1_000) {
      $0.type = UInt32(FXAOT_TYPE_LIMIT)
      $0.price = 1
    }
    #expect(test.account.workOfPassing(to: start + hour) == 0)
    // Ten days and the first night.
    #expect(test.account.workOfPassing(to: start + 10 * 24 * hour) == 11 * 4)
  }
}
