import CFxaot
import TestTerms
import Testing

@testable import Market
@testable import Trading

/// A refusal says what was measured and the bound.
struct RefusalNumberTests {
  private func numbers(_ answer: Account.Answer) -> [Int64] {
    [Int64(answer.answer.reject), answer.answer.measured, answer.answer.bound]
  }

  private func code(_ reject: fxaot_reject) -> Int64 { Int64(reject.rawValue) }

  private func account(_ change: (inout fxaot_risk) -> Void = { _ in }) throws -> TestAccount {
    let test = try TestAccount(["EURUSD"])
    var risk = fxaot_risk()
    change(&risk)
    #expect(test.account.set(risk) == FXAOT_OK)
    test.quote(0, 1.1, 1.1002)
    return test
  }

  @Test func `margin says what the order needs and what is free`() throws {
    let test = try account()
    #expect(test.order(0, 100_000, id: "a").status == FXAOT_OK)
    // 400,000 × 1.1001 / 50, and 10,000 less the 2,200.20 that the waiting order has reserved.
    let answer = test.order(0, 400_000, id: "b")
    #expect(numbers(answer) == [code(FXAOT_REJECT_MARGIN), 8_800_800_000, 7_799_800_000])
    // The event, the record and the answer to the same id say the same.
    let event = try #require(test.account.log.events.elements.last)
    #expect(event.profit_micro == 8_800_800_000 && event.commission_micro == 7_799_800_000)
    let found = test.account.order(TestAccount.id("b"))
    let record = try #require(found)
    #expect(record.measured == 8_800_800_000 && record.bound == 7_799_800_000)
    #expect(numbers(test.order(0, 1, id: "b")) == numbers(answer))
    // A refusal without numbers has none of an earlier one's.
    #expect(numbers(test.order(7, 1, id: "c")) == [code(FXAOT_REJECT_UNKNOWN_SYMBOL), 0, 0])
  }

  @Test func `sizes and prices say by how much they miss`() throws {
    let test = try account {
      $0.collar = 50_000_000
      $0.max_order_quantity = 5_000
    }
    #expect(numbers(test.order(0, 5_001)) == [code(FXAOT_REJECT_MAX_QUANTITY), 5_001, 5_000])
    // The mid is 1.1001: 1.2 is 9.0810 … % away, rounded up.
    let far = test.order(0, 1_000) {
      $0.type = UInt32(FXAOT_TYPE_LIMIT)
      $0.price = 1.2
    }
    #expect(numbers(far) == [code(FXAOT_REJECT_COLLAR), 90_809_927, 50_000_000])
    let crossing = test.order(0, 1_000) {
      $0.type = UInt32(FXAOT_TYPE_LIMIT)
      $0.price = 1.1005
      $0.post_only = 1
    }
    #expect(numbers(crossing) == [code(FXAOT_REJECT_POST_ONLY), -30, 1])
    let unprotected = test.order(0, 1_000) { $0.stop_loss = 1.1 }
    #expect(numbers(unprotected) == [code(FXAOT_REJECT_BAD_STOP_LOSS), 0, 1])
    let wrong = test.order(0, -1_000) { $0.take_profit = 1.1012 }
    #expect(numbers(wrong) == [code(FXAOT_REJECT_BAD_TAKE_PROFIT), -100, 1])
  }

  @Test func `counts and rates say the limit`() throws {
    let test = try account {
      $0.max_orders = 1
      $0.order_rate_count = 2
      $0.order_rate_ns = 1_000_000_000
    }
    _ = test.order(0, 1_000)
    #expect(numbers(test.order(0, 1_000)) == [code(FXAOT_REJECT_MAX_ORDERS), 2, 1])
    test.quote(0, 1.1, 1.1002)
    _ = test.order(0, 1_000)
    test.quote(0, 1.1, 1.1002)
    #expect(numbers(test.order(0, 1_000)) == [code(FXAOT_REJECT_RATE), 2, 1_000_000_000])
  }

  @Test func `limits of the market say what it is like`() throws {
    let test = try account {
      $0.max_spread_steps = 20
      $0.max_quote_age_ns = 1_000
    }
    test.quote(0, 1.1, 1.1003)
    #expect(numbers(test.order(0, 1_000)) == [code(FXAOT_REJECT_SPREAD), 30, 20])
    test.account.now = start + 1_500
    #expect(numbers(test.order(0, 1_000)) == [code(FXAOT_REJECT_STALE_QUOTE), 1_500, 1_000])
  }

  @Test func `limits of loss say the loss`() throws {
    let test = try account { $0.daily_loss_micro = 100_000_000 }
    _ = test.order(0, 100_000, id: "a")
    test.quote(0, 1.1, 1.1)
    test.quote(0, 1.0985, 1.0985)
    test.account.gate.set(FXAOT_TRADING_ACTIVE.rawValue)
    // 100,000 × (1.1 − 1.0985)
    #expect(numbers(test.order(0, 1_000)) == [code(FXAOT_REJECT_DAILY_LOSS), 150_000_000, 100_000_000])
  }

  @Test func `a refused change says its numbers and leaves the order's`() throws {
    let test = try account()
    _ = test.order(0, 1_000, id: "a") {
      $0.type = UInt32(FXAOT_TYPE_STOP)
      $0.price = 1.2
    }
    var change = fxaot_order_change()
    (change.price, change.limit, change.take_profit) = (.nan, .nan, .nan)
    change.stop_loss = 1.2001
    let answer = test.account.modify(TestAccount.id("a"), change)
    #expect(numbers(answer) == [code(FXAOT_REJECT_BAD_STOP_LOSS), -10, 1])
    #expect(test.account.order(TestAccount.id("a"))?.measured == 0)
  }

  @Test func `order events have the limit of orders with two prices`() throws {
    let test = try account()
    _ = test.order(0, 1_000) {
      $0.type = UInt32(FXAOT_TYPE_STOP_LIMIT)
      $0.price = 1.2
      $0.limit = 1.201
    }
    let event = try #require(test.account.log.events.elements.last)
    #expect(event.price == 1.2 && event.strength == 1.201)
  }
}
