import CFxaot
import TestTerms
import Testing

@testable import FXCore
@testable import Market

/// What the engine lets in, and that what it refuses leaves no trace but a count.
struct AdmissionTests {
  @Test func `a quote that is wrong is refused by name`() throws {
    let world = try World.eurusd()
    #expect(world.tick(start + 5, 1.1, 1.2) == 0)
    #expect(world.tick(start + 6, 1.1, 1.2, on: 9) == -Int64(FXAOT_UNKNOWN_SYMBOL.rawValue))
    #expect(world.tick(start + 6, 1.1, 1.2, on: 0) == -Int64(FXAOT_UNKNOWN_SYMBOL.rawValue))
    for price in [0, -1, .nan, .infinity, 1e300] {
      #expect(world.tick(start + 6, price, 1.2) == -Int64(FXAOT_BAD_PRICE.rawValue))
      #expect(world.tick(start + 6, 1.1, price) == -Int64(FXAOT_BAD_PRICE.rawValue))
    }
    for size in [-1, -Double.leastNonzeroMagnitude, .nan, .infinity, -.infinity] {
      #expect(world.tick(start + 6, 1.1, 1.2, sizes: (size, 1)) == -Int64(FXAOT_BAD_SIZE.rawValue))
      #expect(world.tick(start + 6, 1.1, 1.2, sizes: (1, size)) == -Int64(FXAOT_BAD_SIZE.rawValue))
    }
    for time in [-1, Int64.min, .max, FXAOT_MAX_TIME_NS + 1, 0, 1, FXAOT_MIN_TIME_NS - 1] {
      #expect(world.tick(time, 1.1, 1.2) == -Int64(FXAOT_BAD_TIME.rawValue))
    }
    #expect(world.tick(start + 4, 1.1, 1.2) == -Int64(FXAOT_TIME_BACKWARDS.rawValue))
    #expect(world.tick(start + 5, 1.2, 1.1) == 0)  // crossed is taken
    let stats = world.stats
    #expect(stats.quotes == 32)
    #expect(stats.accepted == 2)
    #expect(stats.unknown_symbol == 2)
    #expect(stats.bad_price == 10)
    #expect(stats.bad_size == 10)
    #expect(stats.bad_time == 7)
    #expect(stats.late == 1)
    #expect(stats.crossed == 1)
  }

  @Test func `refused quotes change no bar no order and no value`() throws {
    let clean = try World.eurusd { $0.bar_events = 1 }
    let dirty = try World.eurusd { $0.bar_events = 1 }
    for world in [clean, dirty] {
      try world.deploy(kind: FXAOT_TF_TICKS, count: 3)
      for time in Int64(10)..<40 {
        world.tick(start + time, 1.1 + Double(time % 7) / 100, 1.15)
        if world === dirty {
          world.tick(start + time - 5, 9.9, 9.9)
          world.tick(start + time + 100, .nan, 1)
          world.tick(start + time + 100, 1, 1, sizes: (-1, 0))
          world.tick(start + time, 1, 1, on: 77)
        }
      }
    }
    #expect(clean.stats.fills > 0)
    #expect(dirty.stats.late == 30)
    #expect(clean.account.equity_micro == dirty.account.equity_micro)
    #expect(clean.takeBytes() == dirty.takeBytes())
  }

  @Test func `each instrument has its own clock`() throws {
    let world = try World.eurusd()
    try world.add("GBP", "USD", 2)
    world.tick(start + 100, 1.1, 1.1)
    #expect(world.tick(start + 50, 1.3, 1.3, on: 2) == 0)
    #expect(world.tick(start + 99, 1.1, 1.1) == -Int64(FXAOT_TIME_BACKWARDS.rawValue))
  }

  @Test func `instruments are refused by name`() throws {
    let world = try World.eurusd()
    let pound = Terms.make("GBP", "USD")
    #expect(throws: EngineError(FXAOT_BAD_ARGUMENT)) {
      try world.engine.pointee.addInstrument(pound, ref: 0)
    }
    #expect(throws: EngineError(FXAOT_BAD_ARGUMENT)) {
      try world.engine.pointee.addInstrument(pound, ref: .max)
    }
    #expect(throws: EngineError(FXAOT_ALREADY_EXISTS)) { try world.add("GBP", "USD", 1) }
    #expect(throws: EngineError(FXAOT_ALREADY_EXISTS)) { try world.add("EUR", "USD", 2) }
    #expect(throws: EngineError(FXAOT_BAD_INSTRUMENT)) { try world.add("USD", "USD", 2) }
    #expect(world.tick(start + 1, 1.3, 1.3, on: 2) == -Int64(FXAOT_UNKNOWN_SYMBOL.rawValue))
    try world.add("GBP", "USD", 2)
    #expect(world.tick(start + 1, 1.3, 1.3, on: 2) == 0)
  }

  @Test func `there may be 4096 instruments`() throws {
    // In EUR, so that no route has to be searched through all of them.
    let world = try World { Terms.copy("EUR", into: &$0.account_currency) }
    for ref in UInt64(1)...1_024 { try world.add("A\(ref)", "EUR", ref) }
    #expect(throws: EngineError(FXAOT_LIMIT)) { try world.add("B", "EUR", 5_000) }
    #expect(world.tick(start + 1, 1.1, 1.1, on: 1_024) == 0)
  }

  @Test func `an invalid configuration is refused`() {
    func isRefused(_ change: (inout fxaot_config) -> Void) -> Bool {
      var config = Engine.defaultConfig
      change(&config)
      do {
        Engine.destroy(try Engine.make(config))
        return false
      } catch {
        return error == EngineError(FXAOT_BAD_CONFIG)
      }
    }
    #expect(!isRefused { _ in })
    #expect(isRefused { $0.account_currency.0 = 0 })
    #expect(isRefused { withUnsafeMutableBytes(of: &$0.account_currency) { $0[7] = 65 } } == false)
    #expect(isRefused { Terms.copy("A B", into: &$0.account_currency) })
    #expect(isRefused { $0.balance_micro = -1 })
    #expect(isRefused { $0.balance_micro = .max })
    #expect(isRefused { $0.min_strength = .nan })
    #expect(isRefused { $0.min_strength = -0.1 })
    #expect(isRefused { $0.min_strength = 1.1 })
    #expect(isRefused { $0.bar_events = 2 })
    #expect(isRefused { $0.max_time_jump_ns = 0 })
    #expect(isRefused { $0.max_time_jump_ns = .min })
    #expect(!isRefused { $0.max_time_jump_ns = .max })
    #expect(isRefused { $0.sizer = 5 })
    #expect(isRefused { $0.fixed_quantity = 0 })
  }
}
