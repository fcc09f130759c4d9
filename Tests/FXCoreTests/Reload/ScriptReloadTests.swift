import CFxaot
import StrategyVM
import TestTerms
import Testing

@testable import FXCore
@testable import Market

/// Another version of a script in the place of the running one.
struct ScriptReloadTests {
  /// Reads its indicators, its book and its own variables; places orders of all kinds.
  static let busy =
    Scripts.cross + """

      var count = 0
      count += 1
      strategy.exit("X", loss = 60, trail_points = 30, trail_offset = 20, comment = str.tostring(count))
      daily = request.security(syminfo.tickerid, "5", ta.sma(close, 3))
      if daily > close and strategy.position_size > 0 and bar_index - strategy.opentrades.entry_bar_index(0) > 3
          strategy.close("L")
      plot(daily, "daily")
      """

  @Test(arguments: [1, 2, 3, 4])
  func `the same program mid stream gives the same events`(_ seed: UInt64) throws {
    let quotes = Scripts.walk(6_000, seed: seed)
    let (still, reloaded) = (try World.eurusd(), try World.eurusd())
    for world in [still, reloaded] { try world.deploy(script: Self.busy) }
    still.send(quotes)
    for start in stride(from: 0, to: quotes.count, by: 997) {
      reloaded.send(Array(quotes[start..<min(start + 997, quotes.count)]))
      try reloaded.reload(script: Self.busy)
    }
    let expected = still.take().map(\.whole)
    #expect(expected.count > 300)
    #expect(reloaded.take().map(\.whole) == expected)
    #expect(reloaded.strategies[0].version == 8)
  }

  @Test func `bars that close while a version is prepared are caught up`() throws {
    let quotes = Scripts.walk(6_000, seed: 9)
    let (still, reloaded) = (try World.eurusd(), try World.eurusd())
    for world in [still, reloaded] { try world.deploy(script: Self.busy) }
    still.send(quotes)
    reloaded.send(Array(quotes[..<2_000]))
    let version = try reloaded.prepare(script: Self.busy, try reloaded.basis())
    reloaded.send(Array(quotes[2_000..<4_000]))
    #expect(reloaded.engine.pointee.swapBars(ref: 100, version) == 333)
    try reloaded.swap(version)
    reloaded.send(Array(quotes[4_000...]))
    #expect(reloaded.take().map(\.whole) == still.take().map(\.whole))
    #expect(version.warmBars == 666)
  }

  @Test func `an order at the venue and what waits go on`() throws {
    let text = """
      //@version=6
      strategy("A")
      if bar_index == 0
          strategy.entry("Long", strategy.long, 1000)
      strategy.exit("Out", "Long", limit = 1.2)
      """
    // The same texts under other numbers, and nothing is ordered any more.
    let other = """
      //@version=6
      strategy("B", commission_type = strategy.commission.cash_per_order, commission_value = 5)
      a = "one", b = "two", c = "Out", d = "Long"
      plot(str.length(a + b + c + d))
      if strategy.closedtrades == 1
          if strategy.closedtrades.entry_id(0) == "Long" and strategy.closedtrades.exit_id(0) == "Out" and strategy.closedtrades.commission(0) == 10
              strategy.entry("Right", strategy.short, 7)
      """
    let world = try World.eurusd()
    try world.deploy(script: text)
    world.tick(start + 0, 1.1, 1.1)
    world.tick(start + minute, 1.1, 1.1)
    #expect(world.take().map(\.text) == ["order 1000"])
    try world.reload(script: other)
    #expect(String(cString: try #require(world.strategies[0].strategy)) == "B")
    world.tick(start + minute + 1, 1.1, 1.1)
    world.tick(start + minute + 2, 1.21, 1.21)
    world.tick(start + minute + 3, 1.22, 1.22)
    #expect(world.take().map(\.text) == ["fill 1000", "order -1000", "fill -1000"])
    world.tick(start + 2 * minute, 1.22, 1.22)
    #expect(world.take().map(\.text) == ["order -7"])
  }

