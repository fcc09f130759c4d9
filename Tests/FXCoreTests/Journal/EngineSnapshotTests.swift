import CFxaot
import Foundation
import TestTerms
import Testing

@testable import FXCore
@testable import Market

/// A snapshot's engine goes on as the one that it was taken of: same events, sequence numbers included, same figures, and
/// the same bytes when it is taken again.
struct EngineSnapshotTests {
  private func loaded(_ bytes: [UInt8]) throws -> World {
    try bytes.withUnsafeBytes { try World(Engine.load($0, JournalRefs(), Journaled.make)) }
  }

  /// Where two snapshots differ first.
  private func place(_ one: [UInt8], _ other: [UInt8]) -> String? {
    guard let place = zip(one, other).enumerated().first(where: { $0.element.0 != $0.element.1 })?.offset else {
      return one.count == other.count ? nil : "\(one.count) and \(other.count) bytes"
    }
    return
      "byte \(place) of \(one.count) and \(other.count): \(one[place...].prefix(16)) and \(other[place...].prefix(16))"
  }

  private func saved(_ world: World) -> [UInt8] { world.engine.pointee.capture().bytes() }

  @Test(arguments: 1...24) func `a random account goes on to the bit`(_ seed: UInt64) throws {
    let trader = try GateTrader(seed: seed)
    for _ in 0..<150 { _ = try trader.step() }
    let bytes = saved(trader.world)
    let again = try loaded(bytes)
    #expect(place(saved(again), bytes) == nil)
    #expect(Journaled.difference(trader.world, again) == nil)
    trader.records = true
    for _ in 0..<150 {
      let before = trader.inputs.count
      _ = trader.world.takeBytes()
      _ = again.takeBytes()
      _ = try trader.step()
      for input in trader.inputs[before...] { again.take(input) }
      if let difference = Journaled.difference(trader.world, again) {
        Issue.record("seed \(seed): \(difference)")
        return
      }
    }
    #expect(place(saved(again), saved(trader.world)) == nil)
  }

  @Test(arguments: 1...4) func `a snapshot has the state of its moment, whenever its bytes are asked for`(
    _ seed: UInt64
  ) throws {
    let trader = try GateTrader(seed: seed)
    for _ in 0..<150 { _ = try trader.step() }
    let bytes = saved(trader.world)
    let snapshot = trader.world.engine.pointee.capture()
    for _ in 0..<100 { _ = try trader.step() }
    #expect(place(snapshot.bytes(), bytes) == nil)
    #expect(place(saved(trader.world), bytes) != nil)
  }

  @Test(arguments: 1...8) func `scripts go on to the bit, with their resting orders and books`(_ seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let world = try World.eurusd()
    try LiveBooksTests.fill(world, seed)
    "200".withCString { world.engine.pointee.name(200, $0) }
    try world.deploy("ma_crossover", ref: 200, kind: FXAOT_TF_MINUTES)
    var again: World?
    for (number, quote) in Scripts.walk(4_000, seed: seed).enumerated() {
      if number % 700 == 650 {
        let bytes = saved(world)
        let fresh = try loaded(bytes)
        #expect(place(saved(fresh), bytes) == nil)
        again = fresh
      }
      let size = random.below(3) == 0 ? Double(100 + random.below(900)) : 0
      let copy = random
      for one in [world, again].compactMap({ $0 }) {
        random = copy
        one.tick(quote.time, quote.bid, quote.ask, sizes: (size, size))
        try LiveBooksTests.disturb(one, &random, seed)
      }
      let events = world.takeBytes()
      if let again, again.takeBytes() != events {
        Issue.record("seed \(seed), quote \(number): other events")
        return
      }
    }
    let last = try #require(again)
    #expect(Journaled.difference(world, last) == nil)
    #expect(place(saved(world), saved(last)) == nil)
    #expect(world.stats.fills > 100)
  }

  @Test(arguments: 1...8) func `a snapshot changes nothing of its engine`(_ seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let (world, other) = (try World.eurusd(), try World.eurusd())
    for one in [world, other] { try LiveBooksTests.fill(one, seed) }
    for (number, quote) in Scripts.walk(2_000, seed: seed).enumerated() {
      if number % 50 == 49 { _ = saved(other) }
      let copy = random
      for one in [world, other] {
        random = copy
        one.tick(quote.time, quote.bid, quote.ask)
        try LiveBooksTests.disturb(one, &random, seed)
      }
      if world.takeBytes() != other.takeBytes() {
        Issue.record("seed \(seed), quote \(number): other events")
        return
      }
    }
    #expect(place(saved(world), saved(other)) == nil)
    #expect(world.stats.fills > 100)
  }

