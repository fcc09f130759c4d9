import CFxaot
import Libc
import TestTerms
import Testing

@testable import FXCore
@testable import Market

struct InputJournalTests {
  @Test(arguments: 1...24) func `the inputs of a random run make the same engine again`(_ seed: UInt64) throws {
    let trader = try GateTrader(seed: seed, journal: true)
    var left = 300
    while left > 0, try trader.step() { left -= 1 }
    let again = try GateTrader.empty(seed: seed)
    try Journaled.apply(Journaled.take(trader.world), to: again, JournalRefs())
    #expect(Journaled.difference(trader.world, again) == nil)
    #expect(trader.world.stats.orders > 0)
  }

  @Test(arguments: 1...8) func `so do those of scripts, with halts and closes between`(_ seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let world = try World()
    try world.engine.pointee.startJournal(Journaled.inputs)
    try world.add("EUR", "USD", 1)
    try LiveBooksTests.fill(world, seed)
    let again = try World()
    let refs = JournalRefs()
    for (number, quote) in Scripts.walk(3_000, seed: seed).enumerated() {
      let size = random.below(3) == 0 ? Double(100 + random.below(900)) : 0
      world.tick(quote.time, quote.bid, quote.ask, sizes: (size, size))
      try LiveBooksTests.disturb(world, &random, seed)
      if number % 500 == 499 {
        try Journaled.apply(Journaled.take(world), to: again, refs)
        #expect(Journaled.difference(world, again) == nil)
      }
    }
    #expect(world.stats.fills > 100)
  }

  @Test func `quotes that follow each other are one record, of at most 256`() throws {
    let world = try World.eurusd()
    try world.engine.pointee.startJournal(Journaled.inputs)
    for n in 0..<300 { world.tick(start + Int64(n) * second, 1.1, 1.1002) }
    let batch = Journaled.take(world)
    #expect(batch.count == 2 * 6 + 300 * MemoryLayout<fxaot_quote>.size)
    #expect(Array(batch[..<6]) == [1, 48, 0, 0, 3, 0])  // 1 + 256 × 48 bytes, quotes, no replay
    #expect(Journaled.take(world) == [])
  }

  @Test func `a quote of an unknown symbol is counted again`() throws {
    let (world, again) = (try World.eurusd(), try World.eurusd())
    try world.engine.pointee.startJournal(Journaled.inputs)
    world.tick(start, 1.1, 1.1002, on: 77)
    world.tick(start, 1.1, 1.1002)
    world.tick(start, .nan, 1.1002)
    try Journaled.apply(Journaled.take(world), to: again, JournalRefs())
    #expect(again.stats.unknown_symbol == 1)
    #expect(again.stats.bad_price == 1)
    #expect(again.stats.accepted == 1)
  }

  @Test func `the kill switch of another thread is recorded before the input that sees it`() throws {
    let (world, again) = (try World.eurusd(), try World.eurusd())
    try world.engine.pointee.startJournal(Journaled.inputs)
    world.tick(start, 1.1, 1.1002)
    world.engine.pointee.setState(FXAOT_TRADING_HALTED.rawValue)
    var order = fxaot_order_request()
    order.symbol_ref = 1
    order.side = UInt32(FXAOT_BUY)
    order.quantity = 1_000
    (order.price, order.limit, order.trail_activation, order.stop_loss, order.take_profit) = (
      .nan, .nan, .nan, .nan, .nan
    )
    let answer = world.engine.pointee.submit(order)
    #expect(answer.answer.reject == FXAOT_REJECT_HALTED.rawValue)
    try Journaled.apply(Journaled.take(world), to: again, try Journaled.named("1", 1))
    #expect(Journaled.difference(world, again) == nil)
    #expect(again.account.state == FXAOT_TRADING_HALTED.rawValue)
  }

  @Test func `damaged records are refused, never a trap`() throws {
    let trader = try GateTrader(seed: 5, journal: true)
    for _ in 0..<60 { _ = try trader.step() }
    let whole = Journaled.take(trader.world)
    var random = SplitMix(state: 7)
    var refused = 0
    for _ in 0..<3_000 {
      var bytes = whole
      for _ in 0..<1 + random.below(3) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
      let world = try GateTrader.empty(seed: 5)
      do { try Journaled.apply(bytes, to: world, JournalRefs()) } catch is JournalFault { refused += 1 }
    }
    #expect(refused > 100)
  }

  @Test func `a batch that nobody takes breaks off, and says so`() throws {
    let world = try World.eurusd()
    try world.engine.pointee.startJournal(Journaled.inputs)
    var quotes = [fxaot_quote](
      repeating: fxaot_quote(
        time_ns: start, symbol: SymbolKey.make("EURUSD"), bid: 1.1, ask: 1.1002, bid_size: 0, ask_size: 0),
      count: 100_000)
    for index in quotes.indices { quotes[index].time_ns += Int64(index) }
    for _ in 0..<15 { _ = quotes.withUnsafeBytes { world.engine.pointee.ticks($0.baseAddress!, count: quotes.count) } }
    let (base, count, isBroken) = world.engine.pointee.takeJournal()
    free(base)
    #expect(isBroken)
    #expect(count <= InputJournal.mostBytes)
    #expect(world.stats.quotes == 1_500_000)
  }
}
