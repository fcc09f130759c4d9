import Research
import StrategyIR
import StrategyLanguage
import StrategyVM

/// Watches a back-test bar by bar, for its report.
struct ReportWatch {
  let isWanted: Bool
  /// The plots that the script names as such, by their numbers; the others are shapes.
  let named: [Int]
  private let shapes: [PlottedShape]
  private let looks: [Int: PlotLook]
  private let from: Int64
  private var record: RunRecord
  /// Of each plot of the program, bar by bar.
  private var values: [[Double]]
  private var firstBar: Int?

  init(_ backtest: Backtest, isWanted: Bool, _ program: Program, _ script: Compilation, from: Int64?) {
    self.isWanted = isWanted
    self.from = from ?? .min
    shapes = script.shapes
    looks = script.looks
    let numbers = Set(shapes.map(\.plot))
    named = program.plots.indices.filter { !numbers.contains($0) }
    record = RunRecord(initialCapital: backtest.broker.settings.initialCapital)
    values = program.plots.map { _ in [] }
  }

  /// Takes the bar of the last step, where orders were allowed on it.
  mutating func note(_ backtest: Backtest) {
    guard let bar = backtest.lastBar, bar.time >= from else { return }
    if firstBar == nil { firstBar = backtest.barNumber }
    let account = backtest.broker.afterBar
    record.note(
      bar, day: backtest.tradingDay, equity: account.equity, lowest: account.lowest, realised: account.realised,
      inMarket: account.isInMarket)
    for (place, value) in backtest.plots.enumerated() where values.indices.contains(place) {
      values[place].append(value)
    }
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
    report.plots = named.map {
      Report.Plot(title: program.plots[$0].title, look: looks[$0], values: values[$0])
    }
    report.shapes = shapes.filter { values.indices.contains($0.plot) }.map { ($0, values[$0.plot]) }
    report.drawings = ReportDrawings(backtest.drawings, record, firstBar: firstBar ?? 0)
    if let rates = backtest.rates { report.facts.append(("conversion", rates.description)) }
    return report
  }
}
