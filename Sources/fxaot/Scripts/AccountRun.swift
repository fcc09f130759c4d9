import CFxaot
import Calendar
import FXCore
import Market
import Research
import Scenarios
import StrategyIR
import Trading

/// `fxaot run SCRIPT --account FILE`: a script as it runs live, in an engine over the quotes of files.
struct AccountRun {
  private static let batch = 8_192

  private let options: RunCommand
  private let script: String
  private let setup: TradingSetup
  private let reports: ReportFiles

  init(_ options: RunCommand, _ script: String, _ account: String) throws(ToolError) {
    self.options = options
    self.script = script
    reports = try options.reportOptions.files()
    let bytes = try SystemFile.bytes(of: account, atMost: ScenarioReader.longestFile)
    do throws(ScenarioFault) {
      setup = try TradingSetup.read(bytes, defaults: ScenarioRun.defaultTerms)
    } catch {
      throw .failed(error.text(in: account))
    }
  }

  func run() throws(ToolError) {
    let (summary, failure) = try result()
    let output = try OutputFile(nil)
    try output.write(options.json ? summary.json() : summary.table)
    try output.finish()
    if let failure { throw .failed(failure) }
  }

  /// Runs it and writes its trades. `failure`: what has stopped the script.
  func result() throws(ToolError) -> (summary: BacktestSummary, failure: String?) {
    let source = try ScriptSource(
      script, settings: options.settings, libraries: options.libraryOptions.all(), recordsDrawn: !reports.isEmpty)
    let program = try source.program()
    guard program.settings.isStrategy else {
      throw .failed("\(script) is an indicator; only a strategy() trades in an account")
    }
    UnusedNote.texts(program, script, asLive: true).forEach(StandardError.note)
    let parameters = try ScriptInputs.values(options.parameters, of: program)
    let sources = try QuoteSources(options.bars + options.ticks)
    for output in [options.trades].compactMap({ $0 }) + reports.paths where output != "-" {
      try sources.refuse(output: output)
    }
    let progress = Progress(total: sources.totalBytes)
    let reader = try QuoteReader(sources.paths, options.readerOptions) { progress.add($0) }
    let symbol = try symbol(reader, sources)
    let timeframe = try timeframe(reader)
    var engine = try engine(symbol)
    let sizes = try readSizes(reader, &engine)
    var deployment = Engine.ScriptDeployment(
      symbolRef: 1, timeframe: timeframe, price: UInt32(options.price.code))
    deployment.parameters = parameters
    try deploy(program, deployment, to: &engine)
    reader.label(symbol.key)
    guard let running = engine.runningScript(ref: 1) else { throw .failed("\(script): it does not run") }
    var record = AccountRecord(
      initialCapital: running.broker.settings.initialCapital, riskFreeRate: program.settings.riskFreeRate,
      calendar: running.environment.calendar,
      DrawnRecord(program, source.compilation))
    try give(reader, to: &engine, running, &record, progress)
    progress.clear()
    reader.notes.forEach(StandardError.note)
    if !reports.isEmpty, let running = engine.runningScript(ref: 1) {
      record.run.take(running.broker, running.text)
      var report = Report(
        title: program.settings.title, symbol: symbol.name, timeframe: running.environment.timeframe.text,
        currency: running.environment.account(of: program), decimals: Int(symbol.raw.price_decimals), isStrategy: true,
        record: record.run)
      report.drawn = record.drawn.series(record.run)
      report.drawings = ReportDrawings(running.drawings(), record.run, firstBar: 0)
      report.record.isConverted = running.environment.symbol.currency != report.currency
      report.inputs = ReportFacts.inputs(program, parameters)
      report.facts = try ReportFacts.files("script", [script]) + ReportFacts.files("data", sources.paths)
      report.facts += try ReportFacts.files("account", [options.account ?? ""]) + ReportFacts.tool()
      if let failure = running.failure { report.facts.append(("stopped", failure.sentence)) }
      try reports.write(report)
    }
    return try summary(engine, record, program, symbol.name, reader.formats + reader.notes + [sizes], progress.seconds)
  }

  private func deploy(
    _ program: Program, _ deployment: Engine.ScriptDeployment, to engine: inout Engine
  ) throws(ToolError) {
    let refusal = program.encoded().withUnsafeBytes { bytes -> EngineRefusal? in
      do throws(EngineRefusal) {
        try engine.addScript(bytes, deployment, ref: 1)
        return nil
      } catch {
        return error
      }
    }
    guard let refusal else { return }
    throw .failed("\(script): " + (refusal.message.isEmpty ? "the engine refuses it" : refusal.message))
  }

  // MARK: - What it runs on

  private struct Symbol {
    let name: String
    let key: UInt64
    let raw: fxaot_instrument
    let terms: fxaot_terms?
  }

