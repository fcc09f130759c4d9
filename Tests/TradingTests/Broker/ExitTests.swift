import RandomMarket
import StrategyIR
import TestTerms
import Testing

struct ExitTests {
  /// A market that is long `quantity` at 100 since its second bar.
  private func long(
    _ quantity: Double = 1, _ set: @escaping (inout BrokerSettings) -> Void = { _ in }
  ) -> BrokerMarket {
    let market = BrokerMarket(set)
    market.flat(100, entry(1, 1, quantity))
    return market
  }

  @Test func `a bracket fills only its first price`() {
    let market = long()
    market.flat(100, exit(9, from: 1, limit: 104, stop: 97))
    // Open, low, high: the stop first.
    market.bar(100, 105, 96, 100)
    #expect(market.closed == ["100.0>97.0×1.0@1-2"])
    #expect(market.position == 0)
  }

  @Test func `an exit placed with its entry works on the entrys bar`() {
    let market = BrokerMarket()
    market.flat(100, entry(1, 1), exit(9, from: 1, profit: 300, loss: 200))
    market.bar(100, 103.5, 99, 101)
    #expect(market.closed == ["100.0>103.0×1.0@1-1"])
  }

  @Test func `a stop entrys bracket sees only the rest of the path`() {
    let market = BrokerMarket()
    market.flat(100, entry(1, 1, stop: 102), exit(9, from: 1, limit: 101, stop: 99))
    // Open, low 98, high 103, close 100: the low lies before the entry at 102. The limit below the
    // entry is met at once.
    market.bar(100, 103, 98, 100)
    #expect(market.closed == ["102.0>102.0×1.0@1-1"])
  }

  @Test func `of a price and a distance the one reached first counts`() {
    let market = long()
    market.flat(100, exit(9, from: 1, limit: 104, stop: 95, profit: 300, loss: 600))
    market.bar(100, 105, 100, 104)
    #expect(market.closed == ["100.0>103.0×1.0@1-2"])
  }

  @Test func `several exits share a position`() {
    let market = long(20)
    market.flat(100, exit(8, quantity: 19, limit: 110), exit(9, quantity: 20, stop: 95))
    market.bar(100, 100, 94, 96)
    // The first call has taken 19; one is left for the stop.
    #expect(market.closed == ["100.0>95.0×1.0@1-2"])
    #expect(market.position == 19)
  }

  @Test func `an exit that has filled does not come back`() {
    let market = long(2)
    let half = exit(8, from: 1, percent: 50, limit: 103)
    market.flat(100, half)
    market.bar(100, 103, 100, 101, half)
    market.bar(101, 104, 101, 103, half)
    #expect(market.closed == ["100.0>103.0×1.0@1-2"])
    #expect(market.position == 1)
  }

  @Test func `exits without an entry hold for later ones too`() {
    let market = BrokerMarket { $0.pyramiding = 3 }
    market.flat(100, entry(1, 1))
    market.flat(100, exit(9, limit: 105), entry(2, 1))
    market.flat(101, entry(3, 1))
    market.flat(102)
    market.bar(102, 106, 102, 105)
    #expect(market.closed.count == 3)
    #expect(market.position == 0)
  }

  @Test func `exits of an entry hold for that entry alone`() {
    let market = BrokerMarket { $0.pyramiding = 3 }
    market.flat(100, entry(1, 1))
    market.flat(100, exit(9, from: 1, limit: 105), entry(2, 1))
    market.flat(101)
    market.bar(102, 106, 102, 105)
    #expect(market.position == 1)
  }

  @Test func `a trailing stop follows from its activation on`() {
    let market = long()
    // Active from 108 on, 4 behind the best.
    market.flat(100, exit(9, from: 1, points: 800, offset: 400))
    market.bar(100, 107.9, 100, 101)
    #expect(market.position == 1)
    // Open, low 101, high 110, close 107: the stop is at 106 in the end.
    market.bar(102, 110, 101, 107)
    #expect(market.position == 1)
    market.bar(107, 107.5, 105, 106)
    #expect(market.closed == ["100.0>106.0×1.0@1-4"])
  }

  @Test func `a trailing stop can begin and fill in one bar`() {
    let market = long()
    market.flat(100, exit(9, from: 1, points: 800, offset: 400))
    // Open, high 112, low 99: falls back through 108.
    market.bar(106, 112, 99, 100)
    #expect(market.closed == ["100.0>108.0×1.0@1-2"])
  }

