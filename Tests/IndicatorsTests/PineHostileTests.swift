import Indicators
import Testing

/// No input makes a kernel stop or write behind its state, not even a state of arbitrary bytes.
@Suite struct PineHostileTests {
  struct Case {
    var bytes: Int
    var reset: (UnsafeMutableRawPointer) -> Void
    /// State, two values and a length.
    var step: (UnsafeMutableRawPointer, Double, Double, Int) -> Void

    init(
      _ bytes: Int, _ reset: @escaping (UnsafeMutableRawPointer) -> Void,
      _ step: @escaping (UnsafeMutableRawPointer, Double, Double, Int) -> Void
    ) {
      self.bytes = bytes
      self.reset = reset
      self.step = step
    }

    init(_ k: some WindowKernel) {
      self.init(k.stateBytes, k.reset) { s, x, _, n in _ = k.step(s, x, length: n) }
    }

    init(series k: some SeriesKernel) {
      self.init(k.stateBytes, k.reset) { s, x, _, _ in _ = k.step(s, x) }
    }
  }

  let n = 13

  func windows() -> [Case] {
    let vwma = Pine.VWMA(length: n)
    let line = Pine.LinearRegression(length: n)
    let pair = Pine.Correlation(length: n)
    let deviation = Pine.StandardDeviation(length: n)
    let bands = Pine.BollingerBands(length: n)
    let nearest = Pine.PercentileNearestRank(length: n)
    let between = Pine.PercentileLinearInterpolation(length: n)
    let flow = Pine.MFI(length: n)
    let stochastic = Pine.Stochastic(length: n)
    let williams = Pine.WilliamsR(length: n)
    let pivot = Pine.Pivot.high(left: n, right: n)
    let when = Pine.ValueWhen(occurrence: n)
    return [
      Case(Pine.SMA(length: n)), Case(Pine.Sum(length: n)), Case(Pine.WMA(length: n)),
      Case(Pine.ALMA(length: n, offset: .nan, sigma: 0)), Case(Pine.CenterOfGravity(length: n)),
      Case(Pine.MeanDeviation(length: n)), Case(Pine.CCI(length: n)), Case(Pine.Median(length: n)),
      Case(Pine.Mode(length: n)), Case(Pine.PercentRank(length: n)),
      Case(Pine.RankCorrelation(length: n)), Case(Pine.Extreme.highest(length: n)),
      Case(Pine.ExtremeBars.lowest(length: n)), Case(Pine.Range(length: n)),
      Case(Pine.Change(length: n)), Case(Pine.CMO(length: n)),
      Case(vwma.stateBytes, vwma.reset) { _ = vwma.step($0, $1, volume: $2, length: $3) },
      Case(line.stateBytes, line.reset) { _ = line.step($0, $1, length: $3, offset: $2) },
      Case(pair.stateBytes, pair.reset) { _ = pair.step($0, $1, $2, length: $3) },
      Case(deviation.stateBytes, deviation.reset) {
        _ = deviation.step($0, $1, length: $3, isBiased: $2 > 0)
      },
      Case(bands.stateBytes, bands.reset) { _ = bands.step($0, $1, length: $3, multiple: $2) },
      Case(nearest.stateBytes, nearest.reset) {
        _ = nearest.step($0, $1, length: $3, percentage: $2)
      },
      Case(between.stateBytes, between.reset) {
        _ = between.step($0, $1, length: $3, percentage: $2)
      },
      Case(flow.stateBytes, flow.reset) { _ = flow.step($0, $1, volume: $2, length: $3) },
      Case(stochastic.stateBytes, stochastic.reset) {
        _ = stochastic.step($0, $1, high: $2, low: $1, length: $3)
      },
      Case(williams.stateBytes, williams.reset) {
        _ = williams.step($0, high: $1, low: $2, close: $1, length: $3)
      },
      Case(pivot.stateBytes, pivot.reset) { _ = pivot.step($0, $1, left: $3, right: $3) },
      Case(when.stateBytes, when.reset) { _ = when.step($0, $2 > 0, $1, occurrence: $3) },
    ]
  }

