/// What market a symbol is of, as its name tells.
public enum SymbolClass: Sendable {
  /// Two currencies, or a metal in one: traded from Sunday 17:00 to Friday 17:00 New York.
  case forex
  /// Anything else: crypto, and whatever is not known.
  case other

  /// Of two names of currencies, as an instrument has them.
  public init(base: some StringProtocol, quote: some StringProtocol) {
    let isForex = Self.isMoney(base) && Self.isMoney(quote) && base != quote
    self = isForex ? .forex : .other
  }

  /// Of a symbol: `EURUSD`, `FX:EURUSD`, in any case; of no symbol, `other`.
  public init(symbol: String?) {
    let ticker = symbol?.split(separator: ":").last?.uppercased() ?? ""
    guard ticker.utf8.count == 6 else {
      self = .other
      return
    }
    self.init(base: ticker.prefix(3), quote: ticker.dropFirst(3))
  }

  private static func isMoney(_ name: some StringProtocol) -> Bool {
    guard name.utf8.count == 3 else { return false }
    return moneys.contains { $0.withUTF8Buffer { $0.elementsEqual(name.utf8) } }
  }

  /// ISO 4217 codes of currencies that are traded against others, and of metals.
  private static let moneys: [StaticString] = [
    "USD", "EUR", "JPY", "GBP", "AUD", "NZD", "CAD", "CHF", "SEK", "NOK", "DKK", "ISK", "PLN",
    "CZK", "HUF", "RON", "BGN", "TRY", "RUB", "UAH", "KZT", "ZAR", "NGN", "KES", "EGP", "ILS",
    "AED", "SAR", "QAR", "KWD", "BHD", "INR", "SGD", "HKD", "CNH", "CNY", "TWD", "KRW", "THB",
    "IDR", "MYR", "PHP", "VND", "MXN", "BRL", "ARS", "CLP", "COP", "PEN", "XAU", "XAG", "XPT",
    "XPD",
  ]
}
