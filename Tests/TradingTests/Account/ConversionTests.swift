import Testing

@testable import Market
@testable import Trading

struct ConversionTests {
  private let points = PriceGrid(decimals: 5, stepUnits: 1)
  private let yen = PriceGrid(decimals: 3, stepUnits: 1)

  @Test func `a direct leg multiplies by the mid`() {
    // GBP 10 at GBPUSD 1.25000 / 1.25010: 10 × 1.25005
    let quote = QuoteSteps(bid: 125_000, ask: 125_010)
    #expect(Conversion.convert(10_000_000, points, at: quote, inverted: false) == 12_500_500)
    #expect(Conversion.convert(-10_000_000, points, at: quote, inverted: false) == -12_500_500)
  }

  @Test func `an inverted leg divides by the mid`() {
    // JPY 1,000 at USDJPY 124.990 / 125.010: 8 USD
    let quote = QuoteSteps(bid: 124_990, ask: 125_010)
    #expect(Conversion.convert(1_000_000_000, yen, at: quote, inverted: true) == 8_000_000)
    // 1 micro-yen is 0.008 micro-dollars; 62.5 of them are half of one.
    #expect(Conversion.convert(62, yen, at: quote, inverted: true) == 0)
    #expect(Conversion.convert(63, yen, at: quote, inverted: true) == 1)
    #expect(Conversion.convert(-63, yen, at: quote, inverted: true) == -1)
  }

  @Test func `without a quote there is no value`() {
    #expect(Conversion.convert(1, points, at: QuoteSteps(), inverted: false) == nil)
    #expect(Conversion.convert(0, points, at: QuoteSteps(), inverted: true) == nil)
  }

  @Test func `money beyond an int 64 stops at its ends`() {
    let high = QuoteSteps(bid: 1 << 51, ask: 1 << 51)
    #expect(Conversion.convert(.max, points, at: high, inverted: false) == .max)
    #expect(Conversion.convert(.min, points, at: high, inverted: false) == .min)
    let low = QuoteSteps(bid: 1, ask: 1)
    #expect(Conversion.convert(.min, points, at: low, inverted: true) == .min)
    #expect(Conversion.convert(.max, points, at: low, inverted: true) == .max)
  }

  @Test func `a product at the very end of 128 bits is rounded without leaving them`() {
    // mid 2^52 steps of 4,096 × −2^63 = −2^127: the smallest Int128 there is.
    let grid = PriceGrid(decimals: 5, stepUnits: 4_096)
    let high = QuoteSteps(bid: 1 << 51, ask: 1 << 51)
    #expect(Conversion.convert(.min, grid, at: high, inverted: false) == .min)
  }
}