  @Test func `texts that the old version made since the basis go on`() throws {
    let text = """
      //@version=6
      strategy("A")
      if bar_index == 1
          strategy.entry("E" + str.tostring(bar_index), strategy.long, 1000)
      """
    let other = """
      //@version=6
      strategy("B")
      a = "one", b = "two"
      plot(str.length(a + b))
      if strategy.opentrades == 1 and strategy.opentrades.entry_id(0) == "E1"
          strategy.close("E1")
      """
    let world = try World.eurusd()
    try world.deploy(script: text)
    world.tick(start, 1.1, 1.1)
    let version = try world.prepare(script: other, try world.basis())
    for index in 1...2 { world.tick(start + Int64(index) * minute, 1.1, 1.1) }
    world.tick(start + 2 * minute + 1, 1.1, 1.1)
    #expect(world.take().map(\.text) == ["order 1000", "fill 1000"])
    try world.swap(version)
    world.tick(start + 3 * minute, 1.1, 1.1)
    #expect(world.take().map(\.text) == ["order -1000"])
  }

  @Test func `trades keep their bars`() throws {
    let buys = """
      //@version=6
      strategy("Buys")
      if bar_index == 5
          strategy.entry("L", strategy.long, 1000)
      """
    let holds = """
      //@version=6
      strategy("Holds")
      if strategy.position_size > 0 and bar_index - strategy.opentrades.entry_bar_index(0) == 9
          strategy.close("L")
      """
    // Only the newest four bars are there for the new version to count.
    let world = try World.eurusd { $0.kept_bars = 4 }
    try world.deploy(script: buys)
    for index in 0..<12 { world.tick(start + Int64(index) * minute, 1.1, 1.1) }
    #expect(world.take().map(\.text) == ["order 1000", "fill 1000"])
    let version = try world.reload(script: holds)
    #expect(version.warmBars == 4)
    var orders: [Int64] = []
    for index in 12..<20 {
      world.tick(start + Int64(index) * minute, 1.1, 1.1)
      orders += world.take().filter { $0.kind == UInt32(FXAOT_EVENT_ORDER) }
        .map { ($0.time_ns - start) / minute }
    }
    // Ordered at the close of bar 5, filled in bar 7; bar 16 closes with the quote of minute 17.
    #expect(orders == [17])
  }

