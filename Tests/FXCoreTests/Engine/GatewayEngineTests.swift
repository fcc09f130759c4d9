import CFxaot
import TestTerms
import Testing

@testable import FXCore

/// Strategies whose orders go to a broker: the puppet buys above its center, 10,000 units a signal.
struct GatewayEngineTests {
  @Test func `a strategy's order waits for the broker, and no quote fills it`() throws {
    let world = try World.gateway()
    world.tick(start + 1, 1.2, 1.2)
    #expect(world.take().map(\.text) == ["signal 1.0", "order 10000"])
    world.tick(start + 2, 1.2, 1.2)
    #expect(world.take().map(\.text) == ["signal 1.0"])
    #expect(world.fill("order.1", 4_000, "e1") == FXAOT_REPORT_TAKEN)
    #expect(world.strategies.map(\.quantity) == [4_000])
    world.tick(start + 3, 1.2, 1.2)
    // 6,000 are still on their way.
    #expect(world.take().map(\.text) == ["fill 4000", "signal 1.0"])
    #expect(world.fill("order.1", 6_000, "e2") == FXAOT_REPORT_TAKEN)
    #expect(world.strategies.map(\.quantity) == [10_000])
    #expect(world.positions.map(\.quantity) == [10_000])
    #expect(world.stats.fills == 2)
  }

  @Test func `what a broker fills beyond an order is the strategy's, and nothing more is awaited`() throws {
    let world = try World.gateway()
    world.tick(start + 1, 1.2, 1.2)
    #expect(world.fill("order.1", 12_000, "e1") == FXAOT_REPORT_TAKEN)
    #expect(world.fill("order.1", 1_000, "e2") == FXAOT_REPORT_LATE)
    #expect(world.strategies.map(\.quantity) == [13_000])
    _ = world.take()
    // A reversal closes all of it: nothing is left over in what waits.
    world.tick(start + 2, 0.9, 0.9)
    #expect(world.take().map(\.text) == ["signal -1.0", "order -23000"])
  }

  @Test func `an order that the broker rejects is lost to its strategy, which asks again`() throws {
    let world = try World.gateway()
    world.tick(start + 1, 1.2, 1.2)
    _ = world.take()
    #expect(world.report("order.1", FXAOT_REPORT_REJECTED) == FXAOT_REPORT_TAKEN)
    _ = world.take()
    world.tick(start + 2, 1.2, 1.2)
    #expect(world.take().map(\.text) == ["signal 1.0", "order 10000"])
  }

  @Test func `fills of a removed strategy are the account's alone`() throws {
    let world = try World.gateway()
    world.tick(start + 1, 1.2, 1.2)
    try world.remove(100)
    // The same name in the same place.
    try world.deploy(params: ["gain": 0])
    #expect(world.fill("order.1", 4_000, "e1") == FXAOT_REPORT_TAKEN)
    #expect(world.report("order.1", FXAOT_REPORT_CANCELLED) == FXAOT_REPORT_TAKEN)
    #expect(world.fill("order.1", 1_000, "e2") == FXAOT_REPORT_LATE)
    #expect(world.strategies.map(\.quantity) == [0])
    #expect(world.positions.map(\.quantity) == [5_000])
  }

