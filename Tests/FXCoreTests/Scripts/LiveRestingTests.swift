import CFxaot
import TestTerms
import Testing

@testable import FXCore
@testable import Market
@testable import Trading

/// Scripts' stops, limits and exits as resting orders of the account.
struct LiveRestingTests {
  private func world(_ text: String, _ terms: (inout fxaot_account_terms) -> Void = { _ in }) throws -> World {
    let world = try World.eurusd()
    var account = Engine.defaultAccountTerms
    terms(&account)
    try world.engine.pointee.setAccount(account)
    try world.deploy(script: text)
    world.tick(start, 1.1, 1.1)
    return world
  }

  /// The minute's bar closes at this mid, and a quote follows.
  private func close(_ world: World, _ number: Int64, _ bid: Double, _ ask: Double) {
    world.tick(start + number * minute, bid, ask)
  }

  @Test func `a stop entry waits at its price and fills at the quote that reaches it`() throws {
    let world = try world(
      """
      //@version=6
      strategy("Stop", margin_long = 0)
      if bar_index == 0
          strategy.entry("L", strategy.long, 1000, stop = 1.1010)
      """)
    close(world, 1, 1.1, 1.1002)
    let placed = world.take()
    #expect(placed.map(\.text) == ["order 1000"] && placed[0].price == 1.1010)
    // A buy triggers on the ask.
    world.tick(start + minute + 1, 1.1007, 1.1009)
    #expect(world.take().isEmpty)
    world.tick(start + minute + 2, 1.1010, 1.1012)
    let filled = world.take()
    #expect(filled.map(\.text) == ["trigger 1000", "fill 1000"] && filled[1].price == 1.1012)
    #expect(world.strategies[0].quantity == 1_000)
  }

  @Test func `a stop-limit entry is triggered by its stop and filled at its limit`() throws {
    let world = try world(
      """
      //@version=6
      strategy("Both", margin_long = 0)
      if bar_index == 0
          strategy.order("L", strategy.long, 1000, stop = 1.1010, limit = 1.1005)
      """)
    close(world, 1, 1.1, 1.1)
    #expect(world.take().map(\.text) == ["order 1000"])
    world.tick(start + minute + 1, 1.1020, 1.1020)
    #expect(world.take().map(\.text) == ["trigger 1000"])
    world.tick(start + minute + 2, 1.1004, 1.1004)
    let filled = world.take()
    #expect(filled.map(\.text) == ["fill 1000"] && filled[0].price == 1.1004)
  }

  @Test func `a script that orders the same again changes nothing and another price moves the order`() throws {
    let world = try world(
      """
      //@version=6
      strategy("Again", margin_long = 0)
      strategy.entry("L", strategy.long, 1000, limit = bar_index < 2 ? 1.09 : 1.08)
      if bar_index == 3
          strategy.cancel("L")
      """)
    close(world, 1, 1.1, 1.1)
    #expect(world.take().map(\.text) == ["order 1000"])
    close(world, 2, 1.1, 1.1)
    #expect(world.take().isEmpty)
    close(world, 3, 1.1, 1.1)
    let moved = world.take()
    #expect(moved.map(\.text) == ["modify 1000"] && moved[0].price == 1.08)
    close(world, 4, 1.1, 1.1)
    #expect(world.take().map(\.text) == ["cancel 1000"])
  }

  @Test func `a trailing exit follows the bid and never moves back`() throws {
    let world = try world(
      """
      //@version=6
      strategy("Trail", margin_long = 0)
      if bar_index == 0
          strategy.entry("L", strategy.long, 1000)
          strategy.exit("X", "L", trail_price = 1.1010, trail_offset = 50)
      """)
    close(world, 1, 1.1, 1.1)
    world.tick(start + minute + 1, 1.1, 1.1)
    #expect(world.take().map(\.text) == ["order 1000", "fill 1000", "order -1000"])
    world.tick(start + minute + 2, 1.1010, 1.1011)  // it trails from here, 50 steps behind
    world.tick(start + minute + 3, 1.1030, 1.1031)  // the stop is at 1.1025
    world.tick(start + minute + 4, 1.1026, 1.1027)
    #expect(world.take().isEmpty)
    world.tick(start + minute + 5, 1.1024, 1.1025)
    let filled = world.take()
    #expect(filled.map(\.text) == ["trigger -1000", "fill -1000"] && filled[1].price == 1.1024)
  }

