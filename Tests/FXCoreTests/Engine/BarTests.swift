import CFxaot
import TestTerms
import Testing

@testable import FXCore
@testable import Market

/// Bars as strategies see them through the engine's bar events.
struct BarTests {
  // 2014-05-01 00:00 UTC
  private let day: Int64 = 1_398_902_400 * second

  private func world(_ kind: Int, _ count: UInt32 = 1, price: Int = FXAOT_MID) throws -> World {
    let world = try World.eurusd { $0.bar_events = 1 }
    try world.deploy(kind: kind, count: count, price: price, params: ["gain": 0])
    return world
  }

  private func flat(_ price: Double) -> [Double] { [price, price, price, price] }

  @Test func `minute bars lie between UTC minutes`() throws {
    let world = try world(FXAOT_TF_MINUTES)
    world.tick(day + 59 * second + 999_999_999, 1.5, 1.5)
    #expect(world.take().isEmpty)
    world.tick(day + minute, 1.25, 1.25)  // the first instant of the next bar closes this one
    #expect(world.takeBars() == [Bar(day, day + minute, flat(1.5), volume: 1, ticks: 1)])
    world.tick(day + minute + 1, 1.25, 1.25)
    #expect(world.take().isEmpty)
  }

  /// 2024-03-08 00:00 UTC, a Friday; clocks change in New York on the Sunday that follows.
  private let friday: Int64 = 1_709_856_000 * second

  private func spans(_ world: World) -> [[Int64]] {
    world.takeBars().map { [($0.openTime - friday) / hour, ($0.endTime - friday) / hour] }
  }

  @Test func `forex days begin at seventeen hundred in New York`() throws {
    let world = try world(FXAOT_TF_DAY)
    // Friday noon, Friday's last second and first closed one, Saturday, the last closed minute, the opening.
    for time in [12 * hour, 22 * hour - second, 22 * hour, 36 * hour, 69 * hour - minute, 69 * hour] {
      world.tick(friday + time, 1.5, 1.5)
    }
    #expect(spans(world) == [[-2, 22]])
    world.tick(friday + 93 * hour, 1.25, 1.25)
    #expect(spans(world) == [[69, 93]])
  }

  @Test func `bars within a day count from its start`() throws {
    let world = try world(FXAOT_TF_HOURS, 4)
    for time in [0, 2 * hour, 21 * hour, 22 * hour, 69 * hour, 73 * hour] as [Int64] {
      world.tick(friday + time, 1.5, 1.5)
    }
    #expect(spans(world) == [[-2, 2], [2, 6], [18, 22], [22, 26], [69, 73]])
  }

  @Test func `bars count from the day that the instrument names`() throws {
    var terms = Terms.make("EUR", "USD")
    Terms.copy("Asia/Tokyo", into: &terms.timezone)
    let hours = try #require(Instrument(terms)?.hours)
    var day = BarDay()
    for (kind, count, start, end) in [
      (FXAOT_TF_HOURS, 4, 23, 27), (FXAOT_TF_DAY, 1, 15, 39), (FXAOT_TF_HOURS, 1, 26, 27),
    ] as [(Int, UInt32, Int64, Int64)] {
      let timeframe = try #require(Timeframe(fxaot_timeframe(kind: UInt32(kind), count: count)))
      let bar = day.bar(of: timeframe, at: friday + 26 * hour, hours)
      #expect(bar?.start == friday + start * hour && bar?.end == friday + end * hour)
    }
  }

  @Test func `any other instrument has days from midnight UTC`() throws {
    #expect(Instrument(Terms.make("EUR", "USD"))?.hours == .forex)
    #expect(Instrument(Terms.make("XAU", "USD", symbol: "GOLD"))?.hours == .forex)
    #expect(Instrument(Terms.make("BTC", "USD"))?.hours == .always)
    var day = BarDay()
    let timeframe = try #require(Timeframe(fxaot_timeframe(kind: UInt32(FXAOT_TF_DAY), count: 1)))
    let bar = day.bar(of: timeframe, at: friday + 30 * hour, .always)
    #expect(bar?.start == friday + 24 * hour && bar?.end == friday + 48 * hour)
  }

  @Test func `an interval without a quote has no bar`() throws {
    let world = try world(FXAOT_TF_MINUTES)
    world.tick(day, 1.5, 1.5)
    world.tick(day + 5 * minute + 7, 1.25, 1.25)
    world.tick(day + 7 * 24 * hour, 1.75, 1.75)
    let bars = [
      Bar(day, day + minute, flat(1.5), volume: 1, ticks: 1),
      Bar(day + 5 * minute, day + 6 * minute, flat(1.25), volume: 1, ticks: 1),
    ]
    #expect(world.takeBars() == bars)
  }

