import Testing

@testable import Research

struct EquityCurveTests {
  @Test func theDeepestFallCountsFromTheHighestClose() {
    var curve = EquityCurve(initialCapital: 100)
    curve.add(day: 0, equity: 110, lowest: 95, inMarket: true)
    curve.add(day: 0, equity: 108, lowest: 88, inMarket: true)
    curve.add(day: 0, equity: 130, lowest: 105, inMarket: false)
    #expect(curve.maxDrawdown == 22)
    #expect(curve.maxDrawdownPercent == 20)
    #expect(curve.barsInMarket == 2)
  }

  @Test func monthsMakeTheSharpeRatio() {
    var curve = EquityCurve(initialCapital: 100)
    // Returns of 10 %, 0 % and 10 % in January, February and March 1970.
    curve.add(day: 10, equity: 110, lowest: 110, inMarket: true)
    curve.add(day: 40, equity: 110, lowest: 110, inMarket: true)
    curve.add(day: 70, equity: 121, lowest: 121, inMarket: true)
    let mean = 0.2 / 3 - 0.02 / 12
    let deviation = (0.02 / 3 as Double).squareRoot() * (0.5 as Double).squareRoot()
    #expect(abs(curve.sharpe - mean / deviation) < 1e-9)
  }

  @Test func nothingHasNoSharpeRatio() {
    #expect(EquityCurve(initialCapital: 100).sharpe.isNaN)
  }
}
