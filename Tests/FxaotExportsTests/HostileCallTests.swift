import CFxaot
import FxaotExports
import Testing

/// Every function of fxaot.h with null pointers and with numbers that no caller should send. The
/// test is passed when the process is still there: a trap here would take an Erlang node along.
struct HostileCallTests {
  private let argument = Int32(FXAOT_BAD_ARGUMENT.rawValue)
  private let integers: [UInt64] = [0, 1, 2, 7, 63, 64, 1 << 31, 1 << 32 - 1, 1 << 63, .max]
  private let times: [Int64] = [
    .min, -1, 0, 1, 86_400_000_000_000, FXAOT_MIN_TIME_NS, 1_703_721_600_000_000_000,
    FXAOT_MAX_TIME_NS, .max,
  ]
  private let numbers: [Double] = [
    .nan, .signalingNaN, .infinity, -.infinity, 0, -0.0, -1, .leastNonzeroMagnitude, 1e-5, 1.1,
    0x1p51, 1e300, .greatestFiniteMagnitude,
  ]

  @Test func `null pointers are answered`() {
    var bad: UInt64 = 0
    #expect(fxaot_symbol_key(nil, 6) == 0)
    #expect(fxaot_strategy_find(nil) == nil)
    #expect(fxaot_strategy_at(.max) == nil)
    #expect(fxaot_strategy_params(nil, nil, 0, nil, &bad) == argument)
    #expect(fxaot_instrument_builtin(nil, nil) == argument)
    fxaot_config_default(nil)
    #expect(fxaot_engine_new(nil, nil) == argument)
    fxaot_engine_free(nil)
    #expect(fxaot_engine_add_instrument(nil, nil, 1) == argument)
    #expect(fxaot_engine_add_strategy(nil, nil, 1, nil) == argument)
    #expect(fxaot_engine_add_script(nil, nil, 1, nil) == argument)
    #expect(fxaot_engine_remove_strategy(nil, 1) == argument)
    #expect(fxaot_tick(nil, 1, 1, 1, 1, 0, 0, 0) == -Int64(argument))
    #expect(fxaot_ticks(nil, nil, 0) == -Int64(argument))
    #expect(fxaot_advance(nil, 0) == -Int64(argument))
    fxaot_engine_set_replaying(nil, 1)
    #expect(fxaot_actor_replay(nil, nil, 0, 0, nil) == argument)
    #expect(fxaot_router_replay(nil, nil, 0, nil) == argument)
    #expect(fxaot_engine_events(nil, nil) == nil)
    fxaot_engine_clear_events(nil)
    fxaot_engine_stats(nil, nil)
    #expect(fxaot_engine_trace(nil, 1, .max) == Int32(FXAOT_BAD_ARGUMENT.rawValue))
    fxaot_engine_traced(nil, nil)
    fxaot_engine_clear_traced(nil)
    #expect(fxaot_fix_read(nil, nil, .max, .max, nil, .max, nil) == Int32(FXAOT_BAD_ARGUMENT.rawValue))
    var rules = fxaot_fix_rules()
    var field = fxaot_fix_field()
    var message = fxaot_fix_message()
    #expect(
      fxaot_fix_read(&rules, [0], 1, .max, &field, 1, &message) == Int32(FXAOT_BAD_ARGUMENT.rawValue))
    var span = fxaot_fix_span()
    var byte: UInt8 = 0
    #expect(fxaot_fix_write(nil, 0, nil, .max, nil, .max, nil) == argument)
    #expect(fxaot_fix_write(&rules, 0, [], 0, &byte, 1, &span) == argument)
    fxaot_engine_latency(nil, nil)
    fxaot_engine_mark_stale(nil)
    #expect(fxaot_engine_drop(nil, nil, 0) == Int32(FXAOT_BAD_ARGUMENT.rawValue))
    #expect(fxaot_engine_warm(nil, nil, 0) == Int32(FXAOT_BAD_ARGUMENT.rawValue))
    #expect(fxaot_engine_strategies_from(nil, .max, nil, .max) == 0)
    fxaot_engine_account(nil, nil)
    #expect(fxaot_engine_positions(nil, nil, .max) == 0)
    #expect(fxaot_engine_strategies(nil, nil, .max) == 0)
    #expect(fxaot_engine_quotes(nil, nil, .max) == 0)
    #expect(fxaot_engine_bars(nil, 1, nil, .max, nil) == argument)
    #expect(fxaot_detect_format(nil, .max) == UInt32(FXAOT_FORMAT_UNKNOWN))
    #expect(fxaot_parse_quotes(nil, nil, 0, nil, 0) == argument)
    #expect(fxaot_market_new(nil, nil) == argument)
    fxaot_market_free(nil)
    #expect(fxaot_market_next(nil, .max, nil, .max) == 0)
    #expect(fxaot_sniff_text(nil, nil, 0, 1, nil, nil, nil, 0) == argument)
    #expect(fxaot_sorter_new(1, nil) == argument)
    fxaot_sorter_free(nil)
    #expect(fxaot_sorter_add(nil, nil, 0) == argument)
    fxaot_sorter_finish(nil)
    #expect(fxaot_sorter_take(nil, nil, .max) == 0)
    #expect(fxaot_sorter_unordered(nil) == 0)
    var made: OpaquePointer?
    for width in [UInt32(0), 65, .max] { #expect(fxaot_sorter_new(width, &made) == argument) }
    #expect(fxaot_sorter_new(1, &made) == 0)
    #expect(fxaot_sorter_add(made, nil, .max) == argument)
    #expect(fxaot_sorter_add(made, nil, 3) == argument)
    #expect(fxaot_sorter_take(made, nil, 9) == 0)
    fxaot_sorter_free(made)
  }