  static let expectedPrices: [(price: Int, prices: [Double])] = [
    (FXAOT_MID, [(1.1001 + 1.1002) / 2, (1.1003 + 1.10032) / 2, low, low]),
    (FXAOT_BID, [1.1001, 1.1003, 1.1, 1.10005]),
    (FXAOT_ASK, [1.1002, 1.1005, 1.10015, 1.10015]),
  ]
  static let low = (1.10005 + 1.10015) / 2

  @Test(arguments: expectedPrices)
  func `open high low close of each price`(price: Int, expected: [Double]) throws {
    let world = try world(FXAOT_TF_SECONDS, 10, price: price)
    world.tick(day, 1.1001, 1.1002)
    world.tick(day + 1, 1.1003, 1.10032)
    world.tick(day + 2, 1.1, 1.1005)
    world.tick(day + 3, 1.10005, 1.10015)
    world.advance(to: day + 10 * second)
    #expect(world.takeBars() == [Bar(day, day + 10 * second, expected, volume: 4, ticks: 4)])
  }

  @Test func `volume is the sum of both sizes where there are any`() throws {
    let world = try world(FXAOT_TF_TICKS, 4)
    for sizes in [(1, 2), (0.5, 0), (0, 0), (10, 20)] as [(Double, Double)] {
      world.tick(day, 1.5, 1.5, sizes: sizes)
    }
    #expect(world.takeBars() == [Bar(day, day, flat(1.5), volume: 33.5, ticks: 4)])
    for _ in 0..<4 { world.tick(day, 1.5, 1.5) }
    #expect(world.takeBars() == [Bar(day, day, flat(1.5), volume: 4, ticks: 4)])
  }

  @Test func `a volume beyond a double stays finite`() throws {
    let world = try world(FXAOT_TF_TICKS, 2)
    for _ in 0..<2 { world.tick(day, 1.5, 1.5, sizes: (.greatestFiniteMagnitude, 0)) }
    #expect(world.takeBars().map(\.volume) == [.greatestFiniteMagnitude])
  }

  @Test func `tick bars go from their first quote to their last`() throws {
    let world = try world(FXAOT_TF_TICKS, 3)
    for i in Int64(0)..<7 { world.tick(day + i * hour, 1.5 + Double(i) / 4, 1.5 + Double(i) / 4) }
    let bars = [
      Bar(day, day + 2 * hour, [1.5, 2, 1.5, 2], volume: 3, ticks: 3),
      Bar(day + 3 * hour, day + 5 * hour, [2.25, 2.75, 2.25, 2.75], volume: 3, ticks: 3),
    ]
    #expect(world.takeBars() == bars)
    world.advance(to: day + 100 * hour)
    #expect(world.take().isEmpty)  // time closes no tick bar
  }

  @Test func `on ticks every quote is a bar`() throws {
    let world = try world(FXAOT_TF_TICK)
    for time in [day, day, day + 5] { world.tick(time, 1.5, 1.5) }
    let bars = [day, day, day + 5].map { Bar($0, $0, flat(1.5), volume: 1, ticks: 1) }
    #expect(world.takeBars() == bars)
  }

  @Test func `day bars end at seventeen hundred in New York`() throws {
    let world = try world(FXAOT_TF_DAY)
    world.tick(day - 3 * hour, 1.5, 1.5)
    world.tick(day + 21 * hour - 1, 1.25, 1.25)
    #expect(world.take().isEmpty)
    world.tick(day + 21 * hour, 1.75, 1.75)
    let bar = Bar(day - 3 * hour, day + 21 * hour, [1.5, 1.5, 1.25, 1.25], volume: 2, ticks: 2)
    #expect(world.takeBars() == [bar])
  }

  @Test func `bars of the first and the last instant hold no surprise`() throws {
    let world = try World.eurusd {
      $0.bar_events = 1
      $0.max_time_jump_ns = .max
    }
    try world.deploy(kind: FXAOT_TF_HOURS, count: 8_784, params: ["gain": 0])
    world.tick(FXAOT_MIN_TIME_NS, 1.5, 1.5)
    world.tick(FXAOT_MAX_TIME_NS, 1.25, 1.25)
    // 366 days from 1 January on, and no further than to the year's last one.
    let first = FXAOT_MIN_TIME_NS - 2 * hour
    let bar = Bar(first, first + 8_760 * hour, flat(1.5), volume: 1, ticks: 1)
    #expect(world.takeBars() == [bar])
    #expect(world.advance(to: FXAOT_MAX_TIME_NS) == 0)
  }

