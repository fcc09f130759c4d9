import CFxaot
import TestTerms
import Testing

@testable import FXCore
@testable import Market

/// Quotes whose time cannot be, or lies further ahead than an instrument's time may jump.
struct TimeJumpTests {
  private let day = 24 * hour
  private let later = start + 5 * 365 * 24 * hour
  private let jump = -Int64(FXAOT_TIME_JUMP.rawValue)
  private let late = -Int64(FXAOT_TIME_BACKWARDS.rawValue)
  private let bad = -Int64(FXAOT_BAD_TIME.rawValue)

  /// EURUSD with a bar event for every quote, after its first one.
  private func running(_ change: (inout fxaot_config) -> Void = { _ in }) throws -> World {
    let world = try World.eurusd {
      $0.bar_events = 1
      change(&$0)
    }
    try world.deploy(params: ["gain": 0])
    #expect(world.tick(start, 1.1, 1.1) == 1)
    _ = world.take()
    return world
  }

  /// The difference to the clock wraps around, and looks like a jump forward.
  @Test(arguments: [Int64.min, -9_000_000_000_000_000_000, -8_000_000_000_000_000_000, -1])
  func `a time far before 1990 is bad where every jump is allowed`(time: Int64) throws {
    for clock in [start, Int64(FXAOT_MAX_TIME_NS)] {
      let world = try World.eurusd { $0.max_time_jump_ns = .max }
      #expect(world.tick(clock, 1.1, 1.1) == 0)
      #expect(world.tick(time, 1.1, 1.1) == bad)
      let quote = fxaot_quote(
        time_ns: time, symbol: SymbolKey.make("EURUSD"), bid: 1.1, ask: 1.1, bid_size: 0, ask_size: 0)
      withUnsafePointer(to: quote) { _ = world.engine.pointee.ticks($0, count: 1) }
      #expect(world.stats.bad_time == 2)
    }
  }

  @Test func `a jump of a hundred years is taken where every jump is allowed`() throws {
    let world = try World.eurusd { $0.max_time_jump_ns = .max }
    world.tick(start, 1.1, 1.1)
    #expect(world.tick(start + 100 * 365 * 24 * hour, 1.1, 1.1) == 0)
  }

  @Test(arguments: [Int64(1), 1_000, 1_000_000])
  func `times in seconds milliseconds and microseconds make no bar`(unit: Int64) throws {
    let world = try World.eurusd { $0.bar_events = 1 }
    try world.deploy(kind: FXAOT_TF_MINUTES, params: ["gain": 0])
    for n in 0..<7_201 {
      let time = (start + Int64(n) * second) / 1_000 / unit
      #expect(world.tick(time, 1.1, 1.1) == bad)
    }
    #expect(world.stats.bad_time == 7_201)
    #expect(world.stats.accepted == 0)
    #expect(world.tick(start, 1.1, 1.1) == 0)
  }

  @Test func `a stray quote from years ahead is dropped and the next one is not late`() throws {
    let world = try running()
    #expect(world.tick(later, 1.1, 1.1) == jump)
    #expect(world.tick(start + second, 1.2, 1.2) == 1)
    #expect(world.stats.time_jump == 1)
    #expect(world.stats.accepted == 2)
    #expect(world.stats.late == 0)
    #expect(world.take().map(\.time_ns) == [start + second])
  }

  @Test func `a quote may come seven days ahead and not a nanosecond more`() throws {
    let world = try running()
    #expect(world.tick(start + 7 * day + 1, 1.1, 1.1) == jump)
    #expect(world.tick(start + 7 * day, 1.1, 1.1) == 1)
    #expect(world.tick(start + 14 * day, 1.1, 1.1) == 1)
  }

  @Test func `the jump is an option`() throws {
    let world = try running { $0.max_time_jump_ns = 60 * second }
    #expect(world.tick(start + minute + 1, 1.1, 1.1) == jump)
    #expect(world.tick(start + minute, 1.1, 1.1) == 1)
    let free = try running { $0.max_time_jump_ns = .max }
    #expect(free.tick(FXAOT_MAX_TIME_NS, 1.1, 1.1) == 1)
    #expect(free.tick(FXAOT_MAX_TIME_NS + 1, 1.1, 1.1) == bad)
    #expect(free.tick(-1, 1.1, 1.1) == bad)
  }

  @Test func `an instruments first quote is taken whatever its time and that of others`() throws {
    let world = try running()
    try world.add("GBP", "USD", 2)
    #expect(world.tick(later, 1.3, 1.3, on: 2) == 0)
    #expect(world.tick(start + 1, 1.1, 1.1) == 1)
    world.advance(to: later + day)
    try world.add("AUD", "USD", 3)
    #expect(world.tick(later + 99 * day, 0.7, 0.7, on: 3) == 0)
  }

