import CFxaot
import Research
import StrategyIR
import StrategyVM
import TestTerms
import Testing

@testable import FXCore
@testable import Market
@testable import Trading

/// Scripts on live quotes.
struct LiveScriptTests {
  /// What was traded in each minute: the signed sum of its fills.
  private func traded(_ events: [fxaot_event]) -> [Int64: Int64] {
    var sums: [Int64: Int64] = [:]
    for event in events where event.kind == UInt32(FXAOT_EVENT_FILL) {
      let signed = event.side == UInt32(FXAOT_BUY) ? event.quantity : -event.quantity
      sums[event.time_ns / minute, default: 0] += signed
    }
    return sums
  }

  /// The same of a back-test of the bars that the quotes make.
  private func backtested(_ text: String, _ quotes: [TestQuote]) throws -> [Int64: Int64] {
    let world = try World.eurusd()
    let instrument = world.engine.pointee.instruments.base[0].instrument
    let period = try #require(
      Timeframe(fxaot_timeframe(kind: UInt32(FXAOT_TF_MINUTES), count: 1))?.period)
    let test = try Backtest(
      try Scripts.program(text), environment: ScriptEnvironment(instrument, period))
    test.begin(Scripts.bars(quotes))
    #expect(test.run())
    var sums: [Int64: Int64] = [:]
    for trade in test.broker.listTrades({ test.text($0) }) {
      let size = Int64(trade.isLong ? trade.quantity : -trade.quantity)
      sums[trade.entryTime / 60_000, default: 0] += size
      if let exit = trade.exitTime { sums[exit / 60_000, default: 0] -= size }
    }
    return sums.filter { $0.value != 0 }
  }

  @Test(arguments: 1...5)
  func `market orders trade in the minutes that a backtest trades in`(_ seed: UInt64) throws {
    let quotes = Scripts.walk(6_000, seed: seed)
    let world = try World.eurusd()
    try world.deploy(script: Scripts.cross)
    world.send(quotes)
    let expected = try backtested(Scripts.cross, quotes)
    #expect(expected.count > 50)
    #expect(traded(world.take()) == expected)
  }

  @Test func `a close and an entry on one bar fill at one quote`() throws {
    let text = """
      //@version=6
      strategy("Turns", default_qty_value = 1000)
      if bar_index % 3 == 0
          strategy.close_all()
          strategy.order("A", bar_index % 2 == 0 ? strategy.long : strategy.short, 2000)
      """
    let quotes = Scripts.walk(600, seed: 7)
    let world = try World.eurusd()
    try world.deploy(script: text)
    world.send(quotes)
    let events = world.take().filter { $0.kind == UInt32(FXAOT_EVENT_FILL) }
    let expected = try backtested(text, quotes)
    #expect(traded(events).filter { $0.value != 0 } == expected)
    #expect(events.count > expected.count)
    #expect(Set(events.map(\.time_ns)).count < events.count)
  }

  @Test func `an order is an event and fills at the quote after the one that closed the bar`() throws {
    let world = try World.eurusd()
    try world.deploy(
      script: """
        //@version=6
        strategy("Buys")
        if bar_index == 0
            strategy.entry("L", strategy.long, 3000)
        """)
    world.tick(start + 0, 1.1, 1.1002)
    world.tick(start + minute, 1.2, 1.2002)
    #expect(world.take().map(\.text) == ["order 3000"])
    world.tick(start + minute + 1, 1.3, 1.3002)
    let events = world.take()
    #expect(events.map(\.text) == ["fill 3000"])
    #expect(events[0].price == 1.3002)
    let stats = world.strategies[0]
    #expect(stats.quantity == 3000 && stats.bars == 1 && stats.orders == 1 && stats.fills == 1)
    #expect(String(cString: try #require(stats.strategy)) == "Buys")
    #expect(stats.failure == nil)
  }

  @Test func `an order of a script that the step cuts to nothing is rejected and the first is an alarm`() throws {
    let world = try World()
    let terms = Terms.make("EUR", "USD", quantityStep: 1_000)
    try world.engine.pointee.addInstrument(terms, ref: 1)
    try world.deploy(
      script: """
        //@version=6
        strategy("Small")
        if bar_index == 0
            strategy.entry("S", strategy.short, 999.5)
        if bar_index == 1
            strategy.entry("L", strategy.long, 2000)
        if bar_index == 3
            strategy.close("L", qty = 400)
        """)
    func minuteOf(_ number: Int64) -> [fxaot_event] {
      world.tick(start + number * minute, 1.1, 1.1)
      world.tick(start + number * minute + 1, 1.1, 1.1)
      return world.take()
    }
    #expect(minuteOf(0).isEmpty)
    let small = minuteOf(1)
    #expect(small.map(\.text) == ["reject 1", "alarm 5"])
    #expect(small[0].side == UInt32(FXAOT_SELL) && small[0].quantity == 999)
    #expect(small[1].strength == 999.5 && small[1].quantity == 1_000)
    #expect(minuteOf(2).map(\.text) == ["order 2000", "fill 2000"])
    #expect(minuteOf(3).isEmpty)
    let close = minuteOf(4)
    #expect(close.map(\.text) == ["reject 1"])
    #expect(close[0].side == UInt32(FXAOT_SELL) && close[0].quantity == 400)
    #expect(world.strategies[0].rejects == 2 && world.strategies[0].quantity == 2_000)
  }

  @Test func `a brackets stop and limit rest at the venue and the first to fill ends the other`() throws {
    let text = """
      //@version=6
      strategy("Bracket")
      if strategy.position_size == 0
          strategy.entry("L", strategy.long, 1000)
      strategy.exit("X", "L", stop = 1.0990, limit = 1.1050)
      """
    let world = try World.eurusd()
    try world.deploy(script: text)
    world.tick(start + 0, 1.1, 1.1)
    world.tick(start + minute, 1.1, 1.1)
    world.tick(start + minute + 1, 1.1001, 1.1001)
    let entry = world.take()
    #expect(entry.map(\.text) == ["order 1000", "fill 1000", "order -1000", "order -1000"])
    #expect(entry[2].price == 1.0990 && entry[3].price == 1.1050)
    // The ask alone is beyond the limit.
    world.tick(start + minute + 2, 1.1046, 1.1052)
    #expect(world.take().isEmpty)
    world.tick(start + minute + 3, 1.1051, 1.1053)
    let events = world.take()
    #expect(events.map(\.text) == ["fill -1000", "cancel -1000"])
    #expect(events[0].price == 1.1051 && events[0].time_ns == start + minute + 3)
    #expect(events[1].reason == UInt16(FXAOT_CANCEL_STRATEGY.rawValue))
    // Flat again: the next bar buys, and this time the stop is met, with a gap.
    world.tick(start + 2 * minute, 1.1, 1.1)
    world.tick(start + 2 * minute + 1, 1.1, 1.1)
    world.tick(start + 2 * minute + 2, 1.0980, 1.0990)
    let loss = world.take()
    #expect(
      loss.map(\.text) == [
        "order 1000", "fill 1000", "order -1000", "order -1000", "trigger -1000", "fill -1000", "cancel -1000",
      ])
    #expect(loss[5].price == 1.0980)
  }

  @Test func `the script reads its own book`() throws {
    let world = try World.eurusd()
    try world.deploy(
      script: """
        //@version=6
        strategy("Book", initial_capital = 5000)
        if bar_index == 0
            strategy.entry("L", strategy.long, 1000)
        if strategy.position_size == 1000 and strategy.position_avg_price == 1.2 and strategy.equity == 5100
            strategy.close("L")
        if strategy.closedtrades == 1 and strategy.netprofit == 300
            strategy.order("S", strategy.short, 7)
        """)
    world.tick(start + 0, 1.1, 1.1)
    world.tick(start + minute, 1.2, 1.2)
    world.tick(start + minute + 1, 1.2, 1.2)
    world.tick(start + minute + 2, 1.3, 1.3)
    world.tick(start + 2 * minute, 1.4, 1.4)
    world.tick(start + 2 * minute + 1, 1.5, 1.5)
    world.tick(start + 3 * minute, 1.5, 1.5)
    #expect(
      world.take().map(\.text)
        == ["order 1000", "fill 1000", "order -1000", "fill -1000", "order -7"])
  }

  @Test func `an order below the minimum is rejected and nothing else is held up`() throws {
    let world = try World()
    try world.engine.pointee.addInstrument(
      Terms.make("EUR", "USD", quantityStep: 1000), ref: 1)
    try world.deploy(
      script: """
        //@version=6
        strategy("Small")
        strategy.order("A", strategy.long, bar_index == 0 ? 1999 : 2000)
        """)
    for index in 0..<4 { world.tick(start + Int64(index) * minute, 1.1, 1.1) }
    // Rounded down to the step of 1,000.
    #expect(
      world.take().map(\.text)
        == ["order 1000", "fill 1000", "order 2000", "fill 2000", "order 2000"])
    try world.remove(100)
    try world.deploy(
      script: """
        //@version=6
        strategy("Large", margin_long = 0)
        strategy.order("A", strategy.long, 1e9)
        strategy.order("B", strategy.short, 1000)
        """)
    world.tick(start + 10 * minute, 1.1, 1.1)
    _ = world.take()
    world.tick(start + 11 * minute, 1.1, 1.1)
    #expect(
      world.take().map(\.text)
        == ["reject \(FXAOT_REJECT_QUANTITY_ABOVE_MAXIMUM.rawValue)", "order -1000"])
  }

  @Test func `a bar between an order and its fill places no second one`() throws {
    let world = try World.eurusd()
    try world.deploy(
      script: """
        //@version=6
        strategy("Once")
        strategy.entry("L", strategy.long, 1000)
        """)
    // Each quote closes a bar, the order of the one before fills at it.
    for index in 0..<6 { world.tick(start + Int64(index) * minute, 1.1, 1.1) }
    #expect(world.take().map(\.text) == ["order 1000", "fill 1000"])
  }
}
