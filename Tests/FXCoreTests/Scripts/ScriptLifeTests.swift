import CFxaot
import StrategyIR
import StrategyVM
import TestTerms
import Testing

@testable import FXCore
@testable import Market

/// Scripts that come, go, move and fail.
struct ScriptLifeTests {
  private func refusal(_ body: () throws -> Void) -> EngineRefusal? {
    do {
      try body()
      return nil
    } catch {
      return error as? EngineRefusal
    }
  }

  private static let failing = """
    //@version=6
    strategy("Fails")
    if bar_index == 0
        strategy.entry("L", strategy.long, 1000)
        strategy.entry("B", strategy.long, 1000, stop = 1.5)
    if bar_index == 2
        runtime.error("no more")
    """

  @Test func `a script that fails stops with an alarm and keeps nothing waiting`() throws {
    let world = try World.eurusd()
    try world.deploy(script: Self.failing)
    try world.deploy(script: Scripts.cross, ref: 101)
    for index in 0..<4 { world.tick(start + Int64(index) * minute, 1.1, 1.1) }
    let events = world.take()
    #expect(events.map(\.text) == ["order 1000", "order 1000", "fill 1000", "cancel 1000", "alarm 3"])
    #expect(events[4].quantity == 7 && events[4].strategy_ref == 100)
    let stats = world.strategies
    #expect(String(cString: try #require(stats[0].failure)) == "line 7: no more")
    #expect(stats[0].quantity == 1000)
    #expect(stats[1].failure == nil && stats[1].bars == 3)
    // The stop order is gone, and so is the instrument's interest in its quotes.
    world.tick(start + 10 * minute, 1.6, 1.6)
    world.tick(start + 10 * minute + 1, 1.6, 1.6)
    #expect(world.take().allSatisfy { $0.strategy_ref != 100 })
    try world.remove(100)
  }

  @Test func `what a script holds has a limit of its own`() throws {
    let world = try World.eurusd()
    try world.deploy(
      script: """
        //@version=6
        strategy("Buys")
        strategy.entry("L", strategy.long, 1000)
        """)
    // What it may have bought in years, while another one sold as much.
    _ = world.engine.pointee.strategies.base[0].book.fill(1_000_000_000_000_000_000, at: 1)
    for index in 0..<2 { world.tick(start + Int64(index) * minute, 1.1, 1.1) }
    #expect(world.take().map(\.text) == ["reject 2"])
  }

  @Test func `too many waiting orders stop a script`() throws {
    let world = try World.eurusd()
    try world.deploy(
      script: """
        //@version=6
        strategy("Piles up")
        for i = 1 to 900
            strategy.order(str.tostring(bar_index * 1000 + i), strategy.long, 1, limit = 0.5)
        """)
    for index in 0..<20 { world.tick(start + Int64(index) * minute, 1.1, 1.1) }
    let events = world.take().map(\.text)
    #expect(events.count == 2 * 9_900 + 1 && events.last == "alarm 3")
    #expect(events.prefix(9_900).allSatisfy { $0 == "order 1" })
    #expect(events.dropFirst(9_900).dropLast().allSatisfy { $0 == "cancel 1" })
    #expect(world.strategies[0].bars == 19)
    let why = String(cString: try #require(world.strategies[0].failure))
    #expect(why == "the script has more than 10,000 waiting orders")
    let market = world.engine.pointee.instruments.base[0].market
    #expect(market.orders == 0 && market.watchers == 0)
  }

  @Test func `inputs go by title and by variable and their ranges hold`() throws {
    let text = """
      //@version=6
      strategy("Inputs")
      units = input.int(10, "Units held", minval = 1, maxval = 50)
      if bar_index == 0
          strategy.entry("L", strategy.long, units)
      """
    for name in ["Units held", "units"] {
      let world = try World.eurusd()
      try world.deploy(script: text, parameters: [(name, .number(42))])
      world.tick(start + 0, 1.1, 1.1)
      world.tick(start + minute, 1.1, 1.1)
      #expect(world.take().map(\.text) == ["order 42"])
    }
    let world = try World.eurusd()
    let range = refusal { try world.deploy(script: text, parameters: [("units", .number(51))]) }
    #expect(range?.status == FXAOT_PARAMETER_RANGE && range?.minimum == 1 && range?.maximum == 50)
    let kind = refusal { try world.deploy(script: text, parameters: [("units", .text("x"))]) }
    #expect(kind?.status == FXAOT_BAD_PARAMETER)
    let name = refusal { try world.deploy(script: text, parameters: [("unit", .number(1))]) }
    #expect(name?.status == FXAOT_UNKNOWN_PARAMETER && name?.parameter == "unit")
    #expect(world.strategies.isEmpty)
  }

  @Test func `an indicator is refused`() throws {
    let world = try World.eurusd()
    let why = refusal {
      try world.deploy(script: "//@version=6\nindicator(\"I\")\nplot(close)")
    }
    #expect(why?.status == FXAOT_BAD_SCRIPT)
  }

  @Test func `damaged programs are refused or run and never crash`() throws {
    let bytes = try Scripts.program(Scripts.cross).encoded()
    let quotes = Scripts.walk(120, seed: 3)
    var state: UInt64 = 9
    var accepted = 0
    for _ in 0..<400 {
      var damaged = bytes
      for _ in 0..<3 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        damaged[Int(state >> 33) % damaged.count] = UInt8(truncatingIfNeeded: state >> 20)
      }
      if state & 8 == 0 { damaged.removeLast(Int(state >> 40) % damaged.count) }
      let world = try World.eurusd()
      if refusal({ try world.deploy(program: damaged) }) == nil {
        accepted += 1
        world.send(quotes)
      }
    }
    #expect(accepted < 400)
  }

