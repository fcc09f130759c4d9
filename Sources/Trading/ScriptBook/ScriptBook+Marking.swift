import StrategyIR
import StrategyVM

/// The extremes of equity and open trades, at the prices that bars have seen.
extension ScriptBook {
  /// Marks the open trades, and the equity, to a price. O(open trades).
  func mark(at price: Double) {
    for index in 0..<openTrades.count { markTrade(index, at: price) }
    let equity = equity(at: price)
    if equity < lowestEquity { lowestEquity = equity }
    totals.note(equity: equity)
  }

  func markTrade(_ index: Int, at price: Double) {
    let trade = openTrades.base + index
    let profit = (price - trade.pointee.entryPrice) * trade.pointee.size * unitValue
    if profit > trade.pointee.maxRunup { trade.pointee.maxRunup = profit }
    if -profit > trade.pointee.maxDrawdown { trade.pointee.maxDrawdown = -profit }
  }

  /// Takes a bar on which nothing can fill, by its extremes alone. Returns false, without a change, if a margin
  /// call must be checked along the path. The position must not be 0.
  @inlinable @inline(__always)
  func markQuietly(_ bar: ScriptBar) -> Bool {
    let isLong = position > 0
    let worst = isLong ? bar.low : bar.high
    let best = isLong ? bar.high : bar.low
    // If equity has been below zero, a run-up's share is not largest at the extremes.
    guard totals.trough >= 0, !lacksMargin(at: worst), !lacksMargin(at: bar.open) else { return false }
    // Added up as `equity(at:)` does, to the bit.
    var (high, low) = (0.0, 0.0)
    for index in 0..<openTrades.count {
      let trade = openTrades.base + index
      let (entry, size) = (trade.pointee.entryPrice, trade.pointee.size)
      high += (best - entry) * size * unitValue - trade.pointee.commission
      low += (worst - entry) * size * unitValue - trade.pointee.commission
    }
    high += realisedEquity
    low += realisedEquity
    unmarked.include(bar)
    if !totals.isWithinRecords(from: low, to: high) {
      totals.note(equity: high)
      totals.note(equity: low)
    }
    lowestEquity = low
    return true
  }

  /// Updates the trades' extremes from quiet bars. Profit grows with the price, so the farthest prices give the
  /// same result as each bar's would.
  func markUnmarked() {
    guard !unmarked.isNowhere else { return }
    let isLong = position > 0
    let worst = isLong ? unmarked.low : unmarked.high
    let best = isLong ? unmarked.high : unmarked.low
    unmarked = .nowhere
    for index in 0..<openTrades.count {
      let trade = openTrades.base + index
      let (entry, size) = (trade.pointee.entryPrice, trade.pointee.size)
      let gain = (best - entry) * size * unitValue
      let loss = (worst - entry) * size * unitValue
      if gain > trade.pointee.maxRunup { trade.pointee.maxRunup = gain }
      if -loss > trade.pointee.maxDrawdown { trade.pointee.maxDrawdown = -loss }
    }
  }

  /// Takes the rest of a bar in one step, if the market orders have filled and nothing else can; returns false
  /// if the path must be followed point by point. Equity and profits are monotonic in the price, so the
  /// extremes suffice.
  @inline(__always)
  func markAfterFills(_ bar: ScriptBar) -> Bool {
    if position == 0 { return true }
    guard bar.isSound, !lacksMargin(at: bar.open), !lacksMargin(at: bar.high), !lacksMargin(at: bar.low) else {
      return false
    }
    let isLong = position > 0
    let best = equity(at: isLong ? bar.high : bar.low)
    let worst = equity(at: isLong ? bar.low : bar.high)
    guard totals.isWithinRecords(from: worst, to: best) else { return false }
    lowestEquity = worst
    for index in 0..<openTrades.count {
      markTrade(index, at: bar.high)
      markTrade(index, at: bar.low)
    }
    return true
  }
}
