import Testing

@testable import Scenarios

@Suite struct ExactDecimalTests {
  private func decimal(_ text: String) -> ExactDecimal? { ExactDecimal(json: text.utf8) }

  @Test func `digits and places are kept as written`() {
    #expect(decimal("1.10") == ExactDecimal(110, places: 2))
    #expect(decimal("-0.050") == ExactDecimal(-50, places: 3))
    #expect(decimal("12e3") == ExactDecimal(12_000, places: 0))
    #expect(decimal("1.25e1") == ExactDecimal(125, places: 1))
    #expect(decimal("5e-2") == ExactDecimal(5, places: 2))
    #expect(decimal("0e400") == ExactDecimal(0, places: 0))
  }

  @Test func `more than thirty digits are refused`() {
    #expect(decimal(String(repeating: "9", count: 30)) != nil)
    #expect(decimal(String(repeating: "9", count: 31)) == nil)
    #expect(decimal("1e30") == nil)
    #expect(decimal("1e29") != nil)
    #expect(decimal("1e-31") == nil)
    #expect(decimal("1e99999999999999999999") == nil)
  }

  @Test func `rounding goes away from zero at half`() {
    #expect(decimal("1.005")?.rounded(to: 2) == 101)
    #expect(decimal("-1.005")?.rounded(to: 2) == -101)
    #expect(decimal("1.0049")?.rounded(to: 2) == 100)
    #expect(decimal("7")?.rounded(to: 3) == 7_000)
  }

  @Test func `scaling never loses a digit`() {
    #expect(decimal("1.5")?.scaled(to: 6) == 1_500_000)
    #expect(decimal("1.50")?.scaled(to: 1) == 15)
    #expect(decimal("1.55")?.scaled(to: 1) == nil)
    #expect(decimal("10000000000000")?.scaled(to: 6) == nil)
    #expect(decimal("-9223372036854.775808")?.scaled(to: 6) == .min)
  }

  @Test func `prices go to the nearest step, halves to the even one`() {
    #expect(decimal("1.100005")?.steps(decimals: 5, stepUnits: 1) == 110_000)
    #expect(decimal("1.100015")?.steps(decimals: 5, stepUnits: 1) == 110_002)
    #expect(decimal("1.1000150000001")?.steps(decimals: 5, stepUnits: 1) == 110_002)
    #expect(decimal("-1.100015")?.steps(decimals: 5, stepUnits: 1) == -110_002)
    #expect(decimal("1.25")?.steps(decimals: 1, stepUnits: 5) == 2)
    #expect(decimal("1.26")?.steps(decimals: 1, stepUnits: 5) == 3)
    #expect(decimal("1e29")?.steps(decimals: 9, stepUnits: 1) == nil)
  }

  @Test func `a double is read back by its shortest digits`() {
    #expect(ExactDecimal(shortest: 1.1) == ExactDecimal(11, places: 1))
    #expect(ExactDecimal(shortest: 1e-05) == ExactDecimal(1, places: 5))
    #expect(ExactDecimal(shortest: .infinity) == nil)
    #expect(ExactDecimal(shortest: .nan) == nil)
    #expect(decimal("1.1")?.double == 1.1)
  }

  @Test func `texts have a fixed number of digits`() {
    #expect(decimal("1.5")?.text(digits: 2) == "1.50")
    #expect(decimal("-0.005")?.text(digits: 2) == "-0.01")
    #expect(decimal("-0.004")?.text(digits: 2) == "0.00")
    #expect(decimal("0.05")?.text(digits: 0) == "0")
    #expect(decimal("-12345.678")?.text(digits: 1) == "-12345.7")
  }
}
