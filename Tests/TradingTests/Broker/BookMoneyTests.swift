import RandomMarket
import StrategyIR
import Testing

struct BookMoneyTests {
  @Test func `equity is sized at the signals close and cut at the step`() {
    let market = BrokerMarket {
      $0.initialCapital = 10_000
      $0.sizing = .percentOfEquity
      $0.defaultQuantity = 50
    }
    market.flat(30, entry(1, 1))
    market.flat(29)
    // 5,000 / 30 = 166.66666…
    #expect(market.position == 166.6666)
  }

  @Test func `a priced order is sized at its fill`() {
    let market = BrokerMarket {
      $0.initialCapital = 10_000
      $0.sizing = .cash
      $0.defaultQuantity = 1_000
    }
    market.flat(30, entry(1, 1, stop: 40))
    market.bar(30, 41, 30, 40)
    #expect(market.position == 25)
  }

  @Test func `commission is charged at both ends`() {
    func profit(_ type: BrokerSettings.Commission, _ value: Double) -> Double {
      let market = BrokerMarket {
        $0.commission = type
        $0.commissionValue = value
      }
      market.flat(100, entry(1, 1, 2))
      market.flat(100, closeAll)
      market.flat(110)
      return market[.netProfit]
    }
    // 20 less 1 % of 200 and of 220; less 0.5 a unit; less 3 an order.
    #expect(profit(.percent, 1) == 15.8)
    #expect(profit(.cashPerContract, 0.5) == 18)
    #expect(profit(.cashPerOrder, 3) == 14)
  }

  @Test func `slippage worsens market and stop fills only`() {
    let market = BrokerMarket { $0.slippage = 5 }
    market.flat(100, entry(1, 1))
    market.flat(100, exit(9, from: 1, limit: 110, stop: 90))
    #expect(market[.positionAveragePrice] == 100.05)
    market.bar(100, 100, 89, 90, entry(1, 1, limit: 80))
    #expect(market.closed == ["100.05>89.95×1.0@1-2"])
    market.bar(90, 90, 79, 80)
    #expect(market[.positionAveragePrice] == 80)
  }

  @Test func `limits can be verified`() {
    let market = BrokerMarket { $0.limitVerification = 3 }
    market.flat(100, entry(1, 1, limit: 95))
    market.bar(100, 100, 94.98, 96)
    #expect(market.position == 0)
    market.bar(96, 97, 94.97, 96)
    #expect(market[.positionAveragePrice] == 95)
  }

  @Test func `an entry that equity cannot carry is not filled`() {
    let market = BrokerMarket { $0.initialCapital = 1_000 }
    market.flat(100, entry(1, 1, 11))
    market.flat(100, entry(1, 1, 10))
    #expect(market.position == 0)
    // Affordable at the close, not at the next open.
    market.flat(101)
    #expect(market.position == 0)
    let levered = BrokerMarket {
      $0.initialCapital = 1_000
      $0.marginLong = 25
    }
    levered.flat(100, entry(1, 1, 40))
    levered.flat(100)
    #expect(levered.position == 40)
  }

  @Test func `a resting entry must be affordable at the current price`() {
    func position(_ side: Int8, _ limit: Double) -> Double {
      let market = BrokerMarket {
        $0.initialCapital = 1_000
        $0.sizing = .percentOfEquity
        $0.defaultQuantity = 100
      }
      market.flat(100, entry(1, side, limit: limit))
      market.bar(100, 105, 94, 100)
      return market.position
    }
    // 1,000 / 95 units cost more than 1,000 at 100; 1,000 / 105 do not.
    #expect(position(1, 95) == 0)
    #expect(position(-1, 105) == -9.5238)
  }

  @Test func `a margin call liquidates four times the shortage`() {
    // TradingView's published example: 682,438 shares at 4.43 on 25 % margin; at 3.9 it liquidates
    // 111,052.
    let market = BrokerMarket(tick: 0.01, step: 1) { $0.marginLong = 25 }
    market.flat(4.43, entry(1, 1, 682_438))
    market.flat(4.43)
    market.bar(4, 4, 3.9, 4)
    #expect(market.position == 682_438 - 111_052)
    #expect(market.broker.book.closedTrades[0].exitReason == .marginCall)
    #expect(market.broker.book.closedTrades[0].exitPrice == 3.9)
  }

  @Test func `the book counts winners losers and extremes`() {
    let market = BrokerMarket { $0.initialCapital = 1_000 }
    market.flat(100, entry(1, 1))
    market.bar(100, 108, 97, 105, closeAll)
    #expect(market.broker.bookView.openTrades?[0].maxRunup == 8)
    #expect(market.broker.bookView.openTrades?[0].maxDrawdown == 3)
    market.flat(106, entry(2, -1))
    market.flat(106, closeAll)
    market.flat(108)
    #expect(market[.winTrades] == 1)
    #expect(market[.lossTrades] == 1)
    #expect(market[.grossProfit] == 6)
    #expect(market[.grossLoss] == 2)
    #expect(market[.netProfitPercent] == 0.4)
    #expect(market[.averageTrade] == 2)
    #expect(market[.maxDrawdown] == 3)
    #expect(market[.maxRunup] == 8)
    #expect(market[.maxContractsHeldAll] == 1)
  }
}
