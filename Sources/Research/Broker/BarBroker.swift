import StrategyIR
import StrategyVM

/// TradingView's broker emulator over bars: one netted position, orders that work from the bar
/// after their placement on, fills along an assumed path through each bar.
///
/// For each bar: `advance` lets pending orders fill, `book` is what the script then reads, and
/// `place` takes what the script ordered. Money is in the account's currency, which is the
/// instrument's quote currency.
public final class BarBroker {
  public let settings: BrokerSettings
  let prices: PriceGrid
  let quantities: QuantityGrid
  let pointValue: Double

  // The market: the current bar, and how far its path has come.
  var bar = ScriptBar(
    time: 0, timeClose: 0, open: .nan, high: .nan, low: .nan, close: .nan, volume: .nan)
  var barIndex: Int64 = -1
  var price = Double.nan

  // The position.
  var position = 0.0
  var averagePrice = Double.nan
  var openTrades = TradeList()
  var closedTrades = TradeList()
  /// The lot of each open trade.
  var tradeLots: [Int64] = []

  // What waits.
  var orders: [PendingOrder] = []
  var lots: [EntryLot] = []
  var legs: [ExitLeg] = []
  /// Exits that wait for a pending entry, by the entry's id.
  var awaitingExits: [OrderCommand] = []
  /// Exits without `from_entry`, which also hold for entries that join the position later.
  var standingExits: [OrderCommand] = []
  var lastSequence: Int64 = 0
  var lastLot: Int64 = 0

  var totals = BookTotals()
  /// Trades have been closed or opened since the book's numbers were refreshed.
  var hasTraded = true
  /// The equity at the newest bar's worst price for the position.
  var lowestEquity: Double
  var risk = RiskState()
  let numbers = UnsafeMutablePointer<Double>.allocate(capacity: BookField.allCases.count)

  /// `tick` and `quantityStep` are the instrument's smallest steps.
  public init(
    _ settings: BrokerSettings, tick: Double, quantityStep: Double, pointValue: Double = 1
  ) {
    self.settings = settings
    self.pointValue = pointValue
    prices = PriceGrid(tick: tick)
    quantities = QuantityGrid(step: quantityStep)
    numbers.initialize(repeating: 0, count: BookField.allCases.count)
    lowestEquity = settings.initialCapital
    totals.peak = settings.initialCapital
    totals.trough = settings.initialCapital
    fillNumbers()
  }

  deinit { numbers.deallocate() }

  var realisedEquity: Double { settings.initialCapital + totals.netProfit }
  var slip: Double { settings.slippage * prices.tick }

  func nextSequence() -> Int64 {
    lastSequence += 1
    return lastSequence
  }

  /// Lets the bar happen: pending orders fill along its path. `day` numbers the trading days.
  public func advance(_ bar: ScriptBar, index: Int64, day: Int64) {
    self.bar = bar
    barIndex = index
    if day != risk.day { beginDay(day) }
    if orders.isEmpty {
      if position == 0 {
        price = bar.close
        lowestEquity = realisedEquity
        return
      }
      if legs.isEmpty, passQuietly() { return }
    }
    lowestEquity = .infinity
    price = bar.open
    fillMarketOrders()
    followPath()
    cancelUnaffordable()
    enforceRiskAfterBar()
    fillNumbers()
  }

  /// Open, the nearer extreme, the other one, close; the low first where both are equally near.
  private func followPath() {
    move(to: bar.open)
    checkMargin()
    let highFirst = abs(bar.open - bar.high) < abs(bar.open - bar.low)
    move(to: highFirst ? bar.high : bar.low)
    checkMargin()
    move(to: highFirst ? bar.low : bar.high)
    checkMargin()
    move(to: bar.close)
  }

  /// Market orders in the order of their placement, at the current price.
  func fillMarketOrders() {
    var index = 0
    while index < orders.count {
      guard orders[index].isMarket else {
        index += 1
        continue
      }
      let order = orders.remove(at: index)
      fill(order, at: price, slips: true)
    }
  }
}
