import CFxaot
import FXCore
import Market

/// The instrument that a symbol on the command line stands for.
struct InstrumentChoice {
  let symbol: String
  let key: UInt64
  let terms: fxaot_instrument
  /// USD where that is one of the two, else the quote currency: profits need no other quotes then.
  let accountCurrency: String

  /// A built-in symbol, or any other of six letters and more: three of the base currency, then
  /// the quote currency. `decimals` takes the place of the usual price decimals.
  init(_ symbol: String, decimals: Int?) throws(ToolError) {
    var bytes = Array(symbol.utf8)
    self.symbol = symbol
    key = bytes.withUnsafeBytes { SymbolKey.make($0) }
    let found = bytes.withUnsafeBytes { BuiltInInstruments.find($0) }
    guard key != 0, found != nil || (6...10).contains(bytes.count) else {
      throw .failed(
        "'\(symbol)' is not a symbol; use one like EURUSD: three letters of the base currency, "
          + "then the quote currency")
    }
    var terms = found ?? InstrumentChoice.generic(bytes)
    if let decimals {
      guard (0...9).contains(decimals) else {
        throw .failed("--decimals must be from 0 to 9, not \(decimals)")
      }
      terms.price_decimals = UInt32(decimals)
    }
    self.terms = terms
    bytes.removeFirst(3)
    let quote = String(decoding: bytes, as: UTF8.self)
    accountCurrency = symbol.hasPrefix("USD") ? "USD" : quote
  }

  private static func generic(_ symbol: [UInt8]) -> fxaot_instrument {
    var terms = fxaot_instrument()
    withUnsafeMutableBytes(of: &terms.symbol) { $0.copyBytes(from: symbol) }
    withUnsafeMutableBytes(of: &terms.base) { $0.copyBytes(from: symbol[..<3]) }
    withUnsafeMutableBytes(of: &terms.quote) { $0.copyBytes(from: symbol[3...]) }
    terms.price_decimals = 5
    terms.step_units = 1
    terms.pip_steps = 10
    terms.lot = 100_000
    terms.quantity_step = 1
    terms.minimum_quantity = 1
    terms.maximum_quantity = 100_000_000
    return terms
  }
}
