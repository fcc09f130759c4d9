import Research
import StrategyIR
import StrategyLanguage
import StrategyVM

/// Watches a back-test bar by bar, for its report.
struct ReportWatch {
  let isWanted: Bool
  private let from: Int64
  private var record: RunRecord
  private(set) var drawn: DrawnRecord
  private var firstBar: Int?

  init(_ backtest: Backtest, isWanted: Bool, _ program: Program, _ script: Compilation, from: Int64?) {
    self.isWanted = isWanted
    self.from = from ?? .min
    record = RunRecord(
      initialCapital: backtest.broker.settings.initialCapital, riskFreeRate: program.settings.riskFreeRate)
    drawn = DrawnRecord(program, script)
  }

  /// Takes the bar of the last step, where orders were allowed on it.
  mutating func note(_ backtest: Backtest) {
    guard let bar = backtest.lastBar, bar.time >= from else { return }
    if firstBar == nil { firstBar = backtest.barNumber }
    let account = backtest.broker.afterBar
    record.note(
      bar, day: backtest.tradingDay, equity: account.equity, lowest: account.lowest, realised: account.realised,
      inMarket: account.isInMarket)
    drawn.note(backtest.plots)
  }

  func report(
    _ backtest: Backtest, _ program: Program, _ symbol: ScriptSymbol, timeframe: String, decimals: Int
  ) -> Report {
    var record = self.record
    record.take(backtest.broker) { backtest.text($0) }
    record.isConverted = backtest.rates != nil
    var report = Report(
      title: program.settings.title, symbol: symbol.ticker, timeframe: timeframe, currency: backtest.accountCurrency,
      decimals: decimals, isStrategy: program.settings.isStrategy, record: record)
    report.drawn = drawn.series(record)
    report.drawings = ReportDrawings(backtest.drawings, record, firstBar: firstBar ?? 0)
    if let rates = backtest.rates { report.facts.append(("conversion", rates.description)) }
    return report
  }
}
