import Indicators
import Testing

/// No input makes a kernel stop or write behind its state, not even a state of arbitrary bytes.
@Suite struct PineHostileTests {
  typealias Step = (UnsafeMutableRawPointer, Double, Double, Int) -> Void

  struct Case {
    var bytes: Int
    var reset: (UnsafeMutableRawPointer) -> Void
    var step: Step
  }

  static let n = 13

  static let windows: [Case] = [
    {
      let k = Pine.SMA(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) { _ = k.step($0, $1, length: $3) }
    }(),
    {
      let k = Pine.Sum(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) { _ = k.step($0, $1, length: $3) }
    }(),
    {
      let k = Pine.WMA(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) { _ = k.step($0, $1, length: $3) }
    }(),
    {
      let k = Pine.VWMA(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) {
        _ = k.step($0, $1, volume: $2, length: $3)
      }
    }(),
    {
      let k = Pine.HMA(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) { s, x, _, _ in _ = k.step(s, x) }
    }(),
    {
      let k = Pine.ALMA(length: n, offset: .nan, sigma: 0)
      return Case(bytes: k.stateBytes, reset: k.reset) { _ = k.step($0, $1, length: $3) }
    }(),
    {
      let k = Pine.LinearRegression(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) {
        _ = k.step($0, $1, length: $3, offset: $2)
      }
    }(),
    {
      let k = Pine.CenterOfGravity(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) { _ = k.step($0, $1, length: $3) }
    }(),
    {
      let k = Pine.Correlation(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) { _ = k.step($0, $1, $2, length: $3) }
    }(),
    {
      let k = Pine.StandardDeviation(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) {
        _ = k.step($0, $1, length: $3, isBiased: $2 > 0)
      }
    }(),
    {
      let k = Pine.BollingerBands(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) {
        _ = k.step($0, $1, length: $3, multiple: $2)
      }
    }(),
    {
      let k = Pine.MeanDeviation(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) { _ = k.step($0, $1, length: $3) }
    }(),
    {
      let k = Pine.CCI(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) { _ = k.step($0, $1, length: $3) }
    }(),
    {
      let k = Pine.Median(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) { _ = k.step($0, $1, length: $3) }
    }(),
    {
      let k = Pine.Mode(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) { _ = k.step($0, $1, length: $3) }
    }(),
    {
      let k = Pine.PercentileNearestRank(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) {
        _ = k.step($0, $1, length: $3, percentage: $2)
      }
    }(),
    {
      let k = Pine.PercentileLinearInterpolation(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) {
        _ = k.step($0, $1, length: $3, percentage: $2)
      }
    }(),
    {
      let k = Pine.PercentRank(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) { _ = k.step($0, $1, length: $3) }
    }(),
    {
      let k = Pine.RankCorrelation(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) { _ = k.step($0, $1, length: $3) }
    }(),
    {
      let k = Pine.Extreme.highest(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) { _ = k.step($0, $1, length: $3) }
    }(),
    {
      let k = Pine.ExtremeBars.lowest(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) { _ = k.step($0, $1, length: $3) }
    }(),
    {
      let k = Pine.Range(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) { _ = k.step($0, $1, length: $3) }
    }(),
    {
      let k = Pine.Change(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) { _ = k.step($0, $1, length: $3) }
    }(),
    {
      let k = Pine.CMO(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) { _ = k.step($0, $1, length: $3) }
    }(),
    {
      let k = Pine.MFI(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) {
        _ = k.step($0, $1, volume: $2, length: $3)
      }
    }(),
    {
      let k = Pine.Stochastic(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) {
        _ = k.step($0, $1, high: $2, low: $1, length: $3)
      }
    }(),
    {
      let k = Pine.WilliamsR(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) {
        _ = k.step($0, high: $1, low: $2, close: $1, length: $3)
      }
    }(),
    {
      let k = Pine.Pivot.high(left: n, right: n)
      return Case(bytes: k.stateBytes, reset: k.reset) { _ = k.step($0, $1, left: $3, right: $3) }
    }(),
    {
      let k = Pine.ValueWhen(occurrence: n)
      return Case(bytes: k.stateBytes, reset: k.reset) {
        _ = k.step($0, $2 > 0, $1, occurrence: $3)
      }
    }(),
  ]

