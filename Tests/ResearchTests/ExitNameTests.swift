import Calendar
import StrategyIR
import StrategyLanguage
import StrategyVM
import Testing

@testable import Market
@testable import Research

/// What a script reads of the orders that closed its trades.
struct ExitNameTests {
  @Test func `orders without an id have trading views words`() throws {
    let script = """
      //@version=6
      strategy("S", initial_capital = 1000)
      if bar_index == 0
          strategy.entry("A", strategy.long, 5)
      if bar_index == 2
          strategy.close("A", comment = "c")
      if bar_index == 4
          strategy.entry("B", strategy.long, 5)
      if bar_index == 6
          strategy.close_all()
      if bar_index == 8
          strategy.entry("C", strategy.long, 5)
          strategy.exit("X", "C", stop = 95)
      id(n) => strategy.closedtrades.exit_id(n)
      plot(id(0) == "Close entry(s) order A" ? 1 : 0)
      plot(strategy.closedtrades.exit_comment(0) == "c" ? 1 : 0)
      plot(id(1) == "Close position order" ? 1 : 0)
      plot(id(2) == "X" ? 1 : 0)
      """
    let program = try #require(FrontEnd.compile(script).program)
    let test = try Backtest(
      program, environment: ScriptEnvironment(timeframe: try #require(Period("1"))))
    test.begin(
      (0..<12).map { index in
        let time = Int64(index) * 60_000
        let price = index < 10 ? 100.0 : 90.0
        return ScriptBar(
          time: time, timeClose: time + 60_000, open: price, high: price, low: price, close: price,
          volume: 1)
      })
    #expect(test.run())
    #expect(Array(test.plots) == [1, 1, 1, 1])
    #expect(
      test.broker.listTrades { test.text($0) }.map(\.exitName) == ["c", "Close position order", "X"])
  }

  @Test func `a default quantity of na is refused`() {
    let result = FrontEnd.compile("//@version=6\nstrategy(\"S\", default_qty_value = na)")
    #expect(result.program == nil)
    #expect(result.diagnostics.map(\.message) == ["'default_qty_value' cannot be na"])
  }
}