  @Test func `bars that end together close longest first`() throws {
    let world = try World.eurusd()
    try world.deploy(Puppet.feeds, kind: FXAOT_TF_MINUTES)
    for i in Int64(0)..<16 { world.tick(day + i * minute, 1.1, 1.1) }
    let answers = world.take().filter { $0.kind == UInt32(FXAOT_EVENT_SIGNAL) }.map(\.strength)
    let expected = (1...15).map { [5, 10].contains($0) ? 0.21 : $0 == 15 ? 0.321 : 0.1 }
    #expect(answers.count == 15)
    #expect(zip(answers, expected).allSatisfy { ($0 - $1).magnitude < 1e-12 }, "\(answers)")
  }

  @Test func `tick bars that end together close longest first`() throws {
    let world = try World.eurusd()
    try world.deploy(Puppet.feeds)
    for i in Int64(0)..<15 { world.tick(day + i, 1.1, 1.1) }
    let answers = world.take().filter { $0.kind == UInt32(FXAOT_EVENT_SIGNAL) }.map(\.strength)
    #expect(answers.count == 15)
    #expect((answers[4] - 0.21).magnitude < 1e-12)
    #expect((answers[14] - 0.321).magnitude < 1e-12)
  }

  @Test func `bars that one quote finds ended close by their end`() throws {
    let world = try World.eurusd { $0.bar_events = 1 }
    for (ref, seconds) in [(7, 7), (10, 10), (3, 3), (5, 5)] as [(UInt64, UInt32)] {
      try world.deploy(ref: ref, kind: FXAOT_TF_SECONDS, count: seconds, params: ["gain": 0])
    }
    world.tick(start + 6 * second, 1.1, 1.1)
    world.tick(start + 100 * second, 1.1, 1.1)
    let events = world.take()
    // [6, 9) of 3, then those that end at 10 s: [0, 10), then [3, 10), since 7 seconds count from
    // 17:00 New York, then [5, 10).
    #expect(events.map(\.strategy_ref) == [3, 10, 7, 5])
    #expect(events.map(\.time_ns) == [9, 10, 10, 10].map { start + $0 * second })
  }

  @Test func `sixty seconds and a minute are one bar`() throws {
    let world = try World.eurusd { $0.bar_events = 1 }
    try world.deploy(ref: 1, kind: FXAOT_TF_SECONDS, count: 60, params: ["gain": 0])
    try world.deploy(ref: 2, kind: FXAOT_TF_MINUTES, params: ["gain": 0])
    world.tick(day, 1.1, 1.1)
    world.tick(day + minute, 1.1, 1.1)
    #expect(world.take().map(\.strategy_ref) == [1, 2])
    #expect(world.stats.bars == 1)
  }

  @Test func `advance closes what has ended and nothing else`() throws {
    let world = try world(FXAOT_TF_MINUTES)
    world.tick(day + 1, 1.5, 1.5)
    #expect(world.advance(to: day + minute - 1) == 0)
    #expect(world.advance(to: day + minute) == 1)
    #expect(world.takeBars() == [Bar(day, day + minute, flat(1.5), volume: 1, ticks: 1)])
    #expect(world.advance(to: day + 9 * minute) == 0)
    #expect(world.tick(day + 9 * minute - 1, 1.5, 1.5) == -Int64(FXAOT_TIME_BACKWARDS.rawValue))
    #expect(world.tick(day + 9 * minute, 1.5, 1.5) == 0)
    // An advance into the past is nothing.
    #expect(world.advance(to: day) == 0)
    for time in [-1, 0, FXAOT_MIN_TIME_NS - 1] {
      #expect(world.advance(to: time) == -Int64(FXAOT_BAD_TIME.rawValue))
    }
    #expect(world.advance(to: FXAOT_MAX_TIME_NS + 1) == -Int64(FXAOT_BAD_TIME.rawValue))
  }

  @Test func `a bar goes on when another strategy joins or leaves`() throws {
    let world = try world(FXAOT_TF_MINUTES)
    world.tick(day, 1.5, 1.5)
    try world.deploy(ref: 2, kind: FXAOT_TF_HOURS, params: ["gain": 0])
    try world.deploy(ref: 3, kind: FXAOT_TF_MINUTES, params: ["gain": 0])
    world.tick(day + 1, 1.25, 1.25)
    try world.remove(2)
    world.tick(day + minute, 1.75, 1.75)
    let bar = Bar(day, day + minute, [1.5, 1.5, 1.25, 1.25], volume: 2, ticks: 2)
    #expect(world.takeBars() == [bar, bar])
  }
}
