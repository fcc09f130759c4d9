import CFxaot
import StrategyIR
import StrategyVM
import TestTerms
import Testing

@testable import FXCore
@testable import Market

/// Live scripts with money in another currency, and with bars of other instruments.
struct LiveMarketTests {
  private func refusal(_ body: () throws -> Void) -> EngineRefusal? {
    do {
      try body()
      return nil
    } catch {
      return error as? EngineRefusal
    }
  }

  private func move(_ refs: [UInt64], _ source: World, _ target: World) throws {
    try refs.withUnsafeBufferPointer {
      try Engine.move($0, from: source.engine, to: target.engine)
    }
  }

  private func book(_ world: World, _ field: BookField) throws -> Double {
    let strategy = world.engine.pointee.strategies.base[0]
    let running = world.engine.pointee.script(of: strategy)
    let script = try #require(running)
    return script.broker.bookView.numbers[Int(field.rawValue)]
  }

  private static let dollars = """
    //@version=6
    strategy("Dollars", default_qty_value = 10000, currency = currency.USD)
    if bar_index == 1
        strategy.entry("L", strategy.long)
    if bar_index == 2
        strategy.close_all()
    """

  @Test func `profit in yen becomes dollars at the newest quote`() throws {
    let world = try World()
    try world.add("USD", "JPY", 1, decimals: 3)
    try world.deploy(script: Self.dollars)
    for (index, price) in [150.0, 150, 150, 160, 160, 160].enumerated() {
      world.tick(start + Int64(index) * minute, price, price)
      world.tick(start + Int64(index) * minute + second, price, price)
    }
    #expect(world.take().map(\.text) == ["order 10000", "fill 10000", "order -10000", "fill -10000"])
    // 10,000 × 10 yen at the 150 of the bar that closed before the fill; then dollars are dollars.
    #expect(try book(world, .netProfit) == 100_000 * (1 / 150.0))
    #expect(try book(world, .accountRate) == 1 / 160.0)
  }

  @Test func `another instrument converts`() throws {
    let world = try World()
    try world.add("EUR", "GBP", 1)
    let refused = refusal { try world.deploy(script: Self.dollars) }
    #expect(refused?.status == FXAOT_BAD_SCRIPT)
    #expect(refused?.message.hasPrefix("cannot convert GBP to USD") == true)
    try world.add("GBP", "USD", 2)
    try world.deploy(script: Self.dollars)
    world.tick(start, 1.25, 1.25, on: 2)
    for index in 0..<2 { world.tick(start + Int64(index) * minute, 0.8, 0.8) }
    #expect(try book(world, .accountRate) == 1.25)
  }

  @Test func `orders before there is a rate stop the script`() throws {
    let world = try World()
    try world.add("EUR", "GBP", 1)
    try world.add("GBP", "USD", 2)
    try world.deploy(script: Self.dollars)
    for index in 0..<4 { world.tick(start + Int64(index) * minute, 0.8, 0.8) }
    #expect(world.take().map(\.text) == ["alarm 3"])
    #expect(
      String(cString: try #require(world.strategies[0].failure))
        == "it orders before any quote gives a rate to USD")
  }

  private static let follower = """
    //@version=6
    strategy("Follows", default_qty_value = 1000)
    other = request.security("GBPUSD", timeframe.period, close)
    if other > 1.25 and strategy.position_size == 0
        strategy.entry("L", strategy.long)
    """

  private func pair() throws -> World {
    let world = try World.eurusd()
    try world.add("GBP", "USD", 2)
    return world
  }

  @Test func `a bar of another instrument is seen on the bar that ends with it`() throws {
    let world = try pair()
    try world.deploy(script: Self.follower)
    world.tick(start, 1.1, 1.1)
    world.tick(start, 1.2, 1.2, on: 2)
    // GBPUSD ends the first minute above; no quote of its own has closed the bar when EURUSD's does.
    world.tick(start + 30 * second, 1.26, 1.26, on: 2)
    world.tick(start + minute, 1.1, 1.1)
    #expect(world.take().map(\.text) == ["order 1000"])
    world.tick(start + minute + second, 1.1, 1.1)
    #expect(world.take().map(\.text) == ["fill 1000"])
  }

  @Test func `a bar that has not ended is not seen`() throws {
    let world = try pair()
    try world.deploy(script: Self.follower)
    world.tick(start, 1.1, 1.1)
    world.tick(start, 1.2, 1.2, on: 2)
    world.tick(start + minute, 1.26, 1.26, on: 2)
    world.tick(start + minute, 1.1, 1.1)
    world.tick(start + minute + second, 1.1, 1.1)
    #expect(world.take().isEmpty)
    world.tick(start + 2 * minute, 1.1, 1.1)
    #expect(world.take().map(\.text) == ["order 1000"])
  }

  @Test func `a quote of the other instrument moves no order of the script`() throws {
    let world = try pair()
    try world.deploy(script: Self.follower + "\nstrategy.exit(\"X\", \"L\", stop = 1.05)")
    let holder = """
      //@version=6
      strategy("Holds", default_qty_value = 1000)
      if strategy.position_size == 0
          strategy.entry("L", strategy.long)
      """
    try world.deploy(script: holder, ref: 101, on: 2)
    world.tick(start, 1.1, 1.1)
    world.tick(start, 1.26, 1.26, on: 2)
    world.tick(start + minute, 1.1, 1.1)
    world.tick(start + minute + second, 1.1, 1.1)
    world.tick(start + minute + second, 1.26, 1.26, on: 2)
    world.tick(start + minute + 2 * second, 1.26, 1.26, on: 2)
    #expect(
      world.take().map(\.text) == ["order 1000", "fill 1000", "order -1000", "order 1000", "fill 1000"])
    // Both hold and watch quotes. 1.0 is below the stop, but it is a price of GBPUSD.
    world.tick(start + minute + 3 * second, 1.0, 1.0, on: 2)
    #expect(world.take().isEmpty)
    world.tick(start + minute + 4 * second, 1.04, 1.04)
    #expect(world.take().map(\.text) == ["trigger -1000", "fill -1000"])
  }

  @Test func `a symbol that is no instrument is refused by its name`() throws {
    let world = try World.eurusd()
    let refused = refusal { try world.deploy(script: Self.follower) }
    #expect(refused?.status == FXAOT_BAD_SCRIPT)
    #expect(refused?.message.hasPrefix("request.security needs bars of GBPUSD") == true)
  }

  @Test func `the other instrument builds nothing once the script is gone`() throws {
    let world = try pair()
    try world.deploy(script: Self.follower)
    #expect(world.engine.pointee.instruments.base[1].builderCount == 1)
    world.tick(start, 1.2, 1.2, on: 2)
    try world.remove(100)
    #expect(world.engine.pointee.instruments.base[1].builderCount == 0)
    world.tick(start + minute, 1.2, 1.2, on: 2)
    #expect(world.take().isEmpty)
  }

  @Test func `a script and its other instrument move together`() throws {
    let (from, to) = (try pair(), try World())
    try from.deploy(script: Self.follower)
    from.tick(start, 1.1, 1.1)
    from.tick(start, 1.26, 1.26, on: 2)
    for alone: UInt64 in [1, 2] {
      #expect(throws: EngineError.self) { try move([alone], from, to) }
    }
    try move([2, 1], from, to)
    to.tick(start + minute, 1.1, 1.1)
    #expect(to.take().map(\.text) == ["order 1000"])
  }
}
