import StrategyVM

/// Prices at which a live quote changes nothing: the engine need not show such quotes to the script.
extension BarBroker {
  /// From one price to another, both included; nil: each quote matters. A quote within it lacks no margin and sets no
  /// record of a trade or of the equity. What has been seen so far only grows the span, so it holds until the script, a
  /// fill or a quote outside changes the book. What rests is the venue's business. O(waiting orders + open trades).
  package var quietSpan: (low: Double, high: Double)? {
    guard !isAwaitingFill, live.dueClose == nil, !risk.needsPath else { return nil }
    if venue.orders.contains(where: { $0.isMarket || $0.isSent }) { return nil }
    var span = PriceSpan.everywhere
    if book.position != 0 { book.narrow(&span) }
    return span.low <= span.high ? (span.low, span.high) : nil
  }
}

extension ScriptBook {
  /// To prices that set no record and lack no margin. The sums are linear in the price; a billionth of it is kept
  /// free for their rounding.
  fileprivate func narrow(_ span: inout PriceSpan) {
    for index in 0..<openTrades.count {
      let trade = openTrades.base + index
      let perPrice = trade.pointee.size * unitValue
      span.keepFrom(trade.pointee.entryPrice, -trade.pointee.maxDrawdown, to: trade.pointee.maxRunup, perPrice)
    }
    narrow(&span, from: -.infinity, to: .infinity)
  }

  /// To prices at which the equity sets no record, stays between two bounds, and covers the margin.
  func narrow(_ span: inout PriceSpan, from lowest: Double, to highest: Double) {
    let records = totals.calmEquities
    let base = equity(at: 0)
    span.keepFrom(
      0, max(lowest, records.low) - base, to: min(highest, records.high) - base, position * unitValue)
    if safePrices.isNowhere { safePrices = safeSpan() }
    span.low = max(span.low, safePrices.low)
    span.high = min(span.high, safePrices.high)
  }
}

extension PriceSpan {
  /// To the prices at which `perPrice` × (price − origin) lies within the bounds.
  fileprivate mutating func keepFrom(_ origin: Double, _ lowest: Double, to highest: Double, _ perPrice: Double) {
    guard perPrice != 0, !(perPrice.isNaN || lowest.isNaN || highest.isNaN) else {
      self = .nowhere
      return
    }
    let (a, b) = (origin + lowest / perPrice, origin + highest / perPrice)
    let (from, to) = (min(a, b), max(a, b))
    low = max(low, from + abs(from) * 1e-9)
    high = min(high, to - abs(to) * 1e-9)
  }
}