  /// `FXAOT_CASES` tries more of them.
  private static let cases = Int(ProcessInfo.processInfo.environment["FXAOT_CASES"] ?? "") ?? 1_500

  @Test func `damaged snapshots are refused, or load to an engine that runs; never a trap`() throws {
    let world = try World.eurusd()
    for (index, text) in LiveBooksTests.scripts.enumerated() {
      "\(100 + index)".withCString { world.engine.pointee.name(100 + UInt64(index), $0) }
      try world.deploy(script: text, ref: 100 + UInt64(index))
    }
    let quotes = Scripts.walk(1_500, seed: 3)
    for quote in quotes[..<1_200] { world.tick(quote.time, quote.bid, quote.ask) }
    let whole = saved(world)
    var random = SplitMix(state: 11)
    var refused = 0
    for _ in 0..<Self.cases {
      var bytes = whole
      if random.below(8) == 0 { bytes.removeLast(1 + random.below(bytes.count)) }
      if !bytes.isEmpty {
        for _ in 0..<1 + random.below(3) { bytes[random.below(bytes.count)] ^= UInt8(1 << random.below(8)) }
      }
      do {
        let other = try loaded(bytes)
        for quote in quotes[1_200...].prefix(40) { other.tick(quote.time, quote.bid, quote.ask) }
      } catch is EngineRefusal {
        refused += 1
      }
    }
    #expect(refused > Self.cases / 8)
    print("damaged snapshots: \(Self.cases), refused \(refused)")
  }

  @Test func `a snapshot closes the gap of a journal that broke off`() throws {
    let world = try World.eurusd()
    try world.engine.pointee.startJournal(Journaled.inputs)
    world.engine.pointee.loseJournal()
    world.tick(start, 1.1, 1.1002)
    var order = fxaot_order_request()
    order.symbol_ref = 1
    order.side = UInt32(FXAOT_BUY)
    order.quantity = 1_000
    (order.price, order.limit, order.trail_activation, order.stop_loss, order.take_profit) = (
      .nan, .nan, .nan, .nan, .nan
    )
    #expect(world.engine.pointee.submit(order).answer.reject == FXAOT_REJECT_JOURNAL_UNAVAILABLE.rawValue)
    #expect(Journaled.isBroken(world))
    let again = try loaded(saved(world))
    #expect(!Journaled.isBroken(world))
    #expect(world.engine.pointee.submit(order).status == FXAOT_OK)
    try Journaled.apply(Journaled.take(world), to: again, try Journaled.named("EURUSD", 1))
    #expect(Journaled.difference(world, again) == nil)
  }

  @Test func `a move breaks both journals off, and their next snapshots have it with its names`() throws {
    let (source, target) = (try World.eurusd(), try World())
    for world in [source, target] { try world.engine.pointee.startJournal(Journaled.inputs) }
    "100".withCString { source.engine.pointee.name(100, $0) }
    try source.deploy()
    source.tick(start, 1.1, 1.1002)
    try [UInt64(1)].withUnsafeBufferPointer { try Engine.move($0, from: source.engine, to: target.engine) }
    let snapshots = [source, target].map { world in
      #expect(Journaled.isBroken(world))
      let bytes = saved(world)
      #expect(!Journaled.isBroken(world))
      return bytes
    }
    #expect(try loaded(snapshots[0]).strategies.isEmpty)
    let again = try snapshots[1].withUnsafeBytes {
      try World(Engine.load($0, JournalRefs()) { name in name == Array("100".utf8) ? 300 : 3 })
    }
    #expect(again.strategies.map(\.strategy_ref) == [300])
    #expect(again.tick(start + 1, 1.1, 1.1002, on: 3) >= 0)
    try [UInt64(1)].withUnsafeBufferPointer { try target.engine.pointee.drop($0) }
    #expect(target.strategies.isEmpty)
    #expect(Journaled.isBroken(target))
  }

