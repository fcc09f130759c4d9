import Calendar
import FXCore
import Research
import StrategyIR
import StrategyVM

/// The histories of `--data` on their way into a script's environment.
struct OtherSymbols {
  let options: DataOptions
  let reading: QuoteReader.Options

  /// Puts the chart's own bars and those of `--data` where the script finds them, and settles which
  /// currency the account is in.
  func add(
    to environment: inout ScriptEnvironment, chart: ChartBars, of program: Program
  ) throws(ToolError) {
    environment.data.add(
      SymbolBars(symbol: environment.symbol, period: chart.period, bars: chart.bars))
    for (name, paths) in try options.files() {
      let history = try read(name, paths, environment)
      guard !environment.symbol.isMeant(by: name) || history.period.seconds < chart.period.seconds else {
        throw .failed("--data: \(name) is the chart's own symbol, which has its bars already")
      }
      environment.data.add(history)
    }
    environment.accountCurrency = account(of: program, environment)
  }

  /// Rates that end long before the chart are said: the last one holds from there on.
  static func noteOldRates(_ backtest: Backtest) {
    guard let rates = backtest.rates, let end = rates.end, let last = backtest.lastBar,
      last.time - end > 7 * 86_400_000
    else { return }
    StandardError.note(
      "the rates of \(rates.description) end at \(TimeOption.text(end)); the last rate applies up to the "
        + "chart's end")
  }

  /// The account is in the currency that the script names, else in the symbol's; but for a symbol
  /// that is quoted in a coin of the dollar it is in dollars, as TradingView's is, where its rate is
  /// given.
  private func account(of program: Program, _ environment: ScriptEnvironment) -> String? {
    let currency = environment.symbol.currency
    guard program.settings.isStrategy, program.settings.broker.currency.isEmpty,
      CurrencyPair.isDollarCoin(currency),
      CurrencyRates(from: currency, to: "USD", in: environment.data) != nil
    else { return nil }
    return "USD"
  }

  private func read(
    _ name: String, _ paths: [String], _ environment: ScriptEnvironment
  ) throws(ToolError) -> SymbolBars {
    var symbol = try ChartSymbol(name, nil, decimals: nil)
    symbol.setHours(of: environment.symbol)
    let sources = try QuoteSources(paths)
    let progress = Progress(total: sources.totalBytes)
    var reading = reading
    reading.symbol = name
    let reader: QuoteReader
    let chart: ChartBars
    do {
      reader = try QuoteReader(sources.paths, reading) { progress.add($0) }
      chart = try ChartBars(
        reader, period: nil, calendar: symbol.calendar, decimals: symbol.decimals,
        progress: progress,
        // "NASDAQ:AAPL;DIVIDENDS;gross"
        isOfDays: name.contains(";"))
    } catch .failed(let sentence) {
      throw .failed("--data \(name): \(sentence)")
    }
    (reader.notes + chart.notes.map { "\(name): \($0)" }).forEach(StandardError.note)
    return SymbolBars(
      symbol: symbol.described(decimals: chart.decimals), period: chart.period, bars: chart.bars)
  }
}
