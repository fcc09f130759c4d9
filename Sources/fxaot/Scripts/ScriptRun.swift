import Artifacts
import CFxaot
import Calendar
import FXCore
import Market
import Research
import StrategyCompiler
import StrategyIR
import StrategyVM

/// `fxaot run SCRIPT`: a script over bars, from its file to the summary.
struct ScriptRun {
  private let options: RunCommand
  private let script: String
  private let from, to: Int64?
  private let reports: ReportFiles

  init(_ options: RunCommand, _ script: String) throws(ToolError) {
    self.options = options
    self.script = script
    reports = try options.reportOptions.files()
    from = try options.from.map { (text) throws(ToolError) in
      try TimeOption.parse(text, option: "--from")
    }
    to = try options.to.map { (text) throws(ToolError) in
      try TimeOption.parse(text, option: "--to")
    }
    if let from, let to, from > to { throw .failed("--from is later than --to") }
  }

  func run() throws(ToolError) {
    let source = try ScriptSource(
      script, settings: options.settings, libraries: options.libraryOptions.all(), recordsDrawn: !reports.isEmpty)
    let program = try source.program()
    UnusedNote.texts(program, script, asLive: false).forEach(StandardError.note)
    let parameters = try ScriptInputs.values(options.parameters, of: program)
    let sources = try QuoteSources(options.bars + options.ticks)
    for output in [options.trades, options.plots, options.drawings] + reports.paths {
      if let output, output != "-" { try sources.refuse(output: output) }
    }
    let progress = Progress(total: sources.totalBytes)
    let reader = try QuoteReader(sources.paths, options.readerOptions) { progress.add($0) }
    reader.label(anySymbol)
    let symbol = try SymbolGuess.name(options.fileOptions.symbol ?? reader.symbol, of: sources.paths)
    let described = try ChartSymbol(
      symbol, options.symbolOptions, decimals: options.fileOptions.decimals)
    let chart = try readChart(reader, described, progress)
    let backtest = try makeBacktest(program, parameters, chart, described, sources)
    if options.tier == .native { try goNative(backtest) }
    var watch = ReportWatch(
      backtest, isWanted: !reports.isEmpty, program, source.compilation, from: from.map(chart.opening))
    let (failure, seconds) = try runBars(backtest, chart, program, &watch)
    if let trades = options.trades {
      let list = backtest.broker.listTrades { backtest.text($0) }
      try TradesFile.write(list, to: trades)
    }
    if let drawings = options.drawings { try DrawingsFile.write(backtest.drawings, to: drawings) }
    if !reports.isEmpty {
      var report = watch.report(
        backtest, program, described.symbol, timeframe: chart.period.text, decimals: chart.decimals)
      report.inputs = ReportFacts.inputs(program, parameters)
      report.facts += try ReportFacts.files("script", [script]) + ReportFacts.files("data", sources.paths)
      report.facts += ReportFacts.tool()
      if let failure { report.facts.append(("stopped", failure)) }
      try reports.write(report)
    }
    noteCuts(backtest)
    OtherSymbols.noteOldRates(backtest)
    try report(
      backtest, chart, program, described.symbol, watch.drawn.named, seconds, reader.formats + reader.notes)
    if let failure { throw .failed(failure) }
  }

  private func readChart(
    _ reader: QuoteReader, _ symbol: ChartSymbol, _ progress: Progress
  ) throws(ToolError) -> ChartBars {
    let period = try options.timeframe.map { (text) throws(ToolError) in
      try ChartPeriod.parse(text)
    }
    let calendar = symbol.calendar
    let known = symbol.decimals
    let chart =
      options.bars.isEmpty
      ? try ChartBars(
        quotes: reader, period: period ?? Period(1, .minute) ?? .day, price: options.price.code,
        calendar: calendar, decimals: known ?? 5, progress: progress)
      : try ChartBars(
        reader, period: period, calendar: calendar, decimals: known, progress: progress)
    reader.notes.forEach(StandardError.note)
    chart.notes.forEach(StandardError.note)
    return chart
  }

  /// A chart needs no instrument to be read.
  private var anySymbol: UInt64 {
    Array("CHART".utf8).withUnsafeBytes { SymbolKey.make($0) }
  }

  private func makeBacktest(
    _ program: Program, _ parameters: [(name: String, value: ParameterValue)], _ chart: ChartBars,
    _ symbol: ChartSymbol, _ sources: QuoteSources
  ) throws(ToolError) -> Backtest {
    var environment = ScriptEnvironment(timeframe: chart.period) { SystemZones.rules($0) }
    environment.symbol = symbol.described(decimals: chart.decimals)
    environment.mayLackShorterBars = true
    if let limit = options.stepLimit { environment.stepBudget = limit }
    try OtherSymbols(options: options.dataOptions, reading: options.readerOptions)
      .add(to: &environment, chart: chart, of: program)
    do {
      var backtest = try Backtest(program, environment: environment, parameters: parameters)
      if !backtest.missingTimeframes.isEmpty {
        for bars in try shorterBars(backtest.missingTimeframes, chart, symbol, sources) {
          environment.data.add(SymbolBars(symbol: environment.symbol, period: bars.period, bars: bars.bars))
        }
        backtest = try Backtest(program, environment: environment, parameters: parameters)
      }
      if !backtest.missing.isEmpty {
        StandardError.note(
          "no bars of \(backtest.missing.joined(separator: ", ")): the script's requests of them are na")
      }
      return backtest
    } catch let error as ToolError {
      throw error
    } catch let error as ScriptError {
      throw .failed("\(script): \(error.sentence)")
    } catch {
      throw .failed("\(error)")
    }
  }

