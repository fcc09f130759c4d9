import Testing

@testable import Market
@testable import Trading

struct MoneyTests {
  private let points = PriceGrid(decimals: 5, stepUnits: 1)

  @Test func `sums stop at the ends`() {
    #expect(Money.add(2, 3) == 5)
    #expect(Money.add(.max, 1) == .max)
    #expect(Money.add(.min, -1) == .min)
    #expect(Money.add(.max, .min) == -1)
  }

  @Test(arguments: [
    (7, 2, 4), (-7, 2, -4), (5, 2, 3), (6, 4, 2), (-6, 4, -2), (5, 4, 1), (-5, 4, -1), (4, 3, 1),
    (-4, 3, -1), (5, 3, 2), (-5, 3, -2), (0, 9, 0),
  ])
  func `division rounds to the nearest halves away from zero`(a: Int, b: Int, quotient: Int) {
    #expect(Money.divide(Int128(a), by: Int128(b)) == Int128(quotient))
  }

  @Test func `division holds at the ends of the range`() {
    #expect(Money.divide(.max, by: 1) == .max)
    #expect(Money.divide(.min, by: 1) == .min)
    #expect(Money.divide(.max, by: 2) == 1 << 126)
    #expect(Money.divide(.min, by: 2) == -(1 << 126))
    #expect(Money.divide(.max, by: .max) == 1)
    #expect(Money.divide(.max / 2, by: .max) == 0)
    // Around the ends of 64 bits.
    let (low, high) = (Int128(Int64.min), Int128(Int64.max))
    #expect(Money.divide(low, by: 1) == low)
    #expect(Money.divide(low, by: high) == -1)
    #expect(Money.divide(high, by: 2) == 1 << 62)
    #expect(Money.divide(high + 1, by: 2) == 1 << 62)
    #expect(Money.divide(high, by: high + 1) == 1)
  }

  @Test func `128 bits become the nearest double`() {
    let (low, high) = (Int128(Int64.min), Int128(Int64.max))
    for value in [0, 1, -1, 1 << 53 + 1, low, low - 1, high, high + 1, -high - 2, 1 << 100 + 1, .min, .max] as [Int128]
    {
      #expect(Money.double(value) == Double(value))
    }
  }

  @Test func `steps times quantity become micro units`() {
    // 10,000 EUR × 7 points of 0.00001 USD = 0.70 USD
    #expect(Money.micro(stepUnits: 70_000, on: points) == 700_000)
    #expect(Money.micro(stepUnits: -70_000, on: points) == -700_000)
    // 3 units × 1 step of 0.25 = 0.75
    #expect(Money.micro(stepUnits: 3, on: PriceGrid(decimals: 2, stepUnits: 25)) == 750_000)
    // 1 step of 10⁻⁹ is a thousandth of a micro-unit: 500 are half of one, rounded away from zero.
    let fine = PriceGrid(decimals: 9, stepUnits: 1)
    #expect(Money.micro(stepUnits: 499, on: fine) == 0)
    #expect(Money.micro(stepUnits: 500, on: fine) == 1)
    #expect(Money.micro(stepUnits: -500, on: fine) == -1)
  }

  @Test func `money beyond an int 64 stops at its ends`() {
    #expect(Money.micro(stepUnits: .max, on: points) == .max)
    #expect(Money.micro(stepUnits: .min, on: points) == .min)
    #expect(Money.micro(stepUnits: 1 << 80, on: points) == .max)
    #expect(Money.micro(stepUnits: -(1 << 80), on: points) == .min)
    // 2^127 / 10⁶ steps: the product is the last one that fits, and rounding must not leave it.
    #expect(Money.micro(stepUnits: .max / 1_000_000, on: points) == .max)
    #expect(Money.micro(stepUnits: .min / 1_000_000, on: points) == .min)
  }
}
