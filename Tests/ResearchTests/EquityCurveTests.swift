import Testing

@testable import Research

struct EquityCurveTests {
  @Test func `the deepest fall counts from the highest close`() {
    var curve = EquityCurve(initialCapital: 100)
    curve.add(day: 0, equity: 110, lowest: 95, realised: 100, inMarket: true)
    curve.add(day: 0, equity: 108, lowest: 88, realised: 100, inMarket: true)
    curve.add(day: 0, equity: 130, lowest: 105, realised: 100, inMarket: false)
    #expect(curve.maxDrawdown == 22)
    #expect(curve.maxDrawdownPercent == 20)
    #expect(curve.barsInMarket == 2)
  }

  @Test func `months make the sharpe ratio`() {
    var curve = EquityCurve(initialCapital: 100)
    // Closed trades' returns of 10 %, 0 % and 10 % in January, February and March 1970; open
    // trades do not count.
    curve.add(day: 10, equity: 99, lowest: 95, realised: 110, inMarket: true)
    curve.add(day: 40, equity: 99, lowest: 95, realised: 110, inMarket: true)
    curve.add(day: 70, equity: 99, lowest: 95, realised: 121, inMarket: true)
    let mean = 0.2 / 3 - 0.02 / 12
    let deviation = (0.02 / 3 as Double).squareRoot() * (1 / 3 as Double).squareRoot()
    #expect(abs(curve.sharpe - mean / deviation) < 1e-9)
  }

  @Test func `the risk-free rate is the script's`() throws {
    func ratios(_ rate: Double) -> (sharpe: Double, sortino: Double) {
      var curve = EquityCurve(initialCapital: 100, riskFreeRate: rate)
      // Returns of 10 %, −5 % and 0 %.
      for (day, realised) in [(10, 110.0), (40, 104.5), (70, 104.5)] {
        curve.add(day: Int64(day), equity: realised, lowest: realised, realised: realised, inMarket: false)
      }
      return (curve.sharpe, curve.sortino)
    }
    let (none, six) = (ratios(0), ratios(6))
    let mean = (0.1 - 0.05) / 3
    #expect(abs(six.sharpe / none.sharpe - (mean - 0.005) / mean) < 1e-9)
    #expect(abs(six.sortino - (mean - 0.005) / (0.0025 / 3 as Double).squareRoot()) < 1e-9)
  }

  @Test func `nothing has no sharpe ratio`() {
    #expect(EquityCurve(initialCapital: 100).sharpe.isNaN)
  }
}
