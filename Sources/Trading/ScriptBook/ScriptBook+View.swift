import StrategyIR

/// The book as the script reads it.
extension ScriptBook {
  /// The script's view of the book in its next step, with open trades valued at `close`; valid until the book
  /// changes.
  func view(at close: Double) -> BookView {
    refresh(at: close)
    var view = BookView(numbers: UnsafePointer(numbers))
    view.openTrades = UnsafePointer(openTrades.base)
    view.openCount = openTrades.count
    view.closedTrades = UnsafePointer(closedTrades.base)
    view.closedCount = closedTrades.count
    view.positionEntryName = openTrades.isEmpty ? 0 : openTrades.base[0].entryID
    return view
  }

  /// Updates the view's numbers and the open trades to a bar's close.
  func refresh(at close: Double) {
    guard isStale else { return }
    isStale = false
    markUnmarked()
    // TradingView counts an entry's commission as lost when it is paid.
    var open = 0.0
    var paid = 0.0
    var held = 0.0
    for index in 0..<openTrades.count {
      let trade = openTrades.base + index
      let gross = (close - trade.pointee.entryPrice) * trade.pointee.size * unitValue
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

  /// Updates the numbers that change only with a trade.
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
