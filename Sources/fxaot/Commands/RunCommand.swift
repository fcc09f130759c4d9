import ArgumentParser
import CFxaot
import FXCore
import Market

/// `fxaot run`: a script over bars, or a built-in strategy over quotes.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a script over bars, or a built-in strategy over quotes.",
    discussion: """
      A script is a file in the strategy language, which is Pine Script v6 compatible, or a \
      template of one (.pine.stencil, with values by --set). It runs \
      over the bars of --bars files, or over bars of --timeframe that are made of --ticks; its \
      orders fill as TradingView's broker emulator fills them. What it came to is written to \
      standard output. Before --from everything is calculated, but nothing is ordered.

      Example:
        fxaot run cross.pine --bars ethusdt-15m.csv.gz --from 2025-03-31 --trades trades.csv

      With --report run.html the run can be looked at: price with the script's plots and drawings, entries and exits, \
      equity and drawdown, figures with their definitions, and the list of trades, in one file.

      With --account FILE it runs as a live script does, in an engine with the account of FILE: each \
      quote (or each of a bar's four prices) fills orders that rest, margin and swap are booked, and \
      the trades are those of a live engine over the same quotes. An empty file is the default \
      account: USD 10,000 with 50x leverage.

      Example:
        fxaot run cross.pine --ticks eurusd-2024.csv --timeframe 15m --account margin.jsonl

      With --strategy, a built-in strategy runs over quotes and every closed bar's signal is \
      written.

      Quotes come from CSV files, plain, in .gz or in .zip, in any of the formats that fxaot \
      knows (see docs/data-formats.md); a folder stands for its files by name, - for standard \
      input. The symbol is a word of the file's or folder's name, as in usdjpy-2013.csv, unless \
      --symbol is given. The signals are CSV: open_time_ms,open,high,low,close,ticks,signal with \
      signals from -1 (sell) to 1 (buy). They go to standard output unless --signals or --json \
      is given.

      Example:
        fxaot run --strategy ma_crossover --param band=0.00005 --ticks data/eurusd/ \\
          --timeframe 1m --signals signals.csv
      """)

  enum Tier: String, ExpressibleByArgument, CaseIterable { case vm, native }

  /// A bar of so many takes hours.
  private static let mostSteps = 1_000_000_000_000

  enum Price: String, ExpressibleByArgument, CaseIterable {
    case mid, bid, ask

    var code: Int {
      switch self {
      case .mid: FXAOT_MID
      case .bid: FXAOT_BID
      case .ask: FXAOT_ASK
      }
    }
  }

  @Argument(help: ArgumentHelp("The script to run.", valueName: "script"))
  var script: String?

  @Option(help: "Which built-in strategy; `fxaot strategies` lists them.")
  var strategy: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Files of bars for a script, folders, or -.", valueName: "file"))
  var bars: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Quote files, folders, or - for standard input.", valueName: "file"))
  var ticks: [String] = []

  @Option(
    help: """
      Length of a bar: tick, 10t, 30s, 1m, 5m, 1h, 4h, 1d … (default: 1m for quotes; bars tell \
      their own)
      """)
  var timeframe: String?

  @Option(help: ArgumentHelp("A script places orders from this bar on.", valueName: "time"))
  var from: String?

  @Option(help: ArgumentHelp("A script runs up to this bar.", valueName: "time"))
  var to: String?

  @Option(
    help: ArgumentHelp(
      "Run a script as it runs live: in an account with margin, swap, commission and a venue, by a file of the lines "
        + "account, instrument, risk and venue of the scenario format.",
      valueName: "file"))
  var account: String?

  @Option(help: ArgumentHelp("Write a script's trades to this file.", valueName: "file"))
  var trades: String?

  @Option(help: ArgumentHelp("Write a script's plots to this file.", valueName: "file"))
  var plots: String?

  @Option(
    help: ArgumentHelp(
      "Write the lines, labels, boxes … that a script has drawn by the last bar to this file, as JSON.",
      valueName: "file"))
  var drawings: String?

  @OptionGroup var reportOptions: ReportOptions

  @OptionGroup var symbolOptions: SymbolOptions

  @OptionGroup var dataOptions: DataOptions

  @Option(
    name: [.customLong("param"), .customShort("p")],
    help: ArgumentHelp("A parameter of the strategy; may be repeated.", valueName: "name=value"))
  var parameters: [String] = []

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "A value for a template; see fxaot render. May be repeated.",
      valueName: "name=value"))
  var settings: [String] = []

  @OptionGroup var libraryOptions: LibraryOptions

  @Option(
    help: """
      What runs a script: the virtual machine, or native code of it, which is compiled first; the \
      trades are the same.
      """)
  var tier = Tier.vm

  @Option(
    help: ArgumentHelp(
      "Instructions in loops after which a script is stopped on a bar (default: 1000000).", valueName: "count"))
  var stepLimit: Int?

  @Option(help: "The price that bars are made of.")
  var price = Price.mid

  @OptionGroup var fileOptions: FileOptions

  @Option(
    help: ArgumentHelp(
      "Write the signals to this file and a summary to standard output.",
      valueName: "file"))
  var signals: String?

  @Flag(help: "Write the summary to standard output as JSON.")
  var json = false

  @Option(help: "Bad lines allowed in a file (default: one in a hundred).")
  var maxBadLines: UInt64?

  /// The options of the files.
  var readerOptions: QuoteReader.Options {
    fileOptions.reading(badLineLimit: maxBadLines)
  }

  func run() throws {
    try checkOptions()
    if let script {
      if let account {
        try AccountRun(self, script, account).run()
      } else {
        try ScriptRun(self, script).run()
      }
    } else if let strategy {
      try run(strategy)
    }
  }

  /// What does not go together is refused in a sentence.
  private func checkOptions() throws(ToolError) {
    guard (script == nil) != (strategy == nil) else {
      throw .failed(
        script == nil
          ? "give a script's file, or a built-in strategy with --strategy"
          : "give either a script or --strategy, not both")
    }
    if let script {
      try ScriptSource.check(settings, for: [script])
      guard bars.isEmpty != ticks.isEmpty else {
        throw .failed("give the script bars with --bars, or quotes with --ticks")
      }
      guard signals == nil else { throw .failed("--signals is for --strategy, not for a script") }
      if let stepLimit, !(1...Self.mostSteps).contains(stepLimit) {
        throw .failed("--step-limit must be from 1 to \(Self.mostSteps)")
      }
      if account != nil { try checkAccountOptions() }
      return
    }
    guard !ticks.isEmpty else { throw .failed("give the strategy quotes with --ticks") }
    let set: [(String, Bool)] = [
      ("--bars", !bars.isEmpty), ("--from", from != nil), ("--to", to != nil),
      ("--trades", trades != nil), ("--plots", plots != nil), ("--drawings", drawings != nil),
      ("--account", account != nil),
      ("--set", !settings.isEmpty), ("--tier", tier != .vm), ("--step-limit", stepLimit != nil),
      ("--data", !dataOptions.data.isEmpty),
    ]
    if let option = set.first(where: \.1)?.0 ?? reportOptions.given.first ?? symbolOptions.given.first {
      throw .failed("\(option) is for a script, not for --strategy")
    }
  }

  private func checkAccountOptions() throws(ToolError) {
    let set: [(String, Bool)] = [
      ("--from", from != nil), ("--to", to != nil), ("--plots", plots != nil), ("--drawings", drawings != nil),
      ("--tier", tier != .vm), ("--step-limit", stepLimit != nil),
      ("--data", !dataOptions.data.isEmpty),
    ]
    if let option = set.first(where: \.1)?.0 ?? symbolOptions.given.first {
      throw .failed("\(option) does not go with --account, which runs a script as an engine does")
    }
  }

  private func run(_ strategy: String) throws {
    let entry = try StrategyCatalog.find(strategy)
    let sources = try QuoteSources(ticks)
    let progress = Progress(total: sources.totalBytes)
    let reader = try QuoteReader(sources.paths, readerOptions) { progress.add($0) }
    let name =
      try fileOptions.symbol ?? reader.symbol ?? SymbolGuess.symbol(of: sources.paths) ?? "EURUSD"
    let instrument = try InstrumentChoice(name, decimals: fileOptions.decimals)
    var replay = try Replay(
      entry, parameters: parameters, on: instrument,
      timeframe: try TimeframeName.parse(timeframe ?? "1m"), price: price.code)
    if let signals, signals != "-" { try sources.refuse(output: signals) }

    reader.label(instrument.key)
    let file = signals == nil && json ? nil : try SignalsFile(signals)
    try replay.run(reader, progress: progress) { (bar, signal) throws(ToolError) in
      try file?.write(bar, signal)
    }
    let summary = replay.summary(reader, seconds: progress.seconds)
    try file?.finish()
    if !writesSummary { reader.formats.forEach(StandardError.note) }
    reader.notes.forEach(StandardError.note)
    try report(summary)
  }

  private var writesSummary: Bool { json || (signals != nil && signals != "-") }

  private func report(_ summary: RunSummary) throws(ToolError) {
    guard writesSummary else { return }
    let output = try OutputFile(nil)
    try output.write(json ? summary.json() : summary.table)
    try output.finish()
  }
}
