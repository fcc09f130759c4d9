import CFxaot
import TestTerms
import Testing

@testable import Market
@testable import Trading

struct RiskGateTests {
  @Test func `gates that share a step have no number in common`() {
    var first = RiskGate(firstOrder: 1, step: 3)
    var second = RiskGate(firstOrder: 2, step: 3)
    var third = RiskGate(firstOrder: 3, step: 3)
    #expect((0..<3).map { _ in first.number() } == [1, 4, 7])
    #expect((0..<2).map { _ in second.number() } == [2, 5])
    // Orders below 10 come from the first gate: the next number of the second one above them is 11.
    second.skip(to: first.nextOrderID)
    #expect((0..<2).map { _ in second.number() } == [11, 14])
    third.skip(to: 3)
    third.skip(to: -5)
    #expect(third.number() == 3)
    third.skip(to: 6)
    #expect(third.number() == 6)
    third.skip(to: 15)
    #expect(third.number() == 15)
  }

  /// The refusal of a strategy's market order in an account of 10,000 USD, after a quote of 1.1.
  private func refusal(
    _ quantity: Int64, own: Int64 = 0, net: Int64 = 0, isCut: Bool = false, lacksEquity: Bool = false,
    isConvertible: Bool = true
  ) throws -> fxaot_reject? {
    let test = try TestAccount(["EURUSD"], balance: 900_000_000_000)
    test.quote(0, 1.1, 1.1001)
    test.change(0) {
      if net != 0 { _ = $0.book.fill(net, at: 1) }
      if !isConvertible { $0.conversion = Conversion() }
    }
    let order = AccountOrder(id: 0, strategySlot: 0, instrumentSlot: 0, quantity: quantity, fillsFrom: 2)
    return test.account.admit(
      order, Account.Sender(own: own, isCut: isCut, lacksEquity: lacksEquity)
    ).refusal
  }

  @Test func `each order has a number, a refused one too`() throws {
    let test = try TestAccount(["EURUSD"])
    test.quote(0, 1.1, 1.1001)
    let answers = [10, 0, 10].map { quantity in
      test.account.admit(
        AccountOrder(id: 0, strategySlot: 0, instrumentSlot: 0, quantity: quantity, fillsFrom: 2))
    }
    #expect(answers.map(\.number) == [1, 2, 3])
    #expect(answers.map { $0.refusal == nil } == [true, false, true])
  }

  @Test func `quantities inside the limits pass`() throws {
    for quantity: Int64 in [1, 1_000, -1, -100_000_000] { #expect(try refusal(quantity) == nil) }
  }

  @Test func `each refusal has its reason`() throws {
    #expect(try refusal(0) == FXAOT_REJECT_QUANTITY_BELOW_MINIMUM)
    for quantity: Int64 in [100_000_001, -100_000_001, .max, .min] {
      #expect(try refusal(quantity) == FXAOT_REJECT_QUANTITY_ABOVE_MAXIMUM)
    }
    #expect(try refusal(10, isCut: true) == FXAOT_REJECT_QUANTITY_BELOW_MINIMUM)
    #expect(try refusal(10, isConvertible: false) == FXAOT_REJECT_NO_CONVERSION)
    #expect(try refusal(0, lacksEquity: true) == FXAOT_REJECT_NO_EQUITY)
  }

  @Test func `neither position may become more than ten to the 18`() throws {
    let most: Int64 = 1_000_000_000_000_000_000
    #expect(try refusal(20, net: most - 10) == FXAOT_REJECT_QUANTITY_ABOVE_MAXIMUM)
    #expect(try refusal(-20, own: 10 - most) == FXAOT_REJECT_QUANTITY_ABOVE_MAXIMUM)
    #expect(try refusal(-20, own: most, net: most) == nil)
  }

  @Test func `the first check that fails names the refusal`() throws {
    #expect(
      try refusal(0, isCut: true, lacksEquity: true, isConvertible: false)
        == FXAOT_REJECT_QUANTITY_BELOW_MINIMUM)
    #expect(try refusal(0, lacksEquity: true, isConvertible: false) == FXAOT_REJECT_NO_EQUITY)
    #expect(try refusal(10, isConvertible: false) == FXAOT_REJECT_NO_CONVERSION)
  }
}
