import CFxaot
import TestTerms
import Testing

@testable import FXCore
@testable import Market

/// What a dashboard reads: newest quotes, and bars while they form.
struct WatchingTests {
  // 2014-05-01 00:00 UTC
  private let day: Int64 = 1_398_902_400 * second

  private func bars(_ world: World, most: Int) throws -> (run: fxaot_bar_run, bars: [fxaot_bar]) {
    var bars = [fxaot_bar](repeating: fxaot_bar(), count: most)
    let run = try #require(bars.withUnsafeMutableBufferPointer { world.engine.pointee.bars(of: 100, into: $0) })
    return (run, Array(bars.prefix(Int(run.count))))
  }

  @Test func `an instrument shows its newest quote and its decimals`() throws {
    let world = try World.eurusd()
    try world.add("USD", "JPY", 2, decimals: 3)
    var quotes = [fxaot_instrument_quote](repeating: fxaot_instrument_quote(), count: 2)
    world.tick(day, 1.25, 1.5)
    world.tick(day + 7, 1.375, 1.4375)
    #expect(quotes.withUnsafeMutableBufferPointer { world.engine.pointee.newestQuotes(into: $0) } == 2)
    #expect(quotes.map(\.symbol_ref) == [1, 2])
    #expect(quotes.map(\.time_ns) == [day + 7, 0])
    #expect(quotes.map(\.bid) == [1.375, 0] && quotes.map(\.ask) == [1.4375, 0])
    #expect(quotes.map(\.price_decimals) == [5, 3])
  }

  @Test func `a bar shows while it forms`() throws {
    let world = try World.eurusd()
    try world.deploy(kind: FXAOT_TF_MINUTES, params: ["gain": 0])
    #expect(try bars(world, most: 3).run.count == 0)
    for (step, price) in [1.25, 1.5, 1.125, 1.375].enumerated() {
      world.tick(day + Int64(step) * second, price, price)
    }
    let (run, seen) = try bars(world, most: 3)
    #expect(run.first == 0 && run.count == 1 && run.is_open == 1)
    #expect(seen[0].open_time_ns == day && seen[0].end_time_ns == day + minute && seen[0].ticks == 4)
    #expect([seen[0].open, seen[0].high, seen[0].low, seen[0].close] == [1.25, 1.5, 1.125, 1.375])
  }

  @Test func `closed bars come before the one that forms and are numbered`() throws {
    let world = try World.eurusd()
    try world.deploy(kind: FXAOT_TF_MINUTES, params: ["gain": 0])
    for step in 0..<5 as Range<Int64> { world.tick(day + step * minute, 1.25, 1.25) }
    let (run, seen) = try bars(world, most: 3)
    #expect(run.first == 2 && run.count == 3 && run.is_open == 1)
    #expect(seen.map(\.open_time_ns) == [2, 3, 4].map { day + $0 * minute })
    world.advance(to: day + 5 * minute)
    let (closed, after) = try bars(world, most: 2)
    #expect(closed.first == 3 && closed.count == 2 && closed.is_open == 0)
    #expect(after.map(\.open_time_ns) == [3, 4].map { day + $0 * minute })
    #expect(try bars(world, most: 0).run.count == 0)
  }

  @Test func `an engine that keeps no bars shows the one that forms`() throws {
    let world = try World.eurusd { $0.kept_bars = 0 }
    try world.deploy(kind: FXAOT_TF_MINUTES, params: ["gain": 0])
    for step in 0..<3 as Range<Int64> { world.tick(day + step * minute, 1.25, 1.25) }
    let (run, seen) = try bars(world, most: 3)
    #expect(run.count == 1 && run.is_open == 1 && seen[0].open_time_ns == day + 2 * minute)
  }

  @Test func `an unknown strategy has no bars`() throws {
    let world = try World.eurusd()
    #expect(world.engine.pointee.bars(of: 9, into: UnsafeMutableBufferPointer(start: nil, count: 0)) == nil)
  }
}