  @Test func `two entries of a group cancel each other at the quote that fills one`() throws {
    let world = try world(
      """
      //@version=6
      strategy("Group", margin_long = 0, margin_short = 0)
      if bar_index == 0
          strategy.order("A", strategy.long, 1000, stop = 1.1010, oca_name = "g", oca_type = strategy.oca.cancel)
          strategy.order("B", strategy.long, 2000, stop = 1.1010, oca_name = "g", oca_type = strategy.oca.cancel)
      """)
    close(world, 1, 1.1, 1.1)
    _ = world.take()
    world.tick(start + minute + 1, 1.1015, 1.1015)
    #expect(world.take().map(\.text) == ["trigger 1000", "fill 1000", "cancel 2000"])
    #expect(world.strategies[0].quantity == 1_000)
  }

  @Test func `partial fills are booked part by part and exits cover what is filled`() throws {
    let world = try world(
      """
      //@version=6
      strategy("Parts", margin_long = 0, commission_type = strategy.commission.cash_per_order, commission_value = 10)
      if bar_index == 0
          strategy.entry("L", strategy.long, 1000)
          strategy.exit("X", "L", stop = 1.05)
      if strategy.netprofit == -10
          strategy.order("Paid", strategy.long, 8)
      """)
    close(world, 1, 1.1, 1.1)
    _ = world.take()
    world.tick(start + minute + 1, 1.1, 1.1, sizes: (400, 400))
    #expect(world.take().map(\.text) == ["fill 400", "order -400"])
    world.tick(start + minute + 2, 1.2666, 1.2666, sizes: (600, 600))
    #expect(world.take().map(\.text) == ["fill 600", "modify -1000"])
    #expect(world.strategies[0].quantity == 1_000)
    close(world, 2, 1.2, 1.2)
    let paid = world.take().map(\.text)
    #expect(paid == ["order 8"])
  }

  @Test func `a halt cancels entries, keeps exits, and lets them fill`() throws {
    let world = try world(
      """
      //@version=6
      strategy("Halt", margin_long = 0, pyramiding = 2)
      if bar_index == 0
          strategy.entry("L", strategy.long, 1000)
          strategy.exit("X", "L", stop = 1.05)
      if bar_index == 1
          strategy.entry("More", strategy.long, 500, limit = 1.01)
      """)
    close(world, 1, 1.1, 1.1)
    close(world, 2, 1.1, 1.1)
    #expect(world.take().map(\.text) == ["order 1000", "order 500", "fill 1000", "order -1000"])
    world.engine.pointee.setState(FXAOT_TRADING_HALTED.rawValue)
    _ = world.engine.pointee.applyState()
    #expect(world.take().map(\.text).filter { $0.hasPrefix("cancel") } == ["cancel 500"])
    world.tick(start + 2 * minute + 1, 1.04, 1.04)
    #expect(world.take().map(\.text) == ["trigger -1000", "fill -1000"])
  }

  @Test func `a client that cancels an exit takes it from the script until that orders again`() throws {
    let world = try world(
      """
      //@version=6
      strategy("Cancelled", margin_long = 0)
      if bar_index == 0
          strategy.entry("L", strategy.long, 1000)
      if bar_index == 0 or bar_index == 3
          strategy.exit("X", "L", stop = 1.05)
      """)
    close(world, 1, 1.1, 1.1)
    close(world, 2, 1.1, 1.1)
    _ = world.take()
    #expect(world.engine.pointee.cancelAll(symbolRef: 0, strategyRef: 0) == 1)
    #expect(world.take().map(\.text) == ["cancel -1000"])
    close(world, 3, 1.1, 1.1)
    #expect(world.take().isEmpty)
    close(world, 4, 1.1, 1.1)
    #expect(world.take().map(\.text) == ["order -1000"])
  }

