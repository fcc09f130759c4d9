import Indicators
import Testing

private let talibPath = "reference/talib-eurusd-m1.csv.gz"

/// Agreement with TA-Lib 0.8.2 on 3,000 EURUSD 1-minute bars, warm-up included. Where TA-Lib and
/// Pine Script differ the kernels follow Pine, and the test says what is compared instead.
@Suite(.enabled(if: ReferenceFile.isThere(talibPath), "no shared reference data"))
struct TalibTests {
  let talib: ReferenceFile
  let high, low, close: [Double]

  init() throws {
    talib = try ReferenceFile(talibPath)
    let bars = try ReferenceFile("reference/strategies-eurusd-m1.csv.gz")
    high = Array(bars["high"].prefix(3000))
    low = Array(bars["low"].prefix(3000))
    close = Array(bars["close"].prefix(3000))
    try #require(talib["sma20"].count == 3000 && close.count == 3000)
  }

  /// Same nan places from `start` on, and values within `tolerance`.
  func expect(
    _ values: [Double], _ column: String, within tolerance: Double, from start: Int = 0,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let reference = talib[column]
    let bad = (start..<reference.count).first { i in
      values[i].isNaN != reference[i].isNaN || (values[i] - reference[i]).magnitude > tolerance
    }
    #expect(
      bad == nil, "\(column)[\(bad!)]: \(values[bad!]), TA-Lib \(reference[bad!])",
      sourceLocation: sourceLocation)
  }

  @Test func movingAverages() {
    expect(run(SMA(length: 20), close), "sma20", within: 1e-12)
    expect(run(WMA(length: 20), close), "wma20", within: 1e-12)
    expect(run(RecursiveAverage.ema(length: 20), close), "ema20", within: 1e-12)
  }

  @Test func extremes() {
    expect(run(Extreme.highest(length: 20), close), "max20", within: 0)
    expect(run(Extreme.lowest(length: 20), close), "min20", within: 0)
  }

  @Test func changes() {
    expect(run(Momentum(length: 10), close), "mom10", within: 0)
    expect(run(RateOfChange(length: 10), close), "roc10", within: 1e-10)
  }

  /// TA-Lib subtracts squares, which loses about 1e-15 of the variance: variances are compared.
  @Test func deviations() {
    let reference = talib["stddev20"]
    let values = run(StandardDeviation(length: 20), close)
    for i in 0..<3000 {
      #expect(values[i].isNaN == reference[i].isNaN)
      #expect(!((values[i] * values[i] - reference[i] * reference[i]).magnitude > 1e-14), "\(i)")
    }
  }

  @Test func bollingerBands() {
    let kernel = BollingerBands(length: 20, multiple: 2)
    let bands = run(close, bytes: kernel.stateBytes, reset: kernel.reset, step: kernel.step)
    expect(bands.map(\.middle), "bb_middle", within: 1e-12)
    for (i, band) in bands.enumerated() {
      let (upper, lower) = (talib["bb_upper"][i], talib["bb_lower"][i])
      #expect(band.upper.isNaN == upper.isNaN && band.lower.isNaN == lower.isNaN)
      let (width, expected) = (band.upper - band.lower, upper - lower)
      #expect(!((width * width - expected * expected).magnitude > 2e-13), "\(i)")
      #expect(!((band.upper + band.lower - upper - lower).magnitude > 1e-12), "\(i)")
    }
  }

  @Test func relativeStrength() {
    expect(run(RSI(length: 14), close), "rsi14", within: 1e-8)
  }

  /// TA-Lib leaves the first bar's range out of the first average, Pine takes it in: Wilder's
  /// average of the ranges from the second bar on is compared.
  @Test func averageTrueRange() {
    let bars = (0..<3000).map { (high[$0], low[$0], close[$0]) }
    let range = TrueRange()
    let ranges = run(bars, bytes: range.stateBytes, reset: range.reset) { state, bar in
      range.step(state, high: bar.0, low: bar.1, close: bar.2)
    }
    let average = run(RecursiveAverage.rma(length: 14), Array(ranges.dropFirst()))
    expect([.nan] + average, "atr14", within: 1e-15)
  }

  /// TA-Lib's fast average starts at bar 14 with a seed of bars 14 … 25, so that both averages
  /// begin together; Pine's starts at bar 0. That is forgotten after some hundred bars.
  @Test func convergenceDivergence() {
    let kernel = MACD(fast: 12, slow: 26, signal: 9)
    let lines = run(close, bytes: kernel.stateBytes, reset: kernel.reset, step: kernel.step)
    #expect(lines.firstIndex { !$0.macd.isNaN } == 25)
    #expect(lines.firstIndex { !$0.signal.isNaN } == 33)
    expect(lines.map(\.macd), "macd", within: 1e-13, from: 300)
    expect(lines.map(\.signal), "macd_signal", within: 1e-13, from: 300)
    expect(lines.map(\.histogram), "macd_hist", within: 1e-13, from: 300)
    let fast = run(RecursiveAverage.ema(length: 12), Array(close.dropFirst(14)))
    let slow = run(RecursiveAverage.ema(length: 26), close)
    let aligned = zip([Double](repeating: .nan, count: 14) + fast, slow).map { $0 - $1 }
    let signal = run(RecursiveAverage.ema(length: 9), aligned)
    expect(signal, "macd_signal", within: 1e-13)
    expect(zip(aligned, signal).map { $0 - $1 }, "macd_hist", within: 1e-13)
  }

  /// TA-Lib holds %K back until %D is there too; Pine does not.
  @Test func stochastic() {
    let kernel = Stochastic(length: 14, smoothK: 3, smoothD: 3)
    let bars = (0..<3000).map { (high[$0], low[$0], close[$0]) }
    let lines = run(bars, bytes: kernel.stateBytes, reset: kernel.reset) { state, bar in
      kernel.step(state, high: bar.0, low: bar.1, close: bar.2)
    }
    #expect(lines.firstIndex { !$0.k.isNaN } == 15)
    expect(lines.map(\.k), "stoch_k", within: 1e-8, from: 17)
    expect(lines.map(\.d), "stoch_d", within: 1e-8)
  }

  @Test func commodityChannel() {
    let typical = (0..<3000).map { (high[$0] + low[$0] + close[$0]) / 3 }
    expect(run(CCI(length: 20), typical), "cci20", within: 1e-6)
  }
}
