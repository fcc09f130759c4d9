import StrategyIR

/// Margin calls, by TradingView's published steps.
extension BarBroker {
  /// The price at which equity just covers the margin; nan where there is none.
  var liquidationPrice: Double {
    guard position != 0 else { return .nan }
    let direction: Double = position > 0 ? 1 : -1
    let ratio = margin(direction) / 100
    guard ratio > 0, ratio != direction else { return .nan }
    let price =
      (realisedEquity / (pointValue * abs(position)) - direction * averagePrice)
      / (ratio - direction)
    guard price > 0 else { return .nan }
    return direction > 0 ? prices.down(price) : prices.up(price)
  }

  /// Liquidates four times what the account lacks at the current price.
  func checkMargin() {
    guard position != 0 else { return }
    let direction: Double = position > 0 ? 1 : -1
    let ratio = margin(direction) / 100
    guard ratio > 0 else { return }
    let size = abs(position)
    let value = size * price * pointValue
    let spent = size * averagePrice * pointValue
    let equity = realisedEquity + (value - spent) * direction
    let available = equity - value * ratio
    // Rounding of the sums alone is no shortage.
    guard available < -abs(equity) * 1e-11 else { return }
    let cover = quantities.truncate(-available / ratio / (price * pointValue))
    let quantity = cover > 0 ? min(cover * 4, size) : min(1, size)
    let at = prices.nearest(price - direction * slip)
    let closing = Closing(id: 0, comment: 0, reason: .marginCall)
    close(
      quantities.snap(quantity), at: at, .oldest, closing, orderQuantity: quantity)
  }
}