  @Test func `a liquidation is a margin call in the script's book and its exits go with the position`() throws {
    let world = try world(
      """
      //@version=6
      strategy("Called", margin_long = 0)
      if bar_index == 0
          strategy.entry("L", strategy.long, 4000000)
          strategy.exit("X", "L", limit = 1.5)
      if strategy.closedtrades == 1
          strategy.order(strategy.closedtrades.exit_comment(0) == "" ? "A" : "B", strategy.long, 1000)
      """)
    close(world, 1, 1.1, 1.1)
    world.tick(start + minute + 1, 1.1, 1.1)
    _ = world.take()
    // USD 100,000 less 4,000,000 × 0.021 leaves 16,000: below 20 % of a margin of some 86,000.
    world.tick(start + minute + 2, 1.079, 1.079)
    _ = world.take()
    world.tick(start + minute + 3, 1.079, 1.079)
    #expect(world.take().map(\.text).prefix(2) == ["fill -4000000", "cancel -4000000"])
    let script = try #require(world.script())
    #expect(script.broker.book.position == 0)
    #expect(script.broker.book.closedTrades[0].exitReason == .marginCall)
    #expect(script.broker.book.closedTrades[0].exitPrice == 1.079)
    #expect(world.strategies[0].quantity == 0)
    close(world, 2, 1.079, 1.079)
    #expect(world.take().map(\.text) == ["order 1000"])
  }

  @Test func `a client's close shrinks the script's position and its exits`() throws {
    let world = try world(
      """
      //@version=6
      strategy("Closed", margin_long = 0)
      if bar_index == 0
          strategy.entry("L", strategy.long, 1000)
          strategy.exit("X", "L", stop = 1.05, limit = 1.15)
      """)
    close(world, 1, 1.1, 1.1)
    world.tick(start + minute + 1, 1.1, 1.1)
    _ = world.take()
    _ = world.engine.pointee.close(symbolRef: 1, quantity: 400)
    world.tick(start + minute + 2, 1.1, 1.1)
    #expect(world.take().map(\.text) == ["order -400", "fill -400", "modify -600", "modify -600"])
    world.tick(start + minute + 3, 1.2, 1.2)
    #expect(world.take().map(\.text) == ["fill -600", "cancel -600"])
  }

  @Test func `a market order that is on its way is made anew when an exit fills before it`() throws {
    let world = try World.eurusd()
    var venue = fxaot_venue()
    venue.latency_ns = 10 * second
    try world.engine.pointee.setVenue(venue)
    try world.deploy(
      script: """
        //@version=6
        strategy("Late", margin_long = 0)
        if bar_index == 0
            strategy.entry("L", strategy.long, 1000)
            strategy.exit("X", "L", qty = 600, limit = 1.15)
        if bar_index == 2
            strategy.close("L")
        """)
    world.tick(start, 1.1, 1.1)
    close(world, 1, 1.1, 1.1)
    world.tick(start + minute + 10 * second, 1.1, 1.1)
    close(world, 2, 1.1, 1.1)
    close(world, 3, 1.1, 1.1)
    #expect(world.take().map(\.text) == ["order 1000", "fill 1000", "order -600", "order -1000"])
    world.tick(start + 3 * minute + second, 1.15, 1.15)
    #expect(world.take().map(\.text) == ["fill -600", "cancel -1000", "order -400"])
    world.tick(start + 3 * minute + 20 * second, 1.15, 1.15)
    #expect(world.take().map(\.text) == ["fill -400"])
    #expect(world.strategies[0].quantity == 0)
  }

