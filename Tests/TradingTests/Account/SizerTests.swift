import CFxaot
import TestTerms
import Testing

@testable import Market
@testable import Trading

struct SizerTests {
  private func config(_ sizer: Int, fixed: Int64 = 10_000, percent: Double = 10) -> fxaot_config {
    var config = fxaot_config()
    config.min_strength = 0.1
    config.sizer = UInt32(sizer)
    config.fixed_quantity = fixed
    config.equity_percent = percent
    return config
  }

  private func units(
    percent: Double, equity: Int64, steps: Int64, quantityStep: Int64 = 1, decimals: UInt32 = 5
  ) throws -> Int64 {
    let terms = Terms.make("ABC", "USD", decimals: decimals, quantityStep: quantityStep)
    let instrument = try #require(Instrument(terms))
    let sizer = try #require(Sizer(config(FXAOT_SIZER_EQUITY_PERCENT, percent: percent)))
    guard case .equity(let millionths) = sizer.rule else { return -1 }
    let units = Sizer.units(instrument, quoteEquity: equity, steps: steps, millionths: millionths)
    return units - units % instrument.quantityStep
  }

  @Test func `a fixed quantity is that`() throws {
    #expect(try #require(Sizer(config(FXAOT_SIZER_FIXED, fixed: 7))).fixedUnits == 7)
  }

  @Test func `percent of equity is notional at the price`() throws {
    // 10 % of 100,000 USD at 1.25000 are 8,000 units.
    #expect(try units(percent: 10, equity: 100_000_000_000, steps: 125_000) == 8_000)
    // at 1.10000: 9,090.909…
    #expect(try units(percent: 10, equity: 100_000_000_000, steps: 110_000) == 9_090)
    #expect(
      try units(percent: 10, equity: 100_000_000_000, steps: 110_000, quantityStep: 1_000) == 9_000)
    #expect(try units(percent: 250, equity: 100_000_000_000, steps: 100_000) == 250_000)
  }

  @Test func `percent of equity in the base currency is the share itself`() throws {
    func units(_ equity: Int64) -> Int64 { Sizer.units(baseEquity: equity, millionths: 100_000) }
    #expect(units(100_000_000_000) == 10_000)
    #expect(units(100_009_999_999) == 10_000)
    #expect(units(100_010_000_000) == 10_001)
    #expect(units(9_999_999) == 0)
    #expect(units(-1) == 0)
    #expect(units(.max) == 922_337_203_685)
    #expect(Sizer.units(baseEquity: .max, millionths: 1_000_000_000) == 2 * Instrument.quantityLimit)
  }

  @Test func `a percentage that is no double is the nearest millionth`() throws {
    // 0.57 × 10,000 is 5,699.999… as doubles; 0.57 % of 100,000 are 570.
    #expect(try units(percent: 0.57, equity: 100_000_000_000, steps: 100_000) == 570)
    #expect(try units(percent: 0.29, equity: 100_000_000_000, steps: 100_000) == 290)
  }

  @Test func `without equity or price there is nothing to buy`() throws {
    #expect(try units(percent: 10, equity: 0, steps: 125_000) == 0)
    #expect(try units(percent: 10, equity: -1, steps: 125_000) == 0)
    #expect(try units(percent: 10, equity: .min, steps: 125_000) == 0)
    #expect(try units(percent: 10, equity: 1, steps: 0) == 0)
  }

  @Test func `a size beyond every limit is still above every maximum`() throws {
    let most = try units(percent: 100_000, equity: .max, steps: 1, decimals: 9)
    #expect(most > Instrument.quantityLimit)
    #expect(most <= 2 * Instrument.quantityLimit)
  }

  @Test func `the average true range begins as a mean and goes on as Wilder has it`() {
    var record = SizingRecord()
    func bar(_ high: Double, _ low: Double, _ close: Double) -> fxaot_bar {
      fxaot_bar(
        open_time_ns: 0, end_time_ns: 0, open: low, high: high, low: low, close: close, volume: 1, ticks: 1)
    }
    record.take(bar(12, 10, 11), length: 2)  // 2
    #expect(record.averageRange(length: 2).isNaN)
    record.take(bar(16, 14, 15), length: 2)  // 5, from 11
    #expect(record.averageRange(length: 2) == 3.5)
    record.take(bar(15, 14, 14), length: 2)  // 1
    #expect(record.averageRange(length: 2) == 2.25)
  }

  @Test func `kelly's share is of the trades so far`() {
    var record = SizingRecord()
    for _ in 0..<6 { record.close(profit: 200) }
    for _ in 0..<3 { record.close(profit: -100) }
    #expect(record.kellyShare == nil)
    record.close(profit: -100)
    // W = 0.6, R = 2: 0.6 − 0.4 / 2
    #expect(abs((record.kellyShare ?? 0) - 0.4) < 1e-12)
    for _ in 0..<30 { record.close(profit: -100) }
    #expect(record.kellyShare == 0)
  }

  @Test func `what is no size is refused`() {
    for quantity in [0, -1, .min, 1_000_000_000_001, .max] as [Int64] {
      #expect(Sizer(config(FXAOT_SIZER_FIXED, fixed: quantity)) == nil)
    }
    for percent in [0, -1, .nan, .infinity, -.infinity, 100_000.1, 1e300] {
      #expect(Sizer(config(FXAOT_SIZER_EQUITY_PERCENT, percent: percent)) == nil)
    }
    #expect(Sizer(config(5)) == nil)
    #expect(Sizer(config(FXAOT_SIZER_RISK, fixed: 0)) == nil)
    #expect(Sizer(config(FXAOT_SIZER_VOLATILITY, fixed: 10_001)) == nil)
    #expect(Sizer(config(FXAOT_SIZER_KELLY, fixed: 101)) == nil)
    #expect(Sizer(config(Int(UInt32.max))) == nil)
  }
}
