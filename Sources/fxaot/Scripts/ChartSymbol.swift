import CFxaot
import Calendar
import FXCore
import StrategyVM

/// What a back-test takes its symbol to be: by its name, and by options, which count more.
struct ChartSymbol {
  private(set) var symbol = ScriptSymbol()
  /// Places after the point of the symbol's prices, where they are known without the bars.
  private(set) var decimals: Int?
  private let hasMintick: Bool

  init(
    _ name: String?, _ options: SymbolOptions, decimals: Int?, zone: ZoneRules, timezone: String
  ) throws(ToolError) {
    if let decimals, !(0...8).contains(decimals) {
      throw .failed("--decimals must be from 0 to 8, not \(decimals)")
    }
    self.decimals = decimals ?? Self.builtIn(name).map { Int($0.price_decimals) }
    let mintick = try SymbolOptions.positive(options.mintick, "--mintick")
    hasMintick = mintick != nil
    symbol.ticker = name ?? "CHART"
    symbol.zone = zone
    symbol.timezone = timezone
    symbol.minContract = 0.0001
    if let name, case .forex = SymbolClass(symbol: name) { setForex(name) }
    if let mintick { symbol.mintick = mintick }
    if let step = try SymbolOptions.positive(options.quantityStep, "--quantity-step") {
      symbol.minContract = step
    }
    if let value = try SymbolOptions.positive(options.pointValue, "--pointvalue") {
      symbol.pointValue = value
    }
    if let currency = options.currency { symbol.currency = currency.uppercased() }
  }

  /// As TradingView has forex symbols; the smallest quantity is one unit of the base currency,
  /// whatever a venue asks for.
  private mutating func setForex(_ name: String) {
    let ticker = name.split(separator: ":").last.map { $0.uppercased() } ?? name
    symbol.minContract = 1
    symbol.type = "forex"
    symbol.baseCurrency = String(ticker.prefix(3))
    symbol.currency = String(ticker.dropFirst(3))
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
