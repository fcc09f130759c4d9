import ArgumentParser
import CFxaot
import Calendar
import FXCore
import Market

/// `fxaot simulate`: a file of quotes of the simulated market.
struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Write quotes of a simulated market: random, but the same for the same seed.",
    discussion: """
      The file is CSV with the columns time_ns,bid,ask,bid_size,ask_size; `fxaot run` reads it. \
      It is packed when its name ends in .gz. The market closes from Friday to Sunday 21:00 UTC.

      Example:
        fxaot simulate --symbol EURUSD --days 5 --seed 1 -o eurusd.csv.gz
      """)

  @Option(help: "The symbol, which sets the price's decimals and first value.")
  var symbol = "EURUSD"

  @Option(help: "Calendar days to simulate, 1 to 3660.")
  var days = 5

  @Option(help: "Another seed, another market.")
  var seed: UInt64 = 1

  @Option(name: .shortAndLong, help: "The file to write (default, and -: standard output).")
  var output: String?

  @Option(help: "First day, as YYYY-MM-DD.")
  var start = "2024-01-01"

  @Option(help: "First price (default: a usual one of the symbol).")
  var price: Double?

  @Option(help: "Quotes on an open day, on average.")
  var quotesPerDay = 100_000.0

  @Option(help: "Volatility a year: 0.08 is 8 %.")
  var volatility = 0.08

  @Option(help: "Median spread in steps of the last decimal.")
  var spread = 2.0

  @Option(help: "Decimals of the price, 1 to 9 (default: the usual ones of the symbol).")
  var decimals: Int?

  func run() throws {
    let instrument = try InstrumentChoice(symbol, decimals: decimals)
    guard (1...3_660).contains(days) else {
      throw ToolError.failed("--days must be from 1 to 3660, not \(days)")
    }
    let config = try configuration(instrument)
    var market = try simulated(config)
    let end = config.start_ns + Int64(days) * CivilMoment.nanosecondsPerDay
    let file = try QuotesFile(output, decimals: Int(config.price_decimals))
    let progress = Progress(total: UInt64(days))
    try write(&market, from: config.start_ns, to: end, file, progress)
    try file.finish()
  }

  private func write(
    _ market: inout SimulatedMarket, from start: Int64, to end: Int64, _ file: QuotesFile,
    _ progress: Progress
  ) throws(ToolError) {
    let batch = 8_192
    let quotes = UnsafeMutablePointer<fxaot_quote>.allocate(capacity: batch)
    defer { quotes.deallocate() }
    var written: UInt64 = 0
    var day: Int64 = 0
    while true {
      try Interrupt.check()
      let count = market.next(until: end, into: quotes, capacity: batch)
      if count == 0 { break }
      for index in 0..<count { try file.write(quotes[index]) }
      written += UInt64(count)
      let newDay = (quotes[count - 1].time_ns - start) / CivilMoment.nanosecondsPerDay
      progress.add(Int(newDay - day))
      day = newDay
      progress.show(quotes: written)
    }
    progress.clear()
  }

  private func configuration(_ instrument: InstrumentChoice) throws(ToolError)
    -> fxaot_market_config
  {
    var config = fxaot_market_config()
    config.seed = seed
    config.symbol = instrument.key
    config.start_ns = try startTime()
    config.price = price ?? SimulateCommand.usualPrice(symbol)
    config.annual_volatility = volatility
    config.quotes_per_day = quotesPerDay
    config.spread_steps = spread
    config.price_decimals = instrument.terms.price_decimals
    // Zeros would silently become defaults.
    for (name, value) in [
      ("--price", config.price), ("--volatility", volatility), ("--quotes-per-day", quotesPerDay),
      ("--spread", spread), ("--decimals", Double(config.price_decimals)),
    ] where value == 0 {
      throw .failed("\(name) must be above 0")
    }
    return config
  }

  private func startTime() throws(ToolError) -> Int64 {
    let parts = start.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2],
      let days = CivilDate.quoteDays(year: year, month: month, day: day), days > 0
    else {
      throw .failed("'\(start)' is not a day from 1970-01-02 to 2200-12-31; write it as 2024-01-31")
    }
    return days * CivilMoment.nanosecondsPerDay
  }

  private func simulated(_ config: fxaot_market_config) throws(ToolError) -> SimulatedMarket {
    do {
      return try SimulatedMarket(config)
    } catch {
      let sentence =
        switch error {
        case .start: "--start must be a day of the years 1970 to 2199"
        case .price: "--price must be above 0 and within 2^45 steps of its last decimal"
        case .annualVolatility: "--volatility must be above 0 and at most 10"
        case .quotesPerDay: "--quotes-per-day must be from 1 to 10^9"
        case .spreadSteps: "--spread must be above 0 and at most 10^6"
        case .priceDecimals: "--decimals must be from 1 to 9"
        }
      throw .failed(sentence)
    }
  }

  private static func usualPrice(_ symbol: String) -> Double {
    switch symbol {
    case "XAUUSD": 2_000
    case "XAGUSD": 25
    case _ where symbol.hasSuffix("JPY"): 150
    default: 1.1
    }
  }
}
