import Indicators
import Testing

private let nan = Double.nan

private struct Bar {
  var open, high, low, close, volume: Double

  init(_ open: Double, _ high: Double, _ low: Double, _ close: Double, _ volume: Double = 1) {
    (self.open, self.high, self.low, self.close, self.volume) = (open, high, low, close, volume)
  }
}

private func same(_ values: [Double], _ expected: [Double]) -> Bool {
  values.count == expected.count
    && zip(values, expected).allSatisfy {
      ($0 - $1).magnitude < 1e-12 || ($0.isNaN && $1.isNaN)
    }
}

/// Values worked out by hand: ranges, trends, events and volume.
@Suite struct PineTrendTests {
  @Test func `true range with and without the first bar`() {
    let bars = [Bar(3, 4, 2, 3), Bar(5, 7, 5, 6), Bar(5, 6, 4, 5)]
    for (handlesNA, first) in [(true, 2.0), (false, nan)] {
      let kernel = Pine.TrueRange(handlesNA: handlesNA)
      let values = run(bars, bytes: kernel.stateBytes, reset: kernel.reset) {
        kernel.step($0, high: $1.high, low: $1.low, close: $1.close)
      }
      #expect(same(values, [first, 4, 2]))
    }
    let atr = Pine.ATR(length: 2)
    let values = run(bars, bytes: atr.stateBytes, reset: atr.reset) {
      atr.step($0, high: $1.high, low: $1.low, close: $1.close)
    }
    #expect(same(values, [nan, 3, 2.5]))
  }

  @Test func `kc of 2: the first range is na with the true range, high − low without`() {
    let bars = [Bar(3, 4, 2, 3), Bar(5, 7, 5, 6), Bar(5, 6, 4, 5)]
    let kernel = Pine.KeltnerChannels(length: 2)
    func bands(_ usesTrueRange: Bool) -> [Pine.Bands] {
      run(bars, bytes: kernel.stateBytes, reset: kernel.reset) {
        kernel.step(
          $0, $1.close, high: $1.high, low: $1.low, close: $1.close, multiple: 2,
          usesTrueRange: usesTrueRange)
      }
    }
    // ema(2): 4.5, then 4.5 + (5 − 4.5)·2/3; true ranges 4 and 2, high − low 2 and 2.
    let middle = 4.5 + 1.0 / 3
    #expect(same(bands(true).map(\.middle), [nan, 4.5, middle]))
    #expect(same(bands(true).map(\.upper), [nan, nan, middle + 6]))
    #expect(same(bands(false).map(\.lower), [nan, 0.5, middle - 4]))
  }

  @Test func `supertrend of 1 bar and factor 1: follows a rise, turns below the band`() {
    let kernel = Pine.Supertrend(length: 1)
    let bars = [Bar(10, 11, 9, 10), Bar(12, 15, 11, 15), Bar(15, 19, 17, 19), Bar(12, 12, 9, 9)]
    let lines = run(bars, bytes: kernel.stateBytes, reset: kernel.reset) {
      kernel.step($0, high: $1.high, low: $1.low, close: $1.close, factor: 1)
    }
    // Bands: 10 ± 2, of which the first bar keeps 0 above; 13 ± 5; 18 ± 4, above stays 18 and the
    // close of 19 passes it; 10.5 ± 10, below stays 14 and the close of 9 passes it.
    #expect(same(lines.map(\.direction), [1, 1, -1, 1]))
    #expect(same(lines.map(\.line), [0, 18, 14, 20.5]))
  }

  @Test func `before the first ATR a supertrend's direction is 1, its line 0 and then na`() {
    let kernel = Pine.Supertrend(length: 3)
    let bars = (0..<5).map { Bar(10, 11 + Double($0), 9, 10) }
    let lines = run(bars, bytes: kernel.stateBytes, reset: kernel.reset) {
      kernel.step($0, high: $1.high, low: $1.low, close: $1.close, factor: 3)
    }
    #expect(lines.map(\.direction) == [1, 1, 1, 1, 1])
    #expect(lines[0].line == 0 && lines[1].line.isNaN && lines[2].line > 10)
  }

