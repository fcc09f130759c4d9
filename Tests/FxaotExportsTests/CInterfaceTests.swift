import CFxaot
import FxaotExports
import Testing

/// The functions of fxaot.h as a C program calls them.
struct CInterfaceTests {
  @Test func `the library speaks the headers ABI`() {
    #expect(fxaot_abi_version() == FXAOT_ABI_VERSION)
    #expect(fxaot_missing_cpu_features() == nil)
  }

  @Test(arguments: [
    (FXAOT_OK, "ok"), (FXAOT_UNKNOWN_SYMBOL, "unknown_symbol"),
    (FXAOT_TIME_BACKWARDS, "time_backwards"), (FXAOT_TIME_JUMP, "time_jump"), (FXAOT_BAD_TIMEFRAME, "bad_timeframe"),
    (FXAOT_BAD_CONFIG, "bad_config"), (FXAOT_LIMIT, "limit"),
    (FXAOT_TOO_MANY_BAD_LINES, "too_many_bad_lines"), (FXAOT_BAD_ARGUMENT, "bad_argument"),
    (FXAOT_BAD_ORDER, "bad_order"), (FXAOT_REJECTED, "rejected"),
  ])
  func `every status has its name`(status: fxaot_status, name: String) {
    #expect(String(cString: fxaot_status_name(Int32(status.rawValue))) == name)
  }

  @Test(arguments: [-1, 1_000, .min, .max] as [Int32])
  func `a number that is no status has a name too`(status: Int32) {
    #expect(String(cString: fxaot_status_name(status)) == "unknown_status")
  }

  @Test func `built in instruments are listed to their end`() throws {
    var index: UInt64 = 0
    while let name = fxaot_instrument_builtin_at(index) {
      var terms = fxaot_instrument()
      #expect(fxaot_instrument_builtin(name, &terms) == 0)
      #expect(withUnsafeBytes(of: terms.symbol) { $0[6] } == 0)
      index += 1
    }
    #expect(index == 30)
    #expect(fxaot_instrument_builtin_at(.max) == nil)
    var terms = fxaot_instrument()
    #expect(fxaot_instrument_builtin("NOTHING", &terms) == Int32(FXAOT_NOT_FOUND.rawValue))
    let long = String(repeating: "E", count: 500)
    #expect(fxaot_instrument_builtin(long, &terms) == Int32(FXAOT_NOT_FOUND.rawValue))
  }

  @Test func `an engine trades through the c interface`() throws {
    let world = try CWorld()
    try world.deploy("mean_reversion", ref: 5, [])
    let start: Int64 = 1_703_721_600_000_000_000
    #expect(fxaot_tick(world.engine, 1, start, 1.1, 1.1, 0, 0, fxaot_cycles()) == 0)
    // 20 closes around 1.1, then one far above: sell.
    for i in Int64(1)...21 {
      let price = i == 20 ? 1.2 : 1.1 + Double(i % 2) / 10_000
      let events = fxaot_tick(world.engine, 1, start + i * 60_000_000_000, price, price, 0, 0, 0)
      #expect(events == (i == 21 ? 2 : 0))
    }
    var count: UInt64 = 0
    let events = try #require(fxaot_engine_events(world.engine, &count))
    #expect(count == 2)
    #expect(events[0].kind == UInt32(FXAOT_EVENT_SIGNAL))
    #expect(events[0].strength == -1)
    #expect(events[0].strategy_ref == 5)
    #expect(events[1].kind == UInt32(FXAOT_EVENT_ORDER))
    #expect(events[1].side == UInt32(FXAOT_SELL))
    var trace = fxaot_trace()
    fxaot_engine_traced(world.engine, &trace)
    #expect(trace.event_count == 0 && trace.missed == 0 && trace.quote_count == 0)
    fxaot_engine_clear_events(world.engine)
    _ = fxaot_engine_events(world.engine, &count)
    #expect(count == 0)
    var stats = fxaot_stats()
    fxaot_engine_stats(world.engine, &stats)
    #expect(stats.latency_samples == 1)
    var latency = fxaot_latency()
    fxaot_engine_latency(world.engine, &latency)
    #expect(latency.samples == 1)
    #expect(latency.bounds_ns.0 == 25 && latency.bounds_ns.19 == 1e9)
    #expect(latency.counts.19 == 1)
    #expect(fxaot_engine_strategies(world.engine, nil, 0) == 1)
    var strategies = [fxaot_strategy_stats](repeating: fxaot_strategy_stats(), count: 2)
    #expect(fxaot_engine_strategies_from(world.engine, 0, &strategies, 2) == 1)
    #expect(strategies[0].strategy_ref == 5)
    #expect(fxaot_engine_strategies_from(world.engine, 1, &strategies, 2) == 0)
    #expect(fxaot_engine_remove_strategy(world.engine, 5) == 0)
    #expect(fxaot_engine_strategies(world.engine, nil, 0) == 0)
  }

  @Test func `an unknown parameter is named by its index`() throws {
    let world = try CWorld()
    var bad: UInt64 = 0
    let status = try world.status(
      "ma_crossover", ref: 5, [("fast", 3), ("colour", 1)], badParameter: &bad)
    #expect(status == Int32(FXAOT_UNKNOWN_PARAMETER.rawValue))
    #expect(bad == 1)
  }

  @Test func `a table without its parameters is refused`() throws {
    var table = fxaot_strategy()
    table.param_count = 3
    var out = [Double](repeating: 0, count: 64)
    #expect(
      fxaot_strategy_params(&table, nil, 0, &out, nil) == Int32(FXAOT_BAD_ARGUMENT.rawValue))
  }

  @Test func `tables that no engine could run are not registered`() throws {
    let good = try #require(fxaot_strategy_find("ma_crossover")).pointee
    func status(_ change: (inout fxaot_strategy) -> Void) -> Int32 {
      // Never freed: a table that is taken would have to stay.
      let table = UnsafeMutablePointer<fxaot_strategy>.allocate(capacity: 1)
      table.initialize(to: good)
      change(&table.pointee)
      return fxaot_strategy_register(table)
    }
    let argument = Int32(FXAOT_BAD_ARGUMENT.rawValue)
    #expect(status { _ in } == Int32(FXAOT_ALREADY_EXISTS.rawValue))
    #expect(status { $0.abi_version += 1 } == Int32(FXAOT_BAD_ABI.rawValue))
    #expect(status { $0.name = nil } == argument)
    #expect(status { $0.step = nil } == argument)
    #expect(status { $0.reset = nil } == argument)
    #expect(status { $0.state_bytes = nil } == argument)
    #expect(status { $0.params = nil } == argument)
    #expect(status { $0.param_count = 65 } == argument)
    #expect(status { $0.feed_count = 0 } == argument)
    #expect(status { $0.feed_count = 9 } == argument)
    #expect(status { $0.feed_multiples = nil } == argument)
    #expect(fxaot_strategy_register(nil) == argument)
  }
}
