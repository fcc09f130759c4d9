import CFxaot

/// A tradable symbol: its key, price grid and quantity limits, from a checked fxaot_instrument.
public struct Instrument: BitwiseCopyable {
  package let key: UInt64
  package let base: UInt64
  package let quote: UInt64
  package let grid: PriceGrid
  package let quantityStep, minimumQuantity, maximumQuantity: Int64
  /// Base units in a lot.
  package let lot: Int64
  /// Its own, else by its currencies.
  package let hours: MarketHours

  /// 10¹²: with it, quantity × price stays far inside 128 bits.
  package static let quantityLimit: Int64 = 1_000_000_000_000

  /// The market hours of the terms, else those of the market; nil if they cannot be read.
  private static func hours(_ raw: fxaot_instrument, _ market: MarketHours) -> MarketHours? {
    let session = withUnsafeBytes(of: raw.session) { text($0) }
    let timezone = withUnsafeBytes(of: raw.timezone) { text($0) }
    guard let session, let timezone else { return nil }
    if session.isEmpty, timezone.isEmpty { return market }
    return MarketHours(
      session: session.isEmpty ? MarketHours.always.session : session,
      timezone: timezone.isEmpty ? market.timezone : timezone)
  }

  /// nil without a NUL.
  private static func text(_ field: UnsafeRawBufferPointer) -> String? {
    field.firstIndex(of: 0).map { String(decoding: field[..<$0], as: UTF8.self) }
  }

  /// nil unless symbol and currencies are names, the step is 1…10⁶ × 10^−(0…9), and
  /// 0 < step ≤ minimum ≤ maximum ≤ 10¹² with minimum and maximum on the quantity step, and
  /// session and zone can be read.
  public init?(_ raw: fxaot_instrument) {
    self.init(raw, key: withUnsafeBytes(of: raw.symbol) { SymbolKey.make(cString: $0) })
  }

  /// The same of an instrument whose key is known, and not its symbol.
  init?(_ raw: fxaot_instrument, key: UInt64) {
    self.key = key
    base = withUnsafeBytes(of: raw.base) { SymbolKey.make(cString: $0) }
    quote = withUnsafeBytes(of: raw.quote) { SymbolKey.make(cString: $0) }
    guard key != 0, base != 0, quote != 0, base != quote else { return nil }
    guard raw.price_decimals <= 9, (1...1_000_000).contains(raw.step_units) else { return nil }
    grid = PriceGrid(decimals: raw.price_decimals, stepUnits: raw.step_units)
    let currencies = (CurrencyName.text(base), CurrencyName.text(quote))
    let market: MarketHours =
      SymbolClass(base: currencies.0, quote: currencies.1) == .forex ? .forex : .always
    guard let own = Self.hours(raw, market) else { return nil }
    hours = own
    lot = raw.lot
    quantityStep = raw.quantity_step
    minimumQuantity = raw.minimum_quantity
    maximumQuantity = raw.maximum_quantity
    guard quantityStep > 0, minimumQuantity >= quantityStep, maximumQuantity >= minimumQuantity,
      maximumQuantity <= Self.quantityLimit, raw.pip_steps > 0, raw.lot > 0,
      raw.lot <= Self.quantityLimit, minimumQuantity % quantityStep == 0,
      maximumQuantity % quantityStep == 0
    else { return nil }
    // The calendar may read a file: do it now, not on the hot path.
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
