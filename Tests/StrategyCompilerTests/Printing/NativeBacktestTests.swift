import Calendar
import RandomPrograms
import StrategyIR
import StrategyLanguage
import Testing

@testable import Research
@testable import StrategyCompiler
@testable import StrategyVM

/// Whole back-tests in native code, which take calm bars together, and on the VM bar by bar.
@Suite(
  "Back-tests in native code", .serialized,
  .enabled(if: Checkout.toolchain != nil, "no Swift compiler is installed"))
struct NativeBacktestTests {
  private static let bodies = [
    """
    [line, signal, _] = ta.macd(close, 12, 26, 9)
    if ta.crossover(line, signal)
        strategy.entry("L", strategy.long)
    if ta.crossunder(line, signal)
        strategy.entry("S", strategy.short)
    """,
    """
    if bar_index % 53 == 7
        strategy.entry("L", strategy.long, qty = 1 + bar_index % 3)
    if bar_index % 91 == 50
        strategy.close_all()
    plot(bar_index % 7 == 0 ? ta.sma(close, 5) : na)
    if bar_index == 1400
        runtime.error("enough")
    """,
  ]

  private func bars() -> [ScriptBar] {
    var seed: UInt64 = 7
    func unit() -> Double {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(seed >> 11) * 0x1p-53
    }
    var close = 100.0
    return (0..<3_000).map { index in
      let open = close
      close = max(1, open * (1 + (unit() - 0.5) * 0.02))
      let time = Int64(index) * 900_000
      return ScriptBar(
        time: time, timeClose: time + 900_000, open: open, high: max(open, close) * (1 + unit() * 0.002),
        low: min(open, close) * (1 - unit() * 0.002), close: close, volume: 1)
    }
  }

  @Test func `end as those of the VM bar by bar`() throws {
    let programs = try Self.bodies.map { body in
      try #require(FrontEnd.compile("//@version=6\nstrategy(\"S\", pyramiding = 2)\n\(body)\n").program)
    }
    let environment = ScriptEnvironment(timeframe: try #require(Period("15")))
    let tests = try programs.map { try Backtest($0, environment: environment) }
    let code = try NativeBatch(tests.map(\.plan), with: try InstalledCompiler.make())
    let bars = bars()
    for (number, native) in tests.enumerated() {
      try code.attach(number, to: native.runner)
      let plain = try Backtest(programs[number], environment: environment)
      for test in [native, plain] { test.begin(bars) }
      native.run()
      while plain.step() {}
      #expect(native.runner.isNative && !plain.runner.isNative)
      #expect(native.failure == plain.failure)
      #expect(native.barNumber == plain.barNumber)
      // By their text, in which each double has all of its digits and nan equals nan.
      #expect("\(native.statistics)" == "\(plain.statistics)")
      let trades = [native, plain].map { test in "\(test.broker.listTrades { test.text($0) })" }
      #expect(trades[0] == trades[1] && trades[0].count > 1_000)
      #expect(native.plots.map(\.bitPattern) == plain.plots.map(\.bitPattern))
    }
  }
}
