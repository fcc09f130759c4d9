import CFxaot
import Calendar
import FXCore
import Market
import StrategyVM

/// The symbol of a back-test: by its name, and by options, which count more.
struct ChartSymbol {
  private(set) var symbol = ScriptSymbol()
  /// Places after the point of the symbol's prices, where they are known without the bars.
  private(set) var decimals: Int?
  private let hasMintick: Bool

  /// - Parameter given: nil for another symbol than the chart's, which has no options.
  init(
    _ name: String?, _ given: SymbolOptions?, decimals: Int?
  ) throws(ToolError) {
    if let decimals, !(0...8).contains(decimals) {
      throw .failed("--decimals must be from 0 to 8, not \(decimals)")
    }
    var options = given
    var file: InstrumentFile?
    if let path = given?.instrument {
      let described = try InstrumentFile.read(path)
      options = given?.completed(by: described)
      file = described
    }
    self.decimals = decimals ?? Self.builtIn(name).map { Int($0.price_decimals) }
    let mintick = try SymbolOptions.positive(options?.mintick, "--mintick")
    hasMintick = mintick != nil
    let named = SymbolName(name ?? "CHART")
    symbol.prefix = named.prefix
    symbol.ticker = named.ticker
    symbol.root = named.ticker
    symbol.minContract = 0.0001
    if case .forex = SymbolClass(symbol: name) {
      setForex(named.ticker)
    } else if let pair = CurrencyPair(named.ticker) {
      symbol.baseCurrency = pair.base
      symbol.currency = pair.quote
    }
    if let file {
      symbol.type = file.type ?? symbol.type
      symbol.baseCurrency = file.baseCurrency ?? symbol.baseCurrency
      symbol.description = file.description ?? symbol.description
    }
    if let options { try setHours(options) }
    if let mintick { symbol.mintick = mintick }
    if let step = try SymbolOptions.positive(options?.quantityStep, "--quantity-step") {
      symbol.minContract = step
    }
    if let value = try SymbolOptions.positive(options?.pointValue, "--pointvalue") {
      symbol.pointValue = value
    }
    if let currency = options?.currency { symbol.currency = currency.uppercased() }
  }

  /// As TradingView has forex symbols; the smallest quantity is one unit of the base currency,
  /// whatever a venue asks for.
  private mutating func setForex(_ ticker: String) {
    symbol.minContract = 1
    symbol.session = MarketHours.forexSession
    symbol.timezone = MarketHours.forexZone
    symbol.zone = MarketHours.forexRules
    symbol.type = "forex"
    symbol.baseCurrency = String(ticker.prefix(3))
    symbol.currency = String(ticker.dropFirst(3))
  }

  /// A zone or a start of days takes the place of the symbol's own day: of the two, what is not given
  /// is UTC, or midnight.
  private mutating func setHours(_ options: SymbolOptions) throws(ToolError) {
    guard options.session == nil || options.sessionStart == nil else {
      throw .failed("give either --session or --session-start: the hours set the start of the day")
    }
    if options.timezone != nil || options.sessionStart != nil {
      symbol.timezone = options.timezone ?? "UTC"
      symbol.zone = try SystemZones.named(symbol.timezone)
      symbol.session = try SymbolOptions.session(startingAt: options.sessionStart ?? "0")
    }
    guard let hours = options.session else { return }
    guard Session(hours) != nil else {
      throw .failed("--session: '\(hours)' is not a session; write it as 0930-1600 or 0930-1600:23456")
    }
    symbol.session = hours
  }

  /// Takes the days and hours of another symbol, where nothing is known of this one's.
  mutating func setHours(of other: ScriptSymbol) {
    guard symbol.baseCurrency.isEmpty else { return }
    symbol.session = other.session
    symbol.timezone = other.timezone
    symbol.zone = other.zone
  }

  var calendar: TradingCalendar {
    Session(symbol.session).map { TradingCalendar(zone: symbol.zone, session: $0) }
      ?? TradingCalendar(zone: symbol.zone)
  }

  /// The symbol with prices of so many places, where no option tells their step.
  func described(decimals: Int) -> ScriptSymbol {
    var result = symbol
    if !hasMintick { result.mintick = 1 / (0..<decimals).reduce(1.0) { power, _ in power * 10 } }
    return result
  }

  private static func builtIn(_ name: String?) -> fxaot_instrument? {
    name.flatMap { name in Array(name.utf8).withUnsafeBytes { BuiltInInstruments.find($0) } }
  }
}

extension SymbolOptions {
  /// Hours without an end that begin at a time of day, as `17`, `17:00` or `1700`. From noon on a day
  /// is named by the date on which it ends, so it must not begin between midnight and noon.
  static func session(startingAt text: String) throws(ToolError) -> String {
    let digits = text.filter { $0 != ":" }
    let padded = digits.utf8.count <= 2 ? digits + "00" : digits
    let four = String(repeating: "0", count: max(0, 4 - padded.utf8.count)) + padded
    guard !digits.isEmpty, four.utf8.count == 4, Session("\(four)-2400") != nil else {
      throw .failed("--session-start: '\(text)' is not a time of day; write it as 17 or 17:00")
    }
    if four == "0000" || four == "2400" { return "24x7" }
    guard four >= "1200" else {
      throw .failed(
        "--session-start must be midnight or a time from noon on; use --session for other hours")
    }
    return "\(four)-\(four)"
  }
}
