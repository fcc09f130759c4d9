package import CFxaot
import Market

/// Instrument terms for tests.
package enum Terms {
  /// A symbol of base and quote; a quantity step of 1 unless told otherwise.
  package static func make(
    _ base: String, _ quote: String, decimals: UInt32 = 5, stepUnits: UInt32 = 1,
    quantityStep: Int64 = 1, maximum: Int64 = 100_000_000, symbol: String? = nil
  ) -> fxaot_instrument {
    var terms = fxaot_instrument()
    copy(symbol ?? base + quote, into: &terms.symbol)
    copy(base, into: &terms.base)
    copy(quote, into: &terms.quote)
    terms.price_decimals = decimals
    terms.step_units = stepUnits
    terms.pip_steps = 10
    terms.lot = 100_000
    terms.quantity_step = quantityStep
    terms.minimum_quantity = quantityStep
    terms.maximum_quantity = maximum
    return terms
  }

  package static func key(_ name: String) -> UInt64 {
    Array(name.utf8).withUnsafeBytes { SymbolKey.make($0) }
  }

  package static func copy<Field>(_ text: String, into field: inout Field) {
    withUnsafeMutableBytes(of: &field) { $0.copyBytes(from: Array(text.utf8).prefix($0.count - 1)) }
  }
}
