import RandomMarket
import StrategyIR
import Testing

struct RiskTests {
  @Test func `a forbidden direction only closes`() {
    let market = BrokerMarket()
    market.rules(RiskRule(kind: .allowEntryIn, value: 1))
    market.flat(100, entry(1, -1))
    market.flat(100, entry(1, 1))
    market.flat(100, entry(2, -1))
    #expect(market.position == 1)
    market.flat(100)
    #expect(market.position == 0)
  }

  @Test func `a positions size can be bounded`() {
    let market = BrokerMarket { $0.pyramiding = 5 }
    market.rules(RiskRule(kind: .maxPositionSize, value: 5))
    market.flat(100, entry(1, 1, 3))
    market.flat(100, entry(1, 1, 3))
    market.flat(100)
    #expect(market.position == 5)
  }

  @Test func `orders of a day are counted and the position is closed`() {
    let market = BrokerMarket()
    market.rules(RiskRule(kind: .maxIntradayFilledOrders, value: 2))
    market.flat(100, day: 1, entry(1, 1))
    market.flat(100, day: 1, entry(2, -1))
    market.flat(101, day: 1, entry(1, 1))
    #expect(market.position == 0)
    market.flat(101, day: 1)
    #expect(market.position == 0)
    market.flat(101, day: 2, entry(1, 1))
    market.flat(101, day: 2)
    #expect(market.position == 1)
  }

  @Test func `a drawdown ends the trading`() {
    let market = BrokerMarket { $0.initialCapital = 1_000 }
    market.rules(RiskRule(kind: .maxDrawdown, value: 1, isPercent: true))
    market.flat(100, entry(1, 1))
    market.flat(100, closeAll)
    market.flat(89, entry(1, 1))
    market.flat(89, entry(1, 1))
    #expect(market.position == 0)
    #expect(market[.netProfit] == -11)
  }

  @Test func `a drawdown of the open position closes it on the way`() {
    let market = BrokerMarket { $0.initialCapital = 1_000 }
    market.rules(RiskRule(kind: .maxDrawdown, value: 50))
    market.flat(100, entry(1, 1, 10))
    market.bar(100, 101, 95.5, 96)
    #expect(market.position == 10)
    // Open, high, low: 6 below the entry, 60 lost.
    market.bar(96, 96.5, 94, 97, entry(1, 1, 1), entry(2, -1, 1))
    #expect(market.closed == ["100.0>94.0×10.0@1-2"])
    market.flat(97, entry(1, 1, 1))
    market.flat(97)
    #expect(market.position == 0)
  }

  @Test func `a drawdown in percent is of the highest equity after a trade`() {
    let market = BrokerMarket { $0.initialCapital = 2_000 }
    market.rules(RiskRule(kind: .maxDrawdown, value: 10, isPercent: true))
    market.flat(100, entry(1, 1, 10))
    market.flat(100, closeAll)
    // The peak is 2,100 now, the limit 210.
    market.flat(110, entry(1, 1, 10))
    market.bar(110, 110, 89.5, 100)
    #expect(market.position == 10)
    market.flat(89)
    #expect(market.closed.last == "110.0>89.0×10.0@3-4")
  }

  @Test func `a days loss ends the day`() {
    let market = BrokerMarket { $0.initialCapital = 1_000 }
    market.rules(RiskRule(kind: .maxIntradayLoss, value: 5))
    market.flat(100, day: 1, entry(1, 1))
    market.bar(100, 101, 94, 99, day: 1, entry(1, 1))
    #expect(market.closed == ["100.0>94.0×1.0@1-1"])
    market.flat(99, day: 1)
    #expect(market.position == 0)
    market.flat(99, day: 2, entry(1, 1))
    market.flat(99, day: 2)
    #expect(market.position == 1)
  }

  @Test func `losing days in a row end the trading`() {
    let market = BrokerMarket()
    market.rules(RiskRule(kind: .maxConsecutiveLossDays, value: 2))
    for day in 1...2 {
      market.flat(100, day: Int64(day), entry(1, 1))
      market.flat(100, day: Int64(day), closeAll)
      market.flat(99, day: Int64(day))
    }
    market.flat(99, day: 3, entry(1, 1))
    market.flat(99, day: 3)
    #expect(market.position == 0)
  }
}