  @Test func `quiet quotes stay quiet while orders rest at the broker`() throws {
    let world = try World.gateway()
    try world.remove(100)
    world.tick(start + 1, 1.2, 1.2)
    var order = fxaot_order_request()
    (order.symbol_ref, order.side, order.quantity) = (1, UInt32(FXAOT_BUY), 1_000)
    (order.price, order.limit, order.trail_activation) = (.nan, .nan, .nan)
    (order.stop_loss, order.take_profit) = (.nan, .nan)
    #expect(world.engine.pointee.submit(order).status == FXAOT_OK)
    world.tick(start + 2, 1.2, 1.2)
    #expect(
      world.engine.pointee.instruments.base[0].market.quiet.contains(world.engine.pointee.instruments.base[0].quote))
  }

  @Test func `a script whose cancel is refused asks again after its next bar`() throws {
    let world = try World.scripted(
      """
      //@version=6
      strategy("Kept", margin_long = 0)
      if bar_index == 0
          strategy.entry("L", strategy.long, 1000, limit = 1.09)
      if bar_index == 1
          strategy.cancel("L")
      """)
    world.tick(start + minute, 1.1, 1.1)
    world.tick(start + 2 * minute, 1.1, 1.1)
    #expect(world.requests() == ["send 1.09", "cancel 1.09"])
    #expect(world.report("order.1", FXAOT_REPORT_CANCEL_REJECTED) == FXAOT_REPORT_TAKEN)
    #expect(world.requests().count == 2)
    world.tick(start + 3 * minute, 1.1, 1.1)
    #expect(world.requests() == ["send 1.09", "cancel 1.09", "cancel 1.09"])
  }

  @Test func `a script whose change is refused asks again after its next bar`() throws {
    let world = try World.scripted(
      """
      //@version=6
      strategy("Kept", margin_long = 0)
      strategy.entry("L", strategy.long, 1000, limit = bar_index == 0 ? 1.09 : 1.08)
      """)
    world.tick(start + minute, 1.1, 1.1)
    world.tick(start + 2 * minute, 1.1, 1.1)
    #expect(world.requests() == ["send 1.09", "replace 1.08"])
    #expect(world.report("order.1", FXAOT_REPORT_REPLACE_REJECTED) == FXAOT_REPORT_TAKEN)
    #expect(world.requests().count == 2)
    world.tick(start + 3 * minute, 1.1, 1.1)
    #expect(world.requests() == ["send 1.09", "replace 1.08", "replace 1.08"])
    #expect(world.report("order.1", FXAOT_REPORT_REPLACED) == FXAOT_REPORT_TAKEN)
    world.tick(start + 4 * minute, 1.1, 1.1)
    #expect(world.requests().count == 3)
  }

  @Test func `a fill of an order that has been replaced by one of another kind leaves that one to its script`() throws {
    let world = try World.scripted(
      """
      //@version=6
      strategy("Kind", margin_long = 0)
      if bar_index == 0
          strategy.entry("L", strategy.long, 1000, stop = 1.11)
      if bar_index == 1
          strategy.entry("L", strategy.long, 1000, limit = 1.09)
      if bar_index == 2
          strategy.cancel_all()
      """)
    world.tick(start + minute, 1.1, 1.1)
    world.tick(start + 2 * minute, 1.1, 1.1)
    #expect(world.requests() == ["send 1.11", "cancel 1.11", "send 1.09"])
    #expect(world.fill("order.1", 1_000, "e1") == FXAOT_REPORT_TAKEN)
    #expect(world.strategies.map(\.quantity) == [1_000])
    world.tick(start + 3 * minute, 1.1, 1.1)
    #expect(world.requests() == ["send 1.11", "cancel 1.11", "send 1.09", "cancel 1.09"])
  }

  @Test func `a script's exit waits for the connection`() throws {
    let world = try World.scripted(
      """
      //@version=6
      strategy("Down", margin_long = 0)
      if bar_index == 0
          strategy.entry("L", strategy.long, 1000)
          strategy.exit("X", "L", stop = 1.05)
      """)
    world.tick(start + minute, 1.1, 1.1)
    #expect(world.requests() == ["send nan"])
    try world.engine.pointee.setGateway(UInt32(FXAOT_GATEWAY_DOWN))
    #expect(world.fill("order.1", 1_000, "e1") == FXAOT_REPORT_TAKEN)
    #expect(world.requests() == ["send nan", "send 1.05"])
  }

  @Test func `a script that has stopped keeps what its orders still bring`() throws {
    let world = try World.scripted(
      """
      //@version=6
      strategy("Stops", margin_long = 0)
      if bar_index == 0
          strategy.entry("L", strategy.long, 1000)
      if bar_index == 1
          runtime.error("no more")
      """)
    world.tick(start + minute, 1.1, 1.1)
    world.tick(start + 2 * minute, 1.1, 1.1)
    #expect(world.requests() == ["send nan", "cancel nan"])
    #expect(world.fill("order.1", 1_000, "e1") == FXAOT_REPORT_TAKEN)
    #expect(world.strategies.map(\.quantity) == [1_000])
    #expect(world.positions.map(\.quantity) == [1_000])
  }

  @Test func `instruments neither leave nor reach an engine with a gateway`() throws {
    let world = try World.gateway()
    let other = try World()
    #expect(throws: EngineError(FXAOT_BUSY)) {
      let refs: [UInt64] = [1]
      try refs.withUnsafeBufferPointer { try Engine.move($0, from: world.engine, to: other.engine) }
    }
    try other.add("GBP", "USD", 2)
    #expect(throws: EngineError(FXAOT_BUSY)) {
      let refs: [UInt64] = [2]
      try refs.withUnsafeBufferPointer { try Engine.move($0, from: other.engine, to: world.engine) }
    }
  }
}

extension World {
  /// EURUSD with the puppet and a gateway that is up.
  fileprivate static func gateway() throws -> World {
    let world = try World.eurusd()
    try world.engine.pointee.setGateway(UInt32(FXAOT_GATEWAY_UP))
    try world.deploy()
    return world
  }

  /// EURUSD at 1.1 with a script and a gateway that is up.
  fileprivate static func scripted(_ text: String) throws -> World {
    let world = try World.eurusd()
    try world.engine.pointee.setGateway(UInt32(FXAOT_GATEWAY_UP))
    try world.deploy(script: text)
    world.tick(start, 1.1, 1.1)
    return world
  }

  /// All since the beginning.
  fileprivate func requests() -> [String] {
    var all = [fxaot_gateway_request](repeating: fxaot_gateway_request(), count: 16)
    let count = all.withUnsafeMutableBufferPointer { engine.pointee.requests(after: 0, into: $0) }
    return all.prefix(count).map { "\(["", "send", "cancel", "replace"][Int($0.kind)]) \($0.order.price)" }
  }

  fileprivate func fill(_ id: String, _ quantity: Int64, _ execution: String) -> Int {
    var report = fxaot_report()
    report.id = Self.id(id)
    report.kind = FXAOT_REPORT_FILL.rawValue
    (report.quantity, report.price, report.execution) = (quantity, 1.2, Self.id(execution))
    return take(report)
  }

  fileprivate func report(_ id: String, _ kind: fxaot_report_kind) -> Int {
    var report = fxaot_report()
    report.id = Self.id(id)
    report.kind = kind.rawValue
    return take(report)
  }

  private func take(_ report: fxaot_report) -> Int {
    let answer = engine.pointee.report(report)
    #expect(answer.status == FXAOT_OK)
    return Int(answer.verdict)
  }

  private static func id(_ text: String) -> fxaot_id {
    var id = fxaot_id()
    withUnsafeMutableBytes(of: &id.text) { $0.copyBytes(from: Array(text.utf8).prefix($0.count)) }
    id.length = UInt32(text.utf8.count)
    return id
  }
}
