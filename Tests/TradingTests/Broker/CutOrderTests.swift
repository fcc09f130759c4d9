import RandomMarket
import StrategyIR
import Testing

/// Orders of which the step of quantities leaves nothing are counted, the first one with its size.
struct CutOrderTests {
  @Test func `an entry below the step is counted`() {
    let market = BrokerMarket(step: 1000)
    market.flat(100, entry(7, 1, 999))
    market.flat(100, entry(8, 1, 1))
    #expect(market.broker.cuts.count == 2)
    #expect(market.broker.cuts.firstID == 7)
    #expect(market.broker.cuts.firstSize == 999)
    #expect(market.broker.quantityStep == 1000)
    #expect(market.position == 0)
  }

  @Test func `what the step leaves something of is not counted`() {
    let market = BrokerMarket(step: 1000)
    market.flat(100, entry(7, 1, 1999))
    market.flat(100)
    #expect(market.broker.cuts.count == 0)
    #expect(market.position == 1000)
  }

  @Test func `the default size is counted too`() {
    let fixed = BrokerMarket(step: 1000) { $0.defaultQuantity = 1 }
    fixed.flat(100, order(1, 1))
    #expect(fixed.broker.cuts.firstSize == 1)
    let cash = BrokerMarket(step: 1) {
      $0.sizing = .cash
      $0.defaultQuantity = 50
    }
    cash.flat(100, entry(1, 1))
    #expect(cash.broker.cuts.firstSize == 0.5)
  }

  @Test func `the budget of a stop entry is cut at its fill`() {
    let market = BrokerMarket(step: 1) {
      $0.sizing = .cash
      $0.defaultQuantity = 110
    }
    market.flat(100, entry(1, 1, stop: 105))
    #expect(market.broker.cuts.count == 0)
    market.bar(120, 121, 119, 120)
    #expect(market.broker.cuts.count == 1)
    #expect(market.position == 0)
  }

  @Test func `closings and exits are counted`() {
    let market = BrokerMarket(step: 1)
    market.flat(100, entry(1, 1, 1))
    var half = OrderCommand(kind: .close, id: 1)
    half.quantityPercent = 50
    var exit = OrderCommand(kind: .exit, id: 2)
    (exit.fromEntry, exit.quantity, exit.limit) = (1, 0.25, 110)
    market.flat(100, half, exit)
    #expect(market.broker.cuts.count == 2)
    #expect(market.broker.cuts.firstSize == 0.5)
    market.flat(120)
    #expect(market.position == 1)
  }
}
