import CFxaot
import TestTerms
import Testing

@testable import FXCore
@testable import Market

/// What can go wrong when instruments move, and what must not.
struct MovingTests {
  private func status(_ body: () throws -> Void) -> fxaot_status.RawValue? {
    do {
      try body()
      return nil
    } catch {
      return (error as? EngineError)?.status.rawValue
    }
  }

  /// EURGBP (3) is converted through GBPUSD (4); both have a quote.
  private func crossWorld(_ change: (inout fxaot_config) -> Void = { _ in }) throws -> World {
    let world = try World.eurusd(change)
    try world.add("EUR", "GBP", 3)
    try world.add("GBP", "USD", 4)
    world.tick(start + 1, 0.8, 0.8, on: 3)
    world.tick(start + 1, 1.25, 1.25, on: 4)
    return world
  }

  private func move(_ refs: [UInt64], _ source: World, _ target: World) throws {
    try refs.withUnsafeBufferPointer {
      try Engine.move($0, from: source.engine, to: target.engine)
    }
  }

  /// Refused with a status, by `move` and by `exportInstruments` with `adopt`, and nothing changed.
  private func expectRefusal(
    _ expected: fxaot_status, _ refs: [UInt64], _ source: World, _ target: World,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let before = [fingerprint(source), fingerprint(target)]
    #expect(
      status { try move(refs, source, target) } == expected.rawValue,
      sourceLocation: sourceLocation)
    #expect([fingerprint(source), fingerprint(target)] == before, sourceLocation: sourceLocation)
    let answer = status {
      try refs.withUnsafeBufferPointer {
        var parcel = try source.engine.pointee.exportInstruments($0)
        defer { try? source.engine.pointee.adopt(&parcel) }
        try target.engine.pointee.adopt(&parcel)
      }
    }
    #expect(answer == expected.rawValue, sourceLocation: sourceLocation)
    #expect([fingerprint(source), fingerprint(target)] == before, sourceLocation: sourceLocation)
  }

  /// Instruments in any order: those that went and came back are the last.
  private func fingerprint(_ world: World) -> [String] {
    let engine = world.engine.pointee.instruments.elements.map(\.ref).sorted()
    let positions = world.positions.sorted { $0.symbol_ref < $1.symbol_ref }
    let strategies = world.strategies.sorted { $0.strategy_ref < $1.strategy_ref }
    return ["\(engine)", "\(positions)", "\(strategies)", "\(world.account)"]
  }

  @Test func `what is no set of its instruments is refused`() throws {
    let (source, target) = (try crossWorld(), try World())
    expectRefusal(FXAOT_UNKNOWN_SYMBOL, [9], source, target)
    expectRefusal(FXAOT_UNKNOWN_SYMBOL, [1, 0], source, target)
    expectRefusal(FXAOT_BAD_ARGUMENT, [1, 4, 1], source, target)
    #expect(status { try move([1], source, source) } == FXAOT_BAD_ARGUMENT.rawValue)
    #expect(status { try move([], source, target) } == nil)
    expectRefusal(FXAOT_UNKNOWN_SYMBOL, [1], target, source)
  }

  @Test func `what the target has already is refused`() throws {
    let source = try World.eurusd()
    try source.deploy(ref: 7)
    source.tick(start + 1, 1.2, 1.2)
    let sameSymbol = try World()
    try sameSymbol.add("EUR", "USD", 2)
    let sameRef = try World()
    try sameRef.add("GBP", "USD", 1)
    let sameStrategy = try World()
    try sameStrategy.add("GBP", "USD", 2)
    try sameStrategy.deploy(ref: 7, on: 2)
    for target in [sameSymbol, sameRef, sameStrategy] {
      expectRefusal(FXAOT_ALREADY_EXISTS, [1], source, target)
    }
    #expect(source.take().map(\.text) == ["signal 1.0", "order 10000"])
    source.tick(start + 2, 1.2, 1.2)
    #expect(source.take().map(\.text).contains("fill 10000"))
  }

  @Test func `an engine that trades otherwise is refused`() throws {
    let source = try World.eurusd()
    expectRefusal(FXAOT_BAD_CONFIG, [1], source, try World { $0.bar_events = 1 })
    expectRefusal(FXAOT_BAD_CONFIG, [1], source, try World { $0.min_strength = 0.2 })
    expectRefusal(FXAOT_BAD_CONFIG, [1], source, try World { $0.fixed_quantity = 1 })
    let euro = try World { Terms.copy("EUR", into: &$0.account_currency) }
    expectRefusal(FXAOT_BAD_CONFIG, [1], source, euro)
    try move([1], source, try World { $0.balance_micro = 5 })
  }

  @Test func `a conversion is not cut`() throws {
    let (source, target) = (try crossWorld(), try World())
    expectRefusal(FXAOT_BAD_INSTRUMENT, [4], source, target)  // EURGBP stays
    expectRefusal(FXAOT_BAD_INSTRUMENT, [3], source, target)  // GBPUSD stays
    // A target with a way of its own will do, but only once that has a quote.
    let other = try World()
    try other.add("USD", "GBP", 5)
    expectRefusal(FXAOT_BAD_INSTRUMENT, [3], source, other)
    other.tick(start + 1, 0.5, 0.5, on: 5)
    try move([3], source, other)
    try other.deploy(ref: 7, on: 3, params: ["center": 0.5])
    other.tick(start + 2, 0.8, 0.8, on: 3)
    other.tick(start + 3, 0.8, 0.8, on: 3)
    other.tick(start + 4, 0.9, 0.9, on: 3)
    // 10,000 × 0.1 pounds at half a pound a dollar.
    #expect(other.account.unrealised_micro == 2_000_000_000)
    try move([4], source, target)
  }

  @Test func `a checked move is not refused for quotes that have come since`() throws {
    let (source, target) = (try World.eurusd(), try World())
    try source.add("EUR", "GBP", 3)
    try source.add("GBP", "USD", 4)
    try target.add("GBP", "USD", 5, symbol: "GBPUSD.x")
    let refs: [UInt64] = [3]
    try refs.withUnsafeBufferPointer { try Engine.checkMove($0, from: source.engine, to: target.engine) }
    source.tick(start + 1, 1.25, 1.25, on: 4)
    expectRefusal(FXAOT_BAD_INSTRUMENT, refs, source, target)
    try refs.withUnsafeBufferPointer {
      try Engine.move($0, from: source.engine, to: target.engine, isChecked: true)
    }
    // It waits for the quotes of its new way.
    try target.deploy(ref: 7, on: 3, params: ["center": 0.5])
    target.tick(start + 2, 0.8, 0.8, on: 3)
    #expect(target.take().map(\.text) == ["signal 1.0", "reject 3"])
    target.tick(start + 2, 1.25, 1.25, on: 5)
    target.tick(start + 3, 0.8, 0.8, on: 3)
    #expect(target.take().map(\.text) == ["signal 1.0", "order 10000"])
  }

  @Test func `an instrument that brings a way lets the others trade`() throws {
    let (source, target) = (try World(), try World())
    try source.add("GBP", "USD", 4)
    source.tick(start + 1, 1.25, 1.25, on: 4)
    try target.add("EUR", "GBP", 3)
    try target.deploy(ref: 7, on: 3, params: ["center": 0.5])
    target.tick(start + 1, 0.8, 0.8, on: 3)
    #expect(target.take().map(\.text) == ["signal 1.0", "reject 3"])
    try move([4], source, target)
    target.tick(start + 2, 0.8, 0.8, on: 3)
    #expect(target.take().map(\.text) == ["signal 1.0", "order 10000"])
  }

  @Test func `a full engine takes no more`() throws {
    let source = try World.eurusd()
    let target = try World()
    for ref in UInt64(1)...1_024 { try target.add("EUR", "USD", ref + 1, symbol: "S\(ref)") }
    expectRefusal(FXAOT_LIMIT, [1], source, target)
    try move([5], target, source)
    try move([1], source, target)
    target.tick(start + 1, 1.1, 1.1, on: 1)
    #expect(target.stats.accepted == 1)
  }

  @Test func `what moves takes its profit and its orders along`() throws {
    let (source, target) = (try crossWorld(), try World())
    try source.deploy(ref: 7, on: 1)
    for (time, price) in zip(Int64(1)..., [1.2, 1.2, 1.0, 1.0]) { source.tick(start + time, price, price) }
    // Long at 1.2, reversed at 1.0: 10,000 × −0.2.
    #expect(source.account.realised_micro == -2_000_000_000)
    source.tick(start + 5, 1.2, 1.2)
    let order = try #require(source.take().last)
    #expect(order.text == "order 20000")
    try move([1], source, target)
    #expect(source.account.realised_micro == 0)
    #expect(source.strategies.isEmpty && source.positions.isEmpty)
    #expect(source.tick(start + 6, 1.2, 1.2) == -Int64(FXAOT_UNKNOWN_SYMBOL.rawValue))
    #expect(target.account.realised_micro == -2_000_000_000)
    target.tick(start + 6, 1.2, 1.2)
    let fill = try #require(target.take().first { $0.kind == UInt32(FXAOT_EVENT_FILL) })
    #expect(fill.text == "fill 20000")
    #expect(fill.order_id == order.order_id)
    #expect(target.account.realised_micro == -4_000_000_000)
    // Its next order has a number that it has not had before.
    target.tick(start + 7, 1.0, 1.0)
    #expect(try #require(target.take().last).order_id == order.order_id + 1)
    try target.remove(7)
    try source.deploy(ref: 7, on: 3)
  }

  @Test func `orders of an instrument that stays are filled in its new slot`() throws {
    let (source, target) = (try crossWorld(), try World())
    try source.deploy(ref: 7, on: 4, params: ["center": 1])
    source.tick(start + 2, 1.25, 1.25, on: 4)
    try move([1], source, target)
    source.tick(start + 3, 1.25, 1.25, on: 4)
    #expect(source.positions.map(\.symbol_ref) == [4])
    try source.remove(7)
    #expect(source.strategies.isEmpty)
  }

  @Test func `a parcel that nobody adopts is freed`() throws {
    let world = try crossWorld()
    try world.deploy(ref: 7, on: 1)
    try [UInt64(1)].withUnsafeBufferPointer {
      let parcel = try world.engine.pointee.exportInstruments($0)
      let count = parcel.count
      #expect(count == 1)
    }
    #expect(world.strategies.isEmpty)
    try world.add("EUR", "USD", 1)
    try world.deploy(ref: 7, on: 1)
    #expect(world.tick(start + 9, 1.2, 1.2) == 2)
  }

  @Test func `a parcel that was adopted is empty`() throws {
    let (source, first, second) = (try World.eurusd(), try World(), try World())
    try [UInt64(1)].withUnsafeBufferPointer {
      var parcel = try source.engine.pointee.exportInstruments($0)
      try first.engine.pointee.adopt(&parcel)
      try second.engine.pointee.adopt(&parcel)
      let count = parcel.count
      #expect(count == 0)
    }
    #expect(first.tick(start + 1, 1.1, 1.1) == 0)
    #expect(second.tick(start + 1, 1.1, 1.1) < 0)
  }

  @Test func `many strategies find free slots and are found by their refs`() throws {
    let (source, target) = (try World.eurusd(), try World())
    try target.add("GBP", "USD", 2)
    for ref in UInt64(1)...200 {
      try source.deploy(ref: ref, params: ["gain": 0])
      try target.deploy(ref: 1_000 + ref, on: 2, params: ["gain": 0])
    }
    for ref in stride(from: UInt64(1_001), through: 1_200, by: 3) { try target.remove(ref) }
    try move([1], source, target)
    target.tick(start + 1, 1.1, 1.1)
    #expect(target.strategies.count { $0.symbol_ref == 1 && $0.bars == 1 } == 200)
    #expect(target.strategies.count { $0.symbol_ref == 2 && $0.bars == 0 } == 133)
    for ref in UInt64(1)...200 { try target.remove(ref) }
    #expect(target.strategies.count == 133)
  }
}