  @Test func `an engine with null arguments goes on`() throws {
    let world = try CWorld()
    #expect(fxaot_engine_add_instrument(world.engine, nil, 2) == argument)
    #expect(fxaot_engine_add_strategy(world.engine, nil, 2, nil) == argument)
    #expect(fxaot_engine_add_script(world.engine, nil, 2, nil) == argument)
    #expect(fxaot_ticks(world.engine, nil, 1) == -Int64(argument))
    #expect(fxaot_ticks(world.engine, nil, 0) == 0)
    #expect(fxaot_ticks(world.engine, nil, .max) == -Int64(argument))
    #expect(fxaot_engine_positions(world.engine, nil, .max) == 0)
    #expect(fxaot_engine_strategies(world.engine, nil, .max) == 0)
    #expect(fxaot_engine_quotes(world.engine, nil, .max) == 1)
    #expect(fxaot_engine_bars(world.engine, 1, nil, .max, nil) == argument)
    #expect(fxaot_tick(world.engine, 1, FXAOT_MIN_TIME_NS, 1.1, 1.1, 0, 0, 0) == 0)
  }

  @Test func `scripts with wrong pointers numbers and bytes are refused`() throws {
    let world = try CWorld()
    var error = fxaot_engine_refusal()
    let bytes: [UInt8] = Array("FXIR".utf8) + [2] + Array(repeating: 255, count: 40)
    bytes.withUnsafeBytes { program in
      var script = fxaot_script(
        program: program.baseAddress, length: UInt64(program.count), symbol_ref: 1,
        timeframe: fxaot_timeframe(kind: UInt32(FXAOT_TF_MINUTES), count: 1), price: 0,
        param_count: 0, params: nil)
      let damaged = Int32(FXAOT_BAD_SCRIPT.rawValue)
      #expect(fxaot_engine_add_script(world.engine, &script, 2, &error) == damaged)
      #expect(error.param == .max && error.message.0 != 0)
      // Never read: larger than any program.
      for length in [UInt64(1) << 30, 1 << 63, .max] {
        script.length = length
        #expect(fxaot_engine_add_script(world.engine, &script, 2, nil) != 0)
      }
      script.length = 3
      for count in [UInt32(1), .max] {
        script.param_count = count
        #expect(fxaot_engine_add_script(world.engine, &script, 2, nil) == argument)
      }
      var value = fxaot_script_param(name: nil, text: nil, number: 1, kind: 0, reserved: 0)
      withUnsafePointer(to: &value) {
        script.params = $0
        script.param_count = 1
        #expect(fxaot_engine_add_script(world.engine, &script, 2, nil) == argument)
      }
      script.param_count = 0
      script.program = nil
      #expect(fxaot_engine_add_script(world.engine, &script, 2, nil) == argument)
    }
    #expect(fxaot_engine_strategies(world.engine, nil, 0) == 0)
  }

