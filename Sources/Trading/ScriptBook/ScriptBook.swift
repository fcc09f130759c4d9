import Market
import StrategyIR

/// A script's book in TradingView's doubles: one netted position, the trades that made it, and their sums.
///
/// It knows no orders and no venue: its broker opens and closes at the prices of fills, and marks the open
/// trades at the prices that a bar has seen. Money is in the account's currency.
///
/// A class of which its broker has the only reference: a struct of this size would be copied for each call
/// that only reads it. Its properties need no checks of exclusive access, as its broker's.
@usableFromInline
package final class ScriptBook {
  /// Capital, commission, margin and size of orders.
  @exclusivity(unchecked) @usableFromInline package var settings: BrokerSettings
  let prices: PriceGrid
  let quantities: QuantityGrid
  package let pointValue: Double
  /// What a unit's move by 1 is worth in the account's currency.
  @exclusivity(unchecked) @usableFromInline var unitValue: Double
  /// One unit of the symbol's currency in the account's; nan while it is not known.
  @exclusivity(unchecked) private(set) var rate = 1.0

  /// Signed units.
  @exclusivity(unchecked) @usableFromInline package var position = 0.0
  /// nan when flat.
  @exclusivity(unchecked) var averagePrice = Double.nan
  @exclusivity(unchecked) @usableFromInline package var openTrades = PlainList<TradeRecord>()
  @exclusivity(unchecked) package internal(set) var closedTrades = PlainList<TradeRecord>()
  /// The bytes of the first closed trades, 64 each, where a live script may be saved at any time.
  @exclusivity(unchecked) var sealedTrades: [SealedTrades] = []
  @exclusivity(unchecked) var sealsTrades = false
  @exclusivity(unchecked) @usableFromInline package var totals = BookTotals()
  /// The equity at the newest bar's worst price for the position.
  @exclusivity(unchecked) @usableFromInline package var lowestEquity: Double

  /// The view's numbers are those of an earlier bar.
  @exclusivity(unchecked) @usableFromInline var isStale = true
  /// Trades have been closed or opened since the view's numbers were refreshed.
  @exclusivity(unchecked) var hasTraded = true
  /// Counts the changes of what decides over the equity at a price.
  @exclusivity(unchecked) @usableFromInline package internal(set) var changes = 0
  /// Where the price has been since the open trades were marked.
  @exclusivity(unchecked) @usableFromInline var unmarked = PriceSpan.nowhere
  /// Prices at which no margin is lacking; nowhere until it is asked for after a trade.
  @exclusivity(unchecked) @usableFromInline var safePrices = PriceSpan.nowhere
  let numbers = UnsafeMutablePointer<Double>.allocate(capacity: BookField.allCases.count)

  init(_ settings: BrokerSettings, _ prices: PriceGrid, _ quantities: QuantityGrid, pointValue: Double) {
    self.settings = settings
    self.prices = prices
    self.quantities = quantities
    self.pointValue = pointValue
    unitValue = pointValue
    lowestEquity = settings.initialCapital
    totals.peak = settings.initialCapital
    totals.trough = settings.initialCapital
    numbers.initialize(repeating: 0, count: BookField.allCases.count)
  }

  deinit { numbers.deallocate() }

  @inlinable
  package var realisedEquity: Double { settings.initialCapital + totals.netProfit }

  /// Realised equity and the open trades' profit, their commission taken off each.
  func equity(at price: Double) -> Double {
    position == 0 ? realisedEquity : realisedEquity + openProfit(at: price)
  }

  package func openProfit(at price: Double) -> Double {
    // Mostly there is one, for which the loop is the most of the work.
    if openTrades.count == 1 { return 0 + openProfit(of: openTrades.base, at: price) }
    var profit = 0.0
    for index in 0..<openTrades.count { profit += openProfit(of: openTrades.base + index, at: price) }
    return profit
  }

  @inline(__always)
  private func openProfit(of trade: UnsafePointer<TradeRecord>, at price: Double) -> Double {
    (price - trade.pointee.entryPrice) * trade.pointee.size * unitValue - trade.pointee.commission
  }

  /// The smaller of `equity` and `readEquity` at one price, and the larger one at another.
  func equities(from low: Double, to high: Double) -> (least: Double, most: Double, low: Double, high: Double) {
    var sums = (low: 0.0, high: 0.0, openLow: 0.0, openHigh: 0.0, paid: 0.0)
    for index in 0..<openTrades.count {
      let trade = openTrades.base + index
      let (entry, size, paid) = (trade.pointee.entryPrice, trade.pointee.size, trade.pointee.commission)
      let (loss, gain) = ((low - entry) * size * unitValue, (high - entry) * size * unitValue)
      sums.low += loss - paid
      sums.high += gain - paid
      sums.openLow += loss
      sums.openHigh += gain
      sums.paid += paid
    }
    let realised = realisedEquity
    let (least, most) = (realised + sums.low, realised + sums.high)
    let kept = realised - sums.paid
    return (min(least, kept + sums.openLow), max(most, kept + sums.openHigh), least, most)
  }

  /// The equity that scripts read: TradingView adds up profits and commissions apart.
  @inlinable
  func readEquity(at price: Double) -> Double {
    var open = 0.0
    var paid = 0.0
    for index in 0..<openTrades.count {
      let trade = openTrades.base + index
      open += (price - trade.pointee.entryPrice) * trade.pointee.size * unitValue
      paid += trade.pointee.commission
    }
    return settings.initialCapital + totals.netProfit - paid + open
  }

  /// Paid for the entries of the trades that are open.
  var openCommission: Double {
    var sum = 0.0
    for index in 0..<openTrades.count { sum += openTrades.base[index].commission }
    return sum
  }

  /// From now on one unit of the symbol's currency is worth so much of the account's. What has been
  /// paid and what was closed stays as it was; open trades are valued at the new rate.
  ///
  /// TradingView converts with the rate of the day before, so that a bar has one rate.
  func convert(at rate: Double) {
    guard rate != self.rate, !(rate.isNaN && self.rate.isNaN) else { return }
    markUnmarked()
    self.rate = rate
    unitValue = pointValue * rate
    forgetSums()
  }

  /// Of a state that is loaded.
  func restore(rate: Double) { self.rate = rate }

  /// Another version of the script continues the book, under its own settings.
  func succeed(_ new: BrokerSettings) {
    let capital = new.initialCapital - settings.initialCapital
    settings = new
    if capital != 0 {
      totals.peak += capital
      totals.trough += capital
      totals.forgetCalm()
      lowestEquity += capital
    }
    forgetSums()
  }

  private func forgetSums() {
    safePrices = .nowhere
    hasTraded = true
    changes &+= 1
    isStale = true
  }
}
