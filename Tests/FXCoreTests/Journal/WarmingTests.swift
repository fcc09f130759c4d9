import CFxaot
import TestTerms
import Testing

@testable import FXCore
@testable import Market

/// Without quotes in the journal strategies stand at the snapshot; quotes of history bring them to the account's time.
struct WarmingTests {
  private let quotes = Scripts.walk(6_000, seed: 5)

  /// An engine with a snapshot after 2,000 quotes and items after 4,000.
  private func journaled() throws -> (world: World, snapshot: [UInt8], items: [UInt8]) {
    let world = try World.eurusd { $0.bar_events = 1 }
    try world.engine.pointee.startJournal(InputJournal.Scope.account.rawValue)
    for ref in [100, 200] as [UInt64] { "\(ref)".withCString { world.engine.pointee.name(ref, $0) } }
    try world.deploy(script: Scripts.cross, ref: 100)
    try world.deploy("ma_crossover", ref: 200, kind: FXAOT_TF_MINUTES)
    world.send(Array(quotes[..<2_000]))
    _ = Journaled.take(world)
    let snapshot = world.engine.pointee.capture().bytes()
    world.send(Array(quotes[2_000..<4_000]))
    let items = Journaled.take(world)
    #expect(items.count > 1_000)
    _ = world.take()
    return (world, snapshot, items)
  }

  private func recovered(_ snapshot: [UInt8], _ items: [UInt8] = []) throws -> World {
    let refs = JournalRefs()
    let world = try snapshot.withUnsafeBytes { try World(Engine.load($0, refs, Journaled.make)) }
    try Journaled.apply(items, to: world, refs)
    world.engine.pointee.markStale()
    return world
  }

  private func warm(_ world: World, _ range: Range<Int>) {
    let key = SymbolKey.make("EURUSD")
    let records = quotes[range].map {
      fxaot_quote(time_ns: $0.time, symbol: key, bid: $0.bid, ask: $0.ask, bid_size: 0, ask_size: 0)
    }
    records.withUnsafeBytes { if let start = $0.baseAddress { world.engine.pointee.warm(start, count: range.count) } }
  }

  private func saved(_ world: World) -> [UInt8] { world.engine.pointee.capture().bytes() }

  private func since(_ world: World) -> [Int64] { world.strategies.map(\.stale_since_ns) }

  @Test func `history brings bars and strategies to where the undisturbed engine has them`() throws {
    let (world, snapshot, items) = try journaled()
    let again = try recovered(snapshot, items)
    #expect(since(again) == [quotes[1_999].time, quotes[1_999].time])
    warm(again, 0..<4_000)
    #expect(since(again) == [0, 0])
    #expect(again.take().isEmpty)
    #expect(again.strategies.map(\.bars) == world.strategies.map(\.bars))
    for quote in quotes[4_000...] {
      world.tick(quote.time, quote.bid, quote.ask)
      again.tick(quote.time, quote.bid, quote.ask)
      if world.takeBytes() != again.takeBytes() {
        Issue.record("other events at \(quote.time)")
        return
      }
    }
    #expect(world.account.balance_micro == again.account.balance_micro)
    #expect(world.stats.fills - 20 > again.stats.fills)
  }

  @Test func `history comes in any pieces, and what it does not reach stays stale`() throws {
    let (_, snapshot, items) = try journaled()
    let (whole, pieces) = (try recovered(snapshot, items), try recovered(snapshot, items))
    warm(whole, 1_000..<4_000)
    for start in stride(from: 1_000, to: 3_000, by: 7) { warm(pieces, start..<min(start + 7, 3_000)) }
    #expect(since(pieces) == [quotes[2_999].time, quotes[2_999].time])
    warm(pieces, 3_000..<4_000)
    #expect(since(pieces) == [0, 0])
    #expect(saved(whole) == saved(pieces))
  }

  @Test func `history may come after another restart, but not into bars that have gone on`() throws {
    let (world, snapshot, items) = try journaled()
    let late = try recovered(saved(try recovered(snapshot, items)))
    #expect(since(late) == [quotes[1_999].time, quotes[1_999].time])
    warm(late, 0..<4_000)
    #expect(since(late) == [0, 0])
    world.send(Array(quotes[4_000...]))
    late.send(Array(quotes[4_000...]))
    #expect(world.takeBytes() == late.takeBytes())
    let gone = try recovered(snapshot, items)
    gone.send(Array(quotes[4_000..<5_000]))
    let after = try recovered(saved(gone))
    warm(after, 0..<5_000)
    #expect(since(after) == [quotes[1_999].time, quotes[1_999].time])
  }

