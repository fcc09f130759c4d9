import RandomMarket
import StrategyIR
import Testing

struct EntryTests {
  @Test func `a market order fills at the next open`() {
    let market = BrokerMarket()
    market.flat(100, entry(1, 1))
    #expect(market.position == 0)
    market.bar(101, 103, 100, 102, closeAll)
    #expect(market.position == 1)
    #expect(market[.positionAveragePrice] == 101)
    #expect(market[.openProfit] == 1)
    market.flat(104)
    #expect(market.closed == ["101.0>104.0×1.0@1-2"])
    #expect(market[.netProfit] == 3)
  }

  @Test func `a stop fills at its price and after a gap at the open`() {
    let market = BrokerMarket()
    market.flat(100, entry(1, 1, stop: 105))
    market.bar(100, 104.99, 99, 104, entry(1, 1, stop: 105))
    #expect(market.position == 0)
    market.bar(104, 105, 103, 104, closeAll)
    #expect(market[.positionAveragePrice] == 105)
    market.flat(104, entry(1, 1, stop: 105))
    market.bar(106, 107, 105, 106)
    #expect(market[.positionAveragePrice] == 106)
  }

  @Test func `a limit fills at its price or better`() {
    let market = BrokerMarket()
    market.flat(100, entry(1, 1, limit: 95))
    market.bar(100, 101, 95, 96, closeAll)
    #expect(market[.positionAveragePrice] == 95)
    market.flat(96, entry(1, 1, limit: 95))
    market.flat(94)
    #expect(market[.positionAveragePrice] == 94)
  }

  @Test func `a stop limit waits for its stop first`() {
    let market = BrokerMarket()
    market.flat(100, entry(1, 1, limit: 98, stop: 105))
    market.bar(100, 104, 97, 100)
    #expect(market.position == 0)
    // Up to the stop, then back down to the limit: open, high, low.
    market.bar(103, 105, 97, 100)
    #expect(market[.positionAveragePrice] == 98)
  }

  @Test func `the bars path decides between opposite stops`() {
    // The open is nearer to the high: long first, reversed by the short on the way down.
    let market = BrokerMarket()
    market.flat(100, entry(1, 1, stop: 102), entry(2, -1, stop: 95))
    market.bar(100, 103, 94, 96)
    #expect(market.closed.isEmpty == false)
    #expect(market.broker.book.closedTrades[0].entryPrice == 102)
    #expect(market.broker.book.closedTrades[0].exitPrice == 95)
    // Equally near: the low first.
    let other = BrokerMarket()
    other.flat(100, entry(1, 1, stop: 102), entry(2, -1, stop: 98))
    other.bar(100, 103, 97, 100)
    #expect(other.broker.book.closedTrades[0].size == -1)
  }

  @Test func `an opposite entry reverses the position`() {
    let market = BrokerMarket()
    market.flat(100, entry(1, 1, 15))
    market.flat(100, entry(2, -1, 5))
    market.flat(90)
    #expect(market.position == -5)
    #expect(market.closed == ["100.0>90.0×15.0@1-2"])
  }

  @Test func `a priced entry reverses the position of its placement`() {
    // Placed against one long, filled after the long has been closed: two short.
    let market = BrokerMarket()
    market.flat(100, entry(1, 1))
    market.flat(100, entry(2, -1, stop: 98), close(1))
    market.bar(100, 100, 97, 98)
    #expect(market.position == -2)
    #expect(market.closed == ["100.0>100.0×1.0@1-2"])
  }

  @Test func `a market entry after a closing opens only its own size`() {
    let market = BrokerMarket()
    market.flat(100, entry(1, 1))
    market.flat(100, close(1), entry(2, -1))
    market.flat(101)
    #expect(market.position == -1)
  }

  @Test(arguments: [(0, 1.0), (1, 1), (3, 3)])
  func `pyramiding limits the entries of one direction`(limit: Int, held: Double) {
    let market = BrokerMarket { $0.pyramiding = limit }
    for _ in 0..<5 { market.flat(100, entry(1, 1)) }
    #expect(market.position == held)
  }

  @Test func `pyramiding counts the orders of the same bar`() {
    let market = BrokerMarket { $0.pyramiding = 2 }
    market.flat(100, entry(1, 1), entry(2, 1), entry(3, 1))
    market.flat(100)
    #expect(market.position == 2)
  }

  @Test func `strategy order neither reverses nor counts`() {
    let market = BrokerMarket()
    market.flat(100, order(1, 1, 15))
    market.flat(100, order(2, 1, 5))
    market.flat(100, order(3, -1, 5))
    market.flat(100)
    #expect(market.position == 15)
    #expect(market.broker.book.closedTrades.count == 1)
  }

  @Test func `a pending order is replaced by its id and can be cancelled`() {
    let market = BrokerMarket()
    market.flat(100, entry(1, 1, stop: 105))
    market.flat(100, entry(1, 1, stop: 103))
    market.bar(100, 103, 100, 100, closeAll)
    #expect(market[.positionAveragePrice] == 103)
    market.flat(100, entry(1, 1, stop: 103))
    market.flat(100, cancel(1))
    market.bar(100, 110, 100, 100, entry(1, 1), cancelAll)
    market.flat(100)
    #expect(market.position == 0)
  }

  @Test func `order prices lie on the grid where the price reaches them first`() {
    let market = BrokerMarket(tick: 0.5)
    market.flat(100, entry(1, 1, stop: 102.1))
    market.bar(100, 102.4, 100, 100)
    #expect(market.position == 0)
    market.bar(100, 102.5, 100, 100)
    #expect(market[.positionAveragePrice] == 102.5)
  }
}
