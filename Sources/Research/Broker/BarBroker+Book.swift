import StrategyIR

/// The book as the script reads it, and the marking of open trades.
extension BarBroker {
  /// What the script may read in its next step; good until the next `advance` or `place`.
  public var book: BookView {
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
    totals.note(equity: equity(at: price))
    checkIntradayLoss()
  }

  func markTrade(_ index: Int, at: Double) {
    let trade = openTrades.base + index
    let profit = (at - trade.pointee.entryPrice) * trade.pointee.size * pointValue
    if profit > trade.pointee.maxRunup { trade.pointee.maxRunup = profit }
    if -profit > trade.pointee.maxDrawdown { trade.pointee.maxDrawdown = -profit }
  }

  /// Refreshes the numbers of the book at the bar's close.
  func fillNumbers() {
    var open = 0.0
    var held = 0.0
    for index in 0..<openTrades.count {
      let trade = openTrades.base + index
      let gross = (bar.close - trade.pointee.entryPrice) * trade.pointee.size * pointValue
      trade.pointee.profit = gross - trade.pointee.commission
      open += trade.pointee.profit
      let value = abs(trade.pointee.size) * trade.pointee.entryPrice * pointValue
      held += value * margin(trade.pointee.size) / 100
    }
    let capital = settings.initialCapital
    set(.initialCapital, capital)
    set(.positionSize, position)
    set(.positionAveragePrice, averagePrice)
    set(.openProfit, open)
    set(.netProfit, totals.netProfit)
    set(.equity, capital + totals.netProfit + open)
    set(.grossProfit, totals.grossProfit)
    set(.grossLoss, totals.grossLoss)
    set(.openTradesCapitalHeld, held)
    set(.marginLiquidationPrice, liquidationPrice)
    set(.openTrades, Double(openTrades.count))
    fillStatistics(percent: capital != 0 ? 100 / capital : 0)
    set(.openProfitPercent, open / realisedEquity * 100)
  }

  private func fillStatistics(percent: Double) {
    set(.netProfitPercent, totals.netProfit * percent)
    set(.grossProfitPercent, totals.grossProfit * percent)
    set(.grossLossPercent, totals.grossLoss * percent)
    set(.maxDrawdown, totals.maxDrawdown)
    set(.maxRunup, totals.maxRunup)
    set(.maxDrawdownPercent, totals.maxDrawdownPercent)
    set(.maxRunupPercent, totals.maxRunupPercent)
    let (wins, losses, closed) =
      (Double(totals.wins), Double(totals.losses), Double(totals.closed))
    set(.winTrades, wins)
    set(.lossTrades, losses)
    set(.evenTrades, Double(totals.evens))
    set(.closedTrades, closed)
    set(.averageTrade, ratio(totals.netProfit, closed))
    set(.averageTradePercent, ratio(totals.percentSum, closed))
    set(.averageWinningTrade, ratio(totals.grossProfit, wins))
    set(.averageLosingTrade, ratio(totals.grossLoss, losses))
    set(.averageWinningTradePercent, ratio(totals.winPercentSum, wins))
    set(.averageLosingTradePercent, ratio(-totals.lossPercentSum, losses))
    set(.maxContractsHeldAll, max(totals.heldLong, totals.heldShort))
    set(.maxContractsHeldLong, totals.heldLong)
    set(.maxContractsHeldShort, totals.heldShort)
  }

  private func ratio(_ sum: Double, _ count: Double) -> Double { count > 0 ? sum / count : .nan }

  private func set(_ field: BookField, _ value: Double) { numbers[Int(field.rawValue)] = value }
}