  /// Bars of timeframes below the chart's, from the files that the chart is made of: of ticks all that are wanted, of
  /// bars those of the files. What comes through a pipe cannot be read twice.
  private func shorterBars(
    _ periods: [Period], _ chart: ChartBars, _ symbol: ChartSymbol, _ sources: QuoteSources
  ) throws(ToolError) -> [ChartBars] {
    guard !sources.paths.contains("-") else { return [] }
    var found: [ChartBars] = []
    for period in options.bars.isEmpty ? periods.map(Optional.some) : [nil] {
      let progress = Progress(total: sources.totalBytes)
      let reader = try QuoteReader(sources.paths, options.readerOptions) { progress.add($0) }
      reader.label(anySymbol)
      let bars =
        if let period {
          try ChartBars(
            quotes: reader, period: period, price: options.price.code, calendar: symbol.calendar,
            decimals: chart.decimals, progress: progress)
        } else {
          try ChartBars(
            reader, period: nil, calendar: symbol.calendar, decimals: chart.decimals, progress: progress)
        }
      if bars.period.seconds < chart.period.seconds { found.append(bars) }
    }
    return found
  }

  private func goNative(_ backtest: Backtest) throws(ToolError) {
    let maker = try CompileJob.maker()
    let made: ArtifactMaker.Made
    do throws(CompilerError) {
      made = try maker.make(backtest.plan, for: .thisMachine)
    } catch .tooLarge(let why) {
      return StandardError.note("\(why); the virtual machine runs it")
    } catch {
      made = try CompileJob.told { () throws(CompilerError) in throw error }
    }
    do {
      try backtest.attach(try NativeCode.load(manifest: made.manifest))
    } catch {
      throw .failed(error.sentence)
    }
  }

  /// Answers what stopped the script, if something did, and how long it took.
  private func runBars(
    _ backtest: Backtest, _ chart: ChartBars, _ program: Program, _ watch: inout ReportWatch
  ) throws(ToolError) -> (failure: String?, seconds: Double) {
    let plots = try options.plots.map { (path) throws(ToolError) in
      try PlotsFile(path, titles: watch.drawn.named.map { program.plots[$0].title })
    }
    let progress = Progress(total: UInt64(chart.bars.count))
    backtest.begin(
      chart.bars, from: from.map(chart.opening), to: to.map(chart.opening))
    if let refusal = backtest.refusal { throw .failed("\(script): \(refusal.sentence)") }
    var done = 0
    // Bar by bar only if somebody looks at each.
    let isWatched = plots != nil || watch.isWanted
    while isWatched ? backtest.step() : backtest.run(atMost: 4_096) {
      if let plots, let bar = backtest.lastBar {
        try plots.write(bar.time, watch.drawn.named.lazy.map { backtest.plots[$0] })
      }
      if watch.isWanted { watch.note(backtest) }
      done += isWatched ? 1 : 4_096
      if done & 4_095 == 0 {
        try Interrupt.check()
        progress.add(4_096)
        progress.show(bars: UInt64(done))
      }
    }
    progress.clear()
    try plots?.finish()
    let failure = backtest.failure.map { failure in
      let bar = backtest.lastBar.map { " after the bar of " + TimeOption.text($0.time) } ?? ""
      let help = if case .budget = failure { "; --step-limit allows more" } else { "" }
      return "\(script):\(failure.line): \(failure.sentence)\(bar)\(help)"
    }
    return (failure, progress.seconds)
  }

  /// An order that the step leaves nothing of is never lost without a word.
  private func noteCuts(_ backtest: Backtest) {
    let cuts = backtest.broker.cuts
    guard cuts.count > 0 else { return }
    let id = backtest.text(cuts.firstID)
    StandardError.note(
      (cuts.count == 1 ? "1 order was" : "\(cuts.count) orders were")
        + " cut to nothing by the quantity step; the first" + (id.isEmpty ? "" : ", '\(id)',")
        + " asked for \(PlainNumber.text(cuts.firstSize)) units, and the step is "
        + "\(PlainNumber.text(backtest.broker.quantityStep)) (--quantity-step)")
  }

  private func report(
    _ backtest: Backtest, _ chart: ChartBars, _ program: Program, _ symbol: ScriptSymbol,
    _ plots: [Int], _ seconds: Double, _ data: [String]
  ) throws(ToolError) {
    let start = from.map(chart.opening) ?? .min
    let opening = max(start, backtest.firstBar?.time ?? .min)
    let first = chart.bars.first { $0.time >= opening } ?? chart.bars.first
    let summary = BacktestSummary(
      isStrategy: program.settings.isStrategy, script: script, title: program.settings.title, symbol: symbol.ticker,
      timeframe: chart.period.text, from: first.map { TimeOption.text($0.time) } ?? "",
      to: backtest.lastBar.map { TimeOption.text($0.time) } ?? "",
      session: symbol.session, timezone: symbol.timezone,
      statistics: backtest.statistics, cutOrders: backtest.broker.cuts.count,
      quantityStep: backtest.broker.quantityStep, accountCurrency: backtest.accountCurrency,
      conversion: backtest.rates?.description, seconds: seconds,
      plots: plots.map { program.plots[$0].title }, data: data)
    let output = try OutputFile(nil)
    try output.write(options.json ? summary.json() : summary.table)
    try output.finish()
    noteOutputs(program)
  }

  private func noteOutputs(_ program: Program) {
    guard options.plots == nil, reports.isEmpty, let note = OutputsNote.text(program) else { return }
    StandardError.note(note)
  }
}
