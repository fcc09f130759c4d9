import Indicators
import Testing

/// Values worked out by hand, and what TA-Lib's data does not show.
@Suite struct KernelTests {
  let nan = Double.nan

  func same(_ values: [Double], _ expected: [Double]) -> Bool {
    values.count == expected.count
      && zip(values, expected).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
  }

  @Test("sma of 3: (1 + 2 + 3)/3 = 2, then 3, then 5")
  func sma() { #expect(same(run(SMA(length: 3), [1, 2, 3, 4, 8]), [nan, nan, 2, 3, 5])) }

  @Test("ema of 3 starts with the mean 2, then moves half way to each value")
  func ema() {
    #expect(
      same(run(RecursiveAverage.ema(length: 3), [1, 2, 3, 6, 2]), [nan, nan, 2, 4, 3]))
  }

  @Test("rma of 4 starts with the mean 4, then moves a quarter of the way")
  func rma() {
    #expect(
      same(run(RecursiveAverage.rma(length: 4), [1, 3, 5, 7, 8, 1]), [nan, nan, nan, 4, 5, 4]))
  }

  @Test("recursive averages pass over nan")
  func emaGap() {
    #expect(
      same(
        run(RecursiveAverage.ema(length: 3), [1, 2, nan, 3, nan, 6]), [nan, nan, nan, 2, nan, 4])
    )
  }

  @Test("wma of 3: (1·1 + 2·2 + 3·5)/6 = 20/6, then (2 + 2·5 + 3·2)/6 = 3")
  func wma() { #expect(same(run(WMA(length: 3), [1, 2, 5, 2]), [nan, nan, 20.0 / 6, 3])) }

  @Test("stdev of 4 over 2 4 4 6: mean 4, variance 8/4")
  func stdev() {
    let values = run(StandardDeviation(length: 4), [2, 4, 4, 6])
    #expect(same(values, [nan, nan, nan, 2.0.squareRoot()]))
  }

  @Test("highest and lowest of 3, and a nan that leaves with its window")
  func extremes() {
    let series = [3, 1, 2, 0, nan, 5, 4, 7]
    #expect(same(run(Extreme.highest(length: 3), series), [nan, nan, 3, 2, nan, nan, nan, 7]))
    #expect(same(run(Extreme.lowest(length: 3), series), [nan, nan, 1, 0, nan, nan, nan, 4]))
    #expect(same(run(Extreme.highest(length: 1), [2, -1]), [2, -1]))
  }

  @Test("rsi of 2: rises 1, 0 and falls 0, 1 give 50; a series that only rises gives 100")
  func rsi() {
    #expect(same(run(RSI(length: 2), [1, 2, 1]), [nan, nan, 50]))
    #expect(same(run(RSI(length: 2), [1, 2, 3, 4]), [nan, nan, 100, 100]))
    #expect(same(run(RSI(length: 2), [4, 3, 2]), [nan, nan, 0]))
  }

  @Test("the first bar's true range is high − low and counts in the atr")
  func atr() {
    let kernel = ATR(length: 2)
    let bars = [(4.0, 2.0, 3.0), (7, 5, 6), (6, 4, 5)]
    let values = run(bars, bytes: kernel.stateBytes, reset: kernel.reset) { state, bar in
      kernel.step(state, high: bar.0, low: bar.1, close: bar.2)
    }
    #expect(same(values, [nan, 3, 2.5]))
  }

  @Test("cci of 3 over 1 2 6: (6 − 3)/(0.015 · 2) = 100; no deviation is nan")
  func cci() {
    let values = run(CCI(length: 3), [1, 2, 6, 6, 6])
    #expect((values[2] - 100).magnitude < 1e-12)
    #expect(values[4].isNaN)
  }

  @Test("stochastic of 2 without smoothing: close 3 between 1 and 5 is 50")
  func stochastic() {
    let kernel = Stochastic(length: 2, smoothK: 1, smoothD: 1)
    let bars = [(4.0, 1.0, 2.0), (5, 2, 3)]
    let lines = run(bars, bytes: kernel.stateBytes, reset: kernel.reset) { state, bar in
      kernel.step(state, high: bar.0, low: bar.1, close: bar.2)
    }
    #expect(lines[0].k.isNaN && lines[1].k == 50 && lines[1].d == 50)
  }

  @Test("the first value comes after as many bars as the look-back says")
  func lookbacks() {
    let series = (0..<100).map { Double($0 % 7) + 1 }
    func first(_ values: [Double]) -> Int? { values.firstIndex { !$0.isNaN } }
    for n in [1, 2, 5, 8, 21] {
      #expect(first(run(SMA(length: n), series)) == SMA(length: n).lookback)
      #expect(first(run(WMA(length: n), series)) == n - 1)
      #expect(first(run(RSI(length: n), series)) == RSI(length: n).lookback)
      #expect(first(run(Momentum(length: n), series)) == n)
      #expect(first(run(RateOfChange(length: n), series)) == n)
      #expect(first(run(StandardDeviation(length: n), series)) == n - 1)
      #expect(first(run(Extreme.lowest(length: n), series)) == n - 1)
    }
    #expect(MACD(fast: 12, slow: 26, signal: 9).lookback == 33)
    #expect(Stochastic(length: 14, smoothK: 3, smoothD: 3).lookback == 17)
  }

  @Test("lengths that make no sense are cut to 1 … longest")
  func lengths() {
    #expect(SMA(length: 0).length == 1 && SMA(length: .min).length == 1)
    #expect(SMA(length: .max).length == WindowMean.longest)
    #expect(WindowMoments(length: -5).length == 1 && Delay(length: 0).length == 1)
    #expect(same(run(SMA(length: -1), [3, 4]), [3, 4]))
  }
}