  @Test func `after three in a row the new time holds with an alarm`() throws {
    let world = try running()
    for n in Int64(0)..<3 { #expect(world.tick(later + n, 1.2, 1.2) == jump) }
    #expect(world.stats.time_jump == 3)
    #expect(world.tick(later + 3, 1.2, 1.2) == 2)
    let events = world.take()
    #expect(events.map(\.text) == ["alarm 4", "bar"])
    #expect(events[0].time_ns == later + 3)
    #expect(events[0].quantity == 3)
    #expect(events[0].symbol_ref == 1)
    #expect(events[0].strategy_ref == 0)
    #expect(world.stats.alarms == 1)
    #expect(world.tick(start + second, 1.1, 1.1) == late)
    #expect(world.tick(later + 4, 1.2, 1.2) == 1)
  }

  @Test func `a quote of the old time between them begins the count anew`() throws {
    let world = try running()
    for n in Int64(0)..<3 { #expect(world.tick(later + n, 1.2, 1.2) == jump) }
    #expect(world.tick(start, 1.1, 1.1) == 1)  // at the very time of the one before
    for n in Int64(0)..<3 { #expect(world.tick(later + n, 1.2, 1.2) == jump) }
    #expect(world.tick(later, 1.2, 1.2) == 2)
  }

  @Test func `three that do not agree on a time make none`() throws {
    let world = try running()
    for n in Int64(0)..<12 { #expect(world.tick(later + n % 3 * 8 * day, 1.2, 1.2) == jump) }
    // Each within 7 days of the one before, but not of all.
    for n in Int64(0)..<9 { #expect(world.tick(later + n * 4 * day, 1.2, 1.2) == jump) }
    #expect(world.tick(start + second, 1.1, 1.1) == 1)
  }

  @Test func `after an advance to there the new time holds with an alarm`() throws {
    let world = try running()
    #expect(world.tick(later, 1.2, 1.2) == jump)
    #expect(world.advance(to: start + day) == 0)
    #expect(world.tick(later, 1.2, 1.2) == jump)
    #expect(world.advance(to: later - day) == 1)
    let alarm = world.take()
    #expect(alarm.map(\.text) == ["alarm 4"])
    #expect(alarm[0].time_ns == later - day)
    #expect(alarm[0].quantity == 2)
    #expect(world.tick(later, 1.2, 1.2) == 1)
    #expect(world.advance(to: later + 99 * day) == 0)  // nothing was in doubt
    #expect(world.tick(later + 100 * day, 1.2, 1.2) == 1)
  }

  @Test func `a replay takes its gaps and counts them`() throws {
    let world = try running()
    world.engine.pointee.isReplaying = true
    #expect(world.tick(later, 1.2, 1.2) == 1)
    #expect(world.tick(later + 8 * day, 1.2, 1.2) == 1)
    #expect(world.tick(later + 9 * day, 1.2, 1.2) == 1)
    world.engine.pointee.isReplaying = false
    #expect(world.tick(later + 20 * day, 1.2, 1.2) == jump)
    #expect(world.stats.gaps == 2)
    #expect(world.stats.time_jump == 1)
    #expect(world.stats.alarms == 0)
  }

  /// With and without strategies, whose absence lets the quotes of a batch pass in a tight loop.
  @Test(arguments: [false, true], [Int64.max, 604_800_000_000_000, 3_000_000_000] as [Int64])
  func `a batch judges times as single quotes do`(hasStrategy: Bool, jump: Int64) throws {
    let worlds = try (0..<2).map { _ in
      let world = try World.eurusd {
        $0.bar_events = 1
        $0.max_time_jump_ns = jump
      }
      if hasStrategy { try world.deploy(kind: FXAOT_TF_MINUTES, params: ["gain": 0]) }
      return world
    }
    var random = RandomSource(seed: 11)
    var time = start
    let quotes = (0..<4_000).map { _ in
      time += Int64(random.uniform() * 2_000_000_000)
      let strays = [Int64(0), 0, 0, 0, 0, 0, 0, 0, 0, -time, 5 * second, 9 * day, 900 * day]
      let stray = strays[Int(random.uniform() * 13)]
      return fxaot_quote(
        time_ns: time + stray, symbol: Terms.key("EURUSD"), bid: 1.1, ask: 1.2, bid_size: 0,
        ask_size: 0)
    }
    quotes.withUnsafeBytes { bytes in
      if let first = bytes.baseAddress { worlds[0].engine.pointee.ticks(first, count: quotes.count) }
    }
    for quote in quotes { worlds[1].tick(quote.time_ns, quote.bid, quote.ask) }
    let (batch, single) = (worlds[0].stats, worlds[1].stats)
    #expect(batch.accepted == single.accepted && batch.accepted > 10)
    #expect(batch.time_jump == single.time_jump)
    #expect(batch.bad_time == single.bad_time && batch.bad_time > 100)
    #expect(batch.late == single.late)
    #expect(worlds[0].takeBytes() == worlds[1].takeBytes())
  }

  @Test func `what an instrument has seen of a new time moves with it`() throws {
    let source = try running()
    let target = try World { $0.bar_events = 1 }
    for n in Int64(0)..<3 { #expect(source.tick(later + n, 1.2, 1.2) == jump) }
    try [UInt64(1)].withUnsafeBufferPointer {
      try Engine.move($0, from: source.engine, to: target.engine)
    }
    #expect(target.tick(later + 3, 1.2, 1.2) == 2)
    #expect(target.take().map(\.text) == ["alarm 4", "bar"])
  }

  @Test func `an engine with another jump takes no instrument`() throws {
    let source = try running()
    let target = try World {
      $0.bar_events = 1
      $0.max_time_jump_ns = second
    }
    #expect(throws: EngineError(FXAOT_BAD_CONFIG)) {
      try [UInt64(1)].withUnsafeBufferPointer {
        try Engine.move($0, from: source.engine, to: target.engine)
      }
    }
  }
}
