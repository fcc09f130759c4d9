import RandomMarket
import Research
import StrategyIR
import TestTerms
import Testing

/// Fills at the edges of the rules, as TradingView's lists of trades show them.
struct MeasuredFillTests {
  @Test(arguments: [true, false])
  func `of two stop entries that the open touches the buy fills first`(sellIsWrittenFirst: Bool) {
    let market = BrokerMarket()
    let (buy, sell) = (entry(1, 1, 1, stop: 100), entry(2, -1, 1, stop: 100))
    market.flat(101, sellIsWrittenFirst ? sell : buy, sellIsWrittenFirst ? buy : sell)
    market.flat(100)
    #expect(market.closed == ["100.0>100.0×1.0@1-1"])
  }

  @Test func `stop entries that the open has passed fill as they were written`() {
    let market = BrokerMarket()
    market.flat(100, entry(2, -1, 1, stop: 101), entry(1, 1, 1, stop: 99))
    market.flat(100)
    #expect(market.closed == ["100.0>100.0×-1.0@1-1"])
  }

  private func cap(_ orders: Double) -> RiskRule {
    RiskRule(kind: .maxIntradayFilledOrders, value: orders)
  }

  @Test func `the cap closes at the next point after a market order`() {
    let market = BrokerMarket()
    market.rules(cap(1))
    market.flat(100, day: 1, entry(1, 1))
    // Open, low, high, close: filled at the open, closed at the low.
    market.bar(100, 103, 99, 101, day: 1)
    #expect(market.closed == ["100.0>99.0×1.0@1-1"])
  }

  @Test func `the cap closes at the end of the stretch on which a stop filled`() {
    let market = BrokerMarket()
    market.rules(cap(1))
    market.flat(100, day: 1, entry(1, 1, stop: 101))
    market.bar(100, 104, 98, 102, day: 1)
    #expect(market.closed == ["101.0>104.0×1.0@1-1"])
  }

  @Test func `the cap at an extreme closes at the point after it`() {
    let market = BrokerMarket()
    market.rules(cap(1))
    market.flat(100, day: 1, entry(1, 1, stop: 104))
    market.bar(100, 104, 98, 102, day: 1)
    #expect(market.closed == ["104.0>102.0×1.0@1-1"])
  }

  @Test func `the cap reached at the close closes at the next open`() {
    let market = BrokerMarket { $0.processOrdersOnClose = true }
    market.rules(cap(1))
    market.bar(100, 101, 99, 100, day: 1, entry(1, 1))
    #expect(market.position == 1)
    market.bar(97, 98, 95, 96, day: 2)
    #expect(market.closed == ["100.0>97.0×1.0@0-1"])
    #expect(
      market.broker.listTrades { "\($0)" }[0].exitName
        == "Close Position (Max number of filled orders in one day)")
  }

  @Test func `the caps close slips and cancels what waits`() {
    let market = BrokerMarket { $0.slippage = 10 }
    market.rules(cap(2))
    market.flat(100, day: 1, entry(1, 1), entry(2, 1, stop: 110))
    market.flat(100, day: 1, entry(3, -1, 2))
    // The reversal at the open is the second fill: 100 less a slippage of 0.1.
    market.bar(100, 120, 100, 100, day: 1)
    #expect(market.closed == ["100.1>99.9×1.0@1-2", "99.9>100.1×-2.0@2-2"])
    #expect(market.broker.waitingCount == 0)
  }

  @Test(arguments: [(5.5, 5.5), (4.7, -4.7)])
  func `two opposite market entries must both be covered`(leg: Double, left: Double) {
    let market = BrokerMarket { $0.initialCapital = 1_000 }
    market.flat(100, entry(1, 1, leg), entry(2, -1, leg))
    market.flat(100)
    #expect(market.position == left)
  }

  @Test func `a reversal of an older position need not cover both legs`() {
    let market = BrokerMarket { $0.initialCapital = 1_000 }
    market.flat(100, entry(1, 1, 5.5))
    market.flat(100, entry(2, -1, 5.5))
    market.flat(100)
    #expect(market.position == -5.5)
  }

  @Test(arguments: [true, false])
  func `a gap through a reversing stop and the exits stop sells both`(exitIsWrittenFirst: Bool) {
    let market = BrokerMarket()
    market.flat(100, entry(1, 1))
    let (reversal, stop) = (entry(2, -1, 5, stop: 99.5), exit(9, from: 1, stop: 99))
    market.flat(100, exitIsWrittenFirst ? stop : reversal, exitIsWrittenFirst ? reversal : stop)
    market.flat(90)
    #expect(market.position == -6)
    #expect(market.closed == ["100.0>90.0×1.0@1-2"])
  }

  @Test func `within the bar the reversal takes the exit with it`() {
    let market = BrokerMarket()
    market.flat(100, entry(1, 1))
    market.flat(100, entry(2, -1, 5, stop: 99.5), exit(9, from: 1, stop: 99))
    market.bar(100, 100, 90, 95)
    #expect(market.position == -5)
  }

  @Test func `a lightly margined long is liquidated below zero`() {
    let market = BrokerMarket {
      $0.initialCapital = 1_000
      $0.marginLong = 10
    }
    market.flat(100, entry(1, 1))
    market.flat(100)
    // (1,000 − 100) / (0.1 − 1)
    #expect(market[.marginLiquidationPrice] == -1_000)
  }

  @Test func `open profit is a share of realised equity`() {
    let market = BrokerMarket { $0.initialCapital = 1_000 }
    market.flat(100, entry(1, 1, 5))
    market.flat(100, closeAll)
    market.flat(120, entry(1, 1, 5))
    market.flat(120)
    market.flat(109)
    // 100 won, 55 open on 1,100.
    #expect(market[.openProfitPercent] == -5)
  }
}
