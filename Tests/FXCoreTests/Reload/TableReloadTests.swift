import CFxaot
import StrategyVM
import TestTerms
import Testing

@testable import FXCore

/// Another version of a strategy of the library in the place of the running one.
struct TableReloadTests {
  /// Loud enough for the strategies' bands, with bars of one to six quotes for their volumes.
  private func quotes(_ count: Int, seed: UInt64) -> [TestQuote] {
    Scripts.walk(count, seed: seed).enumerated().compactMap { index, quote in
      if index % 6 > (index / 6 * 7_919) % 11 / 2 { return nil }
      let step = (((quote.bid - 1.1) * 20 + 3) * 100_000).rounded() / 100_000
      return TestQuote(time: quote.time, bid: step, ask: step + 0.00002)
    }
  }

  @Test(arguments: ["ma_crossover", "mean_reversion", "momentum_breakout", "fusion"])
  func `the same one mid stream gives the same events`(_ name: String) throws {
    let quotes = quotes(8_000, seed: 3)
    let bars = { (config: inout fxaot_config) in config.bar_events = 1 }
    let (still, reloaded) = (try World.eurusd(bars), try World.eurusd(bars))
    for world in [still, reloaded] { try world.deploy(named: name) }
    still.send(quotes)
    for start in stride(from: 0, to: quotes.count, by: 1_999) {
      reloaded.send(Array(quotes[start..<min(start + 1_999, quotes.count)]))
      let version = try reloaded.prepare(named: name, try reloaded.basis())
      try reloaded.swap(version)
    }
    let expected = still.take().map(\.whole)
    #expect(expected.count > 1_000)
    #expect(reloaded.take().map(\.whole) == expected)
  }

  @Test func `other parameters hold from the swap on and the report tells them`() throws {
    let quotes = quotes(4_000, seed: 5)
    let (other, world) = (try World.eurusd(), try World.eurusd())
    try other.deploy("ma_crossover", kind: FXAOT_TF_MINUTES, params: ["fast": 3, "slow": 9])
    try world.deploy("ma_crossover", kind: FXAOT_TF_MINUTES)
    for world in [other, world] {
      world.send(Array(quotes[..<1_000]))
      _ = world.take()
    }
    let version = try world.reload("ma_crossover", params: ["fast": 3, "slow": 9])
    for world in [other, world] { world.send(Array(quotes[1_000...])) }
    let signals = { (world: World) in
      world.take().filter { $0.kind == UInt32(FXAOT_EVENT_SIGNAL) }.map { "\($0.time_ns) \($0.text)" }
    }
    let expected = signals(other)
    #expect(expected.count > 50)
    #expect(signals(world) == expected)
    var changed: [String] = []
    for case .inputChanged(let old, let new) in version.changes {
      changed.append("\(new.name) \(old.value) \(new.value) \(old.initial == new.initial)")
    }
    #expect(changed == ["fast number(5.0) number(3.0) true", "slow number(20.0) number(9.0) true"])
    #expect(version.changes.count == 2)
  }

  @Test func `another table takes over position and counts`() throws {
    let quotes = quotes(4_000, seed: 8)
    let world = try World.eurusd()
    try world.deploy("ma_crossover", kind: FXAOT_TF_MINUTES)
    world.send(quotes)
    let before = world.strategies[0]
    #expect(before.quantity != 0)
    let version = try world.reload("mean_reversion", kind: FXAOT_TF_MINUTES, count: 5)
    let after = world.strategies[0]
    #expect(after.quantity == before.quantity && after.fills == before.fills)
    #expect(after.version == 2 && after.timeframe.count == 5)
    #expect(String(cString: try #require(after.strategy)) == "mean_reversion")
    #expect(version.changes.contains { if case .inputRemoved = $0 { true } else { false } })
    #expect(version.changes.contains { if case .inputAdded = $0 { true } else { false } })
    world.send(self.quotes(8_000, seed: 8).suffix(2_000).map { $0 })
    #expect(world.strategies[0].bars > after.bars)
  }

  @Test func `wrong names and parameters are refused`() throws {
    let world = try World.eurusd()
    try world.deploy("ma_crossover", kind: FXAOT_TF_MINUTES)
    let basis = try world.basis()
    #expect(refusal { _ = try world.prepare("none", basis) }?.status == FXAOT_UNKNOWN_STRATEGY)
    let name = refusal { _ = try world.prepare("ma_crossover", basis, params: ["fast": 3, "no": 1]) }
    #expect(name?.status == FXAOT_UNKNOWN_PARAMETER && name?.parameterIndex == 1)
    let together = refusal { _ = try world.prepare("ma_crossover", basis, params: ["fast": 30]) }
    #expect(together?.status == FXAOT_PARAMETER_RANGE && together?.parameterIndex == .max)
  }

  @Test func `a version that would need too many timeframes replaces nothing`() throws {
    let world = try World.eurusd()
    for index in 0..<64 {
      try world.deploy(ref: 200 + UInt64(index), kind: FXAOT_TF_SECONDS, count: UInt32(index + 1))
    }
    try world.deploy("ma_crossover", kind: FXAOT_TF_SECONDS, count: 7)
    let version = try world.prepare("ma_crossover", try world.basis(kind: FXAOT_TF_SECONDS, count: 999))
    #expect(refusal { try world.swap(version) }?.status == FXAOT_LIMIT)
    #expect(world.strategies.last?.timeframe.count == 7)
    world.tick(start + 0, 1.1, 1.1)
    world.tick(start + 7 * second, 1.1, 1.1)
    #expect(world.strategies.last?.bars == 1)
  }
}

extension World {
  /// One of the strategies of the library, on bars of a minute.
  func deploy(named name: String, ref: UInt64 = 100) throws {
    try name.withCString { name in
      var deployment = fxaot_deployment()
      deployment.strategy = name
      deployment.symbol_ref = 1
      deployment.timeframe = fxaot_timeframe(kind: UInt32(FXAOT_TF_MINUTES), count: 1)
      try engine.pointee.addStrategy(deployment, ref: ref)
    }
  }

  func prepare(named name: String, _ basis: ReloadBasis) throws -> PreparedVersion {
    try name.withCString { name in
      var deployment = fxaot_deployment()
      deployment.strategy = name
      return try PreparedVersion.table(deployment, on: basis)
    }
  }
}
