import Market
import Records

/// The way from a currency to the account currency: at most two live quotes.
package struct Conversion: BitwiseCopyable {
  package struct Leg: BitwiseCopyable {
    /// −1: no leg.
    package var instrumentSlot: Int
    /// True when the instrument is quoted the other way round (USDJPY for yen to dollars).
    package var isInverted: Bool

    /// No leg, unless an instrument is given.
    package init(instrumentSlot: Int = -1, isInverted: Bool = false) {
      self.instrumentSlot = instrumentSlot
      self.isInverted = isInverted
    }
  }

  package enum Kind: BitwiseCopyable { case none, identity, quotes }

  package var kind: Kind
  package var first: Leg
  package var second: Leg

  package init(kind: Kind = .none, first: Leg = Leg(), second: Leg = Leg()) {
    self.kind = kind
    self.first = first
    self.second = second
  }

  package static let identity = Conversion(kind: .identity)

  /// The same way where instruments have other slots; nil when one of those on it has none.
  package func renumbered(_ newSlot: (Int) -> Int?) -> Conversion? {
    guard kind == .quotes else { return self }
    var moved = self
    guard let slot = newSlot(first.instrumentSlot) else { return nil }
    moved.first.instrumentSlot = slot
    if second.instrumentSlot < 0 { return moved }
    guard let slot = newSlot(second.instrumentSlot) else { return nil }
    moved.second.instrumentSlot = slot
    return moved
  }

  /// One leg: amount × mid, or amount / mid; nil when the instrument has no quote yet.
  package static func convert(_ micro: Int64, _ grid: PriceGrid, at quote: QuoteSteps, inverted: Bool)
    -> Int64?
  {
    if quote.sum <= 0 { return nil }
    // mid = (bid + ask) × stepUnits / (2 × scale); both below 2^73
    let mid = Int128(quote.sum) * Int128(grid.stepUnitsInteger)
    let scale = 2 * Int128(grid.scaleInteger)
    let product = Int128(micro).multipliedReportingOverflow(by: inverted ? scale : mid)
    if product.overflow { return micro >= 0 ? .max : .min }
    return Money.saturating(Money.divide(product.partialValue, by: inverted ? mid : scale))
  }
}

extension Conversion {
  /// Of `count` instruments.
  mutating func persist(_ archive: inout some StateArchive, instruments count: Int) {
    archive.choice(&kind, of: [.none, .identity, .quotes])
    for leg in [\Conversion.first, \Conversion.second] {
      archive(&self[keyPath: leg].instrumentSlot)
      archive(&self[keyPath: leg].isInverted)
      if self[keyPath: leg].instrumentSlot < -1 || self[keyPath: leg].instrumentSlot >= count { archive.fail() }
    }
  }
}