  func others() -> [Case] {
    let macd = Pine.MACD(fast: 3, slow: n, signal: 4)
    let atr = Pine.ATR(length: n)
    let channels = Pine.KeltnerChannels(length: n)
    let movement = Pine.DMI(length: n, smoothing: 3)
    let trend = Pine.Supertrend(length: n)
    let stop = Pine.ParabolicSAR(start: .nan, increment: 1, maximum: -1)
    let (cross, over, rising) = (Pine.Cross(), Pine.Crossing.over, Pine.Trend.rising)
    let since = Pine.BarsSince()
    let line = Pine.VolumeLine(.nvi)
    let vwap = Pine.VWAP()
    return [
      Case(series: Pine.EMA(length: n)), Case(series: Pine.RMA(length: n)),
      Case(series: Pine.RSI(length: n)), Case(series: Pine.HMA(length: n)),
      Case(series: Pine.TSI(short: 3, long: n)), Case(series: Pine.SWMA()),
      Case(series: Pine.AllTimeExtreme.lowest), Case(series: Pine.Cumulative()),
      Case(macd.stateBytes, macd.reset) { s, x, _, _ in _ = macd.step(s, x) },
      Case(atr.stateBytes, atr.reset) { s, x, y, _ in _ = atr.step(s, high: x, low: y, close: x) },
      Case(channels.stateBytes, channels.reset) { s, x, y, _ in
        _ = channels.step(
          s, x, high: x, low: y, close: x, multiple: y, usesTrueRange: x > y)
      },
      Case(movement.stateBytes, movement.reset) { s, x, y, _ in
        _ = movement.step(s, high: x, low: y, close: x)
      },
      Case(trend.stateBytes, trend.reset) { s, x, y, _ in
        _ = trend.step(s, high: x, low: y, close: x, factor: y)
      },
      Case(stop.stateBytes, stop.reset) { s, x, y, _ in
        _ = stop.step(s, high: x, low: y, close: x)
      },
      Case(cross.stateBytes, cross.reset) { s, x, y, _ in _ = cross.step(s, x, y) },
      Case(over.stateBytes, over.reset) { s, x, y, _ in _ = over.step(s, x, y) },
      Case(rising.stateBytes, rising.reset) { s, x, _, n in _ = rising.step(s, x, length: n) },
      Case(since.stateBytes, since.reset) { s, x, y, _ in _ = since.step(s, x > y) },
      Case(line.stateBytes, line.reset) { s, x, y, _ in
        _ = line.step(s, high: x, low: y, close: x, volume: y)
      },
      Case(vwap.stateBytes, vwap.reset) { s, x, y, _ in
        _ = vwap.step(s, x, volume: y, anchor: x > y, multiple: y)
      },
    ]
  }

  let values: [Double] = [
    .nan, .infinity, -.infinity, 0, -0.0, 1, -1, .greatestFiniteMagnitude,
    -.greatestFiniteMagnitude, .leastNonzeroMagnitude, 1.1, 1.1, 1e300, -1e-300, 50, 100,
  ]
  let lengths = [1, 2, 13, 5, 0, -1, 14, .min, .max, 7, 12]

  @Test func `values and lengths without sense`() {
    for (number, kernel) in (windows() + others()).enumerated() {
      let state = KernelState(bytes: kernel.bytes)
      kernel.reset(state.pointer)
      for i in 0..<3000 {
        kernel.step(
          state.pointer, values[(i * i + i / 7) % 16], values[(i / 3 + i / 16) % 16],
          lengths[(i / 5) % 11])
      }
      #expect(state.isIntact, "kernel \(number)")
    }
  }

  @Test func `states of arbitrary bytes, as a damaged snapshot would be`() {
    for (number, kernel) in (windows() + others()).enumerated() {
      for seed: UInt8 in [0xA5, 0xFF, 0x7F, 0x3F, 0x80, 0x41] {
        let state = KernelState(bytes: kernel.bytes)
        state.pointer.initializeMemory(as: UInt8.self, repeating: seed, count: kernel.bytes)
        for i in 0..<100 {
          kernel.step(state.pointer, values[i % 16], values[i * 7 % 16], lengths[i % 11])
        }
        #expect(state.isIntact, "kernel \(number)")
      }
    }
  }
}
