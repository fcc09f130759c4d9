import Indicators
import Testing

private let talibPath = "reference/talib-eurusd-m1.csv.gz"

/// Pine's functions against TA-Lib 0.8.2 on 3,000 EURUSD 1-minute bars: equal where the definitions
/// are, or from where a different start is forgotten (docs/indicators.md).
@Suite(.enabled(if: ReferenceFile.isThere(talibPath), "no shared reference data"))
struct PineTalibTests {
  let talib: ReferenceFile
  let open, high, low, close, volume: [Double]

  init() throws {
    talib = try ReferenceFile(talibPath)
    let bars = try ReferenceFile("reference/strategies-eurusd-m1.csv.gz")
    open = Array(bars["open"].prefix(3000))
    high = Array(bars["high"].prefix(3000))
    low = Array(bars["low"].prefix(3000))
    close = Array(bars["close"].prefix(3000))
    volume = Array(bars["ticks"].prefix(3000))
    try #require(talib["sma20"].count == 3000 && close.count == 3000 && volume.count == 3000)
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
    if let bad {
      Issue.record(
        "\(column)[\(bad)]: \(values[bad]), TA-Lib \(reference[bad])",
        sourceLocation: sourceLocation)
    }
  }

  func perBar<T>(
    _ bytes: Int, _ reset: (UnsafeMutableRawPointer) -> Void,
    _ step: (UnsafeMutableRawPointer, Int) -> T
  ) -> [T] {
    run(Array(0..<3000), bytes: bytes, reset: reset, step: step)
  }

  @Test func `averages`() {
    expect(run(Pine.SMA(length: 20), close), "sma20", within: 1e-12)
    expect(run(Pine.WMA(length: 20), close), "wma20", within: 1e-12)
    expect(run(Pine.EMA(length: 20), close), "ema20", within: 1e-12)
  }

  @Test func `double and triple EMA, made of ta.ema as scripts make them`() {
    let one = run(Pine.EMA(length: 20), close)
    let two = run(Pine.EMA(length: 20), one)
    let three = run(Pine.EMA(length: 20), two)
    expect(zip(one, two).map { 2 * $0 - $1 }, "dema20", within: 1e-12)
    expect(zip(zip(one, two), three).map { 3 * ($0.0 - $0.1) + $1 }, "tema20", within: 1e-12)
  }

  @Test func `momentum`() {
    expect(run(Pine.RSI(length: 14), close), "rsi14", within: 1e-8)
    expect(run(Pine.Change(length: 10), close), "mom10", within: 0)
    let change = Pine.Change(length: 10)
    let percent = perBar(change.stateBytes, change.reset) {
      change.stepPercent($0, close[$1], length: 10)
    }
    expect(percent, "roc10", within: 1e-10)
    let typical = (0..<3000).map { (high[$0] + low[$0] + close[$0]) / 3 }
    expect(run(Pine.CCI(length: 20), typical), "cci20", within: 1e-6)
  }

  @Test func `windows`() {
    expect(run(Pine.Extreme.highest(length: 20), close), "max20", within: 0)
    expect(run(Pine.Extreme.lowest(length: 20), close), "min20", within: 0)
    let line = Pine.LinearRegression(length: 14)
    let lines = perBar(line.stateBytes, line.reset) { line.step($0, close[$1], offset: 0) }
    expect(lines, "linreg14", within: 1e-12)
    let pairs = Pine.Correlation(length: 20)
    let values = perBar(pairs.stateBytes, pairs.reset) { pairs.step($0, close[$1], volume[$1]) }
    expect(values, "correl20", within: 1e-6)
  }

  @Test func `williams r`() {
    let kernel = Pine.WilliamsR(length: 14)
    let values = perBar(kernel.stateBytes, kernel.reset) {
      kernel.step($0, high: high[$1], low: low[$1], close: close[$1])
    }
    expect(values, "willr14", within: 1e-8)
  }

  @Test func `the money flow index, from TA-Lib's first value on`() {
    let kernel = Pine.MFI(length: 14)
    let values = perBar(kernel.stateBytes, kernel.reset) { state, i in
      kernel.step(state, (high[i] + low[i] + close[i]) / 3, volume: volume[i])
    }
    #expect(values.firstIndex { !$0.isNaN } == 13)
    expect(values, "mfi14", within: 1e-7, from: 14)
  }

  @Test func `on-balance volume, TA-Lib's less its first volume`() {
    let kernel = Pine.VolumeLine(.obv)
    let values = perBar(kernel.stateBytes, kernel.reset) {
      kernel.step($0, high: high[$1], low: low[$1], close: close[$1], volume: volume[$1])
    }
    #expect(values[0].isNaN)
    expect([volume[0]] + values.dropFirst().map { $0 + volume[0] }, "obv", within: 0)
  }

  /// TA-Lib takes the larger of two movements of equal ticks, which differ in the last digit; Pine
  /// takes neither. Compared are the averages, and the kernel with itself over whole ticks.
  @Test func `directional movement: TA-Lib's averages, and neither of two equal movements`() {
    let lines = movements(of: 1)
    #expect(lines.firstIndex { !$0.plus.isNaN } == 14)
    #expect(lines.firstIndex { !$0.adx.isNaN } == Pine.DMI(length: 14, smoothing: 14).lookback)
    let ticks = movements(of: 1e6)
    for i in 14..<3000 {
      guard (lines[i].plus - ticks[i].plus).magnitude > 1e-7 else { continue }
      Issue.record("bar \(i): \(lines[i].plus), over ticks \(ticks[i].plus)")
      return
    }
    let up = zip(high.dropFirst(), high).map { $0 - $1 }
    let down = zip(low, low.dropFirst()).map { $0 - $1 }
    let rises = zip(up, down).map { $0 > $1 && $0 > 0 ? $0 : 0 }
    let range = Pine.TrueRange(handlesNA: false)
    let ranges = perBar(range.stateBytes, range.reset) {
      range.step($0, high: high[$1], low: low[$1], close: close[$1])
    }
    let width = run(Pine.RMA(length: 14), ranges)
    let plus = zip(run(Pine.RMA(length: 14), [.nan] + rises), width).map { 100 * $0 / $1 }
    expect(plus, "plus_di14", within: 1e-8, from: 600)
  }

  func movements(of scale: Double) -> [Pine.DMI.Lines] {
    let kernel = Pine.DMI(length: 14, smoothing: 14)
    func price(_ x: Double) -> Double { scale == 1 ? x : (x * scale).rounded() }
    return perBar(kernel.stateBytes, kernel.reset) {
      kernel.step($0, high: price(high[$1]), low: price(low[$1]), close: price(close[$1]))
    }
  }

  @Test func `the parabolic stop, once the first trends are over`() {
    let kernel = Pine.ParabolicSAR(start: 0.02, increment: 0.02, maximum: 0.2)
    let values = perBar(kernel.stateBytes, kernel.reset) {
      kernel.step($0, high: high[$1], low: low[$1], close: close[$1])
    }
    #expect(values.firstIndex { !$0.isNaN } == 1)
    let reference = talib["sar"]
    let same = (300..<3000).filter { (values[$0] - reference[$0]).magnitude < 1e-9 }
    // TA-Lib turns when the price touches the stop, Pine when it passes it; a turn more or less is
    // forgotten with the next one.
    #expect(same.count > 2400, "\(same.count) of 2700 are equal")
  }
}
