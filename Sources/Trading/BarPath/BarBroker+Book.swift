import Market
import StrategyIR
import StrategyVM

/// The book as the script reads it, and the marking of open trades.
extension BarBroker {
  /// What the script may read in its next step; good until the next `advance` or `place`.
  public var book: BookView {
    refreshBook()
    var view = BookView(numbers: UnsafePointer(numbers))
    view.openTrades = UnsafePointer(openTrades.base)
    view.openCount = openTrades.count
    view.closedTrades = UnsafePointer(closedTrades.base)
    view.closedCount = closedTrades.count
    view.positionEntryName = openTrades.isEmpty ? 0 : openTrades.base[0].entryID
    return view
  }

  /// Marks the open trades, and the equity, to the current price.
  func mark() {
    guard position != 0 else { return }
    for index in 0..<openTrades.count { markTrade(index, at: price) }
    let equity = equity(at: price)
    if equity < lowestEquity { lowestEquity = equity }
    totals.note(equity: equity)
    checkIntradayLoss()
  }

  /// A bar on which nothing can be filled: marks the trades at its extremes and answers true,
  /// or false where a rule or a margin call must be looked at along the path.
  @inlinable @inline(__always)
  func passQuietly() -> Bool {
    let isLong = position > 0
    let worst = isLong ? bar.low : bar.high
    let best = isLong ? bar.high : bar.low
    // Where equity has been below zero, a run-up's share is not largest at the extremes.
    guard risk.maxIntradayLoss == .infinity, !risk.hasClosedInBar, !risk.isCloseDue,
      totals.trough >= 0, !lacksMargin(at: worst), !lacksMargin(at: bar.open)
    else { return false }
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
    price = bar.close
    return true
  }

  /// Brings the trades' extremes up to where quiet bars have been. Profit grows with the price, so
  /// the farthest prices alone leave the same as each bar's would.
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

  /// The rest of a bar on which the market orders have filled and nothing else can, all at once;
  /// or false, where it must be followed point by point. Equity and the trades' profits grow or
  /// fall with the price, so that the extremes stand for all that lies between.
  func passQuietlyAfterFills() -> Bool {
    guard orders.isEmpty, risk.maxIntradayLoss == .infinity, !risk.isCloseDue,
      legs.isEmpty || areLegsQuiet(on: bar)
    else { return false }
    if position != 0 {
      guard bar.isSound, !lacksMargin(at: bar.open), !lacksMargin(at: bar.high),
        !lacksMargin(at: bar.low)
      else { return false }
      let isLong = position > 0
      let best = equity(at: isLong ? bar.high : bar.low)
      let worst = equity(at: isLong ? bar.low : bar.high)
      guard totals.isWithinRecords(from: worst, to: best) else { return false }
      lowestEquity = worst
      for index in 0..<openTrades.count {
        markTrade(index, at: bar.high)
        markTrade(index, at: bar.low)
      }
    }
    isAtOpen = false
    endInstant()
    price = bar.close
    return true
  }

  func markTrade(_ index: Int, at: Double) {
    let trade = openTrades.base + index
    let profit = (at - trade.pointee.entryPrice) * trade.pointee.size * unitValue
    if profit > trade.pointee.maxRunup { trade.pointee.maxRunup = profit }
    if -profit > trade.pointee.maxDrawdown { trade.pointee.maxDrawdown = -profit }
  }

  /// What a bar has left of the account. In one piece: read from another module, each property would be
  /// checked for exclusive access.
  @inlinable @inline(__always)
  package var afterBar: (equity: Double, lowest: Double, realised: Double, isInMarket: Bool) {
    let equity = closeEquity
    return (equity, min(lowestEquity, equity), realisedEquity, position != 0)
  }

  /// The account as the script reads it, at the bar's close.
  @inlinable
  package var closeEquity: Double { bookEquity(at: bar.close) }

  @inlinable
  func bookEquity(at price: Double) -> Double {
    var open = 0.0
    var paid = 0.0
    for index in 0..<openTrades.count {
      let trade = openTrades.base + index
      open += (price - trade.pointee.entryPrice) * trade.pointee.size * unitValue
      paid += trade.pointee.commission
    }
    return settings.initialCapital + totals.netProfit - paid + open
  }

  /// Brings the numbers of the book, and the open trades, up to the bar's close.
  package func refreshBook() {
    guard isBookStale else { return }
    isBookStale = false
    markUnmarked()
    // TradingView counts an entry's commission as lost when it is paid.
    var open = 0.0
    var paid = 0.0
    var held = 0.0
    for index in 0..<openTrades.count {
      let trade = openTrades.base + index
      let gross = (bar.close - trade.pointee.entryPrice) * trade.pointee.size * unitValue
      trade.pointee.profit = gross - trade.pointee.commission
      trade.pointee.rate = rate
      open += gross
      paid += trade.pointee.commission
      let value = abs(trade.pointee.size) * trade.pointee.entryPrice * unitValue
      held += value * margin(trade.pointee.size) / 100
    }
    let capital = settings.initialCapital
    set(.accountRate, rate)
    set(.positionSize, position)
    set(.positionAveragePrice, averagePrice)
    set(.openProfit, open)
    set(.equity, capital + totals.netProfit - paid + open)
    set(.openTradesCapitalHeld, held)
    let realised = capital + totals.netProfit - paid
    set(.openProfitPercent, realised != 0 ? open / realised * 100 : .nan)
    set(.maxDrawdown, totals.maxDrawdown)
    set(.maxRunup, totals.maxRunup)
    set(.maxDrawdownPercent, totals.maxDrawdownPercent)
    set(.maxRunupPercent, totals.maxRunupPercent)
    guard hasTraded else { return }
    hasTraded = false
    fillStatistics(percent: capital != 0 ? 100 / capital : 0, paid: paid)
  }

  /// What changes only with a trade.
  private func fillStatistics(percent: Double, paid: Double) {
    let (net, lost) = (totals.netProfit - paid, totals.grossLoss + paid)
    set(.initialCapital, settings.initialCapital)
    set(.marginLiquidationPrice, liquidationPrice)
    set(.openTrades, Double(openTrades.count))
    set(.netProfit, net)
    set(.grossProfit, totals.grossProfit)
    set(.grossLoss, lost)
    set(.netProfitPercent, net * percent)
    set(.grossProfitPercent, totals.grossProfit * percent)
    set(.grossLossPercent, lost * percent)
    let (wins, losses, closed) =
      (Double(totals.wins), Double(totals.losses), Double(totals.closed))
    set(.winTrades, wins)
    set(.lossTrades, losses)
    set(.evenTrades, Double(totals.evens))
    set(.closedTrades, closed)
    set(.averageTrade, ratio(net, closed))
    set(.averageTradePercent, ratio(totals.percentSum, closed))
    set(.averageWinningTrade, ratio(totals.grossProfit, wins))
    set(.averageLosingTrade, ratio(lost, losses))
    set(.averageWinningTradePercent, ratio(totals.winPercentSum, wins))
    set(.averageLosingTradePercent, ratio(-totals.lossPercentSum, losses))
    set(.maxContractsHeldAll, max(totals.heldLong, totals.heldShort))
    set(.maxContractsHeldLong, totals.heldLong)
    set(.maxContractsHeldShort, totals.heldShort)
  }

  private func ratio(_ sum: Double, _ count: Double) -> Double { count > 0 ? sum / count : .nan }

  private func set(_ field: BookField, _ value: Double) { numbers[Int(field.rawValue)] = value }
}