  @Test func `in a hedging account an exit closes the script's own ticket`() throws {
    let world = try world(
      """
      //@version=6
      strategy("Hedged", margin_long = 0)
      if bar_index == 0
          strategy.entry("L", strategy.long, 1000)
          strategy.exit("X", "L", limit = 1.15)
      """
    ) { $0.mode = UInt32(FXAOT_HEDGING) }
    close(world, 1, 1.1, 1.1)
    world.tick(start + minute + 1, 1.1, 1.1)
    _ = world.engine.pointee.submit(order(buys: 500))
    world.tick(start + minute + 2, 1.1, 1.1)
    #expect(world.tickets == [1_000, 500])
    world.tick(start + minute + 3, 1.15, 1.15)
    #expect(world.tickets == [500])
  }

  @Test func `a client's stop-loss closes nothing of a script`() throws {
    let world = try world(
      """
      //@version=6
      strategy("Own", margin_long = 0)
      if bar_index == 0
          strategy.entry("L", strategy.long, 1000)
          strategy.exit("X", "L", stop = 1.01)
      """)
    close(world, 1, 1.1, 1.1)
    _ = world.engine.pointee.submit(order(buys: 1_000) { $0.stop_loss = 1.09 })
    world.tick(start + minute + 1, 1.1, 1.1)
    world.tick(start + minute + 2, 1.08, 1.08)
    #expect(world.engine.pointee.instruments.base[0].market.book.quantity == 1_000)
    #expect(world.strategies[0].quantity == 1_000)
    #expect(world.script()?.broker.book.position == 1_000)
    #expect(world.script()?.broker.live.resting.entries.count == 1)
  }

  @Test func `parts are on the instrument's step and all books count them`() throws {
    let world = try World()
    try world.engine.pointee.addInstrument(Terms.make("EUR", "USD", quantityStep: 1_000), ref: 1)
    try world.deploy(
      script: """
        //@version=6
        strategy("Steps", margin_long = 0)
        if bar_index == 0
            strategy.entry("L", strategy.long, 10000)
        if bar_index == 1
            strategy.close_all()
        """)
    world.tick(start, 1.1, 1.1)
    close(world, 1, 1.1, 1.1)
    for (second, size) in [(Int64(1), 1_400.0), (2, 8_400), (3, 900), (4, 5_000)] {
      world.tick(start + minute + second, 1.1, 1.1, sizes: (size, size))
    }
    #expect(world.take().map(\.text) == ["order 10000", "fill 1000", "fill 8000", "fill 1000"])
    #expect(world.script()?.broker.book.position == 10_000)
    close(world, 2, 1.1, 1.1)
    world.tick(start + 2 * minute + 1, 1.1, 1.1)
    #expect(world.take().map(\.text) == ["order -10000", "fill -10000"])
  }

  @Test func `a stop-limit with a new stop waits for that stop`() throws {
    let world = try world(
      """
      //@version=6
      strategy("Anew", margin_long = 0)
      strategy.entry("L", strategy.long, 1000, stop = bar_index < 1 ? 1.1010 : 1.1050, limit = bar_index < 1 ? 1.1005 : 1.1045)
      """)
    close(world, 1, 1.1, 1.1)
    world.tick(start + minute + 1, 1.1010, 1.1010)
    #expect(world.take().map(\.text) == ["order 1000", "trigger 1000"])
    close(world, 2, 1.1012, 1.1012)
    world.tick(start + 2 * minute + 1, 1.1012, 1.1012)
    #expect(world.take().map(\.text) == ["modify 1000"])
    world.tick(start + 2 * minute + 2, 1.1050, 1.1050)
    world.tick(start + 2 * minute + 3, 1.1040, 1.1040)
    #expect(world.take().map(\.text) == ["trigger 1000", "fill 1000"])
  }

