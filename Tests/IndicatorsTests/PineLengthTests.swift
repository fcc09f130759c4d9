import Indicators
import Testing

/// Lengths that change from bar to bar, and windows of every kind against their definition.
@Suite struct PineLengthTests {
  /// A walk with ties and, every so often, na.
  static func series(naEvery: Int?) -> [Double] {
    var walk = WindowTests.Walk()
    return (0..<400).map { i in
      let value = (walk.next() * 1e5).rounded() / 1e3
      if let naEvery, i % naEvery == 3 { return .nan }
      return value
    }
  }

  static func length(_ i: Int) -> Int { 1 + (i * 7 + i / 11) % 24 }

  /// The newest n values that are not na, newest first; nil while there are fewer.
  func known(_ series: ArraySlice<Double>, _ n: Int) -> [Double]? {
    let values = series.reversed().filter { !$0.isNaN }.prefix(n)
    return values.count == n ? Array(values) : nil
  }

  func check(
    _ name: String, _ bytes: Int, _ reset: (UnsafeMutableRawPointer) -> Void, naEvery: Int?,
    _ step: (UnsafeMutableRawPointer, Double, Int) -> Double,
    expected: (ArraySlice<Double>, Int) -> Double?
  ) {
    let series = Self.series(naEvery: naEvery)
    let values = run(Array(0..<series.count), bytes: bytes, reset: reset) {
      step($0, series[$1], Self.length($1))
    }
    for i in series.indices {
      let wanted = expected(series[...i], Self.length(i)) ?? .nan
      guard values[i].isNaN != wanted.isNaN || (values[i] - wanted).magnitude > 1e-9 else {
        continue
      }
      Issue.record("\(name)[\(i)] of \(Self.length(i)): \(values[i]), not \(wanted)")
      return
    }
  }

  @Test(arguments: [nil, 5, 2])
  func `windows that leave na out`(_ naEvery: Int?) {
    let sma = Pine.SMA(length: 24)
    check("sma", sma.stateBytes, sma.reset, naEvery: naEvery, sma.step(_:_:length:)) { s, n in
      known(s, n).map { $0.reduce(0, +) / Double(n) }
    }
    let variance = Pine.Variance(length: 24)
    check(
      "variance", variance.stateBytes, variance.reset, naEvery: naEvery
    ) {
      variance.step($0, $1, length: $2, isBiased: true)
    } expected: { s, n in
      known(s, n).map { values in
        let mean = values.reduce(0, +) / Double(n)
        return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(n)
      }
    }
    let median = Pine.Median(length: 24)
    check("median", median.stateBytes, median.reset, naEvery: naEvery, median.step(_:_:length:)) {
      s, n in
      known(s, n).map { ($0.sorted()[(n - 1) / 2] + $0.sorted()[n / 2]) / 2 }
    }
    let mode = Pine.Mode(length: 24)
    check("mode", mode.stateBytes, mode.reset, naEvery: naEvery, mode.step(_:_:length:)) { s, n in
      known(s, n).flatMap { values in
        values.sorted().max { a, b in
          let (of, than) = (values.filter { $0 == a }.count, values.filter { $0 == b }.count)
          return of == than ? a > b : of < than
        }
      }
    }
    let range = Pine.Range(length: 24)
    check("range", range.stateBytes, range.reset, naEvery: naEvery, range.step(_:_:length:)) {
      s, n in known(s, n).map { ($0.max() ?? 0) - ($0.min() ?? 0) }
    }
  }

