import CFxaot
import TestTerms
import Testing

@testable import FXCore
@testable import Market

/// Random quotes and deployments, fixed by a seed, and what must hold after each of them.
struct InvariantTests {
  @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6])
  func `books account and events agree`(seed: UInt64) throws {
    var random = RandomSource(seed: seed)
    func below(_ limit: UInt64) -> UInt64 { UInt64(random.uniform() * Double(limit)) }
    let world = try World {
      $0.bar_events = UInt32(seed % 2)
      $0.balance_micro = 1_000_000_000 * 1_000_000  // no stop-out
      $0.sizer = UInt32(seed % 3 == 0 ? FXAOT_SIZER_EQUITY_PERCENT : FXAOT_SIZER_FIXED)
    }
    try world.add("EUR", "USD", 1)
    try world.add("USD", "JPY", 2, decimals: 3)
    try world.add("EUR", "GBP", 3)
    var left: [UInt64: Int64] = [:]  // by instrument, what removed strategies leave
    var sequence: UInt64 = 0
    var time: Int64 = start
    let names: [StaticString] = ["puppet", "feeds", "ma_crossover", "mean_reversion", "fusion"]
    for _ in 0..<6_000 {
      let ref = 1 + below(20)
      switch below(40) {
      case 0:
        let name = names[Int(below(5))]
        let kind = [FXAOT_TF_TICK, FXAOT_TF_SECONDS, FXAOT_TF_MINUTES][Int(below(3))]
        try? world.deploy(name, ref: ref, on: 1 + below(3), kind: kind)
      case 1:
        if let old = world.strategies.first(where: { $0.strategy_ref == ref }) {
          left[old.symbol_ref, default: 0] += old.quantity
          try world.remove(ref)
        }
      case 2: world.advance(to: time + Int64(below(100)) * second)
      default:
        time += Int64(below(3)) * second
        let price = 0.8 + random.uniform() * 0.6
        world.tick(time, price, price + random.uniform() / 1_000, on: 1 + below(4))
      }
      for event in world.take() {
        sequence += 1
        #expect(event.sequence == sequence)
      }
      try expectAgreement(world, left)
    }
    #expect(world.stats.fills > 50)
    #expect(world.stats.events == sequence)
  }

  private func expectAgreement(_ world: World, _ left: [UInt64: Int64]) throws {
    let account = world.account
    let positions = world.positions
    try #require(account.equity_micro == account.balance_micro + account.unrealised_micro)
    try #require(account.realised_micro == positions.reduce(0) { $0 + $1.realised_micro })
    try #require(account.unrealised_micro == positions.reduce(0) { $0 + $1.unrealised_micro })
    var sums = left
    for strategy in world.strategies { sums[strategy.symbol_ref, default: 0] += strategy.quantity }
    for ref in UInt64(1)...3 {
      let net = positions.first { $0.symbol_ref == ref }?.quantity ?? 0
      try #require(net == sums[ref] ?? 0)
    }
  }
}
