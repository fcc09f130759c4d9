/// The way from a currency to the account currency: at most two live quotes.
struct Conversion: BitwiseCopyable {
  struct Leg: BitwiseCopyable {
    /// −1: no leg.
    var instrumentSlot = -1
    /// True when the instrument is quoted the other way round (USDJPY for yen to dollars).
    var isInverted = false
  }

  enum Kind: BitwiseCopyable { case none, identity, quotes }

  var kind = Kind.none
  var first = Leg()
  var second = Leg()

  static let identity = Conversion(kind: .identity)

  /// One leg: amount × mid, or amount / mid; nil when the instrument has no quote yet.
  static func convert(_ micro: Int64, _ grid: PriceGrid, bid: Int64, ask: Int64, inverted: Bool)
    -> Int64?
  {
    if bid <= 0 || ask <= 0 { return nil }
    // mid = (bid + ask) × stepUnits / (2 × scale); each factor below 2^63, so 128 bits suffice
    // for the numerator of one side and the divisor of the other.
    let mid = (Int128(bid) + Int128(ask)) * Int128(grid.stepUnitsInteger)
    let scale = 2 * Int128(grid.scaleInteger)
    let product = Int128(micro).multipliedReportingOverflow(by: inverted ? scale : mid)
    if product.overflow { return micro >= 0 ? .max : .min }
    return Money.saturating(Money.divide(product.partialValue, by: inverted ? mid : scale))
  }
}
