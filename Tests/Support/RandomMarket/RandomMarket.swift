package import StrategyIR
package import StrategyVM

/// SplitMix64.
package struct Random {
  var state: UInt64

  package init(seed: Int) { state = UInt64(seed) }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
  package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
  package mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
  package mutating func of<T>(_ values: [T]) -> T { values[below(values.count)] }
}

/// Random settings, bars and orders, the same for the same seed on every machine.
package enum RandomMarket {
  package static func settings(_ settings: inout BrokerSettings, _ random: inout Random) {
    settings.initialCapital = 10_000
    settings.pyramiding = random.below(4)
    settings.closeEntriesAny = random.below(2) == 0
    settings.processOrdersOnClose = random.below(4) == 0
    settings.slippage = Double(random.below(3))
    settings.limitVerification = Double(random.below(3))
    settings.sizing = random.of([.fixed, .cash, .percentOfEquity])
    settings.defaultQuantity = random.of([2, 500, 40])
    settings.commission = random.of([.percent, .cashPerContract, .cashPerOrder])
    settings.commissionValue = random.of([0, 0.1, 1])
    settings.marginLong = random.of([0, 50, 100])
    settings.marginShort = random.of([0, 50, 100])
  }

  package static func bar(_ index: Int64, after close: Double, _ random: inout Random) -> ScriptBar {
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

  package static func command(_ last: Double, _ random: inout Random) -> OrderCommand {
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
}