  @Test func `an order at the venue goes with its script`() throws {
    let world = try World.eurusd()
    try world.deploy(script: Self.failing)
    world.tick(start + 0, 1.1, 1.1)
    world.tick(start + minute, 1.1, 1.1)
    #expect(world.take().map(\.text) == ["order 1000", "order 1000"])
    try world.remove(100)
    for index in 2..<9 { world.tick(start + Int64(index) * minute, 1.6, 1.6) }
    #expect(
      world.take().map { [$0.kind, $0.code, UInt32($0.reason)] }
        == Array(
          repeating: [UInt32(FXAOT_EVENT_ORDER), FXAOT_ORDER_CANCELLED.rawValue, FXAOT_CANCEL_STRATEGY.rawValue],
          count: 2))
    #expect(world.strategies.isEmpty)
    let market = world.engine.pointee.instruments.base[0].market
    #expect(market.orders == 0 && market.watchers == 0)
  }

  @Test func `a script that moves with its instrument goes on as if it had stayed`() throws {
    let text =
      Scripts.cross + "\nstrategy.exit(\"X\", loss = 60, trail_points = 30, trail_offset = 20)\n"
      + "daily = request.security(syminfo.tickerid, \"5\", ta.sma(close, 3))\n"
      + "if daily > close\n    strategy.close(\"L\")\n"
    let quotes = Scripts.walk(5_000, seed: 11)
    let still = try World.eurusd()
    try still.deploy(script: text)
    still.send(quotes)
    let expected = still.take()
    #expect(expected.count > 200)

    let worlds = [try World.eurusd(), try World()]
    try worlds[0].deploy(script: text)
    var events: [fxaot_event] = []
    for start in stride(from: 0, to: quotes.count, by: 37) {
      let turn = start / 37 % 2
      worlds[turn].send(Array(quotes[start..<min(start + 37, quotes.count)]))
      events += worlds[turn].take()
      try [UInt64(1)].withUnsafeBufferPointer {
        try Engine.move($0, from: worlds[turn].engine, to: worlds[1 - turn].engine)
      }
    }
    #expect(events.map(\.text) == expected.map(\.text))
    #expect(events.map(\.time_ns) == expected.map(\.time_ns))
    #expect(events.map(\.price) == expected.map(\.price))
    #expect(worlds.contains { $0.engine.pointee.accountState.venue.waiting.count == 0 })
  }

  @Test func `batches give the events of single quotes`() throws {
    let text =
      Scripts.cross + "\nstrategy.exit(\"X\", loss = 60, profit = 80)\n"
    let quotes = Scripts.walk(3_000, seed: 5)
    let (single, batch) = (try World.eurusd(), try World.eurusd())
    for world in [single, batch] { try world.deploy(script: text) }
    single.send(quotes)
    let records = quotes.map {
      fxaot_quote(
        time_ns: $0.time, symbol: Terms.key("EURUSD"), bid: $0.bid, ask: $0.ask, bid_size: 0,
        ask_size: 0)
    }
    records.withUnsafeBytes {
      if let base = $0.baseAddress { batch.engine.pointee.ticks(base, count: records.count) }
    }
    #expect(single.takeBytes() == batch.takeBytes())
  }
}
