import StrategyIR
import StrategyVM
import Testing

@testable import Research

/// Random markets and random orders: what must hold whatever a script does.
struct InvariantTests {
  /// SplitMix64.
  private struct Random {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
  }

  @Test(arguments: 0..<60)
  func theBookAddsUp(seed: Int) {
    var random = Random(state: UInt64(seed))
    let market = Market { settings in
      settings.initialCapital = 10_000
      settings.pyramiding = random.below(4)
      settings.closeEntriesAny = random.below(2) == 0
      settings.processOrdersOnClose = random.below(4) == 0
      settings.slippage = Double(random.below(3))
      settings.limitVerification = Double(random.below(3))
      settings.sizing = [.fixed, .cash, .percentOfEquity][random.below(3)]
      settings.defaultQuantity = [2, 500, 40][random.below(3)]
      settings.commission = [.percent, .cashPerContract, .cashPerOrder][random.below(3)]
      settings.commissionValue = [0, 0.1, 1][random.below(3)]
      settings.marginLong = [0, 50, 100][random.below(3)]
      settings.marginShort = [0, 50, 100][random.below(3)]
    }
    var close = 100.0
    for index in 0..<300 {
      let bar = Self.bar(Int64(index), after: close, &random)
      close = bar.close
      market.broker.advance(bar, index: Int64(index), day: Int64(index / 20))
      check(market.broker)
      market.broker.place((0..<random.below(4)).map { _ in Self.command(close, &random) })
      check(market.broker)
    }
  }

  private func check(_ broker: BarBroker) {
    var size = 0.0
    for index in 0..<broker.openTrades.count { size += broker.openTrades[index].size }
    #expect(abs(size - broker.position) < 1e-6)
    let lots = broker.lots.reduce(0) { $0 + $1.remaining }
    #expect(abs(lots - abs(broker.position)) < 1e-6)
    #expect(broker.lots.allSatisfy { $0.direction * broker.position > 0 })
    var closed = 0.0
    for index in 0..<broker.closedTrades.count {
      let trade = broker.closedTrades[index]
      closed += trade.profit
      #expect(trade.size != 0 && trade.exitBar >= trade.entryBar)
    }
    #expect(abs(closed - broker.totals.netProfit) < 1e-6)
    let equity = broker.numbers[Int(BookField.equity.rawValue)]
    #expect(abs(equity - broker.equity(at: broker.bar.close)) < 1e-6)
    for lot in broker.lots {
      let taken = broker.legs.reduce(0) { $1.lot == lot.serial ? $0 + $1.reserved : $0 }
      #expect(taken <= lot.initial + 1e-9)
    }
  }

  private static func bar(_ index: Int64, after close: Double, _ random: inout Random) -> ScriptBar {
    func grid(_ price: Double) -> Double { (max(price, 1) * 100).rounded() / 100 }
    let open = grid(close + (random.unit() - 0.5) * (random.below(5) == 0 ? 6 : 0.2))
    let last = grid(open + (random.unit() - 0.5) * 4)
    let high = grid(max(open, last) + random.unit() * 2)
    let low = grid(min(open, last) - random.unit() * 2)
    let time = index * 900_000
    return ScriptBar(
      time: time, timeClose: time + 900_000, open: open, high: high, low: min(low, open, last),
      close: last, volume: 1)
  }

  private static func command(_ last: Double, _ random: inout Random) -> OrderCommand {
    let id = TextRef(1 + random.below(3))
    let side: Int8 = random.below(2) == 0 ? 1 : -1
    func price() -> Double { last + (random.unit() - 0.5) * 6 }
    func maybe(_ value: Double) -> Double { random.below(2) == 0 ? value : .nan }
    let quantity = maybe(random.unit() * 5)
    switch random.below(8) {
    case 0, 1:
      return entry(id, side, quantity, limit: maybe(price()), stop: maybe(price()))
    case 2:
      let oca = OrderCommand.OCA(rawValue: UInt8(random.below(3))) ?? .none
      return order(
        id, side, quantity, limit: maybe(price()), stop: maybe(price()),
        group: TextRef(random.below(2)), oca)
    case 3, 4:
      return exit(
        id + 10, from: TextRef(random.below(4)), quantity: quantity,
        percent: maybe(random.unit() * 100), limit: maybe(price()), stop: maybe(price()),
        profit: maybe(random.unit() * 300), loss: maybe(random.unit() * 300),
        activation: maybe(price()), points: maybe(random.unit() * 200),
        offset: maybe(random.unit() * 100))
    case 5:
      return close(id, quantity, percent: maybe(random.unit() * 100), immediately: side > 0)
    case 6:
      return closeAll
    default:
      return random.below(3) == 0 ? cancelAll : cancel(id)
    }
  }

  @Test func valuesWithoutSenseDoNothing() {
    let market = Market()
    for value in [Double.nan, .infinity, -.infinity, 0, -1, 1e300, -1e300, 1e-300] {
      market.flat(
        100, entry(1, 1, value, limit: value, stop: value), order(2, -1, value, stop: value),
        exit(3, from: 1, quantity: value, percent: value, limit: value, profit: value, loss: value),
        exit(4, activation: value, points: value, offset: value), close(1, value, percent: value))
      market.bar(value, value, value, value)
    }
    market.flat(100)
    #expect(market.broker.lots.count == market.broker.openTrades.count)
  }
}
