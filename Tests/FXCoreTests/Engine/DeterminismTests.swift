import CFxaot
import TestTerms
import Testing

@testable import FXCore
@testable import Market

/// The same quotes give the same bytes, however they come.
struct DeterminismTests {
  private let strategies: [StaticString] = [
    "ma_crossover", "momentum_breakout", "mean_reversion", "fusion", "puppet",
  ]

  private func world() throws -> World {
    let world = try World { $0.bar_events = 1 }
    try world.add("EUR", "USD", 1)
    try world.add("GBP", "USD", 2)
    for (i, name) in strategies.enumerated() {
      try world.deploy(name, ref: UInt64(10 + i), kind: FXAOT_TF_SECONDS, count: 10)
      try world.deploy(name, ref: UInt64(20 + i), on: 2, kind: FXAOT_TF_TICKS, count: 7)
    }
    return world
  }

  /// Two simulated markets, their quotes by turns, and one in 50 spoilt.
  private func quotes() throws -> [fxaot_quote] {
    let markets = try ["EURUSD", "GBPUSD"].enumerated().map { index, symbol in
      var config = fxaot_market_config()
      config.seed = UInt64(index + 1)
      config.symbol = Terms.key(symbol)
      var market = try SimulatedMarket(config)
      var quotes = [fxaot_quote](repeating: fxaot_quote(), count: 6_000)
      let count = quotes.withUnsafeMutableBytes {
        market.next(until: FXAOT_MAX_TIME_NS, into: $0.baseAddress!, capacity: 6_000)
      }
      try #require(count == 6_000)
      return quotes
    }
    return zip(markets[0], markets[1]).enumerated().flatMap { index, pair in
      var bad = pair.0
      switch index % 250 {
      case 50: bad.bid = .nan
      case 100: bad.time_ns -= 3_600 * second
      case 150: bad.symbol = 12_345
      case 200: bad.ask_size = -1
      case 249: bad.symbol = 0
      default: return [pair.0, pair.1]
      }
      return [pair.0, bad, pair.1]
    }
  }

  private func batch(_ quotes: [fxaot_quote], offset: Int, piece: Int) throws -> World {
    let world = try world()
    let stride = MemoryLayout<fxaot_quote>.stride
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: quotes.count * stride + offset, alignment: 16)
    defer { memory.deallocate() }
    quotes.withUnsafeBytes {
      (memory + offset).copyMemory(from: $0.baseAddress!, byteCount: $0.count)
    }
    var done = 0
    while done < quotes.count {
      let count = min(piece, quotes.count - done)
      world.engine.pointee.ticks(memory + offset + done * stride, count: count)
      done += count
    }
    return world
  }

  private func oneByOne(_ quotes: [fxaot_quote], entry: UInt64 = 0) throws -> (World, [Int64]) {
    let world = try world()
    let refs = [Terms.key("EURUSD"): UInt64(1), Terms.key("GBPUSD"): 2]
    let answers = quotes.map { quote in
      world.engine.pointee.tick(
        ref: refs[quote.symbol] ?? 99, time: quote.time_ns, bid: quote.bid, ask: quote.ask,
        bidSize: quote.bid_size, askSize: quote.ask_size, entry: entry)
    }
    return (world, answers)
  }

  private func bytes(of value: some BitwiseCopyable) -> [UInt8] {
    withUnsafeBytes(of: value) { Array($0) }
  }

  @Test func `a batch equals its quotes one by one`() throws {
    let quotes = try quotes()
    let (single, _) = try oneByOne(quotes)
    let expected = single.takeBytes()
    #expect(expected.count > 1_000 * MemoryLayout<fxaot_event>.stride)
    for (offset, piece) in [(0, 100_000), (1, 100_000), (7, 1_000), (0, 1)] {
      let other = try batch(quotes, offset: offset, piece: piece)
      #expect(other.takeBytes() == expected, "offset \(offset), pieces of \(piece)")
      #expect(bytes(of: other.account) == bytes(of: single.account))
      #expect(other.stats.accepted == single.stats.accepted)
      #expect(other.stats.late == single.stats.late)
      #expect(other.stats.bad_price == 24)
      #expect(other.stats.bad_size == 24)
      #expect(other.stats.unknown_symbol == 48)
    }
  }

  /// A timed quote does not go the way of the plain ones. Prices of two steps make highs and lows that two quotes
  /// share.
  @Test func `plain quotes do what timed ones do`() throws {
    var quotes = try quotes()
    for index in stride(from: 0, to: quotes.count, by: 3) where quotes[index].bid > 0 {
      quotes[index].ask = quotes[index].bid + Double(index % 5) * 0.00001
      if index % 2 == 0 { (quotes[index].bid, quotes[index].ask) = (quotes[index].ask, quotes[index].bid) }
    }
    let (plain, answers) = try oneByOne(quotes)
    let (timed, timedAnswers) = try oneByOne(quotes, entry: 1)
    #expect(answers == timedAnswers)
    #expect(plain.takeBytes() == timed.takeBytes())
    #expect(bytes(of: plain.account) == bytes(of: timed.account))
    let (one, other) = (plain.stats, timed.stats)
    #expect(one.quotes == UInt64(quotes.count) && other.quotes == one.quotes)
    #expect(one.accepted == other.accepted && one.crossed == other.crossed && one.late == other.late)
    #expect(one.crossed > 1_000)
    #expect((one.bad_price, one.bad_size, one.unknown_symbol) == (24, 24, 48))
  }

  @Test func `a replay gives the same bytes`() throws {
    let quotes = try quotes()
    let first = try batch(quotes, offset: 0, piece: 500)
    let second = try batch(quotes, offset: 0, piece: 500)
    #expect(first.takeBytes() == second.takeBytes())
  }

  @Test func `events stay until cleared and count without a gap`() throws {
    let world = try World.eurusd()
    try world.deploy()
    var seen: [UInt64] = []
    for time in Int64(1)...40 {
      let before = world.engine.pointee.events.count
      let added = world.tick(start + time, time % 2 == 0 ? 1.2 : 1, 1.2)
      #expect(world.engine.pointee.events.count == before + Int(added))
      if time % 5 == 0 { seen += world.take().map(\.sequence) }
    }
    #expect(seen == Array(1...UInt64(seen.count)))
    #expect(world.stats.events == UInt64(seen.count))
    #expect(world.engine.pointee.events.isEmpty)
  }
}
