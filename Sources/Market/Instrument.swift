import CFxaot

/// A tradable symbol: its key, price grid and quantity limits, from a checked fxaot_instrument.
public struct Instrument: BitwiseCopyable {
  package let key: UInt64
  package let base: UInt64
  package let quote: UInt64
  package let grid: PriceGrid
  package let quantityStep, minimumQuantity, maximumQuantity: Int64
  /// By its currencies.
  package let hours: MarketHours

  /// 10¹²: with it, quantity × price stays far inside 128 bits.
  package static let quantityLimit: Int64 = 1_000_000_000_000

  /// nil unless symbol and currencies are names, the step is 1…10⁶ × 10^−(0…9), and
  /// 0 < step ≤ minimum ≤ maximum ≤ 10¹² with minimum and maximum on the quantity step.
  public init?(_ raw: fxaot_instrument) {
    key = withUnsafeBytes(of: raw.symbol) { SymbolKey.make(cString: $0) }
    base = withUnsafeBytes(of: raw.base) { SymbolKey.make(cString: $0) }
    quote = withUnsafeBytes(of: raw.quote) { SymbolKey.make(cString: $0) }
    guard key != 0, base != 0, quote != 0, base != quote else { return nil }
    guard raw.price_decimals <= 9, (1...1_000_000).contains(raw.step_units) else { return nil }
    grid = PriceGrid(decimals: raw.price_decimals, stepUnits: raw.step_units)
    let currencies = (CurrencyName.text(base), CurrencyName.text(quote))
    hours = SymbolClass(base: currencies.0, quote: currencies.1) == .forex ? .forex : .always
    quantityStep = raw.quantity_step
    minimumQuantity = raw.minimum_quantity
    maximumQuantity = raw.maximum_quantity
    guard quantityStep > 0, minimumQuantity >= quantityStep, maximumQuantity >= minimumQuantity,
      maximumQuantity <= Self.quantityLimit, raw.pip_steps > 0, raw.lot > 0,
      raw.lot <= Self.quantityLimit, minimumQuantity % quantityStep == 0,
      maximumQuantity % quantityStep == 0
    else { return nil }
    // The calendar may read a file: now, and not on a quote's way.
    _ = hours.calendar
  }
}

extension SymbolKey {
  /// The key of a NUL-terminated name in a fixed buffer; 0 when it has no end or is no name.
  package static func make(cString bytes: UnsafeRawBufferPointer) -> UInt64 {
    guard let end = bytes.firstIndex(of: 0) else { return 0 }
    return make(UnsafeRawBufferPointer(rebasing: bytes[..<end]))
  }
}
