/// The position's margin, by TradingView's published steps.
extension ScriptBook {
  /// The price at which equity just covers the margin; below zero for a long position that equity always
  /// covers; nan if no such price exists.
  var liquidationPrice: Double {
    guard position != 0 else { return .nan }
    let direction: Double = position > 0 ? 1 : -1
    let ratio = margin(direction) / 100
    guard ratio > 0, ratio != direction else { return .nan }
    let price =
      ((realisedEquity - openCommission) / (unitValue * abs(position)) - direction * averagePrice)
      / (ratio - direction)
    return direction > 0 ? prices.down(price) : prices.up(price)
  }

  /// The account's funds beyond the margin of its position, and the margin's share of the value; nil if no
  /// margin is required.
  private func available(at price: Double) -> (funds: Double, equity: Double, ratio: Double)? {
    guard position != 0 else { return nil }
    let direction: Double = position > 0 ? 1 : -1
    let ratio = margin(direction) / 100
    guard ratio > 0 else { return nil }
    let value = abs(position) * price * unitValue
    let spent = abs(position) * averagePrice * unitValue
    let equity = realisedEquity - openCommission + (value - spent) * direction
    return (equity - value * ratio, equity, ratio)
  }

  /// A deficit within the sums' rounding error is no shortage.
  private func isShort(_ funds: Double, _ equity: Double) -> Bool {
    funds < -abs(equity) * 1e-11
  }

  @inlinable @inline(__always)
  func lacksMargin(at price: Double) -> Bool {
    !safePrices.contains(price) && countMargin(at: price)
  }

  @inline(never) @usableFromInline
  func countMargin(at price: Double) -> Bool {
    safePrices = safeSpan()
    if safePrices.contains(price) { return false }
    guard let (funds, equity, _) = available(at: price) else { return false }
    return isShort(funds, equity)
  }

  /// Prices at which the margin is surely covered: further from a shortage than any rounding error, and not so
  /// far from the entry that the error could grow. Outside of them the sums decide.
  func safeSpan() -> PriceSpan {
    let direction: Double = position > 0 ? 1 : -1
    let ratio = margin(direction) / 100
    guard position != 0, ratio > 0 else { return .everywhere }
    let unit = abs(position) * unitValue
    let spent = unit * averagePrice
    let paid = openCommission
    guard spent > 0, unit > 0 else { return .nowhere }
    let slack = 1e-9 * (abs(settings.initialCapital) + abs(totals.netProfit) + paid + 3 * spent)
    // Funds are base + slope × value.
    let base = realisedEquity - paid - spent * direction - slack
    let slope = direction - ratio
    var span = PriceSpan(low: averagePrice / 2, high: averagePrice * 2)
    if slope > 0 {
      span.low = max(span.low, -base / slope / unit)
    } else if slope < 0 {
      span.high = min(span.high, -base / slope / unit)
    } else if !(base >= 0) {
      return .nowhere
    }
    return span
  }

  /// The units that a margin call at this price liquidates: four times the shortage; nil without a
  /// shortage. At a fill's price less than a step counts as none.
  func marginCall(at price: Double, isFill: Bool) -> Double? {
    guard let (available, equity, ratio) = available(at: price), isShort(available, equity) else {
      return nil
    }
    let size = abs(position)
    let cover = quantities.truncate(-available / ratio / (price * unitValue))
    if cover == 0, isFill { return nil }
    return quantities.snap(cover > 0 ? min(cover * 4, size) : min(1, size))
  }
}
