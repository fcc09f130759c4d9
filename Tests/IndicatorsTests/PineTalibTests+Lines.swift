import Indicators
import Testing

/// Functions of several lines, and those that start otherwise than in TA-Lib.
extension PineTalibTests {
  /// TA-Lib subtracts squares, which loses about 1e-15 of the variance: variances are compared.
  @Test func `deviations`() {
    let reference = talib["stddev20"]
    let values = run(Pine.Variance(length: 20), close)
    for i in 0..<3000 {
      #expect(values[i].isNaN == reference[i].isNaN)
      #expect(!((values[i] - reference[i] * reference[i]).magnitude > 1e-14), "\(i)")
    }
  }

  @Test func `bollinger bands`() {
    let kernel = Pine.BollingerBands(length: 20)
    let bands = perBar(kernel.stateBytes, kernel.reset) { kernel.step($0, close[$1], multiple: 2) }
    expect(bands.map(\.middle), "bb_middle", within: 1e-12)
    for (i, band) in bands.enumerated() {
      let (upper, lower) = (talib["bb_upper"][i], talib["bb_lower"][i])
      #expect(band.upper.isNaN == upper.isNaN && band.lower.isNaN == lower.isNaN)
      let (width, expected) = (band.upper - band.lower, upper - lower)
      #expect(!((width * width - expected * expected).magnitude > 2e-13), "\(i)")
      #expect(!((band.upper + band.lower - upper - lower).magnitude > 1e-12), "\(i)")
    }
  }

  /// TA-Lib leaves the first bar's range out of the first average, Pine takes it in: Wilder's
  /// average of the ranges from the second bar on is compared.
  @Test func `average true range`() {
    let range = Pine.TrueRange(handlesNA: true)
    let ranges = perBar(range.stateBytes, range.reset) {
      range.step($0, high: high[$1], low: low[$1], close: close[$1])
    }
    let average = run(Pine.RMA(length: 14), Array(ranges.dropFirst()))
    expect([.nan] + average, "atr14", within: 1e-15)
  }

  /// TA-Lib's fast average starts at bar 14 with a seed of bars 14 … 25, so that both averages
  /// begin together; Pine's starts at bar 0. That is forgotten after some hundred bars.
  @Test func `convergence divergence`() {
    let kernel = Pine.MACD(fast: 12, slow: 26, signal: 9)
    let lines = perBar(kernel.stateBytes, kernel.reset) { kernel.step($0, close[$1]) }
    #expect(lines.firstIndex { !$0.macd.isNaN } == 25)
    #expect(lines.firstIndex { !$0.signal.isNaN } == 33)
    expect(lines.map(\.macd), "macd", within: 1e-13, from: 300)
    expect(lines.map(\.signal), "macd_signal", within: 1e-13, from: 300)
    expect(lines.map(\.histogram), "macd_hist", within: 1e-13, from: 300)
    let fast = run(Pine.EMA(length: 12), Array(close.dropFirst(14)))
    let slow = run(Pine.EMA(length: 26), close)
    let aligned = zip([Double](repeating: .nan, count: 14) + fast, slow).map { $0 - $1 }
    let signal = run(Pine.EMA(length: 9), aligned)
    expect(signal, "macd_signal", within: 1e-13)
    expect(zip(aligned, signal).map { $0 - $1 }, "macd_hist", within: 1e-13)
  }

  /// TA-Lib holds %K back until %D is there too; a script that smooths ta.stoch does not.
  @Test func `stochastic`() {
    let kernel = Pine.Stochastic(length: 14)
    let raw = perBar(kernel.stateBytes, kernel.reset) {
      kernel.step($0, close[$1], high: high[$1], low: low[$1])
    }
    let k = run(Pine.SMA(length: 3), raw)
    #expect(k.firstIndex { !$0.isNaN } == 15)
    expect(k, "stoch_k", within: 1e-8, from: 17)
    expect(run(Pine.SMA(length: 3), k), "stoch_d", within: 1e-8)
  }
}