  @Test(arguments: [UInt64(1), 2, 3, 4])
  func `random calls in random order do not crash`(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let world = try CWorld()
    let engine = world.engine
    let names = ["ma_crossover", "momentum_breakout", "mean_reversion", "fusion", "", "none"]
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 64 * 48 + 8, alignment: 16)
    defer { memory.deallocate() }
    for _ in 0..<20_000 {
      switch random.below(10) {
      case 0:
        var config = fxaot_config()
        random.fill(&config)
        var other: OpaquePointer?
        _ = fxaot_engine_new(&config, &other)
        fxaot_engine_free(other)
      case 1: addInstrument(engine, &random)
      case 2: deploy(engine, random.pick(names), &random)
      case 3: _ = fxaot_engine_remove_strategy(engine, random.pick(integers))
      case 4:
        _ = fxaot_advance(engine, random.pick(times))
        fxaot_engine_set_replaying(engine, UInt32(random.below(2)))
      case 5:
        random.fill(UnsafeMutableRawBufferPointer(start: memory, count: 64 * 48 + 8))
        _ = fxaot_ticks(engine, memory + Int(random.below(8)), random.below(65))
      case 6: read(engine, &random)
      case 7: parse(memory, &random)
      case 8: market(memory, &random)
      default:
        _ = fxaot_tick(
          engine, random.pick(integers), random.pick(times), random.pick(numbers),
          random.pick(numbers), random.pick(numbers), random.pick(numbers), random.pick(integers))
      }
    }
    var stats = fxaot_stats()
    fxaot_engine_stats(engine, &stats)
    #expect(stats.quotes > 1_000)
    let dropped =
      stats.late + stats.bad_price + stats.bad_size + stats.bad_time + stats.unknown_symbol
    #expect(stats.quotes == stats.accepted + dropped)
  }

  private func addInstrument(_ engine: OpaquePointer?, _ random: inout SplitMix) {
    var terms = fxaot_instrument()
    _ = fxaot_instrument_builtin(fxaot_instrument_builtin_at(random.below(30)), &terms)
    switch random.below(6) {
    case 0: random.fill(&terms)
    case 1: terms.price_decimals = UInt32(truncatingIfNeeded: random.pick(integers))
    case 2: terms.step_units = UInt32(truncatingIfNeeded: random.pick(integers))
    case 3: terms.quantity_step = Int64(bitPattern: random.pick(integers))
    case 4: terms.maximum_quantity = Int64(bitPattern: random.pick(integers))
    default: break
    }
    _ = fxaot_engine_add_instrument(engine, &terms, random.pick(integers))
  }

  private func deploy(_ engine: OpaquePointer?, _ name: String, _ random: inout SplitMix) {
    var bad: UInt64 = 0
    let random32 = [random.next(), random.next()].map { UInt32(truncatingIfNeeded: $0) }
    let counts: [UInt32] = [0, 1, 5, 60, 1 << 31, .max, random32[0]]
    let count = random.pick(counts)
    let value = random.pick(numbers)
    let ref = random.pick(integers)
    let symbol = random.pick(integers)
    let kind = UInt32(random.below(8))
    let price = UInt32(random.below(5))
    name.withCString { name in
      "fast".withCString { param in
        var values = fxaot_param_value(name: param, value: value)
        withUnsafePointer(to: &values) {
          var deployment = fxaot_deployment(
            strategy: name, symbol_ref: symbol,
            timeframe: fxaot_timeframe(kind: kind, count: count), price: price,
            param_count: random32[1] & 1, params: $0)
          _ = fxaot_engine_add_strategy(engine, &deployment, ref, &bad)
        }
      }
    }
  }

  private func read(_ engine: OpaquePointer?, _ random: inout SplitMix) {
    var stats = fxaot_stats()
    var account = fxaot_account()
    var count: UInt64 = 0
    fxaot_engine_stats(engine, &stats)
    fxaot_engine_account(engine, &account)
    var positions = [fxaot_position](repeating: fxaot_position(), count: 4)
    var strategies = [fxaot_strategy_stats](repeating: fxaot_strategy_stats(), count: 4)
    _ = fxaot_engine_positions(engine, &positions, random.below(5))
    _ = fxaot_engine_strategies(engine, &strategies, random.below(5))
    var quotes = [fxaot_instrument_quote](repeating: fxaot_instrument_quote(), count: 4)
    _ = fxaot_engine_quotes(engine, &quotes, random.below(5))
    var bars = [fxaot_bar](repeating: fxaot_bar(), count: 4)
    var run = fxaot_bar_run()
    _ = fxaot_engine_bars(engine, random.pick(integers), &bars, random.below(5), &run)
    #expect(run.count <= 4)
    _ = fxaot_engine_strategies_from(engine, random.pick(integers), &strategies, random.below(5))
    var latency = fxaot_latency()
    fxaot_engine_latency(engine, &latency)
    if random.below(4) == 0 {
      _ = fxaot_engine_trace(engine, UInt32(random.below(3)), random.pick(integers))
    }
    var trace = fxaot_trace()
    fxaot_engine_traced(engine, &trace)
    #expect(trace.event_count <= 256 && trace.quote_count <= 64)
    if random.below(2) == 0 { fxaot_engine_clear_traced(engine) }
    #expect(latency.counts.0 <= latency.counts.19 && latency.counts.19 <= latency.samples)
    _ = fxaot_engine_events(engine, &count)
    if random.below(4) == 0 { fxaot_engine_clear_events(engine) }
  }

  private func parse(_ memory: UnsafeMutableRawPointer, _ random: inout SplitMix) {
    var text = [UInt8](repeating: 0, count: Int(random.below(200)))
    let alphabet = Array("0123456789.,:-TZ \n\r\"eE+\u{0}x".utf8)
    for index in text.indices { text[index] = random.pick(alphabet) }
    var parser = fxaot_parser()
    random.fill(&parser)
    if random.below(2) == 0 { parser.format = UInt32(random.below(7)) }
    _ = fxaot_detect_format(text, UInt64(text.count))
    _ = fxaot_parse_quotes(&parser, text, UInt64(text.count), memory, random.below(65))
  }

  private func market(_ memory: UnsafeMutableRawPointer, _ random: inout SplitMix) {
    var config = fxaot_market_config()
    if random.below(2) == 0 { random.fill(&config) }
    config.price = random.pick(numbers)
    config.quotes_per_day = random.below(2) == 0 ? 0 : 1_000
    var market: OpaquePointer?
    _ = fxaot_market_new(&config, &market)
    _ = fxaot_market_next(market, random.pick(times), memory, random.below(65))
    fxaot_market_free(market)
  }
}

/// Vigna's SplitMix64: numbers fixed by the seed.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ limit: UInt64) -> UInt64 { next() % limit }
  mutating func pick<Element>(_ from: [Element]) -> Element { from[Int(below(UInt64(from.count)))] }

  mutating func fill(_ bytes: UnsafeMutableRawBufferPointer) {
    for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: next()) }
  }

  mutating func fill<Value: BitwiseCopyable>(_ value: inout Value) {
    withUnsafeMutableBytes(of: &value) { fill($0) }
  }
}