  @Test func `what fills of an entry after its first part was closed has its exits too`() throws {
    let world = try world(
      """
      //@version=6
      strategy("Later", margin_long = 0)
      if bar_index == 0
          strategy.entry("L", strategy.long, 1000, limit = 1.1)
          strategy.exit("X", "L", stop = 1.05, limit = 1.12)
      """)
    close(world, 1, 1.11, 1.11)
    world.tick(start + minute + 1, 1.1, 1.1, sizes: (400, 400))
    #expect(world.take().map(\.text) == ["order 1000", "fill 400", "order -400", "order -400"])
    world.tick(start + minute + 2, 1.12, 1.12)
    #expect(world.take().map(\.text) == ["fill -400", "cancel -400"])
    world.tick(start + minute + 3, 1.1, 1.1)
    #expect(world.take().map(\.text) == ["fill 600", "order -600", "order -600"])
  }

  @Test func `limits of new risk do not keep an exit away`() throws {
    let world = try world(
      """
      //@version=6
      strategy("Wide", margin_long = 0)
      if bar_index == 0
          strategy.entry("L", strategy.long, 1000)
          strategy.exit("X", "L", stop = 1.0)
      """)
    var limits = fxaot_risk()
    limits.max_spread_steps = 20
    limits.max_orders = 1
    limits.collar = 10_000_000
    try world.engine.pointee.setRisk(limits)
    close(world, 1, 1.1, 1.1)
    world.tick(start + minute + 1, 1.1, 1.11)
    #expect(world.take().map(\.text) == ["order 1000", "fill 1000", "order -1000"])
  }

  @Test func `another trailing distance holds from its bar on`() throws {
    let world = try world(
      """
      //@version=6
      strategy("Wider", margin_long = 0)
      if bar_index == 0
          strategy.entry("L", strategy.long, 1000)
      strategy.exit("X", "L", trail_price = 1.1, trail_offset = bar_index < 2 ? 20 : 500)
      """)
    close(world, 1, 1.1, 1.1)
    world.tick(start + minute + 1, 1.101, 1.101)
    close(world, 2, 1.101, 1.101)
    close(world, 3, 1.101, 1.101)
    world.tick(start + 3 * minute + 1, 1.101, 1.101)
    // 20 steps behind 1.101 would have been 1.1008.
    world.tick(start + 3 * minute + 2, 1.1, 1.1)
    #expect(world.take().map(\.text) == ["order 1000", "fill 1000", "order -1000", "modify -1000"])
    world.tick(start + 3 * minute + 3, 1.0959, 1.0959)
    #expect(world.take().map(\.text) == ["trigger -1000", "fill -1000"])
  }

  private func order(buys units: Int64, _ set: (inout fxaot_order_request) -> Void = { _ in }) -> fxaot_order_request {
    var request = fxaot_order_request()
    (request.price, request.limit, request.stop_loss, request.take_profit) = (.nan, .nan, .nan, .nan)
    request.trail_activation = .nan
    (request.symbol_ref, request.side, request.quantity) = (1, UInt32(FXAOT_BUY), units)
    set(&request)
    return request
  }

  @Test func `an order that the account's margin does not carry is lost to the script`() throws {
    let world = try world(
      """
      //@version=6
      strategy("Large", margin_long = 0)
      if bar_index == 0
          strategy.entry("L", strategy.long, 6000000, limit = 1.05)
      if bar_index == 2
          strategy.entry("L", strategy.long, 1000, limit = 1.05)
      """)
    close(world, 1, 1.1, 1.1)
    #expect(world.take().map(\.text) == ["reject \(FXAOT_REJECT_MARGIN.rawValue)"])
    close(world, 2, 1.1, 1.1)
    #expect(world.take().isEmpty)
    close(world, 3, 1.1, 1.1)
    #expect(world.take().map(\.text) == ["order 1000"])
    #expect(world.strategies[0].rejects == 1)
  }
}

extension World {
  fileprivate func script() -> LiveScript? {
    engine.pointee.script(of: engine.pointee.strategies.base[0])
  }

  fileprivate var tickets: [Int64] {
    var out = [fxaot_ticket](repeating: fxaot_ticket(), count: 8)
    let count = out.withUnsafeMutableBufferPointer { engine.pointee.tickets(into: $0) }
    return out.prefix(count).map(\.quantity)
  }
}
