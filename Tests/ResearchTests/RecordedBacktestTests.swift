import Calendar
import RandomMarket
import StrategyIR
import StrategyLanguage
import StrategyVM
import Testing

@testable import Research

/// Scripts over random bars: trades and statistics to the bit as they were recorded, from the same
/// version as those of `RecordedRunTests`.
struct RecordedBacktestTests {
  private static let cross = """
    //@version=6
    strategy("Cross", initial_capital = 10000, pyramiding = 1)
    [line, signal, _] = ta.macd(close, 12, 26, 9)
    if ta.crossover(line, signal)
        strategy.entry("L", strategy.long)
    if ta.crossunder(line, signal)
        strategy.entry("S", strategy.short)
    """
  /// Reads its book, and its trades.
  private static let reader = """
    //@version=6
    strategy("Reader", initial_capital = 10000, pyramiding = 3, commission_value = 0.1)
    [line, signal, _] = ta.macd(close, 5, 9, 4)
    float held = strategy.opentrades > 0 ? strategy.opentrades.profit(0) : 0.0
    if ta.crossover(line, signal) and strategy.netprofit > -5000
        strategy.entry("L", strategy.long, comment = str.tostring(strategy.opentrades))
    if strategy.position_size > 0 and (held > 3 or strategy.openprofit_percent < -0.05)
        strategy.close("L")
    if strategy.max_drawdown_percent > 1.5 and strategy.closedtrades > 4
        strategy.entry("S", strategy.short, qty = 1 + strategy.closedtrades.max_runup(2))
    plot(strategy.equity)
    plot(strategy.opentrades > 0 ? strategy.opentrades.max_drawdown(0) : strategy.wintrades)
    """
  private static let brackets = """
    //@version=6
    strategy("Brackets", initial_capital = 20000, default_qty_type = strategy.percent_of_equity,
      default_qty_value = 50, slippage = 2)
    fast = ta.ema(close, 4)
    if ta.cross(fast, ta.sma(close, 11))
        strategy.entry("E", close > fast ? strategy.long : strategy.short)
        strategy.exit("X", "E", profit = 400, loss = 250, trail_points = 150, trail_offset = 50)
    if bar_index % 97 == 0
        strategy.close_all()
    """

  private static let scripts = ["cross": cross, "reader": reader, "brackets": brackets]

  @Test(arguments: [
    ("cross", 0, 0x7B26_BDFF_A6B3_8EFD as UInt64), ("reader", 0, 0x1A91_F9BC_0BB9_C978),
    ("brackets", 0, 0x1959_BDF0_189B_7F8E), ("cross", 700, 0x4F08_E202_3D5F_8781),
    ("reader", 700, 0x8876_89A0_C292_7CFD),
  ])
  func `every backtest is as recorded`(name: String, from: Int, recorded: UInt64) throws {
    let script = try #require(Self.scripts[name])
    let program = try #require(FrontEnd.compile(script).program)
    var recording = try TradeRecording("script-\(name)-\(from)")
    let period = try #require(Period("15"))
    var hash = RunHash()
    for seed in 0..<6 {
      var random = Random(seed: 9_000 + seed)
      var close = 100.0
      let bars = (0..<1_500).map { index in
        let bar = RandomMarket.bar(Int64(index), after: close, &random)
        close = bar.close
        return bar
      }
      let test = try Backtest(program, environment: ScriptEnvironment(timeframe: period))
      test.begin(bars, from: Int64(from) * 900_000)
      while test.step() { for plot in test.plots { hash.add(plot) } }
      #expect(test.failure == nil && test.broker.book.closedTrades.count > 20)
      hash.add(test.statistics)
      let trades = test.broker.listTrades { test.text($0) }
      hash.add(trades)
      recording.add("\(name) \(seed)", trades)
    }
    try recording.save()
    #expect(recording.difference == nil)
    #expect(hash.value == recorded, "a plot, the statistics or a trade")
  }
}