  @Test(arguments: 1...16) func `without quotes the account comes back to the bit`(_ seed: UInt64) throws {
    let trader = try GateTrader(seed: seed)
    for _ in 0..<60 { _ = try trader.step() }
    try trader.world.engine.pointee.startJournal(InputJournal.Scope.account.rawValue)
    let again = try loaded(saved(trader.world))
    let refs = JournalRefs()
    for place in 1...7 as ClosedRange<UInt64> { #expect(refs.learn(place, Array("\(place)".utf8), Journaled.make)) }
    for round in 0..<200 {
      _ = try trader.step()
      if round % 5 != 4 { continue }
      try Journaled.apply(Journaled.take(trader.world), to: again, refs)
      let (one, other) = (trader.world, again)
      // Quotes that change nothing are not in it, so values at the newest quote may differ.
      #expect(one.account.balance_micro == other.account.balance_micro)
      #expect(one.account.state == other.account.state)
      #expect(Journaled.orders(one).map(\.order_id) == Journaled.orders(other).map(\.order_id))
      #expect(one.positions.map(\.quantity) == other.positions.map(\.quantity))
    }
    // From here on the account decides as the other does.
    #expect(trades(trader.world) == trades(again))
  }

  @Test func `without quotes a script's order at a bar's end is recorded, and the kill switch alone`() throws {
    let world = try World.eurusd()
    let text = """
      //@version=6
      strategy("Waits", margin_long = 0, margin_short = 0)
      if bar_index == 3
          strategy.order("A", strategy.long, 1000, stop = close + 0.01)
      """
    "100".withCString { world.engine.pointee.name(100, $0) }
    try world.deploy(script: text)
    try world.engine.pointee.startJournal(InputJournal.Scope.account.rawValue)
    let refs = JournalRefs()
    let again = try saved(world).withUnsafeBytes { try World(Engine.load($0, refs, Journaled.make)) }
    for number in 0..<12 as Range<Int64> {
      world.tick(start + number * 30 * second, 1.1, 1.1002)
      try Journaled.apply(Journaled.take(world), to: again, refs)
      #expect(Journaled.orders(again).map(\.order_id) == Journaled.orders(world).map(\.order_id))
    }
    #expect(Journaled.orders(again).count == 1)
    world.engine.pointee.setState(FXAOT_TRADING_HALTED.rawValue)
    try Journaled.apply(Journaled.take(world), to: again, refs)
    #expect(again.account.state == FXAOT_TRADING_HALTED.rawValue)
    #expect(Journaled.take(world) == [])
  }

  private func trades(_ world: World) -> Int {
    world.engine.pointee.trades(from: 0, into: UnsafeMutableBufferPointer(start: nil, count: 0))
  }

  @Test func `the places of many strategies that have gone are no damage`() throws {
    let world = try World.eurusd()
    for ref in 1_000..<5_000 as Range<UInt64> { try world.deploy(ref: ref) }
    for ref in 1_000..<5_000 as Range<UInt64> { try world.remove(ref) }
    let bytes = saved(world)
    #expect(bytes.count < 4_000)
    #expect(place(saved(try loaded(bytes)), bytes) == nil)
  }

  /// Refs without a name too, which another node could not know.
  @Test func `within a process all refs stay`() throws {
    let world = try World.eurusd()
    try world.deploy("ma_crossover", ref: 500, kind: FXAOT_TF_MINUTES)
    world.send(Scripts.walk(4_000, seed: 3))
    let bytes = saved(world)
    let again = try bytes.withUnsafeBytes { try World(Engine.load($0, JournalRefs(), nil)) }
    #expect(again.strategies.map(\.strategy_ref) == [500])
    #expect(place(saved(again), bytes) == nil)
  }

  /// Each node has refs of its own, and learns those of the one before by their names: from a record, then from a snapshot.
  @Test func `names go from node to node`() throws {
    let world = try World()
    try world.engine.pointee.startJournal(Journaled.inputs)
    try world.add("EUR", "USD", 1)
    "ma".withCString { world.engine.pointee.name(100, $0) }
    try world.deploy("ma_crossover", ref: 100, kind: FXAOT_TF_MINUTES)
    let second = try World()
    try Journaled.apply(Journaled.take(world), to: second, JournalRefs()) { name in name == Array("ma".utf8) ? 200 : 2 }
    #expect(second.strategies.map(\.strategy_ref) == [200])
    try second.engine.pointee.startJournal(InputJournal.Scope.account.rawValue)
    let bytes = saved(second)
    second.tick(start, 1.1, 1.1002, on: 2)
    let refs = JournalRefs()
    func third(_ name: [UInt8]) -> UInt64 { name == Array("ma".utf8) ? 300 : 3 }
    let last = try bytes.withUnsafeBytes { try World(Engine.load($0, refs, third)) }
    #expect(last.strategies.map(\.strategy_ref) == [300])
    try Journaled.apply(Journaled.take(second), to: last, refs, third)
    #expect(last.tick(start + 60 * 1_000_000_000, 1.1, 1.1002, on: 3) == 0)
  }
}
