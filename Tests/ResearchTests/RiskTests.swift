import StrategyIR
import Testing

@testable import Research

struct RiskTests {
  @Test func aForbiddenDirectionOnlyCloses() {
    let market = Market()
    market.rules(RiskRule(kind: .allowEntryIn, value: 1))
    market.flat(100, entry(1, -1))
    market.flat(100, entry(1, 1))
    market.flat(100, entry(2, -1))
    #expect(market.position == 1)
    market.flat(100)
    #expect(market.position == 0)
  }

  @Test func aPositionsSizeCanBeBounded() {
    let market = Market { $0.pyramiding = 5 }
    market.rules(RiskRule(kind: .maxPositionSize, value: 5))
    market.flat(100, entry(1, 1, 3))
    market.flat(100, entry(1, 1, 3))
    market.flat(100)
    #expect(market.position == 5)
  }

  @Test func ordersOfADayAreCountedAndThePositionIsClosed() {
    let market = Market()
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

  @Test func aDrawdownEndsTheTrading() {
    let market = Market { $0.initialCapital = 1_000 }
    market.rules(RiskRule(kind: .maxDrawdown, value: 1, isPercent: true))
    market.flat(100, entry(1, 1))
    market.flat(100, closeAll)
    market.flat(89, entry(1, 1))
    market.flat(89, entry(1, 1))
    #expect(market.position == 0)
    #expect(market[.netProfit] == -11)
  }

  @Test func aDaysLossEndsTheDay() {
    let market = Market { $0.initialCapital = 1_000 }
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

  @Test func losingDaysInARowEndTheTrading() {
    let market = Market()
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