  @Test(arguments: [nil, 7])
  func `windows of bars`(_ naEvery: Int?) {
    let line = Pine.LinearRegression(length: 24)
    check(
      "linreg", line.stateBytes, line.reset, naEvery: naEvery
    ) {
      line.step($0, $1, length: $2, offset: 2)
    } expected: { s, n in
      guard s.count >= n else { return nil }
      if n == 1 { return s[s.endIndex - 1] }
      let y = Array(s.suffix(n))
      let x = (0..<n).map(Double.init)
      let (mx, my) = (x.reduce(0, +) / Double(n), y.reduce(0, +) / Double(n))
      let slope =
        zip(x, y).reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) }
        / x.reduce(0) { $0 + ($1 - mx) * ($1 - mx) }
      return my + slope * (Double(n) - 1 - 2 - mx)
    }
    let nearest = Pine.PercentileNearestRank(length: 24)
    check(
      "nearest rank", nearest.stateBytes, nearest.reset, naEvery: naEvery
    ) {
      nearest.step($0, $1, length: $2, percentage: 40)
    } expected: { s, n in
      let values = s.suffix(n).filter { !$0.isNaN }.sorted()
      guard s.count >= n, !values.isEmpty else { return nil }
      return values[max(1, Int((0.4 * Double(values.count)).rounded(.up))) - 1]
    }
    let highest = Pine.Extreme.highest(length: 24)
    check("highest", highest.stateBytes, highest.reset, naEvery: naEvery, highest.step(_:_:length:)) {
      s, n in s.count < n ? nil : s.suffix(n).reversed().prefix { !$0.isNaN }.max()
    }
    let places = Pine.ExtremeBars.lowest(length: 24)
    check("lowestbars", places.stateBytes, places.reset, naEvery: naEvery, places.step(_:_:length:)) {
      s, n in
      guard s.count >= n else { return nil }
      let window = Array(s.suffix(n).reversed().prefix { !$0.isNaN })
      guard let least = window.min() else { return 0 }
      return -Double(window.lastIndex(of: least) ?? 0)
    }
  }

  @Test func `an extreme by slots answers on every bar what the window does`() {
    for naEvery in [nil, 9] {
      let series = Self.series(naEvery: naEvery)
      for n in [1, 2, 7] {
        let slots = Pine.SlotExtreme.lowest(length: n)
        let values = run(
          Array(series.enumerated()), bytes: slots.stateBytes, reset: slots.reset
        ) { slots.step($0, $1.element, bar: $1.offset) }
        let lowest = run(Pine.Extreme.lowest(length: n), series)
        let bars = run(Pine.ExtremeBars.lowest(length: n), series)
        for i in series.indices {
          #expect(values[i].value == lowest[i] || (values[i].value.isNaN && lowest[i].isNaN))
          #expect(values[i].bars == bars[i] || (values[i].bars.isNaN && bars[i].isNaN))
        }
      }
    }
  }

  @Test func `called on bars 0, 1 and 4 only: bars 2 and 3 show what their slots of 3 hold, or 0`() {
    let kernel = Pine.SlotExtreme.highest(length: 2)
    let calls = [(0, 5.0), (1, 9), (4, 1), (5, 2), (6, 1)]
    let values = run(calls, bytes: kernel.stateBytes, reset: kernel.reset) {
      kernel.step($0, $1.1, bar: $1.0)
    }
    // Bar 4 writes over 9 and looks back to bar 3, whose slot still has bar 0's 5; then 2 and 1
    // are no better, and bar 6 looks at 1 and 2.
    #expect(values.map(\.value).dropFirst() == [9, 5, 2, 2])
    #expect(values.map(\.bars).dropFirst() == [0, -1, 0, -1])
  }

  @Test func `a length of 0, below, or beyond the longest answers na and leaves the state whole`() {
    let sma = Pine.SMA(length: 5)
    let ring = Pine.Median(length: 5)
    let alma = Pine.ALMA(length: 5, offset: 0.85, sigma: 6)
    for n in [0, -1, 6, Int.min, Int.max] {
      let series = [1.0, 2, 3, 4, 5, 6, 7]
      let length = { (x: Double) in x == 4 ? n : 3 }
      let means = run(series, bytes: sma.stateBytes, reset: sma.reset) {
        sma.step($0, $1, length: length($1))
      }
      #expect(means[3].isNaN && means[6] == 6)
      let medians = run(series, bytes: ring.stateBytes, reset: ring.reset) {
        ring.step($0, $1, length: length($1))
      }
      #expect(medians[3].isNaN && medians[6] == 6)
      let averages = run(series, bytes: alma.stateBytes, reset: alma.reset) {
        alma.step($0, $1, length: length($1))
      }
      #expect(averages[3].isNaN && averages[6] > 5)
    }
  }
}
