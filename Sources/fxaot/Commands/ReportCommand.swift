import ArgumentParser
import Calendar
import Market
import Research
import StrategyVM

/// `fxaot report TRADES --bars F`: a report of trades that were made elsewhere, or earlier.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Make a report of a list of trades and the bars that they were made on.",
    discussion: """
      TRADES is a file that fxaot run --trades has written, or one with the same columns: side, entry_time, entry_price, \
      exit_time, exit_price, qty, profit, and trade, entry_id and exit_id where it has them. The equity is the capital, the \
      profits of trades that have ended, and what open ones gain at a bar's close. What the list does not tell \
      (commission, margin calls, excursions) is n/a. docs/report.md explains all figures.

      Example:
        fxaot report trades.csv --bars ethusdt-15m.csv.gz --capital 10000 --report trades.html
      """)

  @Argument(help: ArgumentHelp("The list of trades.", valueName: "trades"))
  var trades: String

  @Option(parsing: .upToNextOption, help: ArgumentHelp("Files of bars, folders, or -.", valueName: "file"))
  var bars: [String] = []

  @Option(help: "The timeframe that bars are joined into: 15m, 4h, 1d … (default: their own)")
  var timeframe: String?

  @Option(help: "The account's money before the first trade.")
  var capital = 1_000_000.0

  @OptionGroup var reportOptions: ReportOptions

  @OptionGroup var symbolOptions: SymbolOptions

  @OptionGroup var fileOptions: FileOptions

  @Option(help: "Bad lines allowed in a file (default: one in a hundred).")
  var maxBadLines: UInt64?

  func run() throws {
    let files = try reportOptions.files()
    guard !files.isEmpty else { throw ToolError.failed("give the report a name: --report NAME.html, .json or .png") }
    guard !bars.isEmpty else { throw ToolError.failed("give the bars of the trades with --bars") }
    guard capital > 0, capital.isFinite else { throw ToolError.failed("--capital must be above 0") }
    let listed = try TradesReader.read(trades)
    let sources = try QuoteSources(bars)
    for path in files.paths where path != "-" { try sources.refuse(output: path) }
    let progress = Progress(total: sources.totalBytes)
    let reader = try QuoteReader(sources.paths, fileOptions.reading(badLineLimit: maxBadLines)) { progress.add($0) }
    reader.label(Array("CHART".utf8).withUnsafeBytes { SymbolKey.make($0) })
    let name = try SymbolGuess.name(fileOptions.symbol ?? reader.symbol, of: sources.paths)
    let symbol = try ChartSymbol(name, symbolOptions, decimals: fileOptions.decimals)
    let period = try timeframe.map { (text) throws(ToolError) in try ChartPeriod.parse(text) }
    let chart = try ChartBars(
      reader, period: period, calendar: symbol.calendar, decimals: symbol.decimals, progress: progress)
    (reader.notes + chart.notes).forEach(StandardError.note)
    var report = Report(
      title: "Trades of \(trades)", symbol: symbol.symbol.ticker, timeframe: chart.period.text,
      currency: symbol.symbol.currency, decimals: chart.decimals, isStrategy: true,
      record: try record(listed, chart, symbol))
    report.facts = try ReportFacts.files("trades", [trades]) + ReportFacts.files("data", sources.paths)
    report.facts += ReportFacts.tool()
    try files.write(report)
  }

  /// The account bar by bar, as the trades make it.
  private func record(
    _ listed: [ListedTrade], _ chart: ChartBars, _ symbol: ChartSymbol
  ) throws(ToolError) -> RunRecord {
    guard let first = chart.bars.first, let last = chart.bars.last else { throw .failed("the files contain no bars") }
    let end = max(last.timeClose, last.time)
    if let stray = listed.first(where: { $0.entryTime < first.time || max($0.entryTime, $0.exitTime ?? 0) > end }) {
      throw .failed(
        "trade \(stray.number) is not within the bars, which are of \(TimeOption.text(first.time)) to "
          + TimeOption.text(end))
    }
    return RunRecord(
      trades: listed, bars: chart.bars, initialCapital: capital, pointValue: symbol.symbol.pointValue,
      calendar: symbol.calendar)
  }
}
