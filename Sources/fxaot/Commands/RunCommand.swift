import ArgumentParser
import CFxaot
import FXCore

/// `fxaot run`: a strategy over quote files.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a strategy over quote files and write every closed bar's signal.",
    discussion: """
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

  @Option(help: "Which strategy; `fxaot strategies` lists them.")
  var strategy: String

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Quote files, folders, or - for standard input.", valueName: "file"))
  var ticks: [String]

  @Option(help: "Length of a bar: tick, 10t, 30s, 1m, 5m, 1h, 4h, 1d …")
  var timeframe = "1m"

  @Option(
    name: [.customLong("param"), .customShort("p")],
    help: ArgumentHelp("A parameter of the strategy; may be repeated.", valueName: "name=value"))
  var parameters: [String] = []

  @Option(help: "Which price the bars are made of.")
  var price = Price.mid

  @Option(help: "The symbol that the quotes are of (default: by the files' names, else EURUSD).")
  var symbol: String?

  @Option(help: "Decimals of the symbol's prices, where they are not the usual ones.")
  var decimals: Int?

  @Option(
    help: ArgumentHelp(
      "Write the signals to this file and a summary to standard output.",
      valueName: "file"))
  var signals: String?

  @Flag(help: "Write the summary to standard output as JSON.")
  var json = false

  @Option(help: "Bad lines of a file that are skipped before it counts as an error.")
  var maxBadLines: UInt64 = 100

  func run() throws {
    let entry = try StrategyCatalog.find(strategy)
    let sources = try QuoteSources(ticks)
    let name = try symbol ?? SymbolGuess.symbol(of: sources.paths) ?? "EURUSD"
    let instrument = try InstrumentChoice(name, decimals: decimals)
    var replay = try Replay(
      entry, parameters: parameters, on: instrument,
      timeframe: try TimeframeName.parse(timeframe), price: price.code)
    if let signals, signals != "-" { try sources.refuse(output: signals) }

    let progress = Progress(total: sources.totalBytes)
    let reader = QuoteReader(
      TextQueue(sources.paths) { progress.add($0) }, symbol: instrument.key,
      badLineLimit: maxBadLines)
    let file = signals == nil && json ? nil : try SignalsFile(signals)
    try replay.run(reader, progress: progress) { (bar, signal) throws(ToolError) in
      try file?.write(bar, signal)
    }
    let summary = replay.summary(reader, seconds: progress.seconds)
    guard summary.quotes > 0 else { throw ToolError.failed("there is no quote in the files") }
    try file?.finish()
    reader.notes.forEach(StandardError.note)
    try report(summary)
  }

  private func report(_ summary: RunSummary) throws(ToolError) {
    guard json || (signals != nil && signals != "-") else { return }
    let output = try OutputFile(nil)
    try output.write(json ? summary.json() : summary.table)
    try output.finish()
  }
}