  @Test func `a script that has stopped runs again`() throws {
    let failing = """
      //@version=6
      strategy("Fails")
      if bar_index == 0
          strategy.entry("L", strategy.long, 1000)
      if bar_index == 2
          runtime.error("no more")
      """
    let world = try World.eurusd()
    try world.deploy(script: failing)
    for index in 0..<4 { world.tick(start + Int64(index) * minute, 1.1, 1.1) }
    #expect(world.take().map(\.text) == ["order 1000", "fill 1000", "alarm 3"])
    #expect(
      refusal { try world.reload(script: failing) }?.message
        == "failed while warming up: line 6: no more")
    #expect(world.strategies[0].failure != nil && world.strategies[0].version == 1)
    try world.reload(
      script: """
        //@version=6
        strategy("Runs")
        if strategy.position_size == 1000
            strategy.close_all()
        """)
    #expect(world.strategies[0].failure == nil && world.strategies[0].version == 2)
    for index in 4..<7 { world.tick(start + Int64(index) * minute, 1.1, 1.1) }
    #expect(world.take().map(\.text) == ["order -1000", "fill -1000"])
  }

  @Test func `a version that stops on a bar of the time between replaces nothing`() throws {
    let quotes = Scripts.walk(3_000, seed: 4)
    let (still, world) = (try World.eurusd(), try World.eurusd())
    for world in [still, world] { try world.deploy(script: Self.busy) }
    still.send(quotes)
    world.send(Array(quotes[..<1_000]))
    let version = try world.prepare(
      script: Self.busy + "\nif bar_index == 200\n    runtime.error(\"late\")\n",
      try world.basis())
    world.send(Array(quotes[1_000..<2_000]))
    for _ in 0..<2 {
      let why = refusal { try world.swap(version) }
      #expect(why?.status == FXAOT_BAD_SCRIPT && why?.message.hasSuffix("late") == true)
    }
    world.send(Array(quotes[2_000...]))
    #expect(world.take().map(\.whole) == still.take().map(\.whole))
    #expect(world.strategies[0].version == 1)
  }

  @Test func `only the version of the basis is replaced and only once`() throws {
    let world = try World.eurusd()
    try world.deploy(script: Scripts.cross)
    let early = try world.prepare(script: Scripts.cross, try world.basis())
    let used = try world.reload(script: Scripts.cross)
    #expect(refusal { try world.swap(early) }?.status == FXAOT_STALE)
    #expect(refusal { try world.swap(used) }?.status == FXAOT_STALE)
    let late = try world.prepare(script: Scripts.cross, try world.basis())
    try world.remove(100)
    #expect(refusal { try world.swap(late) }?.status == FXAOT_NOT_FOUND)
    try world.deploy(script: Scripts.cross)
    #expect(refusal { try world.swap(late) }?.status == FXAOT_STALE)
    #expect(refusal { _ = try world.basis(7) }?.status == FXAOT_NOT_FOUND)
  }

  @Test func `another price or kind is refused`() throws {
    let world = try World.eurusd()
    try world.deploy(script: Scripts.cross)
    try world.deploy("ma_crossover", ref: 101, kind: FXAOT_TF_MINUTES)
    #expect(refusal { _ = try world.basis(price: FXAOT_BID) }?.status == FXAOT_BAD_RELOAD)
    #expect(refusal { _ = try world.basis(kind: 9) }?.status == FXAOT_BAD_TIMEFRAME)
    let (script, table) = (try world.basis(), try world.basis(101))
    #expect(refusal { _ = try world.prepare("ma_crossover", script) }?.status == FXAOT_BAD_RELOAD)
    #expect(refusal { _ = try world.prepare(script: Scripts.cross, table) }?.status == FXAOT_BAD_RELOAD)
    let range = refusal {
      _ = try world.prepare(script: Scripts.cross, script, parameters: [("Fast", .number(99))])
    }
    #expect(range?.status == FXAOT_PARAMETER_RANGE && range?.maximum == 50)
  }

  @Test func `a longer timeframe is warmed on the bars of the shorter one`() throws {
    let quotes = Scripts.walk(6_000, seed: 6)
    let plain = Scripts.cross
    let (still, world) = (try World.eurusd(), try World.eurusd())
    try still.deploy(script: plain, count: 5)
    try world.deploy(script: plain)
    // 3,000 quotes are 500 minutes: the last bar of five has closed with the next quote.
    still.send(Array(quotes[...3_000]))
    world.send(Array(quotes[...3_000]))
    _ = world.take()
    let version = try world.reload(script: plain, count: 5)
    #expect(version.warmBars == 100)
    #expect(world.strategies[0].timeframe.count == 5)
    let before = still.strategies[0]
    still.send(Array(quotes[3_001...]))
    world.send(Array(quotes[3_001...]))
    // Its first bar lacks a quote, so that its open may differ, which this script does not read.
    #expect(world.strategies[0].bars == 500 + still.strategies[0].bars - before.bars)
    func entries(_ world: World) -> [Int64] {
      world.take().filter { $0.kind == UInt32(FXAOT_EVENT_ORDER) && $0.time_ns > quotes[3_600].time }
        .map(\.time_ns)
    }
    let expected = entries(still)
    #expect(expected.count > 5)
    #expect(entries(world) == expected)
  }

  @Test func `bars are no orders while none are kept`() throws {
    let world = try World.eurusd { $0.kept_bars = 0 }
    try world.deploy(script: Scripts.cross)
    world.send(Scripts.walk(600, seed: 1))
    #expect(world.engine.pointee.instruments.base[0].keptCount == 0)
    #expect(try world.reload(script: Scripts.cross).warmBars == 0)
  }
}