  private func symbol(_ reader: QuoteReader, _ sources: QuoteSources) throws(ToolError) -> Symbol {
    var name = try SymbolGuess.name(options.fileOptions.symbol ?? reader.symbol, of: sources.paths)
    if name == nil, setup.instruments.count == 1 { name = setup.instruments[0].name }
    guard let name else { throw .failed("the files do not tell their symbol; give it with --symbol") }
    if let line = setup.instruments.first(where: { $0.name == name }) {
      let key = Array(name.utf8).withUnsafeBytes { SymbolKey.make($0) }
      return Symbol(name: name, key: key, raw: line.raw, terms: line.terms)
    }
    if let other = setup.instruments.first {
      throw .failed("the account's file has terms of \(other.name), but the quotes are of \(name)")
    }
    let choice = try InstrumentChoice(name, decimals: options.fileOptions.decimals)
    return Symbol(name: name, key: choice.key, raw: choice.terms, terms: nil)
  }

  private func timeframe(_ reader: QuoteReader) throws(ToolError) -> fxaot_timeframe {
    if let text = options.timeframe { return try TimeframeName.parse(text) }
    if !reader.isBars { return try TimeframeName.parse("1m") }
    if reader.isDaily { return try TimeframeName.parse("1d") }
    let seconds = reader.barLength / 1_000_000_000
    guard seconds > 0 else {
      throw .failed("the files do not tell the length of their bars; give it with --timeframe")
    }
    return try TimeframeName.parse("\(seconds)s")
  }

  private func engine(_ symbol: Symbol) throws(ToolError) -> Engine {
    let (base, quote) = (Self.text(symbol.raw.base), Self.text(symbol.raw.quote))
    guard setup.currency == base || setup.currency == quote else {
      throw .failed(
        "the account is in \(setup.currency), and no quotes here convert \(quote) into it: give an account in "
          + "\(base) or \(quote)")
    }
    do throws(EngineError) {
      return try setup.engine(symbol.raw, symbol.terms)
    } catch {
      throw .failed("\(symbol.name) cannot be traded in this account")
    }
  }

  /// Sizes of bars are shares of their volume, and no format but ours says its unit: unless the account's file has a
  /// venue line, which decides, fills look at them in ours alone. Says what it does.
  private func readSizes(_ reader: QuoteReader, _ engine: inout Engine) throws(ToolError) -> String {
    let isOurs = !reader.isBars && reader.formats.allSatisfy { $0.hasPrefix("quotes of fxaot") }
    var venue = setup.venue ?? fxaot_venue()
    if setup.venue == nil, !isOurs {
      venue.ignore_sizes = 1
      do throws(EngineError) { try engine.setVenue(venue) } catch { throw .failed("the venue cannot be set") }
    }
    return venue.ignore_sizes == 1
      ? "fills do not look at the sizes of quotes" : "a quote fills no more than its sizes, where it has them"
  }

  private static func text<Field>(_ field: Field) -> String {
    withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  // MARK: - The quotes

  private func give(
    _ reader: QuoteReader, to engine: inout Engine, _ running: Engine.RunningScript, _ record: inout AccountRecord,
    _ progress: Progress
  ) throws(ToolError) {
    let stride = MemoryLayout<fxaot_quote>.stride
    let quotes = UnsafeMutableRawPointer.allocate(byteCount: Self.batch * stride, alignment: 64)
    defer { quotes.deallocate() }
    while true {
      try Interrupt.check()
      let count = try reader.next(into: quotes, capacity: Self.batch)
      if count == 0 { return }
      for index in 0..<count {
        let quote = (quotes + index * stride).loadUnaligned(as: fxaot_quote.self)
        engine.showNextQuote(symbolRef: 1)
        let answer = engine.tick(
          ref: 1, time: quote.time_ns, bid: quote.bid, ask: quote.ask, bidSize: quote.bid_size,
          askSize: quote.ask_size, entry: 0)
        if answer > 0 {
          record.take(engine.events, running)
          engine.clearEvents()
        }
      }
      progress.show(quotes: engine.stats.quotes)
    }
  }

  // MARK: - The result

  private func summary(
    _ engine: borrowing Engine, _ record: AccountRecord, _ program: Program, _ symbol: String,
    _ data: [String], _ seconds: Double
  ) throws(ToolError) -> (summary: BacktestSummary, failure: String?) {
    guard let running = engine.runningScript(ref: 1) else { throw .failed("\(script): it does not run") }
    if let trades = options.trades {
      try TradesFile.write(running.broker.listTrades(running.text), to: trades)
    }
    let environment = running.environment
    var summary = BacktestSummary(
      isStrategy: true, script: script, title: program.settings.title, symbol: symbol,
      timeframe: environment.timeframe.text, from: TimeOption.text(record.first),
      to: TimeOption.text(record.last), session: environment.symbol.session,
      timezone: environment.symbol.timezone,
      statistics: Statistics(running.broker, record.run.curve), cutOrders: running.broker.cuts.count,
      quantityStep: running.broker.quantityStep,
      accountCurrency: environment.account(of: program), conversion: nil, seconds: seconds, plots: [],
      data: data)
    summary.account = AccountSummary(engine.account, engine.stats, record)
    return (summary, running.failure.map { "\(script): \($0.sentence)" })
  }
}
