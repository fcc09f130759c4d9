import Artifacts
import CFxaot
import StrategyVM
import TestTerms
import Testing

@testable import FXCore
@testable import Market

/// A script that goes from the virtual machine to native code and back.
@Suite(.enabled(if: NativeArtifacts.toolchain != nil, "needs Embedded Swift"))
struct NativeTierTests {
  private func stats(_ world: World) -> fxaot_strategy_stats { world.strategies[0] }

  @Test func `switching at random quotes changes no event`() throws {
    let quotes = Scripts.walk(6_000, seed: 21)
    let (still, world) = (try World.eurusd(), try World.eurusd())
    for world in [still, world] { try world.deploy(script: ScriptReloadTests.busy) }
    still.send(quotes)
    let code = try NativeArtifacts.make(try world.engine.pointee.plan(ref: 100))
    var state: UInt64 = 77
    var switches = 0
    for quote in quotes {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      if (state >> 33) % 40 == 0 {
        switches += 1
        if stats(world).tier == UInt32(FXAOT_TIER_NATIVE) {
          try world.engine.pointee.detachNative(ref: 100)
        } else {
          try world.engine.pointee.attachNative(ref: 100, code)
        }
      }
      world.tick(quote.time, quote.bid, quote.ask)
    }
    let expected = still.take().map(\.whole)
    #expect(expected.count > 300 && switches > 100)
    #expect(world.take().map(\.whole) == expected)
  }

  /// The size follows the equity, so a wrong rate would show.
  private static let euros = """
    //@version=6
    strategy("Euros", default_qty_type = strategy.percent_of_equity, default_qty_value = 2, initial_capital = 500000, currency = currency.EUR)
    fast = ta.ema(close, 3)
    slow = ta.ema(close, 8)
    if ta.crossover(fast, slow)
        strategy.entry("L", strategy.long)
    if ta.crossunder(fast, slow)
        strategy.entry("S", strategy.short)
    strategy.exit("X", loss = 60)
    """

  @Test func `a start in native code in another account currency changes no event`() throws {
    let quotes = Scripts.walk(4_000, seed: 41)
    let worlds = try (0..<2).map { _ in
      try World.eurusd { Terms.copy("EUR", into: &$0.account_currency) }
    }
    // As a deployment asks for it, before any engine runs the script.
    let early = try Scripts.program(Self.euros).encoded().withUnsafeBytes {
      try ScriptPlan.encoded(
        $0, on: Terms.make("EUR", "USD"), fxaot_timeframe(kind: UInt32(FXAOT_TF_MINUTES), count: 1),
        parameters: [])
    }
    for world in worlds { try world.deploy(script: Self.euros) }
    let native = worlds[1].engine
    #expect(try native.pointee.encodedPlan(ref: 100).hash == early.hash)
    try native.pointee.attachNative(
      ref: 100, try NativeArtifacts.make(try native.pointee.plan(ref: 100)))
    for world in worlds { world.send(quotes) }
    #expect(stats(worlds[0]).native_steps == 0 && stats(worlds[1]).native_steps == 666)
    let expected = worlds[0].take().map(\.whole)
    #expect(expected.count == 310)
    #expect(worlds[1].take().map(\.whole) == expected)
  }

  @Test func `native steps are counted since the attach`() throws {
    let world = try World.eurusd()
    try world.deploy(script: Scripts.cross)
    let code = try NativeArtifacts.make(try world.engine.pointee.plan(ref: 100))
    let quotes = Scripts.walk(180, seed: 1)
    world.send(Array(quotes[..<60]))
    #expect(stats(world).tier == UInt32(FXAOT_TIER_VM) && stats(world).native_steps == 0)
    try world.engine.pointee.attachNative(ref: 100, code)
    world.send(Array(quotes[60..<120]))
    #expect(stats(world).tier == UInt32(FXAOT_TIER_NATIVE) && stats(world).native_steps == 10)
    try world.engine.pointee.detachNative(ref: 100)
    world.send(Array(quotes[120...]))
    #expect(stats(world).tier == UInt32(FXAOT_TIER_VM) && stats(world).native_steps == 10)
    try world.engine.pointee.attachNative(ref: 100, code)
    #expect(stats(world).native_steps == 0)
  }

  @Test func `code of other parameters is refused`() throws {
    let world = try World.eurusd()
    try world.deploy(script: Scripts.cross)
    try world.deploy(script: Scripts.cross, ref: 101, parameters: [("Fast", .number(4))])
    try world.deploy("ma_crossover", ref: 102, kind: FXAOT_TF_MINUTES)
    let code = try NativeArtifacts.make(try world.engine.pointee.plan(ref: 101))
    let why = refusal { try world.engine.pointee.attachNative(ref: 100, code) }
    #expect(why?.status == FXAOT_BAD_ARTIFACT && why?.message.isEmpty == false)
    #expect(stats(world).tier == UInt32(FXAOT_TIER_VM))
    #expect(refusal { try world.engine.pointee.attachNative(ref: 102, code) }?.status == FXAOT_BAD_SCRIPT)
    #expect(refusal { try world.engine.pointee.attachNative(ref: 9, code) }?.status == FXAOT_NOT_FOUND)
  }

  @Test func `a native version takes the place of the running one and moves with it`() throws {
    let quotes = Scripts.walk(4_000, seed: 31)
    let (still, from, to) = (try World.eurusd(), try World.eurusd(), try World())
    for world in [still, from] { try world.deploy(script: ScriptReloadTests.busy) }
    still.send(quotes)
    from.send(Array(quotes[..<1_000]))
    let version = try from.prepare(script: ScriptReloadTests.busy, try from.basis())
    try version.attachNative(try NativeArtifacts.make(try version.plan()))
    from.send(Array(quotes[1_000..<2_000]))
    try from.swap(version)
    // The 167 bars of the time between were native steps too.
    #expect(stats(from).native_steps == 167)
    from.send(Array(quotes[2_000..<3_000]))
    try [UInt64(1)].withUnsafeBufferPointer {
      try Engine.move($0, from: from.engine, to: to.engine)
    }
    to.send(Array(quotes[3_000...]))
    #expect(stats(to).tier == UInt32(FXAOT_TIER_NATIVE))
    let told = { (event: fxaot_event) in "\(event.text) \(event.time_ns) \(event.price)" }
    #expect((from.take() + to.take()).map(told) == still.take().map(told))
  }

  @Test func `a failure is the same on both tiers`() throws {
    let text = """
      //@version=6
      strategy("Fails")
      if bar_index == 3
          strategy.entry("L", strategy.long, 1000)
      if bar_index == 7
          runtime.error("at " + str.tostring(bar_index))
      """
    var failures: [String] = []
    for isNative in [false, true] {
      let world = try World.eurusd()
      try world.deploy(script: text)
      if isNative {
        let code = try NativeArtifacts.make(try world.engine.pointee.plan(ref: 100))
        try world.engine.pointee.attachNative(ref: 100, code)
      }
      world.send(Scripts.walk(120, seed: 2))
      #expect(world.take().map(\.text) == ["order 1000", "fill 1000", "alarm 3"])
      failures.append(String(cString: try #require(stats(world).failure)))
    }
    #expect(failures == ["line 6: at 7", "line 6: at 7"])
  }
}
