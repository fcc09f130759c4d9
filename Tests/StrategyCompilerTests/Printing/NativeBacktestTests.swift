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

  @Test func `end as those of the VM bar by bar`() throws {
    let programs = try Self.bodies.map { body in
      try #require(FrontEnd.compile("//@version=6\nstrategy(\"S\", pyramiding = 2)\n\(body)\n").program)
    }
    let environment = ScriptEnvironment(timeframe: try #require(Period("1")))
    let tests = try programs.map { try Backtest($0, environment: environment) }
    let code = try NativeBatch(tests.map(\.plan), with: try InstalledCompiler.make())
    let bars = walk(3_000, size: 0.02)
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
