import CFxaot
import TestTerms
import Testing

@testable import Market
@testable import Trading

struct RiskGateTests {
  @Test func `gates that share a step have no number in common`() throws {
    let instrument = try #require(Instrument(Terms.make("EUR", "USD")))
    var gates = [RiskGate(firstOrder: 1, step: 3), RiskGate(firstOrder: 2, step: 3), RiskGate(firstOrder: 3, step: 3)]
    func next(_ gate: Int) -> Int64 { gates[gate].judge(.init(quantity: 1), in: instrument).orderID }
    #expect((0..<3).map { _ in next(0) } == [1, 4, 7])
    #expect((0..<2).map { _ in next(1) } == [2, 5])
    // Orders below 10 come from the first gate: the next number of the second one above them is 11.
    gates[1].skip(to: gates[0].nextOrderID)
    #expect((0..<2).map { _ in next(1) } == [11, 14])
    gates[2].skip(to: 3)
    gates[2].skip(to: -5)
    #expect(next(2) == 3)
    gates[2].skip(to: 6)
    #expect(next(2) == 6)
    gates[2].skip(to: 15)
    #expect(next(2) == 15)
  }

  private func refusal(_ order: RiskGate.Request) throws -> fxaot_reject? {
    let terms = Terms.make("ABC", "USD", quantityStep: 10, maximum: 1_000)
    var gate = RiskGate()
    return gate.judge(order, in: try #require(Instrument(terms))).refusal
  }

  @Test func `every order has a number, a refused one too`() throws {
    let instrument = try #require(Instrument(Terms.make("ABC", "USD", quantityStep: 10, maximum: 1_000)))
    var gate = RiskGate()
    let verdicts = [10, 9, 10].map { gate.judge(RiskGate.Request(quantity: $0), in: instrument) }
    #expect(verdicts.map(\.orderID) == [1, 2, 3])
    #expect(verdicts.map { $0.refusal == nil } == [true, false, true])
    gate.skip(to: 3)
    #expect(gate.nextOrderID == 4)
    gate.skip(to: 9)
    #expect(gate.judge(RiskGate.Request(quantity: 10), in: instrument).orderID == 9)
  }

  @Test func `quantities inside the limits pass`() throws {
    for quantity: Int64 in [10, 1_000, -10, -1_000] {
      #expect(try refusal(RiskGate.Request(quantity: quantity)) == nil)
    }
  }

  @Test func `each refusal has its reason`() throws {
    for quantity: Int64 in [0, 9, -9] {
      #expect(
        try refusal(RiskGate.Request(quantity: quantity)) == FXAOT_REJECT_QUANTITY_BELOW_MINIMUM)
    }
    for quantity: Int64 in [1_001, -1_001, .max, .min] {
      #expect(
        try refusal(RiskGate.Request(quantity: quantity)) == FXAOT_REJECT_QUANTITY_ABOVE_MAXIMUM)
    }
    #expect(
      try refusal(RiskGate.Request(quantity: 10, isCut: true))
        == FXAOT_REJECT_QUANTITY_BELOW_MINIMUM)
    #expect(
      try refusal(RiskGate.Request(quantity: 10, isConvertible: false))
        == FXAOT_REJECT_NO_CONVERSION)
    #expect(
      try refusal(RiskGate.Request(quantity: 0, lacksEquity: true)) == FXAOT_REJECT_NO_EQUITY)
    #expect(
      try refusal(RiskGate.Request(quantity: 10, hasRoom: false)) == FXAOT_REJECT_OUT_OF_MEMORY)
  }

  @Test func `neither position may become more than ten to the 18`() throws {
    let most: Int64 = 1_000_000_000_000_000_000
    #expect(try refusal(RiskGate.Request(quantity: 10, net: most - 10, own: most - 10)) == nil)
    #expect(
      try refusal(RiskGate.Request(quantity: 20, net: most - 10))
        == FXAOT_REJECT_QUANTITY_ABOVE_MAXIMUM)
    #expect(
      try refusal(RiskGate.Request(quantity: -20, own: 10 - most))
        == FXAOT_REJECT_QUANTITY_ABOVE_MAXIMUM)
    #expect(try refusal(RiskGate.Request(quantity: -20, net: most, own: most)) == nil)
  }

  @Test func `the first check that fails names the refusal`() throws {
    let all = RiskGate.Request(
      quantity: 0, isCut: true, lacksEquity: true, isConvertible: false, hasRoom: false)
    #expect(try refusal(all) == FXAOT_REJECT_QUANTITY_BELOW_MINIMUM)
    let noCut = RiskGate.Request(
      quantity: 0, lacksEquity: true, isConvertible: false, hasRoom: false)
    #expect(try refusal(noCut) == FXAOT_REJECT_NO_EQUITY)
    let convertible = RiskGate.Request(quantity: 10, isConvertible: false, hasRoom: false)
    #expect(try refusal(convertible) == FXAOT_REJECT_NO_CONVERSION)
  }
}
