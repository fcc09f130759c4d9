/// A symbol's name as a pair of currencies: `EURUSD`, `ETHUSDT`, `USDTUSD`.
struct CurrencyPair: Equatable {
  let base: String
  let quote: String

  private static let national: Set<String> = [
    "USD", "EUR", "GBP", "JPY", "CHF", "AUD", "CAD", "NZD", "HKD", "SGD", "SEK", "NOK", "DKK",
    "TRY", "ZAR", "RUB", "INR", "CNY", "CNH", "KRW", "MXN", "PLN", "CZK", "HUF", "RON", "ILS",
    "THB", "IDR", "MYR", "PHP", "TWD", "BRL", "CLP", "COP", "AED", "SAR", "XAU", "XAG", "XPT",
    "XPD",
  ]
  private static let stable: Set<String> = [
    "USDT", "USDC", "BUSD", "TUSD", "FDUSD", "USDP", "DAI",
  ]
  private static let crypto: Set<String> = [
    "BTC", "ETH", "XBT", "BNB", "XRP", "ADA", "SOL", "DOGE", "DOT", "LTC", "BCH", "LINK", "AVAX",
    "MATIC", "TRX", "UNI", "ATOM", "XLM", "ETC", "XMR", "FIL", "NEAR", "APT", "ARB", "OP", "SHIB",
    "TON", "SUI", "PEPE",
  ]

  /// Two currencies that are known, the second as short as can be: `USDTUSD` is USDT in USD. nil for
  /// any other name.
  init?(known name: some StringProtocol) {
    self.init(name, quotes: [3, 4, 5]) { Self.isCurrency($0) }
  }

  /// Also a name that only ends in a currency that is known, after at least two letters:
  /// `WIFUSDT`. Upper and lower case are the same.
  init?(_ name: some StringProtocol) {
    if let known = CurrencyPair(known: name) {
      self = known
    } else {
      self.init(name, quotes: [5, 4, 3]) { _ in true }
    }
  }

  private init?(_ name: some StringProtocol, quotes: [Int], isBase: (String) -> Bool) {
    let text = name.uppercased()
    guard text.utf8.allSatisfy({ $0 >= 65 && $0 <= 90 || $0 >= 48 && $0 <= 57 }) else { return nil }
    for length in quotes where text.utf8.count >= length + 2 {
      let (base, quote) = (String(text.dropLast(length)), String(text.suffix(length)))
      guard Self.isCurrency(quote), base != quote, isBase(base) else { continue }
      (self.base, self.quote) = (base, quote)
      return
    }
    return nil
  }

  private static func isCurrency(_ name: String) -> Bool {
    national.contains(name) || stable.contains(name) || crypto.contains(name)
  }

  /// A coin that stands for a dollar.
  static func isDollarCoin(_ currency: String) -> Bool { stable.contains(currency) }
}

extension SymbolGuess {
  /// A script's symbol: the one that is known, else by the names of its files, a symbol or a pair of any currencies.
  /// Fails as `symbol`.
  static func name(_ known: String?, of paths: [String]) throws(ToolError) -> String? {
    if let known { return known }
    if let symbol = try symbol(of: paths) { return symbol }
    return pair(of: paths)
  }

  /// A pair that is no built-in symbol, where each file's own name has one and the same among its
  /// words: `ethusdt-15m.csv`.
  static func pair(of paths: [String]) -> String? {
    var found: Set<String?> = []
    for path in paths {
      let name = path.split(separator: "/").last ?? ""
      let words = name.uppercased().split { !$0.isLetter && !$0.isNumber }
      found.insert(words.first { CurrencyPair(known: $0) != nil }.map(String.init))
    }
    return found.count == 1 ? found.first ?? nil : nil
  }
}
