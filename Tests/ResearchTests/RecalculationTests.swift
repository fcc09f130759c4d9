import Calendar
import StrategyIR
import StrategyLanguage
import StrategyVM
import Testing

@testable import Market
@testable import Research

/// `calc_on_order_fills`: a bar has four ticks, and the script runs after each on whose way something has filled.
struct RecalculationTests {
  private func run(
    _ body: String, _ settings: String = "", _ bars: [(Double, Double, Double, Double)]
  ) throws -> Backtest {
    let script = "//@version=6\nstrategy(\"S\", calc_on_order_fills = true\(settings))\n\(body)\n"
    let compilation = FrontEnd.compile(script)
    let program = try #require(compilation.program, "\(compilation.report)")
    let test = try Backtest(program, environment: ScriptEnvironment(timeframe: try #require(Period("1"))))
    test.begin(
      bars.enumerated().map { index, bar in
        let time = Int64(index) * 60_000
        return ScriptBar(
          time: time, timeClose: time + 60_000, open: bar.0, high: bar.1, low: bar.2, close: bar.3, volume: 1)
      })
    test.run()
    return test
  }

  private func trades(
    _ body: String, _ settings: String = "", _ bars: [(Double, Double, Double, Double)]
  ) throws -> [String] {
    try run(body, settings, bars).broker.listTrades { _ in "" }.map { trade in
      let exit = trade.exitTime.map { "\(trade.exitPrice) on \($0 / 60_000)" } ?? ""
      return "\(trade.entryPrice) on \(trade.entryTime / 60_000) > \(exit)"
    }
  }

  @Test func `a market order of each fill fills at the next tick`() throws {
    // Bar 1 goes to its low first, bar 2 to its high.
    #expect(
      try trades(
        "strategy.entry(\"B\", strategy.long)", ", pyramiding = 100",
        [(100, 101, 99, 100), (100, 102, 99, 101), (100, 101, 97, 100)])
        == [
          "100.0 on 1 > ", "99.0 on 1 > ", "102.0 on 1 > ", "101.0 on 1 > ",
          "100.0 on 2 > ", "101.0 on 2 > ", "97.0 on 2 > ", "100.0 on 2 > ",
        ])
  }

  @Test func `an exit by the entry's price works from the entry's tick on`() throws {
    let script = """
      if strategy.position_size == 0 and bar_index < 2
          strategy.entry("B", strategy.long)
      strategy.exit("X", stop = strategy.position_avg_price - 2, limit = strategy.position_avg_price + 1)
      """
    // The limit at 101 is met on the way to the high; the next entry, at the close.
    #expect(
      try trades(script, "", [(100, 101, 99, 100), (100, 102, 99, 101), (101, 101, 98, 98)])
        == ["100.0 on 1 > 101.0 on 1", "101.0 on 1 > 99.0 on 2"])
  }

  @Test func `what the script keeps is as before the bar, and it sees the bar's final prices`() throws {
    let script = """
      var runs = 0
      var array<float> seen = array.new<float>()
      runs += 1
      seen.push(high)
      mean = ta.sma(close, 2)
      if bar_index == 0
          strategy.entry("B", strategy.long)
      if strategy.position_size > 0 and close == 105 and mean == 102.5
          strategy.close("B")
      plot(runs)
      plot(seen.size())
      """
    let bars: [(Double, Double, Double, Double)] = [
      (100, 100, 100, 100), (100, 106, 99, 105), (105, 106, 104, 105),
    ]
    let test = try run(script, "", bars)
    #expect(Array(test.plots) == [3, 3])
    // The close is ordered after the entry's fill at the open, and fills at the low.
    #expect(try trades(script, "", bars) == ["100.0 on 1 > 99.0 on 1"])
  }

  @Test func `varip variables keep what a run within the bar has left`() throws {
    let script = """
      varip runs = 0
      varip string last = ""
      var settled = 0
      runs += 1
      settled += 1
      last := str.tostring(runs)
      if bar_index == 0
          strategy.entry("B", strategy.long)
      plot(runs)
      plot(str.tonumber(last))
      plot(settled)
      """
    let test = try run(script, "", [(100, 100, 100, 100), (100, 106, 99, 105), (105, 106, 104, 105)])
    #expect(Array(test.plots) == [4, 4, 3])
  }

  @Test func `a bar without a fill runs the script once`() throws {
    let script = """
      if bar_index == 0
          strategy.entry("B", strategy.long, limit = 90)
      if strategy.position_size > 0
          strategy.close("B")
      """
    #expect(
      try trades(script, "", [(100, 100, 100, 100), (100, 106, 99, 105), (105, 106, 89, 100), (100, 100, 100, 100)])
        == ["90.0 on 2 > 100.0 on 2"])
  }

  @Test func `a script that stops on a fill stops the run`() throws {
    let script = """
      if bar_index == 0
          strategy.entry("B", strategy.long)
      if strategy.position_size > 0
          runtime.error("enough")
      """
    let test = try run(script, "", [(100, 100, 100, 100), (100, 106, 99, 105), (105, 106, 89, 100)])
    #expect(test.failure != nil)
  }
}
