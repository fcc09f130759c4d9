import RandomMarket
import Records
import StrategyIR
import Testing

@testable import Trading

/// Closed trades are kept as bytes for snapshots, 64 at a time.
struct SealedTradesTests {
  private func market(trades: Int) -> BrokerMarket {
    let market = BrokerMarket()
    market.broker.book.sealsTrades = true
    for _ in 0..<trades {
      market.flat(100, entry(1, 1))
      market.flat(100, closeAll)
    }
    market.flat(100)
    market.flat(100, entry(1, 1))
    market.flat(100)
    return market
  }

  private func saved(_ broker: BarBroker) -> [UInt8] {
    var saver = StateSaver(room: 1_000)
    broker.book.persist(&saver)
    return saver.bytes()
  }

  @Test func `a look at their texts leaves them, other numbers make those from there on anew`() {
    let (market, other) = (market(trades: 200), market(trades: 200))
    let sealed = market.broker.book.sealedTrades
    #expect(sealed.count == 3)
    market.broker.forEachText { _ in }
    #expect(market.broker.book.sealedTrades.map(ObjectIdentifier.init) == sealed.map(ObjectIdentifier.init))
    #expect(saved(market.broker) == saved(other.broker))

    // The first text of the 71st closed trade, behind those of the open one.
    var place = 0
    market.broker.book.forEachText(closedTradesFrom: 70) { number in
      if number == 1, place == 1 { number = 7 }
      if number == 1 || number == 7 { place += 1 }
    }
    #expect(market.broker.book.closedTrades[70].entryID == 7)
    #expect(market.broker.book.sealedTrades.map(ObjectIdentifier.init) == [ObjectIdentifier(sealed[0])])
    other.broker.book.sealedTrades = []
    other.broker.book.closedTrades.base[70].entryID = 7
    #expect(saved(market.broker) == saved(other.broker))
  }
}
