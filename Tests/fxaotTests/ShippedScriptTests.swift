import CFxaot
import Calendar
import FXCore
import Foundation
import StrategyIR
import StrategyLanguage
import StrategyVM
import Testing

/// The scripts in priv/strategies against the strategies in Swift, which hold against the reference.
@Suite("Shipped scripts") struct ShippedScriptTests {
  /// 1-minute bars of a random walk, ticks as volumes; some minutes have none.
  private static let bars: [ScriptBar] = {
    var seed: UInt64 = 11
    func random() -> Double {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(seed >> 11) / Double(1 << 53)
    }
    var close = 1.1
    return (0..<6_000).compactMap { index in
      close = (close * (1 + (random() - 0.5) * 0.0004) * 1e5).rounded() / 1e5
      let volume = (random() * random() * 60).rounded() + 1
      if random() < 0.03 { return nil }
      let time = 1_704_067_200_000 + Int64(index) * 60_000
      return ScriptBar(
        time: time, timeClose: time + 60_000, open: close, high: close, low: close, close: close,
        volume: volume)
    }
  }()

  private func scripted(_ name: String, _ values: KeyValuePairs<String, Double>) throws -> [Double] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let path = root.appendingPathComponent("priv/strategies/\(name).pine")
    let compiled = FrontEnd.compile(try String(contentsOf: path, encoding: .utf8), name: name)
    let program = try #require(compiled.program, "\(compiled.report)")
    let runner = try ScriptRunner(
      program, environment: ScriptEnvironment(timeframe: try #require(Period("1"))),
      parameters: values.map { ($0.key, .number($0.value)) })
    let numbers = [Double](repeating: 0, count: 64)
    return try numbers.withUnsafeBufferPointer { numbers in
      let book = BookView(numbers: try #require(numbers.baseAddress))
      return try Self.bars.enumerated().map { index, bar in
        let place = BarPlace(lastIndex: index, lastTime: bar.time, isHistory: false)
        try #require(runner.step(bar, place: place, book: book), "\(name) stopped")
        return runner.plots[0]
      }
    }
  }

  private func builtIn(
    _ name: String, _ values: KeyValuePairs<String, Double>, feeds: [Int64] = [1]
  ) throws -> [Double] {
    let table = try #require(StrategyRegistry.find(name))
    var params = [Double](repeating: 0, count: Int(table.pointee.param_count))
    let names = values.map { strdup($0.key) }
    defer { for name in names { free(name) } }
    let list = zip(names, values).map { fxaot_param_value(name: $0, value: $1.value) }
    var bad: UInt64 = 0
    let status = StrategyParameters.resolve(
      table, list, count: list.count, into: &params, badIndex: &bad)
    try #require(status == FXAOT_OK, "parameter \(bad)")
    let stateBytes = try #require(table.pointee.state_bytes)
    let size = Int(stateBytes(params))
    let state = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
    defer { state.deallocate() }
    table.pointee.reset(params, state)
    var longer = feeds.dropFirst().map { Longer(minutes: $0) }
    return Self.bars.map { bar in
      // The longest that have ended by this bar's end come first, as in the engine.
      for feed in longer.indices.reversed() {
        if let closed = longer[feed].closed(before: bar) {
          _ = withUnsafePointer(to: closed) {
            table.pointee.step(params, state, UInt32(feed + 1), $0)
          }
        }
      }
      for feed in longer.indices.reversed() {
        if let closed = longer[feed].add(bar) {
          _ = withUnsafePointer(to: closed) {
            table.pointee.step(params, state, UInt32(feed + 1), $0)
          }
        }
      }
      var raw = fxaot_bar()
      raw.close = bar.close
      raw.volume = bar.volume
      return table.pointee.step(params, state, 0, &raw)
    }
  }

  /// Minutes put together to a longer bar.
  private struct Longer {
    let minutes: Int64
    var start: Int64?
    var close = 0.0
    var volume = 0.0

    init(minutes: Int64) { self.minutes = minutes }

    private var length: Int64 { minutes * 60_000 }

    private mutating func end() -> fxaot_bar {
      var bar = fxaot_bar()
      (bar.close, bar.volume) = (close, volume)
      (start, volume) = (nil, 0)
      return bar
    }

    /// The bar under way, when this one belongs to a later one.
    mutating func closed(before bar: ScriptBar) -> fxaot_bar? {
      guard let start, bar.time >= start + length else { return nil }
      return end()
    }

    /// The bar under way, when it ends with this one.
    mutating func add(_ bar: ScriptBar) -> fxaot_bar? {
      let begun = start ?? bar.time / length * length
      start = begun
      close = bar.close
      volume += bar.volume
      return bar.timeClose >= begun + length ? end() : nil
    }
  }

  private func expectSame(_ script: [Double], _ swift: [Double]) {
    let worst = zip(script, swift).map { ($0 - $1).magnitude }.max() ?? .nan
    #expect(worst <= 1e-12)
    #expect(swift.filter { $0 != 0 }.count > 50)
  }

  @Test func `ma crossover`() throws {
    expectSame(
      try scripted("ma_crossover", ["band": 0.0001]), try builtIn("ma_crossover", ["band": 0.0001]))
    // A volume window that is longer than the first index.
    expectSame(
      try scripted("ma_crossover", ["band": 0.0001, "slow": 9, "volume_window": 40]),
      try builtIn("ma_crossover", ["band": 0.0001, "slow": 9, "volume_window": 40]))
  }

  @Test func `momentum breakout`() throws {
    expectSame(
      try scripted("momentum_breakout", ["threshold": 0.0004]),
      try builtIn("momentum_breakout", ["threshold": 0.0004]))
  }

  @Test func `mean reversion`() throws {
    expectSame(try scripted("mean_reversion", [:]), try builtIn("mean_reversion", [:]))
  }

  @Test func `fusion`() throws {
    expectSame(
      try scripted("fusion", ["band": 0.0001, "momentum_threshold": 0.0006]),
      try builtIn(
        "fusion", ["ma_crossover.band": 0.0001, "momentum_breakout.threshold": 0.0006],
        feeds: [1, 5, 15]))
  }
}
