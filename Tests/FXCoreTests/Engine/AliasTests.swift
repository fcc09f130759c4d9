import CFxaot
import TestTerms
import Testing

@testable import FXCore
@testable import Market

/// Other names of an instrument.
struct AliasTests {
  private func status(_ body: () throws -> Void) -> fxaot_status.RawValue? {
    do {
      try body()
      return nil
    } catch { return (error as? EngineError)?.status.rawValue }
  }

  private func add(
    _ world: World, _ base: String, ref: UInt64, _ aliases: [(name: String, ref: UInt64)]
  ) throws {
    var raw = Terms.make(base, "USD")
    let names = aliases.map { alias in
      var named = fxaot_alias()
      Terms.copy(alias.name, into: &named.symbol)
      named.ref = alias.ref
      return named
    }
    raw.alias_count = UInt32(names.count)
    try names.withUnsafeBufferPointer {
      raw.aliases = $0.baseAddress
      try world.engine.pointee.addInstrument(raw, ref: ref)
    }
  }

  private func batch(_ world: World, _ symbol: String, at time: Int64) {
    let quote = fxaot_quote(
      time_ns: time, symbol: Terms.key(symbol), bid: 1.2, ask: 1.2, bid_size: 0, ask_size: 0)
    _ = withUnsafeBytes(of: quote) { bytes in
      bytes.baseAddress.map { world.engine.pointee.ticks($0, count: 1) }
    }
  }

  private func order(_ ref: UInt64) -> fxaot_order_request {
    var order = fxaot_order_request()
    order.symbol_ref = ref
    order.side = UInt32(FXAOT_BUY)
    order.quantity = 1_000
    (order.price, order.limit, order.trail_activation) = (.nan, .nan, .nan)
    (order.stop_loss, order.take_profit) = (.nan, .nan)
    return order
  }

  @Test func `quotes and orders under an alias are the instrument's`() throws {
    let world = try World()
    try add(world, "EUR", ref: 1, [("EURUSD.r", 50), ("EURUSD.premium", 51)])
    #expect(world.tick(start + 1, 1.2, 1.2, on: 50) == 0)
    batch(world, "EURUSD.premium", at: start + 2)
    batch(world, "EURUSD.r", at: start + 3)
    batch(world, "EURUSD", at: start + 4)
    #expect(world.stats.accepted == 4 && world.stats.unknown_symbol == 0)
    var named = order(51)
    withUnsafeMutableBytes(of: &named.id.text) { $0[0] = UInt8(ascii: "a") }
    named.id.length = 1
    #expect(world.engine.pointee.submit(named).status == FXAOT_OK)
    #expect(world.engine.pointee.order(named.id)?.symbol_ref == 1)
    let events = world.take()
    #expect(events.map(\.symbol_ref) == [1])
    world.tick(start + 5, 1.2, 1.2, on: 50)
    #expect(world.positions.map(\.quantity) == [1_000])
    #expect(world.engine.pointee.close(symbolRef: 50, quantity: 0).status == FXAOT_OK)
    #expect(world.engine.pointee.cancelAll(symbolRef: 51, strategyRef: 0) == 0)
    #expect(world.tick(start + 6, 1.2, 1.2, on: 52) == -Int64(FXAOT_UNKNOWN_SYMBOL.rawValue))
  }

  @Test func `a name is of one instrument`() throws {
    let world = try World()
    try add(world, "EUR", ref: 1, [("EURUSD.r", 50)])
    let exists = FXAOT_ALREADY_EXISTS.rawValue
    #expect(status { try add(world, "GBP", ref: 2, [("EURUSD", 60)]) } == exists)
    #expect(status { try add(world, "GBP", ref: 2, [("EURUSD.r", 60)]) } == exists)
    #expect(status { try add(world, "GBP", ref: 2, [("x", 50)]) } == exists)
    #expect(status { try add(world, "GBP", ref: 2, [("x", 1)]) } == exists)
    #expect(status { try add(world, "GBP", ref: 2, [("x", 60), ("x", 61)]) } == exists)
    #expect(status { try add(world, "GBP", ref: 2, [("GBPUSD", 60)]) } == exists)
    #expect(status { try add(world, "GBP", ref: 50, []) } == exists)
    let bad = FXAOT_BAD_INSTRUMENT.rawValue
    #expect(status { try add(world, "GBP", ref: 2, [("", 60)]) } == bad)
    #expect(status { try add(world, "GBP", ref: 2, [("a b", 60)]) } == bad)
    #expect(status { try add(world, "GBP", ref: 2, [("x", 0)]) } == bad)
    #expect(status { try add(world, "GBP", ref: 2, (0..<9).map { ("x\($0)", 60 + UInt64($0)) }) } == bad)
    // Nothing has changed.
    try add(world, "GBP", ref: 2, (0..<8).map { ("x\($0)", 60 + UInt64($0)) })
    #expect(world.tick(start + 1, 1.3, 1.3, on: 67) == 0)
    #expect(world.tick(start + 1, 1.2, 1.2, on: 50) == 0)
  }

  @Test func `aliases move with their instrument`() throws {
    let (source, target) = (try World(), try World())
    try add(source, "EUR", ref: 1, [("EURUSD.r", 50)])
    try add(source, "GBP", ref: 2, [("GBPUSD.r", 51)])
    try add(target, "AUD", ref: 3, [("AUDUSD.r", 50)])
    let refs: [UInt64] = [1]
    #expect(
      status { try refs.withUnsafeBufferPointer { try Engine.move($0, from: source.engine, to: target.engine) } }
        == FXAOT_ALREADY_EXISTS.rawValue)
    let other = try World()
    try add(other, "AUD", ref: 3, [("AUDUSD.r", 52)])
    try refs.withUnsafeBufferPointer { try Engine.move($0, from: source.engine, to: other.engine) }
    #expect(other.tick(start + 1, 1.2, 1.2, on: 50) == 0)
    #expect(other.tick(start + 1, 0.7, 0.7, on: 52) == 0)
    #expect(source.tick(start + 1, 1.3, 1.3, on: 51) == 0)
    #expect(source.tick(start + 1, 1.2, 1.2, on: 50) == -Int64(FXAOT_UNKNOWN_SYMBOL.rawValue))
  }
}
