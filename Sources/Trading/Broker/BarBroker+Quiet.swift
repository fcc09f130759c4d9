import StrategyVM

/// Prices at which a live quote changes nothing: the engine need not show such quotes to the script.
extension BarBroker {
  /// From one price to another, both included; nil: each quote matters. A quote within it triggers no order and no
  /// exit, moves no trailing stop, lacks no margin and sets no record of a trade or of the equity. What has
  /// been seen so far only grows the span, so it holds until the script, a fill or a quote outside changes the
  /// book. O(waiting orders + exits + open trades).
  package var quietSpan: (low: Double, high: Double)? {
    guard !isAwaitingFill, live.dueClose == nil, !risk.needsPath else { return nil }
    var span = PriceSpan.everywhere
    for index in venue.orders.indices {
      let order = venue.orders[index]
      guard !order.isMarket, !order.isSent else { return nil }
      let buys = order.direction > 0
      if !order.stop.isNaN, order.order.state != .triggered {
        span.keep(order.stop, isAbove: buys)
      } else {
        span.keep(venue.verified(order.limit, buys: buys), isAbove: !buys)
      }
    }
    venue.narrow(&span)
    if book.position != 0 { book.narrow(&span) }
    return span.low <= span.high ? (span.low, span.high) : nil
  }
}

extension BarPathVenue {
  fileprivate func narrow(_ span: inout PriceSpan) {
    for index in legs.indices {
      let leg = legs.pointer(index)
      if leg.pointee.isConsumed { continue }
      let isLong = leg.pointee.direction > 0
      span.keep(leg.pointee.stop, isAbove: !isLong)
      span.keep(verified(leg.pointee.limit, buys: !isLong), isAbove: isLong)
      guard !leg.pointee.activation.isNaN else { continue }
      if leg.pointee.best.isNaN {
        span.keep(leg.pointee.activation, isAbove: isLong)
      } else {
        // A price beyond the best one moves the stop.
        if isLong { span.high = min(span.high, leg.pointee.best) } else { span.low = max(span.low, leg.pointee.best) }
        span.keep(
          prices.nearest(leg.pointee.best - leg.pointee.direction * leg.pointee.offset), isAbove: !isLong)
      }
    }
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
    let lowest = max(
      totals.peak - totals.maxDrawdown,
      totals.peak > 0 ? totals.peak * (1 - totals.maxDrawdownPercent / 100) : -.infinity)
    var highest = totals.trough + totals.maxRunup
    let share = 1 - (totals.maxRunupPercent - 1e-12) / 100
    if share > 0 { highest = min(highest, totals.trough / share) } else { highest = -.infinity }
    let base = equity(at: 0)
    span.keepFrom(0, lowest - base, to: highest - base, position * unitValue)
    let safe = safeSpan()
    span.low = max(span.low, safe.low)
    span.high = min(span.high, safe.high)
  }
}

extension PriceSpan {
  /// Away from a level that a price reaches from below, or from above. NaN is no level.
  fileprivate mutating func keep(_ level: Double, isAbove: Bool) {
    if level.isNaN { return }
    if isAbove { high = min(high, level.nextDown) } else { low = max(low, level.nextUp) }
  }

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
