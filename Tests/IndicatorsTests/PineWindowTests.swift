import Indicators
import Testing

private let nan = Double.nan

/// Equal to the bit, or both nan.
private func same(_ values: [Double], _ expected: [Double]) -> Bool {
  values.count == expected.count
    && zip(values, expected).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
}

/// Values worked out by hand: na, ties and warm-up of Pine's window functions.
@Suite struct PineWindowTests {
  @Test func `sma and sum leave na out and repeat their answer on it`() {
    let series = [nan, 2, nan, 4, 6, nan, 8]
    #expect(same(run(Pine.SMA(length: 2), series), [nan, nan, nan, 3, 5, 5, 7]))
    #expect(same(run(Pine.Sum(length: 2), series), [nan, nan, nan, 6, 10, 10, 14]))
    #expect(same(run(Pine.Sum(length: 1), [3, nan, 5]), [3, 3, 5]))
  }

  @Test func `ema, rma, rsi answer na with na and go on from where they were`() {
    #expect(
      same(run(Pine.EMA(length: 3), [1, 2, nan, 3, nan, 6]), [nan, nan, nan, 2, nan, 4]))
    #expect(
      same(run(Pine.RMA(length: 4), [1, 3, 5, 7, nan, 8]), [nan, nan, nan, 4, nan, 5]))
    #expect(same(run(Pine.RSI(length: 2), [1, 2, nan, 1]), [nan, nan, nan, 50]))
    #expect(same(run(Pine.EMA(length: 1), [3, 5]), [3, 5]))
  }

  @Test func `ema of 3 starts with the mean 2 and moves half way; rma of 4 from 4 a quarter of the way`() {
    #expect(same(run(Pine.EMA(length: 3), [1, 2, 3, 6, 2]), [nan, nan, 2, 4, 3]))
    #expect(same(run(Pine.RMA(length: 4), [1, 3, 5, 7, 8, 1]), [nan, nan, nan, 4, 5, 4]))
  }

  @Test func `rsi of 2: rises 1, 0 and falls 0, 1 give 50; a series that only rises gives 100`() {
    #expect(same(run(Pine.RSI(length: 2), [1, 2, 1]), [nan, nan, 50]))
    #expect(same(run(Pine.RSI(length: 2), [1, 2, 3, 4]), [nan, nan, 100, 100]))
    #expect(same(run(Pine.RSI(length: 2), [4, 3, 2]), [nan, nan, 0]))
  }

  @Test func `stdev of 4 over 2 4 4 6: mean 4, variance 8/4`() {
    let values = run(Pine.StandardDeviation(length: 4), [2, 4, 4, 6])
    #expect(same(values, [nan, nan, nan, 2.0.squareRoot()]))
  }

  @Test func `cci of 3 over 1 2 6: (6 − 3)/(0.015 · 2) = 100; no deviation is nan`() {
    let values = run(Pine.CCI(length: 3), [1, 2, 6, 6, 6])
    #expect((values[2] - 100).magnitude < 1e-12)
    #expect(values[4].isNaN)
  }

  @Test func `the first value comes after as many bars as the look-back says`() {
    let series = (0..<100).map { Double($0 % 7) + 1 }
    for n in [1, 2, 5, 8, 21] {
      let kernels: [any SeriesKernel] = [
        Pine.SMA(length: n), Pine.WMA(length: n), Pine.EMA(length: n), Pine.RSI(length: n),
        Pine.Change(length: n), Pine.StandardDeviation(length: n), Pine.Extreme.lowest(length: n),
        Pine.Median(length: n), Pine.PercentRank(length: n),
      ]
      for kernel in kernels {
        let values = run(kernel, series)
        #expect(values.firstIndex { !$0.isNaN } == kernel.lookback, "\(kernel)")
      }
    }
    #expect(Pine.MACD(fast: 12, slow: 26, signal: 9).lookback == 33)
  }

  @Test func `wma counts na as the value before: (3 + 2·3 + 3·9)/6 = 6`() {
    let values = run(Pine.WMA(length: 3), [nan, 1, 3, nan, 9, 9])
    #expect(same(values, [nan, nan, nan, nan, 6, 8]))
  }

  @Test func `hma of 4 is the wma of 2 of 2·wma(2) − wma(4)`() {
    // wma(2) 11/3, 17/3 and wma(4) 3, 4.6 of the last two bars: 13/3 and 34/3 − 4.6.
    let values = run(Pine.HMA(length: 4), [1, 2, 3, 4, 6.5])
    let expected = (13.0 / 3 + 2 * (34.0 / 3 - 4.6)) / 3
    #expect(values[3].isNaN && (values[4] - expected).magnitude < 1e-12)
    #expect(Pine.HMA(length: 4).lookback == 4)
  }

  @Test func `swma of 6 0 0 12 is 1 + 2 = 3; na in it is na`() {
    #expect(same(run(Pine.SWMA(), [6, 0, 0, 12, nan]), [nan, nan, nan, 3, nan]))
  }

  @Test func `alma of a constant is the constant; offset 1 and a small sigma take the newest value`() {
    let flat = run(Pine.ALMA(length: 5, offset: 0.85, sigma: 6), [2, 2, 2, 2, 2, 2])
    #expect(flat[3].isNaN && (flat[4] - 2).magnitude < 1e-15)
    let newest = run(Pine.ALMA(length: 3, offset: 1, sigma: 60), [1, 5, 9])
    #expect((newest[2] - 9).magnitude < 1e-12)
    // Weights e^−2, e^−1/2, 1 around the newest with a width of one bar.
    let weights = [0.1353352832366127, 0.6065306597126334, 1]
    let sum = weights[0] + weights[1] + weights[2]
    let expected = (weights[0] * 1 + weights[1] * 5 + weights[2] * 9) / sum
    let values = run(Pine.ALMA(length: 3, offset: 1, sigma: 3), [1, 5, 9])
    #expect((values[2] - expected).magnitude < 1e-14)
  }

  @Test func `linreg of 3 over 1 2 6: slope 2.5, mean 3, end 5.5, a bar before it 3`() {
    let kernel = Pine.LinearRegression(length: 3)
    for (offset, expected) in [(0.0, 5.5), (1, 3), (-1, 8)] {
      let values = run([1.0, 2, 6], bytes: kernel.stateBytes, reset: kernel.reset) {
        kernel.step($0, $1, offset: offset)
      }
      #expect(same(values, [nan, nan, expected]))
    }
  }

  @Test func `cog of 3 over 1 2 3: −(3·1 + 2·2 + 1·3)/6 = −10/6`() {
    #expect(same(run(Pine.CenterOfGravity(length: 3), [1, 2, 3]), [nan, nan, -10.0 / 6]))
  }

  @Test func `variance of 2 4 9: mean 5, Σ 26, divided by 3 or by 2`() {
    let kernel = Pine.Variance(length: 3)
    for (isBiased, expected) in [(true, 26.0 / 3), (false, 13)] {
      let values = run([2.0, 4, nan, 9, nan], bytes: kernel.stateBytes, reset: kernel.reset) {
        kernel.step($0, $1, length: 3, isBiased: isBiased)
      }
      #expect(same(values, [nan, nan, nan, expected, expected]))
    }
    #expect(same(run(Pine.MeanDeviation(length: 3), [2, 4, 9]), [nan, nan, 8.0 / 3]))
  }

  @Test func `median: 3 of 1 3 8, (3 + 8)/2 of 3 8; mode: the smallest of the most frequent`() {
    #expect(same(run(Pine.Median(length: 3), [8, 1, 3, nan, 9]), [nan, nan, 3, 3, 3]))
    #expect(same(run(Pine.Median(length: 2), [8, 3, 4]), [nan, 5.5, 3.5]))
    #expect(same(run(Pine.Mode(length: 4), [2, 1, 2, 1, 1]), [nan, nan, nan, 1, 1]))
    #expect(same(run(Pine.Mode(length: 3), [3, 2, 9]), [nan, nan, 2]))
  }

  @Test func `percentiles of 10 20 30 40: rank ⌈p/25⌉; between ranks at p·4/100 − ½`() {
    let nearest = Pine.PercentileNearestRank(length: 4)
    let between = Pine.PercentileLinearInterpolation(length: 4)
    let cases = [
      (0.0, 10.0, 10.0), (25, 10, 15), (26, 20, 15.4), (50, 20, 25), (75, 30, 35), (100, 40, 40),
    ]
    for (percentage, rank, place) in cases {
      let ranks = run([30.0, 10, 40, 20], bytes: nearest.stateBytes, reset: nearest.reset) {
        nearest.step($0, $1, length: 4, percentage: percentage)
      }
      #expect(same(ranks, [nan, nan, nan, rank]), "\(percentage)")
      let places = run([30.0, 10, 40, 20], bytes: between.stateBytes, reset: between.reset) {
        between.step($0, $1, length: 4, percentage: percentage)
      }
      #expect(places[2].isNaN && (places[3] - place).magnitude < 1e-12, "\(percentage)")
    }
  }

  @Test func `percentrank counts the bars before that are at most the newest; na counts as none`() {
    let values = run(Pine.PercentRank(length: 4), [1, 2, 3, 4, 3, nan, 5])
    #expect(same(values, [nan, nan, nan, nan, 75, 0, 75]))
  }

  @Test func `rci: 100 for a rise, −100 for a fall, a bar after the window is full; 3 1 2 is −50`() {
    #expect(same(run(Pine.RankCorrelation(length: 3), [1, 2, 3, 4]), [nan, nan, nan, 100]))
    #expect(same(run(Pine.RankCorrelation(length: 3), [9, 3, 2, 1]), [nan, nan, nan, -100]))
    #expect(same(run(Pine.RankCorrelation(length: 3), [0, 3, 1, 2]), [nan, nan, nan, -50]))
    #expect(run(Pine.RankCorrelation(length: 3), [0, 1, 1, 1])[3].isNaN)
    // Within 1e-10 of the smallest: a tie. Ranks 0.5, 0.5, 2 for times 0, 1, 2.
    let ties = run(Pine.RankCorrelation(length: 3), [0, 1 + 5e-11, 1, 2])
    #expect(same(ties, [nan, nan, nan, 100 * 1.5 / 3.0.squareRoot()]))
    // 1 and 1 + 8e-11 tie, 1 + 16e-11 is 16e-11 above the smallest: ranks 0.5, 2, 0.5.
    let chain = run(Pine.RankCorrelation(length: 3), [0, 1 + 8e-11, 1 + 16e-11, 1])
    #expect(same(chain, [nan, nan, nan, 0]))
  }

  @Test func `correlation of a series with twice itself is 1; without variation 0`() {
    let kernel = Pine.Correlation(length: 3)
    func values(_ pairs: [(Double, Double)]) -> [Double] {
      run(pairs, bytes: kernel.stateBytes, reset: kernel.reset) { kernel.step($0, $1.0, $1.1) }
    }
    #expect((values([(1, 2), (2, 4), (5, 10)])[2] - 1).magnitude < 1e-15)
    #expect((values([(1, -2), (2, -4), (5, -10)])[2] + 1).magnitude < 1e-15)
    #expect(same(values([(1, 3), (2, 3), (nan, 1), (5, 3)]), [nan, nan, nan, 0]))
  }

  @Test func `highest looks back to the newest na; highestbars finds the oldest of equal ones`() {
    let series = [5, 1, nan, 2, 4, 3, 4, 1]
    #expect(
      same(run(Pine.Extreme.highest(length: 3), series), [nan, nan, nan, 2, 4, 4, 4, 4]))
    #expect(
      same(run(Pine.Extreme.lowest(length: 3), series), [nan, nan, nan, 2, 2, 2, 3, 1]))
    #expect(
      same(run(Pine.ExtremeBars.highest(length: 3), series), [nan, nan, 0, 0, 0, -1, -2, -1]))
    #expect(
      same(run(Pine.ExtremeBars.lowest(length: 3), [1, 1, 1, 0, 5, 0]), [nan, nan, -2, 0, -1, -2]))
    #expect(same(run(Pine.Range(length: 2), [1, 4, nan, 6]), [nan, 3, 3, 2]))
    #expect(same(run(Pine.AllTimeExtreme.highest, [nan, 1, 3, nan, 2]), [nan, 1, 3, 3, 3]))
    #expect(same(run(Pine.AllTimeExtreme.lowest, [4, nan, 3, 5]), [4, 4, 3, 3]))
  }

  @Test func `bb ± 2 · 2 around 5 for 2 4 4 4 5 5 7 9; bbw is their distance in middles`() {
    let kernel = Pine.BollingerBands(length: 8)
    let series = [2.0, 4, 4, 4, 5, 5, 7, 9, nan]
    let bands = run(series, bytes: kernel.stateBytes, reset: kernel.reset) {
      kernel.step($0, $1, multiple: 2)
    }
    #expect(bands[6].middle.isNaN && bands[7].middle == 5)
    #expect(bands[7].upper == 9 && bands[7].lower == 1 && bands[7].width == 1.6)
    #expect(bands[8].upper == 9)
  }
}
