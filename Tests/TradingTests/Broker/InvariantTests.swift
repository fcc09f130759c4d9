import RandomMarket
import StrategyIR
import StrategyVM
import Testing

@testable import Trading

/// Random markets and random orders: what must hold whatever a script does.
struct InvariantTests {
  @Test(arguments: 0..<60)
  func `the book adds up`(seed: Int) {
    var random = Random(seed: seed)
    let market = BrokerMarket { RandomMarket.settings(&$0, &random) }
    var close = 100.0
    for index in 0..<300 {
      let bar = RandomMarket.bar(Int64(index), after: close, &random)
      close = bar.close
      market.broker.advance(bar, index: Int64(index), day: Int64(index / 20))
      check(market.broker)
      market.broker.place((0..<random.below(4)).map { _ in RandomMarket.command(close, &random) })
      check(market.broker)
    }
  }

  private func check(_ broker: BarBroker) {
    var size = 0.0
    for index in 0..<broker.book.openTrades.count { size += broker.book.openTrades[index].size }
    #expect(abs(size - broker.book.position) < 1e-6)
    let lots = broker.venue.lots.indices.reduce(0) { $0 + broker.venue.lots[$1].remaining }
    #expect(abs(lots - abs(broker.book.position)) < 1e-6)
    #expect(!broker.venue.lots.contains { $0.direction * broker.book.position <= 0 })
    var closed = 0.0
    for index in 0..<broker.book.closedTrades.count {
      let trade = broker.book.closedTrades[index]
      closed += trade.profit
      #expect(trade.size != 0 && trade.exitBar >= trade.entryBar)
    }
    #expect(abs(closed - broker.book.totals.netProfit) < 1e-6)
    let equity = broker.closeEquity
    #expect(abs(equity - broker.book.equity(at: broker.bar.close)) < 1e-6)
    for lot in broker.venue.lots.indices.map({ broker.venue.lots[$0] }) {
      let legs = broker.venue.legs.indices.map { broker.venue.legs[$0] }.filter { $0.lot == lot.serial }
      #expect(legs.reduce(0) { $0 + $1.reserved } <= lot.initial + 1e-9)
    }
  }

  @Test func `values without sense do nothing`() {
    let market = BrokerMarket()
    for value in [Double.nan, .infinity, -.infinity, 0, -1, 1e300, -1e300, 1e-300] {
      market.flat(
        100, entry(1, 1, value, limit: value, stop: value), order(2, -1, value, stop: value),
        exit(3, from: 1, quantity: value, percent: value, limit: value, profit: value, loss: value),
        exit(4, activation: value, points: value, offset: value), close(1, value, percent: value))
      market.bar(value, value, value, value)
    }
    market.flat(100)
    #expect(market.broker.venue.lots.count == market.broker.book.openTrades.count)
  }
}
