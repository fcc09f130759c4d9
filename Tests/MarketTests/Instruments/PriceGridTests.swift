import CFxaot
import TestTerms
import Testing

@testable import Market

struct PriceGridTests {
  private let points = PriceGrid(decimals: 5, stepUnits: 1)
  private let quarters = PriceGrid(decimals: 2, stepUnits: 25)
  private let fives = PriceGrid(decimals: 0, stepUnits: 5)
  private let whole = PriceGrid(decimals: 0, stepUnits: 1)

  private func bid(_ price: Double, on grid: PriceGrid) -> Int64? { grid.quote(price, 1)?.bid }

  @Test func `a price on the grid is its step count`() {
    #expect(points.quote(1.23456, 1.23457) == QuoteSteps(bid: 123_456, ask: 123_457))
    #expect(points.quote(0.00001, 0.00002) == QuoteSteps(bid: 1, ask: 2))
  }

  @Test func `a price off the grid goes to the nearest step`() {
    #expect(points.quote(1.234564, 1.234566) == QuoteSteps(bid: 123_456, ask: 123_457))
  }

  @Test func `half a step goes to the even one`() {
    #expect(bid(1.5, on: whole) == 2)
    #expect(bid(2.5, on: whole) == 2)
    #expect(bid(3.5, on: whole) == 4)
    #expect(bid(0.5, on: whole) == nil)  // to 0, which is no price
  }

  @Test func `steps of a quarter and of five`() {
    #expect(quarters.quote(17.25, 17.5) == QuoteSteps(bid: 69, ask: 70))
    #expect(quarters.quote(17.37, 17.38) == QuoteSteps(bid: 69, ask: 70))
    #expect(quarters.price(69) == 17.25)
    #expect(fives.quote(15, 22) == QuoteSteps(bid: 3, ask: 4))
    #expect(fives.price(4) == 20)
  }

  @Test func `steps turn back into the double of their decimal text`() {
    #expect(points.price(138_728) == 1.38728)
    #expect(points.price(3) == 0.00003)
    #expect(PriceGrid(decimals: 3, stepUnits: 1).price(98_765) == 98.765)
    #expect(PriceGrid(decimals: 9, stepUnits: 1).price(1_000_000_007) == 1.000000007)
  }

  @Test(arguments: [
    Double.nan, -.nan, .signalingNaN, .infinity, -.infinity, 0, -0.0, -1, -1e-9, -1e300,
    .leastNonzeroMagnitude, .leastNormalMagnitude, 0x1p-1060, 0.000004, 1e300,
    .greatestFiniteMagnitude,
    -.greatestFiniteMagnitude, -67_554_000_000,
  ])
  func `what is no price is refused on either side`(price: Double) {
    #expect(points.quote(price, 1) == nil)
    #expect(points.quote(1, price) == nil)
    #expect(points.quote(price, price) == nil)
  }

  @Test func `the limit is two to the 51 steps`() {
    #expect(bid(0x1p51 - 1, on: whole) == 1 << 51 - 1)
    #expect(bid(0x1p51, on: whole) == 1 << 51)
    #expect(bid(0x1p51 + 2, on: whole) == nil)
    #expect(bid(0x1p52, on: whole) == nil)
    #expect(bid(0x1p53, on: whole) == nil)
  }

  @Test func `every pattern of exponent and sign is a price or is refused`() {
    // The one compare that checks a price must hold for all of them.
    for high in UInt64(0)..<4_096 {
      for low: UInt64 in [0, 1, 1 << 51, 1 << 52 - 1] {
        let price = Double(bitPattern: high << 52 | low)
        let steps = price.rounded(.toNearestOrEven)
        let isPrice = steps >= 1 && steps <= 0x1p51
        #expect((bid(price, on: whole) != nil) == isPrice, "\(price)")
      }
    }
  }
}

struct QuoteStepsTests {
  private let grid = PriceGrid(decimals: 5, stepUnits: 1)

  @Test func `the mid is half the sum of the doubles`() {
    #expect(QuoteSteps(bid: 138_728, ask: 138_731).mid(on: grid) == (1.38728 + 1.38731) / 2)
  }

  @Test func `of two mids equal in steps the higher double is the high and the lower the low`() throws {
    // 1.38718 + 1.38733 and 1.38725 + 1.38726 are both 2.77451, but not all such pairs as doubles.
    let pairs = (0..<2_000).map { QuoteSteps(bid: 138_725 - $0, ask: 138_726 + $0) }
    let first = pairs[0]
    let other = try #require(pairs.first { $0.mid(on: grid) != first.mid(on: grid) })
    let mids = [first.mid(on: grid), other.mid(on: grid)]
    let timeframe = try #require(Timeframe(fxaot_timeframe(kind: UInt32(FXAOT_TF_DAY), count: 1)))
    for quotes in [[first, other], [other, first]] {
      var builder = BarBuilder(timeframe)
      builder.start(quotes[0], from: 0, until: 2)
      for quote in quotes { builder.extend(quote, size: 0, on: grid) }
      let bar = builder.bar(Int(FXAOT_MID), close: quotes[1], time: 1, on: grid)
      #expect(bar.high == mids.max())
      #expect(bar.low == mids.min())
    }
  }
}