  @Test func `an exit without a trailing distance does not trail`() {
    for way in [exit(9, from: 1, stop: 95, points: 300), exit(9, from: 1, stop: 95, activation: 103)] {
      let market = long()
      market.flat(100, way)
      market.bar(100, 107, 100, 101)
      #expect(market.position == 1)
      market.bar(101, 101, 94, 96)
      #expect(market.closed == ["100.0>95.0×1.0@1-3"])
    }
  }

  @Test func `a trailing stop begins at the first price on the grid that has reached it`() {
    let market = long()
    market.flat(100, exit(9, from: 1, activation: 103.005, offset: 100))
    market.bar(100, 103, 100, 100)
    #expect(market.position == 1)
    market.bar(100, 103.01, 100, 102.5)
    #expect(market.position == 1)
    market.bar(102.5, 102.5, 101, 101)
    #expect(market.closed == ["100.0>102.01×1.0@1-4"])
  }

  @Test func `first in first out unless any`() {
    func run(any: Bool) -> [String] {
      let market = BrokerMarket {
        $0.pyramiding = 2
        $0.closeEntriesAny = any
      }
      market.flat(100, entry(1, 1, 5))
      market.flat(101, entry(2, 1, 10))
      market.flat(102, close(2))
      market.flat(103)
      return market.closed
    }
    #expect(run(any: false) == ["101.0>103.0×5.0@1-3", "102.0>103.0×5.0@2-3"])
    #expect(run(any: true) == ["102.0>103.0×10.0@2-3"])
  }

  @Test func `an entry is open as long as its own part is`() {
    let market = BrokerMarket { $0.pyramiding = 2 }
    market.flat(100, entry(1, 1))
    market.flat(101, entry(2, 1))
    market.flat(102, exit(9, from: 2, limit: 105))
    // The exit of 2 closes the older trade, that of 1; what is left belongs to 1.
    market.bar(102, 105, 102, 103, close(2))
    #expect(market.closed == ["101.0>105.0×1.0@1-3"])
    market.flat(103, close(1))
    #expect(market.position == 1)
    market.flat(104)
    #expect(market.closed[1] == "102.0>104.0×1.0@2-5")
  }

  @Test func `an exit called with na takes its prices back`() {
    let market = long()
    market.flat(100, exit(9, from: 1, stop: 95))
    market.flat(100, exit(9, from: 1))
    market.bar(100, 100, 90, 100)
    #expect(market.position == 1)
  }

  @Test func `a price that the close has reached fills there`() {
    let market = BrokerMarket { $0.processOrdersOnClose = true }
    market.flat(100, entry(1, 1))
    market.flat(99, exit(9, from: 1, stop: 99.5))
    #expect(market.closed == ["100.0>99.0×1.0@0-1"])
  }

  @Test func `parts of a position can be closed`() {
    let market = long(8)
    market.flat(100, close(1, percent: 25))
    market.flat(101, close(1, 2.5))
    market.flat(102, close(7))
    market.flat(103)
    #expect(market.closed == ["100.0>101.0×2.0@1-2", "100.0>102.0×2.5@1-3"])
    #expect(market.position == 3.5)
  }

  @Test func `immediately closes at this close`() {
    let market = long()
    market.bar(100, 103, 99, 102, close(1, immediately: true))
    #expect(market.closed == ["100.0>102.0×1.0@1-1"])
  }

  @Test func `process orders on close fills at this close`() {
    let market = BrokerMarket { $0.processOrdersOnClose = true }
    market.bar(100, 103, 99, 102, entry(1, 1))
    #expect(market[.positionAveragePrice] == 102)
    market.bar(100, 103, 99, 101, closeAll)
    #expect(market.closed == ["102.0>101.0×1.0@0-1"])
  }

  @Test func `a group that cancels leaves one order`() {
    let market = BrokerMarket()
    market.flat(
      100, order(1, 1, stop: 102, group: 5, .cancel), order(2, -1, stop: 98, group: 5, .cancel))
    market.bar(100, 103, 97, 100)
    #expect(market.position == -1)
    #expect(market.closed.isEmpty)
  }

  @Test func `a group that reduces never overshoots`() {
    let market = long(6)
    market.flat(
      100, order(2, -1, 6, stop: 95, group: 5, .reduce), order(3, -1, 3, limit: 103, group: 5, .reduce),
      order(4, -1, 6, limit: 104, group: 5, .reduce))
    market.bar(100, 103, 99, 101)
    #expect(market.position == 3)
    market.bar(101, 101, 94, 95)
    #expect(market.position == 0)
    market.bar(95, 110, 95, 100)
    #expect(market.position == 0)
  }
}
