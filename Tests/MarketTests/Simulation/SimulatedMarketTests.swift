import CFxaot
import TestTerms
import Testing

@testable import Market

struct SimulatedMarketTests {
  // 2024-01-01, a Monday.
  private let monday: Int64 = 1_704_067_200_000_000_000
  private let day: Int64 = 86_400_000_000_000

  private func quotes(
    _ config: fxaot_market_config, days: Int64, capacity: Int = 4_096
  ) throws -> [fxaot_quote] {
    var market = try SimulatedMarket(config)
    let start = config.start_ns == 0 ? monday : config.start_ns
    var all: [fxaot_quote] = []
    var part = [fxaot_quote](repeating: fxaot_quote(), count: capacity)
    while true {
      let count = part.withUnsafeMutableBytes {
        market.next(until: start + days * day, into: $0.baseAddress!, capacity: capacity)
      }
      if count == 0 { return all }
      all += part[..<count]
    }
  }

  /// FNV-1a over the bytes of all quotes.
  private func checksum(_ quotes: [fxaot_quote]) -> UInt64 {
    quotes.withUnsafeBytes { bytes in
      bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
  }

  private func config(seed: UInt64) -> fxaot_market_config {
    var config = fxaot_market_config()
    config.seed = seed
    config.symbol = 7
    return config
  }

  @Test func `a seed gives the same bytes on every machine`() throws {
    let one = try quotes(config(seed: 1), days: 1)
    #expect(checksum(one) == 6_248_768_448_916_021_581)
    #expect(checksum(try quotes(config(seed: 2), days: 1)) != checksum(one))
  }

  @Test func `asking in other portions gives the same quotes`() throws {
    let whole = try quotes(config(seed: 3), days: 7).map(Record.init)
    #expect(try quotes(config(seed: 3), days: 7, capacity: 1).map(Record.init) == whole)
    var market = try SimulatedMarket(config(seed: 3))
    var hourly: [fxaot_quote] = []
    for hour in 1...(7 * 24) {
      var out = fxaot_quote()
      while market.next(until: monday + Int64(hour) * day / 24, into: &out, capacity: 1) == 1 {
        hourly.append(out)
      }
    }
    #expect(hourly.map(Record.init) == whole)
  }

  @Test func `random numbers are those of the reference implementation`() {
    // SplitMix64 from 0 starts e220a8397b1dcdaf, 6e789e6aa1b965f4, 06c45d188009454f,
    // f88bb8a8724c81ec; the first xoshiro256++ word is rotl(s0 + s3, 23) + s0.
    var random = RandomSource(seed: 0)
    let s0: UInt64 = 0xE220_A839_7B1D_CDAF
    let sum = s0 &+ 0xF88B_B8A8_724C_81EC
    #expect(random.next() == (sum << 23 | sum >> 41) &+ s0)
  }

  @Test func `the exponential table has mean one and right logarithms`() {
    // ln 10 and ln 0.75 to the last digits of a double.
    #expect(abs(ExponentialTable.logarithm(10) - 2.302585092994046) < 1e-15)
    #expect(abs(ExponentialTable.logarithm(0.75) + 0.2876820724517809) < 1e-15)
    var random = RandomSource(seed: 5)
    let count = 1_000_000
    let sum = (0..<count).reduce(0.0) { sum, _ in sum + random.exponential(.shared) }
    #expect(abs(sum / Double(count) - 1) < 0.005)
  }

  @Test func `gaussians have mean zero and variance one`() {
    var random = RandomSource(seed: 6)
    let count = 1_000_000
    let drawn = (0..<count).map { _ in random.gaussian() }
    let mean = drawn.reduce(0, +) / Double(count)
    let variance = drawn.reduce(0) { $0 + $1 * $1 } / Double(count)
    #expect(abs(mean) < 0.005)
    #expect(abs(variance - 1) < 0.005)
    #expect(drawn.allSatisfy { abs($0) < 4.9 })
  }

  @Test func `the week end is silent`() throws {
    let all = try quotes(config(seed: 4), days: 14)
    // Friday 2024-01-05 21:00 UTC; the second week-end lies a week later.
    let close = monday + 4 * day + 21 * day / 24
    for week in 0..<2 {
      let from = close + Int64(week) * 7 * day
      #expect(!all.contains { $0.time_ns >= from && $0.time_ns < from + 2 * day })
      #expect(all.contains { $0.time_ns >= from - day / 24 && $0.time_ns < from })
      #expect(all.contains { $0.time_ns >= from + 2 * day && $0.time_ns < from + 3 * day })
    }
  }

  @Test func `quotes look like a markets`() throws {
    let all = try quotes(config(seed: 8), days: 28)
    // 20 open days of 100,000 quotes.
    #expect(abs(Double(all.count) / 2_000_000 - 1) < 0.1)
    #expect(zip(all, all.dropFirst()).allSatisfy { $0.time_ns <= $1.time_ns })
    let share = { (count: Int) in Double(count) / Double(all.count) }
    #expect(abs(share(all.count { $0.bid > $0.ask }) * 512 - 1) < 0.1)
    let repeats = zip(all, all.dropFirst()).count { $0.time_ns == $1.time_ns }
    #expect(share(repeats) > 1.0 / 140 && share(repeats) < 1.0 / 70)
    for quote in all {
      #expect(quote.bid > 0 && quote.ask > 0 && quote.bid_size > 0 && quote.ask_size > 0)
      // On the grid: the nearest multiple of 0.00001 is the very same double.
      #expect((quote.bid * 1e5).rounded() / 1e5 == quote.bid)
      #expect((quote.ask * 1e5).rounded() / 1e5 == quote.ask)
    }
    let spreads = all.map { (($0.ask - $0.bid) * 1e5).rounded() }.sorted()
    #expect(spreads[spreads.count / 2] == 2)
  }

  @Test(arguments: [0.08, 0.4])
  func `realised volatility is near the asked one`(asked: Double) throws {
    var config = config(seed: 9)
    config.annual_volatility = asked
    config.quotes_per_day = 5_000
    config.price_decimals = 7
    let all = try quotes(config, days: 7 * 104)
    // Relative changes from hour to hour over two years; a year has 365.25 · 24 hours.
    var sum = 0.0
    var last: (hour: Int64, mid: Double)?
    for quote in all {
      let hour = quote.time_ns / (day / 24)
      let mid = (quote.bid + quote.ask) / 2
      if let before = last {
        if before.hour == hour { continue }
        sum += (mid / before.mid - 1) * (mid / before.mid - 1)
      }
      last = (hour, mid)
    }
    let realised = (sum / (7 * 104 / 365.25)).squareRoot()
    #expect(abs(realised / asked - 1) < 0.1)
  }

  @Test func `zeros take the defaults`() throws {
    let first = try quotes(fxaot_market_config(), days: 1)
    #expect(first[0].time_ns >= monday && first[0].time_ns < monday + 600_000_000_000)
    #expect(abs(first[0].bid - 1.1) < 0.001)
    #expect(first[0].symbol == 0)
  }

  @Test func `nonsense is refused by field`() {
    typealias Case = (SimulatedMarket.BadConfig, (inout fxaot_market_config) -> Void)
    let cases: [Case] = [
      (.price, { $0.price = .nan }), (.price, { $0.price = -1 }), (.price, { $0.price = 1e-9 }),
      (.price, { $0.price = .infinity }), (.price, { $0.price = 1e9 }),
      (.annualVolatility, { $0.annual_volatility = .nan }),
      (.annualVolatility, { $0.annual_volatility = 11 }),
      (.annualVolatility, { $0.annual_volatility = -0.1 }),
      (.quotesPerDay, { $0.quotes_per_day = 0.5 }), (.quotesPerDay, { $0.quotes_per_day = 2e9 }),
      (.quotesPerDay, { $0.quotes_per_day = .nan }), (.spreadSteps, { $0.spread_steps = .nan }),
      (.spreadSteps, { $0.spread_steps = -2 }), (.spreadSteps, { $0.spread_steps = .infinity }),
      (.priceDecimals, { $0.price_decimals = 10 }), (.priceDecimals, { $0.price_decimals = .max }),
      (.start, { $0.start_ns = -1 }), (.start, { $0.start_ns = .max }),
    ]
    for (expected, spoil) in cases {
      var config = fxaot_market_config()
      spoil(&config)
      #expect(throws: expected) { try SimulatedMarket(config) }
    }
  }

  @Test func `extremes of the limits stay in the world`() throws {
    for (price, decimals) in [(1e-9, 9), (35_184, 9), (3.5e13, 0), (1, 1)] as [(Double, UInt32)] {
      var config = config(seed: 10)
      config.price = price
      config.price_decimals = decimals
      config.annual_volatility = 10
      config.quotes_per_day = 1
      config.spread_steps = 1e6
      if decimals == 0 { config.price /= 1e5 }
      for quote in try quotes(config, days: 7 * 520) {
        #expect(quote.bid > 0 && quote.ask > 0 && quote.bid < 1e15 && quote.ask < 1e15)
      }
    }
  }

  @Test func `the end of time ends the stream`() throws {
    var config = config(seed: 11)
    config.start_ns = FXAOT_MAX_TIME_NS - 30 * day
    var market = try SimulatedMarket(config)
    var part = [fxaot_quote](repeating: fxaot_quote(), count: 65_536)
    var total = 0
    while true {
      let count = part.withUnsafeMutableBytes {
        market.next(until: .max, into: $0.baseAddress!, capacity: 65_536)
      }
      if count == 0 { break }
      #expect(part[..<count].allSatisfy { $0.time_ns <= FXAOT_MAX_TIME_NS })
      total += count
    }
    #expect(total > 1_000_000)
    #expect(market.next(until: .min, into: &part, capacity: 1) == 0)
  }
}
