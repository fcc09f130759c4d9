import CFxaot
import TestTerms
import Testing

@testable import FXCore
@testable import Market

/// Starting and stopping strategies.
struct DeploymentTests {
  private func status(_ body: () throws -> Void) -> EngineError? {
    do {
      try body()
      return nil
    } catch {
      return error as? EngineError
    }
  }

  @Test func `what cannot run is refused by name`() throws {
    let world = try World.eurusd()
    try world.deploy(ref: 1)
    #expect(status { try world.deploy(ref: 0) } == EngineError(FXAOT_BAD_ARGUMENT))
    #expect(status { try world.deploy(ref: 1) } == EngineError(FXAOT_ALREADY_EXISTS))
    #expect(status { try world.deploy("none", ref: 2) } == EngineError(FXAOT_UNKNOWN_STRATEGY))
    #expect(status { try world.deploy(ref: 2, on: 9) } == EngineError(FXAOT_UNKNOWN_SYMBOL))
    #expect(status { try world.deploy(ref: 2, price: 3) } == EngineError(FXAOT_BAD_ARGUMENT))
    #expect(
      status { try world.deploy(ref: 2, kind: FXAOT_TF_MINUTES, count: .max) }
        == EngineError(FXAOT_BAD_TIMEFRAME))
    // Feeds of 5 and 15 times 366 days are too long, though 366 days are not.
    #expect(
      status { try world.deploy(Puppet.feeds, ref: 2, kind: FXAOT_TF_HOURS, count: 8_784) }
        == EngineError(FXAOT_BAD_TIMEFRAME))
    #expect(
      status { try world.deploy(ref: 2, params: ["gain": 1, "colour": 1]) }
        == EngineError(FXAOT_UNKNOWN_PARAMETER, parameter: 1))
    #expect(
      status { try world.deploy(ref: 2, params: ["mode": 0.5]) }
        == EngineError(FXAOT_PARAMETER_RANGE, parameter: 0))
    #expect(
      status { try world.deploy(ref: 2, params: ["gain": 1, "mode": .nan]) }
        == EngineError(FXAOT_PARAMETER_RANGE, parameter: 1))
    #expect(world.strategies.map(\.strategy_ref) == [1])
    #expect(status { try world.remove(2) } == EngineError(FXAOT_NOT_FOUND))
    #expect(world.tick(start + 1, 1.2, 1.2) == 2)  // and the one that runs goes on
  }

  @Test func `an instrument has 64 timeframes and the next is refused whole`() throws {
    let world = try World.eurusd { $0.bar_events = 1 }
    for ref in UInt64(1)...64 {
      try world.deploy(ref: ref, kind: FXAOT_TF_SECONDS, count: UInt32(ref), params: ["gain": 0])
    }
    let extra = status { try world.deploy(ref: 65, kind: FXAOT_TF_SECONDS, count: 65) }
    #expect(extra == EngineError(FXAOT_LIMIT))
    #expect(world.strategies.count == 64)
    try world.deploy(ref: 66, kind: FXAOT_TF_SECONDS, count: 64, params: ["gain": 0])
    world.tick(start + 0, 1.1, 1.1)
    #expect(world.advance(to: start + 64 * second) == 65)
  }

  @Test func `removing cancels its orders and leaves its position`() throws {
    let world = try World.eurusd()
    try world.deploy(ref: 1)
    try world.deploy(ref: 2)
    world.tick(start + 1, 1.2, 1.2)  // both order
    try world.remove(1)
    world.tick(start + 2, 1.2, 1.2)
    #expect(world.take().map(\.text).filter { $0.hasPrefix("fill") } == ["fill 10000"])
    try world.remove(2)
    #expect(world.strategies.isEmpty)
    #expect(world.positions.map(\.quantity) == [10_000])
    #expect(world.tick(start + 3, 1.3, 1.3) == 0)
    #expect(world.account.unrealised_micro == 1_000_000_000)
  }

  @Test func `a ref that was removed can come back and starts afresh`() throws {
    let world = try World.eurusd()
    for time in Int64(1)...100 {
      try world.deploy(ref: 7)
      world.tick(start + time, 1.2, 1.2)
      #expect(world.strategies.map(\.bars) == [1])
      #expect(world.strategies.map(\.quantity) == [0])
      try world.remove(7)
    }
    #expect(world.stats.orders == 100)
    #expect(world.stats.fills == 0)
    #expect(world.positions.isEmpty)
  }

  @Test func `of many strategies each is found and removed`() throws {
    let world = try World.eurusd()
    for ref in UInt64(1)...300 { try world.deploy(ref: ref, params: ["gain": 0]) }
    for ref in stride(from: UInt64(1), through: 300, by: 2) { try world.remove(ref) }
    #expect(world.strategies.count == 150)
    #expect(world.strategies.allSatisfy { $0.strategy_ref % 2 == 0 })
    for ref in UInt64(301)...450 { try world.deploy(ref: ref, params: ["gain": 0]) }
    world.tick(start + 1, 1.1, 1.1)
    #expect(world.strategies.count == 300)
    #expect(world.strategies.allSatisfy { $0.bars == 1 })
  }

  @Test func `strategies of one bar step in the order in which they were added`() throws {
    let world = try World.eurusd()
    for ref in UInt64(1)...4 { try world.deploy(ref: ref) }
    try world.remove(2)
    try world.remove(1)
    for ref in [UInt64(6), 5, 1] { try world.deploy(ref: ref) }
    world.tick(start + 1, 1.2, 1.2)
    let signals = world.take().filter { $0.kind == UInt32(FXAOT_EVENT_SIGNAL) }
    #expect(signals.map(\.strategy_ref) == [3, 4, 6, 5, 1])
  }
}
