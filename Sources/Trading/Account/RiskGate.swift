import CFxaot
import Market

/// Every order passes here before it reaches the venue; the first refusal wins.
package struct RiskGate: BitwiseCopyable {
  package init() {}

  /// nil when the order may pass.
  /// - Parameters:
  ///   - quantity: base units, unsigned, on the quantity step.
  ///   - isConvertible: whether profits in the quote currency can be turned into account currency.
  package func refusal(_ instrument: Instrument, quantity: Int64, isConvertible: Bool) -> fxaot_reject? {
    if quantity < instrument.minimumQuantity { return FXAOT_REJECT_QUANTITY_BELOW_MINIMUM }
    if quantity > instrument.maximumQuantity { return FXAOT_REJECT_QUANTITY_ABOVE_MAXIMUM }
    if !isConvertible { return FXAOT_REJECT_NO_CONVERSION }
    return nil
  }
}