  @Test func `sar: starts below a rise, speeds up at new highs, turns when the low passes it`() {
    let kernel = Pine.ParabolicSAR(start: 0.1, increment: 0.1, maximum: 0.2)
    let bars = [Bar(9, 10, 8, 9), Bar(10, 12, 9, 11), Bar(12, 14, 11, 13), Bar(9, 13, 8, 9)]
    let values = run(bars, bytes: kernel.stateBytes, reset: kernel.reset) {
      kernel.step($0, high: $1.high, low: $1.low, close: $1.close)
    }
    // 8 + 0.1·(12 − 8) would enter the range of the bar before, from 8 on; again with two bars
    // before; 8 + 0.2·(14 − 8) = 9.2 is above the low of 8: the stop turns to the highest high.
    #expect(same(values, [nan, 8, 8, 14]))
  }

  @Test func `dmi of 1: up 2 of a range of 3, then neither of two equal movements counts`() {
    let kernel = Pine.DMI(length: 1, smoothing: 1)
    let bars = [Bar(9, 10, 8, 9), Bar(10, 12, 9, 11), Bar(10, 13, 8, 10)]
    let lines = run(bars, bytes: kernel.stateBytes, reset: kernel.reset) {
      kernel.step($0, high: $1.high, low: $1.low, close: $1.close)
    }
    #expect(same(lines.map(\.plus), [nan, 200.0 / 3, 0]))
    #expect(same(lines.map(\.minus), [nan, 0, 0]))
    #expect(same(lines.map(\.adx), [nan, 100, 0]))
  }

  @Test func `stoch repeats itself on na and where a flat range holds the source`() {
    let kernel = Pine.Stochastic(length: 2)
    let bars = [(3.0, 4.0, 2.0), (3, 6, 2), (nan, 6, 2), (5, 5, 5), (5, 5, 5), (6, 5, 5)]
    let values = run(bars, bytes: kernel.stateBytes, reset: kernel.reset) {
      kernel.step($0, $1.0, high: $1.1, low: $1.2)
    }
    #expect(same(values, [nan, 25, 25, 75, 75, nan]))
  }

  @Test func `cmo of 2: rises 3, falls 1 give 50; tsi of a steady rise is 1`() {
    #expect(same(run(Pine.CMO(length: 2), [1, 4, 3, 3]), [nan, nan, 50, -100]))
    #expect(same(run(Pine.TSI(short: 2, long: 2), [1, 2, 3, 4, 5]), [nan, nan, nan, 1, 1]))
    #expect(same(run(Pine.Change(length: 2), [1, 5, 4, nan, 6]), [nan, nan, 3, nan, 2]))
  }