  static let others: [Case] = [
    {
      let k = Pine.EMA(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) { s, x, _, _ in _ = k.step(s, x) }
    }(),
    {
      let k = Pine.RSI(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) { s, x, _, _ in _ = k.step(s, x) }
    }(),
    {
      let k = Pine.MACD(fast: 3, slow: n, signal: 4)
      return Case(bytes: k.stateBytes, reset: k.reset) { s, x, _, _ in _ = k.step(s, x) }
    }(),
    {
      let k = Pine.TSI(short: 3, long: n)
      return Case(bytes: k.stateBytes, reset: k.reset) { s, x, _, _ in _ = k.step(s, x) }
    }(),
    {
      let k = Pine.ATR(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) { s, x, y, _ in
        _ = k.step(s, high: x, low: y, close: x)
      }
    }(),
    {
      let k = Pine.KeltnerChannels(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) { s, x, y, _ in
        _ = k.step(s, x, high: x, low: y, close: x, multiple: y, usesTrueRange: x > y)
      }
    }(),
    {
      let k = Pine.DMI(length: n, smoothing: 3)
      return Case(bytes: k.stateBytes, reset: k.reset) { s, x, y, _ in
        _ = k.step(s, high: x, low: y, close: x)
      }
    }(),
    {
      let k = Pine.Supertrend(length: n)
      return Case(bytes: k.stateBytes, reset: k.reset) { s, x, y, _ in
        _ = k.step(s, high: x, low: y, close: x, factor: y)
      }
    }(),
    {
      let k = Pine.ParabolicSAR(start: .nan, increment: 1, maximum: -1)
      return Case(bytes: k.stateBytes, reset: k.reset) { s, x, y, _ in
        _ = k.step(s, high: x, low: y, close: x)
      }
    }(),
    {
      let k = Pine.Cross()
      return Case(bytes: k.stateBytes, reset: k.reset) { s, x, y, _ in _ = k.step(s, x, y) }
    }(),
    {
      let k = Pine.Crossing.over
      return Case(bytes: k.stateBytes, reset: k.reset) { s, x, y, _ in _ = k.step(s, x, y) }
    }(),
    {
      let k = Pine.Trend.rising
      return Case(bytes: k.stateBytes, reset: k.reset) { s, x, _, n in _ = k.step(s, x, length: n) }
    }(),
    {
      let k = Pine.BarsSince()
      return Case(bytes: k.stateBytes, reset: k.reset) { s, x, y, _ in _ = k.step(s, x > y) }
    }(),
    {
      let k = Pine.VolumeLine(.nvi)
      return Case(bytes: k.stateBytes, reset: k.reset) { s, x, y, _ in
        _ = k.step(s, high: x, low: y, close: x, volume: y)
      }
    }(),
    {
      let k = Pine.VWAP()
      return Case(bytes: k.stateBytes, reset: k.reset) { s, x, y, _ in
        _ = k.step(s, x, volume: y, anchor: x > y, multiple: y)
      }
    }(),
  ]

  static let values: [Double] = [
    .nan, .infinity, -.infinity, 0, -0.0, 1, -1, .greatestFiniteMagnitude,
    -.greatestFiniteMagnitude,
    .leastNonzeroMagnitude, 1.1, 1.1, 1e300, -1e-300, 50, 100,
  ]
  static let lengths = [1, 2, 13, 5, 0, -1, 14, .min, .max, 7, 12]

  @Test("values and lengths without sense")
  func inputs() {
    for (number, kernel) in (Self.windows + Self.others).enumerated() {
      let state = KernelState(bytes: kernel.bytes)
      kernel.reset(state.pointer)
      for i in 0..<3000 {
        kernel.step(
          state.pointer, Self.values[(i * i + i / 7) % 16], Self.values[(i / 3 + i / 16) % 16],
          Self.lengths[(i / 5) % 11])
      }
      #expect(state.isIntact, "kernel \(number)")
    }
  }

  @Test("states of arbitrary bytes, as a damaged snapshot would be")
  func states() {
    for (number, kernel) in (Self.windows + Self.others).enumerated() {
      for seed: UInt8 in [0xA5, 0xFF, 0x7F, 0x3F, 0x80, 0x41] {
        let state = KernelState(bytes: kernel.bytes)
        state.pointer.initializeMemory(as: UInt8.self, repeating: seed, count: kernel.bytes)
        for i in 0..<100 {
          kernel.step(
            state.pointer, Self.values[i % 16], Self.values[i * 7 % 16], Self.lengths[i % 11])
        }
        #expect(state.isIntact, "kernel \(number)")
      }
    }
  }
}
