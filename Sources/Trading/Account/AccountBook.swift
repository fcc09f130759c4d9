import Market
import Records

/// One netted position in one instrument and its profit: an instrument's net position, or
/// the share of it that one strategy's orders have made.
package struct AccountBook: BitwiseCopyable {
  /// Signed base units.
  package private(set) var quantity: Int64 = 0
  /// Σ quantity × price steps of the open position, signed like the quantity.
  private var cost: Int128 = 0
  /// Micro-units of the account currency.
  package private(set) var realised: Int64 = 0

  package init() {}

  /// Average entry price of the open position, 0 when flat.
  package func averagePrice(on grid: PriceGrid) -> Double {
    if quantity == 0 { return 0 }
    return Money.double(cost) / Double(quantity) * grid.stepUnits / grid.scale
  }

  /// Units × steps at which a part of the position, at most all of it, was entered; without a sign.
  func cost(of part: Int64) -> Int128 {
    let whole = part.magnitude >= quantity.magnitude
    let signed =
      whole ? cost : proportion(of: quantity > 0 ? Int64(clamping: part.magnitude) : -Int64(clamping: part.magnitude))
    return signed < 0 ? -signed : signed
  }

  /// Takes a fill (signed quantity) and returns the profit of the closed part, in quantity × price
  /// steps. The closed part leaves at the average price; the rest of the fill opens anew. O(1).
  package mutating func fill(_ signed: Int64, at steps: Int64) -> Int128 {
    let closes = (quantity > 0) != (signed > 0) && quantity != 0
    guard closes else {
      quantity += signed
      cost += Int128(signed) * Int128(steps)
      return 0
    }
    let closed = signed.magnitude < quantity.magnitude ? -signed : quantity
    let share = closed == quantity ? cost : proportion(of: closed)
    let opened = signed + closed
    quantity += signed
    cost += Int128(opened) * Int128(steps) - share
    return Int128(closed) * Int128(steps) - share
  }

  package mutating func realise(_ micro: Int64) { realised = Money.add(realised, micro) }

  /// Profit if closed now, in quantity × price steps: longs valued at bid, shorts at ask; on a crossed quote at the
  /// lower and the higher of the two.
  package func unrealised(at quote: QuoteSteps) -> Int128 {
    let price = quantity > 0 ? min(quote.bid, quote.ask) : max(quote.bid, quote.ask)
    return Int128(quantity) * Int128(price) - cost
  }

  /// cost × closed / quantity to the nearest step, halves away from zero. `closed` has the sign of
  /// `quantity` and is not larger.
  private func proportion(of closed: Int64) -> Int128 {
    Money.proportion(cost, Int128(closed.magnitude), of: Int128(quantity.magnitude))
  }
}

extension AccountBook {
  package mutating func persist(_ archive: inout some StateArchive) {
    archive(&quantity)
    archive(&cost)
    archive(&realised)
    // Sums of fills stay far from the ends of their types.
    if quantity.magnitude > 1 << 56 || cost.magnitude > 1 << 110 { archive.fail() }
  }
}
