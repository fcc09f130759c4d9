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
    return sizer.quantity(instrument, quoteEquity: equity, steps: steps)
  }

  @Test(arguments: [(10_000, 1_000, 10_000), (10_999, 1_000, 10_000), (999, 1_000, 0), (7, 1, 7)])
  func `a fixed quantity is rounded down to the step`(fixed: Int64, step: Int64, expected: Int64) throws {
    let instrument = try #require(Instrument(Terms.make("ABC", "USD", quantityStep: step)))
    let sizer = try #require(Sizer(config(FXAOT_SIZER_FIXED, fixed: fixed)))
    #expect(sizer.quantity(instrument, quoteEquity: 0, steps: 0) == expected)
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
    let sizer = try #require(Sizer(config(FXAOT_SIZER_EQUITY_PERCENT, percent: 10)))
    #expect(sizer.wanted(baseEquity: 100_000_000_000) == 10_000)
    #expect(sizer.wanted(baseEquity: 100_009_999_999) == 10_000)
    #expect(sizer.wanted(baseEquity: 100_010_000_000) == 10_001)
    #expect(sizer.wanted(baseEquity: 9_999_999) == 0)
    #expect(sizer.wanted(baseEquity: -1) == 0)
    #expect(sizer.wanted(baseEquity: .max) == 922_337_203_685)
    let most = try #require(Sizer(config(FXAOT_SIZER_EQUITY_PERCENT, percent: 100_000)))
    #expect(most.wanted(baseEquity: .max) == 2 * Instrument.quantityLimit)
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

  @Test func `what is no size is refused`() {
    for quantity in [0, -1, .min, 1_000_000_000_001, .max] as [Int64] {
      #expect(Sizer(config(FXAOT_SIZER_FIXED, fixed: quantity)) == nil)
    }
    for percent in [0, -1, .nan, .infinity, -.infinity, 100_000.1, 1e300] {
      #expect(Sizer(config(FXAOT_SIZER_EQUITY_PERCENT, percent: percent)) == nil)
    }
    #expect(Sizer(config(2)) == nil)
    #expect(Sizer(config(Int(UInt32.max))) == nil)
  }
}
