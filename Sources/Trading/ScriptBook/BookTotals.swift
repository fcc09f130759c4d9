import StrategyIR

/// Sums over a book's trades, updated with every fill.
@usableFromInline
package struct BookTotals {
  @usableFromInline package internal(set) var netProfit = 0.0
  package internal(set) var grossProfit = 0.0
  /// Positive.
  package internal(set) var grossLoss = 0.0
  package internal(set) var commission = 0.0
  package internal(set) var wins = 0
  package internal(set) var losses = 0
  var evens = 0
  /// Sums of the trades' returns on their cost, in percent.
  var percentSum = 0.0
  var winPercentSum = 0.0
  var lossPercentSum = 0.0
  var heldLong = 0.0
  var heldShort = 0.0
  /// Highest and lowest equity after a closed trade.
  @usableFromInline var peak = 0.0
  @usableFromInline var trough = 0.0
  @usableFromInline var maxDrawdown = 0.0
  @usableFromInline var maxDrawdownPercent = 0.0
  @usableFromInline var maxRunup = 0.0
  @usableFromInline var maxRunupPercent = 0.0
  /// Equities that would change none of these: the widest span that has been asked for.
  @usableFromInline var calmLow = Double.infinity
  @usableFromInline var calmHigh = -Double.infinity

  package var closed: Int { wins + losses + evens }

  mutating func add(
    _ trade: UnsafePointer<TradeRecord>, pointValue: Double, initialCapital: Double
  ) {
    let profit = trade.pointee.profit
    netProfit += profit
    commission += trade.pointee.commission
    let cost = abs(trade.pointee.size) * trade.pointee.entryPrice * pointValue
    let percent = cost > 0 ? profit / cost * 100 : 0
    percentSum += percent
    if profit > 0 {
      wins += 1
      grossProfit += profit
      winPercentSum += percent
    } else if profit < 0 {
      losses += 1
      grossLoss -= profit
      lossPercentSum += percent
    } else {
      evens += 1
    }
    let equity = initialCapital + netProfit
    note(equity: equity)
    let (lastPeak, lastTrough) = (peak, trough)
    peak = max(peak, equity)
    trough = min(trough, equity)
    if peak != lastPeak || trough != lastTrough { forgetCalm() }
  }

  /// Peak or trough have changed. A larger draw-down or run-up changes nothing: it only allows more.
  mutating func forgetCalm() { (calmLow, calmHigh) = (.infinity, -.infinity) }

  /// Draw-down from the highest, run-up from the lowest equity so far.
  @usableFromInline
  mutating func note(equity: Double) {
    let drawdown = peak - equity
    if drawdown > maxDrawdown { maxDrawdown = drawdown }
    if peak > 0, drawdown * 100 > maxDrawdownPercent * peak {
      maxDrawdownPercent = drawdown / peak * 100
    }
    let runup = equity - trough
    if runup > maxRunup { maxRunup = runup }
    if equity > 0, runup * 100 > maxRunupPercent * equity {
      maxRunupPercent = runup / equity * 100
    }
  }

  /// Whether noting these two equities, and all between them, would surely change nothing. The last margin
  /// allows for rounding, since the share of a run-up falls with the equity.
  @inlinable @inline(__always)
  mutating func isWithinRecords(from low: Double, to high: Double) -> Bool {
    (calmLow <= low && low <= high && high <= calmHigh) || widensCalm(from: low, to: high)
  }

  /// A fall is greatest from the lowest equity, a rise to the highest, so that what lies between two calm spans is
  /// calm too.
  @inline(never) @usableFromInline
  mutating func widensCalm(from low: Double, to high: Double) -> Bool {
    let fall = peak - low
    let rise = high - trough
    let isCalm =
      low <= high && fall <= maxDrawdown && rise <= maxRunup
      && (peak <= 0 || fall * 100 <= maxDrawdownPercent * peak)
      && maxRunupPercent <= 100 && rise * 100 <= (maxRunupPercent - 1e-12) * high
    if isCalm { (calmLow, calmHigh) = (min(calmLow, low), max(calmHigh, high)) }
    return isCalm
  }

  /// Between these equities, but for rounding, no record is set.
  var calmEquities: (low: Double, high: Double) {
    let low = max(peak - maxDrawdown, peak > 0 ? peak * (1 - maxDrawdownPercent / 100) : -.infinity)
    let share = 1 - (maxRunupPercent - 1e-12) / 100
    return (low, share > 0 ? min(trough + maxRunup, trough / share) : -.infinity)
  }

  mutating func noteHeld(_ position: Double) {
    heldLong = max(heldLong, position)
    heldShort = max(heldShort, -position)
  }
}
