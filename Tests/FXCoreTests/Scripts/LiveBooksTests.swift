import CFxaot
import Foundation
import TestTerms
import Testing

@testable import FXCore
@testable import Market
@testable import Trading

/// Several scripts in one account, with partial fills, latency, refusals, cancels, closes, halts and liquidations: at
/// each quote each book says the same, and what a script believes to rest does rest.
struct LiveBooksTests {
  static let scripts =
    QuietScriptTests.scripts + [
      """
      //@version=6
      strategy("Groups", pyramiding = 4, margin_long = 0, margin_short = 0)
      n = 500 * (1 + bar_index % 5)
      if bar_index % 6 == 0
          strategy.order("A", strategy.long, n, stop = close + 0.0003, oca_name = "g", oca_type = strategy.oca.cancel)
          strategy.order("B", strategy.short, n, stop = close - 0.0003, oca_name = "g", oca_type = strategy.oca.cancel)
      if bar_index % 8 == 0
          strategy.order("C", strategy.short, n, limit = close + 0.0004, oca_name = "r", oca_type = strategy.oca.reduce)
          strategy.order("D", strategy.short, n, limit = close + 0.0006, oca_name = "r", oca_type = strategy.oca.reduce)
      if bar_index % 13 == 0
          strategy.exit("X", qty_percent = 50, profit = 40, loss = 40)
      if bar_index % 17 == 0
          strategy.cancel("A")
          strategy.cancel("C")
      """
    ]

  /// `FXAOT_LIVE_RUNS` runs more of them.
  private static let runs = UInt64(ProcessInfo.processInfo.environment["FXAOT_LIVE_RUNS"] ?? "") ?? 12

  @Test(arguments: 1...runs)
  func `books and resting orders agree at every quote`(_ seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let world = try World.eurusd()
    try Self.fill(world, seed, leverage: seed % 3 == 0 ? 2 : 50)
    for quote in Scripts.walk(8_000, seed: seed) {
      let size = random.below(3) == 0 ? Double(100 + random.below(900)) : 0
      world.tick(quote.time, quote.bid, quote.ask, sizes: (size, size))
      check(world)
      try Self.disturb(world, &random, seed)
      check(world)
    }
    #expect(world.stats.fills > 100)
    #expect(world.strategies.allSatisfy { $0.failure == nil })
  }

  /// Account, venue and scripts, which have the names "100", "101" …
  static func fill(_ world: World, _ seed: UInt64, leverage: UInt32 = 50) throws {
    var terms = Engine.defaultAccountTerms
    if seed % 4 == 0 { terms.mode = UInt32(FXAOT_HEDGING) }
    terms.leverage = leverage
    try world.engine.pointee.setAccount(terms)
    var venue = fxaot_venue()
    venue.latency_ns = seed % 2 == 0 ? 15 * second : 0
    venue.reject_probability = 50_000_000
    venue.seed = seed
    try world.engine.pointee.setVenue(venue)
    for (index, text) in scripts.enumerated() {
      "\(100 + index)".withCString { world.engine.pointee.name(100 + UInt64(index), $0) }
      try world.deploy(script: text, ref: 100 + UInt64(index))
    }
  }

  static func disturb(_ world: World, _ random: inout SplitMix, _ seed: UInt64) throws {
    switch random.below(200) {
    case 0: _ = world.engine.pointee.cancelAll(symbolRef: 1, strategyRef: 100 + UInt64(random.below(5)))
    case 1 where seed % 4 != 0: _ = world.engine.pointee.close(symbolRef: 1, quantity: Int64(100 + random.below(2_000)))
    case 2: _ = world.engine.pointee.close(symbolRef: 1, quantity: 0)
    case 3:
      world.engine.pointee.setState(UInt32(random.below(3)))
      _ = world.engine.pointee.applyState()
    case 4...8:
      world.engine.pointee.setState(FXAOT_TRADING_ACTIVE.rawValue)
      _ = world.engine.pointee.applyState()
    case 9: _ = world.engine.pointee.cash(-1_000_000 * Int64(1 + random.below(20_000)))
    default: break
    }
  }

  private func check(_ world: World) {
    var sum: Int64 = 0
    for (slot, strategy) in world.engine.pointee.strategies.elements.enumerated() {
      guard let script = world.engine.pointee.script(of: strategy) else { continue }
      sum += strategy.book.quantity
      #expect(script.broker.book.position == Double(strategy.book.quantity))
      var live: [Int64: Int64] = [:]
      var market: Int64 = 0
      for order in world.engine.pointee.accountState.venue.waiting.elements
      where order.strategySlot == slot && order.instrumentSlot >= 0 {
        if order.scriptKey == 0 { market += order.quantity } else { live[order.id] = order.order.quantity }
      }
      #expect(market == strategy.waiting)
      let believed = script.broker.live.resting.entries
      #expect(live == Dictionary(uniqueKeysWithValues: believed.map { ($0.at.number, Int64($0.order.quantity)) }))
      for entry in believed where entry.order.isExit {
        #expect(entry.order.quantity <= abs(script.broker.book.position))
      }
    }
    let net = world.engine.pointee.instruments.base[0].market.book.quantity
    // A client's close may have taken more than the strategies held: nothing else trades here.
    #expect(sum == net)
    var tickets: Int64 = 0
    for position in world.engine.pointee.accountState.positions.elements { tickets += position.quantity }
    #expect(tickets == net)
  }
}

extension SplitMix {
  mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }
}
