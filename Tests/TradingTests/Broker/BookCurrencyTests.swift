import RandomMarket
import StrategyIR
import Testing

/// An account in another currency than the symbol's.
struct BookCurrencyTests {
  @Test func `profit is converted at the rate of the closing bar`() {
    let market = BrokerMarket()
    market.broker.convert(at: 0.5)
    market.flat(100, entry(1, 1, 10))
    market.flat(100)
    #expect(market[.equity] == 1_000_000)
    market.flat(110)
    #expect(market[.openProfit] == 50)
    market.broker.convert(at: 0.25)
    market.flat(110, closeAll)
    #expect(market[.openProfit] == 25)
    market.flat(110)
    #expect(market[.netProfit] == 25)
    #expect(market[.accountRate] == 0.25)
    market.broker.convert(at: 0.75)
    market.flat(120)
    #expect(market[.netProfit] == 25)
  }

  @Test func `sizes in money are of the account`() {
    let equity = BrokerMarket {
      $0.initialCapital = 10_000
      $0.sizing = .percentOfEquity
      $0.defaultQuantity = 50
    }
    equity.broker.convert(at: 0.01)
    equity.flat(100, entry(1, 1))
    equity.flat(100)
    #expect(equity.position == 5_000)
    let cash = BrokerMarket {
      $0.sizing = .cash
      $0.defaultQuantity = 300
    }
    cash.broker.convert(at: 3)
    cash.flat(50, entry(1, 1))
    cash.flat(50)
    #expect(cash.position == 2)
  }

  @Test func `commissions of cash are the accounts and percents are converted`() {
    func lost(_ type: BrokerSettings.Commission, _ value: Double) -> Double {
      let market = BrokerMarket {
        $0.commission = type
        $0.commissionValue = value
      }
      market.broker.convert(at: 0.5)
      market.flat(100, entry(1, 1, 2))
      market.flat(100, closeAll)
      market.flat(100)
      return -market[.netProfit]
    }
    // 1 % of 200 twice, halved; 2 × 0.5 twice; 3 twice.
    #expect(lost(.percent, 1) == 2)
    #expect(lost(.cashPerContract, 0.5) == 2)
    #expect(lost(.cashPerOrder, 3) == 6)
  }

  @Test func `margin is asked for in the accounts currency`() {
    let market = BrokerMarket {
      $0.initialCapital = 1_000
      $0.marginLong = 50
    }
    market.broker.convert(at: 0.01)
    // 1,900 × 100 × 0.01 × 50 % = 950.
    market.flat(100, entry(1, 1, 1_900))
    market.flat(100)
    #expect(market.position == 1_900)
    // (1,000 / (0.01 × 1,900) − 100) / (0.5 − 1)
    #expect(market[.marginLiquidationPrice] == 94.73)
    let refused = BrokerMarket {
      $0.initialCapital = 1_000
      $0.marginLong = 50
    }
    refused.broker.convert(at: 0.01)
    refused.flat(100, entry(1, 1, 2_100))
    refused.flat(100)
    #expect(refused.position == 0)
  }

  @Test func `a trades extremes count at the rates of their bars`() {
    let market = BrokerMarket()
    market.broker.convert(at: 1)
    market.flat(100, entry(1, 1, 1))
    market.flat(100)
    market.bar(100, 130, 90, 100)
    market.broker.convert(at: 0.1)
    market.bar(100, 140, 70, 100)
    let book = market.broker.bookView
    #expect(book.openTrades?[0].maxRunup == 30)
    #expect(book.openTrades?[0].maxDrawdown == 10)
  }
}