  @Test func `crossover: at or below before, above now; na between is passed over; exact`() {
    func crossed(_ kernel: Pine.Crossing, _ series: [Double]) -> [Bool] {
      run(series, bytes: kernel.stateBytes, reset: kernel.reset) { kernel.step($0, $1, 0) }
    }
    let series = [1, -1, 0, 1, 2, nan, -1, nan, 5e-11]
    #expect(
      crossed(.over, series) == [false, false, false, true, false, false, false, false, true])
    #expect(
      crossed(.under, series) == [false, true, false, false, false, false, true, false, false])
    let cross = Pine.Cross()
    let values = run([1.0, 0, 1, 0, -1, 0, 2, 2], bytes: 8, reset: cross.reset) {
      cross.step($0, $1, 0)
    }
    #expect(values == [false, false, false, false, true, false, true, false])
  }

  @Test func `rising for 2: two steps up in a row`() {
    func holds(_ kernel: Pine.Trend) -> [Bool] {
      run([1.0, 2, 3, 3, 4, 5, 4, 3], bytes: 16, reset: kernel.reset) {
        kernel.step($0, $1, length: 2)
      }
    }
    #expect(holds(.rising) == [false, false, true, false, false, true, false, false])
    #expect(holds(.falling) == [false, false, false, false, false, false, false, true])
  }

  @Test func `barssince and valuewhen`() {
    let since = Pine.BarsSince()
    let conditions = [false, true, false, false, true]
    #expect(
      same(
        run(conditions, bytes: 8, reset: since.reset) { since.step($0, $1) }, [nan, 0, 1, 2, 0]))
    let when = Pine.ValueWhen(occurrence: 1)
    let pairs = [(true, 5.0), (false, 6), (true, 7), (true, nan), (true, 8), (true, 9)]
    let values = run(pairs, bytes: when.stateBytes, reset: when.reset) {
      when.step($0, $1.0, $1.1, occurrence: 1)
    }
    #expect(same(values, [nan, nan, 5, 7, nan, 8]))
  }

  @Test func `a pivot may equal values before it, none after it; na ends its side`() {
    #expect(
      same(run(Pine.Pivot.high(left: 1, right: 1), [1, 3, 3, 2, 1]), [nan, nan, nan, 3, nan]))
    #expect(
      same(run(Pine.Pivot.low(left: 2, right: 1), [5, 2, 3, 1, 4]), [nan, nan, nan, nan, 1]))
    #expect(
      same(run(Pine.Pivot.high(left: 2, right: 1), [9, nan, 4, 3]), [nan, nan, nan, 4]))
    #expect(same(run(Pine.Pivot.high(left: 1, right: 1), [1, nan, 1]), [nan, nan, nan]))
  }

  @Test func `volume lines: what each bar adds, and nothing where it cannot be calculated`() {
    let bars = [Bar(1, 2, 0, 1, 10), Bar(1, 4, 0, 3, 20), Bar(3, 3, 3, 3, 5), Bar(2, 3, 1, 1.5, 4)]
    func line(_ kind: Pine.VolumeLine.Kind) -> [Double] {
      let kernel = Pine.VolumeLine(kind)
      return run(bars, bytes: kernel.stateBytes, reset: kernel.reset) {
        kernel.step($0, high: $1.high, low: $1.low, close: $1.close, volume: $1.volume)
      }
    }
    #expect(same(line(.obv), [nan, 20, 20, 16]))
    #expect(same(line(.accdist), [0, 10, 10, 8]))
    #expect(same(line(.nvi), [1, 1, 1, 0.5]))
    #expect(same(line(.pvi), [1, 3, 3, 3]))
    #expect(same(line(.pvt), [nan, 40, 40, 38]))
    #expect(same(line(.wad), [0, 3, 3, 1.5]))
    let bar = Bar(2, 5, 1, 4, 8)
    #expect(Pine.intradayIntensity(high: bar.high, low: 1, close: 4, volume: 8) == 0.0625)
    #expect(Pine.intradayIntensity(high: 5, low: 1, close: 4, volume: 0).isNaN)
    #expect(Pine.intradayIntensity(high: 5, low: 5, close: 5, volume: 8).isNaN)
    #expect(
      Pine.williamsVariableAccumulation(open: 2, high: 5, low: 1, close: 4, volume: 8) == 4)
    #expect(same(run(Pine.Cumulative(), [1, nan, 2]), [1, nan, 3]))
    #expect(same(run(Pine.FixNan(), [nan, 1, nan, 2]), [nan, 1, 1, 2]))
  }

  @Test func `vwap: starts at once; (10·1 + 20·3)/4 = 17.5, √(1300/4 − 17.5²); the anchor begins anew`() {
    let kernel = Pine.VWAP()
    let bars = [(5.0, 1.0, false), (10, 1, true), (20, 3, false), (7, 2, true)]
    let bands = run(bars, bytes: kernel.stateBytes, reset: kernel.reset) {
      kernel.step($0, $1.0, volume: $1.1, anchor: $1.2, multiple: 2)
    }
    #expect(same(bands.map(\.middle), [5, 10, 17.5, 7]))
    let deviation = (1300.0 / 4 - 17.5 * 17.5).squareRoot()
    #expect(same(bands.map(\.upper), [5, 10, 17.5 + 2 * deviation, 7]))
    let average = Pine.VWMA(length: 2)
    let values = run(bars, bytes: average.stateBytes, reset: average.reset) {
      average.step($0, $1.0, volume: $1.1)
    }
    #expect(same(values, [nan, 7.5, 17.5, 14.8]))
  }
}