  /// So a gap does not remember that history has begun: what comes after a restart begins anew.
  @Test func `history that comes again after another restart counts no quote twice`() throws {
    let (_, snapshot, items) = try journaled()
    let key = SymbolKey.make("EURUSD")
    // Two quotes of one time, where the first history ends.
    let records = quotes[..<4_000].enumerated().map { index, quote in
      fxaot_quote(
        time_ns: quotes[index == 2_999 ? 2_998 : index].time, symbol: key, bid: quote.bid, ask: quote.ask, bid_size: 0,
        ask_size: 0)
    }
    func warm(_ world: World, to end: Int) {
      records.withUnsafeBytes { if let start = $0.baseAddress { world.engine.pointee.warm(start, count: end) } }
    }
    let once = try recovered(snapshot, items)
    warm(once, to: 4_000)
    let first = try recovered(snapshot, items)
    warm(first, to: 3_000)
    let again = try recovered(saved(first))
    #expect(since(again) == [quotes[2_998].time, quotes[2_998].time])
    warm(again, to: 4_000)
    #expect(since(again) == [0, 0])
    #expect(saved(again) == saved(once))
  }

  @Test func `nothing trades in history`() throws {
    let world = try World.eurusd()
    try world.engine.pointee.startJournal(InputJournal.Scope.account.rawValue)
    "100".withCString { world.engine.pointee.name(100, $0) }
    try world.deploy()
    world.tick(start, 1.1, 1.1002)
    _ = Journaled.take(world)
    let snapshot = world.engine.pointee.capture().bytes()
    var order = fxaot_order_request()
    (order.symbol_ref, order.side, order.quantity) = (1, UInt32(FXAOT_BUY), 1_000)
    (order.type, order.price, order.limit) = (UInt32(FXAOT_TYPE_LIMIT), 1.09, .nan)
    (order.trail_activation, order.stop_loss, order.take_profit) = (.nan, .nan, .nan)
    #expect(world.engine.pointee.submit(order).status == FXAOT_OK)
    let again = try recovered(snapshot, Journaled.take(world))
    var quote = fxaot_quote(
      time_ns: start + second, symbol: SymbolKey.make("EURUSD"), bid: 1.08, ask: 1.0802, bid_size: 0, ask_size: 0)
    for bad in [Double.nan, -1, 1.08] {
      quote.bid = bad
      withUnsafeBytes(of: quote) { if let start = $0.baseAddress { again.engine.pointee.warm(start, count: 1) } }
    }
    #expect(Journaled.orders(again).map(\.filled) == Journaled.orders(world).map(\.filled))
    #expect(again.account.balance_micro == world.account.balance_micro)
    #expect(again.take().isEmpty)
    #expect(again.stats.signals == world.stats.signals)
    #expect(since(again) == [0])
    #expect(again.stats.fills == 0)
    // The next quote fills the limit order, and the strategy's from before the snapshot.
    again.tick(start + 2 * second, 1.08, 1.0802)
    #expect(again.stats.fills == 2)
  }

  @Test func `an order after the snapshot fills at the first quote after a recovery`() throws {
    let world = try World.eurusd()
    try world.engine.pointee.startJournal(InputJournal.Scope.account.rawValue)
    let snapshot = saved(world)
    for number in 0..<50 { world.tick(start + Int64(number) * second, 1.1, 1.1002) }
    var order = fxaot_order_request()
    (order.symbol_ref, order.side, order.quantity) = (1, UInt32(FXAOT_BUY), 1_000)
    (order.price, order.limit, order.trail_activation, order.stop_loss, order.take_profit) = (
      .nan, .nan, .nan, .nan, .nan
    )
    #expect(world.engine.pointee.submit(order).status == FXAOT_OK)
    let again = try recovered(snapshot, Journaled.take(world))
    again.tick(start + minute, 1.1, 1.1002)
    #expect(again.positions.map(\.quantity) == [1_000])
  }
}
