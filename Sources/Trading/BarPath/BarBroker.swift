import Market
import StrategyIR
import StrategyVM

/// TradingView's broker emulator over bars: one netted position, orders that work from the bar
/// after their placement on, fills along an assumed path through each bar.
///
/// For each bar: `advance` fills pending orders, the script reads `book`, and
/// `place` takes what the script ordered. Money is in the account's currency; where that is not the
/// symbol's, `convert` gives the rate of each bar.
/// Belongs to one run. Its parts call each other only from within, so that its properties need no
/// checks of exclusive access.
public final class BarBroker {
  @exclusivity(unchecked) public internal(set) var settings: BrokerSettings
  let prices: PriceGrid
  let quantities: QuantityGrid
  let pointValue: Double
  /// What a unit's move by 1 is worth in the account's currency.
  @exclusivity(unchecked) @usableFromInline var unitValue: Double
  @exclusivity(unchecked) var rate = 1.0

  // The market: the current bar, and how far its path has come.
  @exclusivity(unchecked) @usableFromInline package var bar = ScriptBar(
    time: 0, timeClose: 0, open: .nan, high: .nan, low: .nan, close: .nan, volume: .nan)
  @exclusivity(unchecked) @usableFromInline var barIndex: Int64 = -1
  @exclusivity(unchecked) @usableFromInline var price = Double.nan
  /// The bar's open is being dealt with.
  @exclusivity(unchecked) var isAtOpen = false
  /// Where the stretch of the path at hand ends, and how many ends have been reached in this run.
  @exclusivity(unchecked) var heading = Double.nan
  @exclusivity(unchecked) var arrivals: Int64 = 0
  /// The side of a position that a market order has closed at this instant, 0 for none; and the one
  /// that a market entry has opened.
  @exclusivity(unchecked) var closedSide = 0.0
  @exclusivity(unchecked) var openedSide = 0.0
  /// The price of the newest fill.
  @exclusivity(unchecked) var lastFill = Double.nan
  /// Position and equity before the bar's fills.
  @exclusivity(unchecked) var barPosition = 0.0
  @exclusivity(unchecked) var barEquity = 0.0

  // The position.
  @exclusivity(unchecked) @usableFromInline package var position = 0.0
  @exclusivity(unchecked) var averagePrice = Double.nan
  @exclusivity(unchecked) @usableFromInline package var openTrades = PlainList<TradeRecord>()
  @exclusivity(unchecked) package var closedTrades = PlainList<TradeRecord>()

  // What waits.
  @exclusivity(unchecked) @usableFromInline var orders = PlainList<PendingOrder>()
  @exclusivity(unchecked) var lots = PlainList<EntryLot>()
  /// The lots in the order of their entries' ids; see `forEachLot`.
  @exclusivity(unchecked) var lotsByID: [UInt64] = []
  @exclusivity(unchecked) var isLotOrderStale = true
  @exclusivity(unchecked) @usableFromInline var legs = ExitLegs()
  /// Exits that wait for a pending entry, by the entry's id.
  @exclusivity(unchecked) var awaitingExits = PlainList<OrderCommand>()
  /// Exits without `from_entry`, which also hold for entries that join the position later.
  @exclusivity(unchecked) var standingExits = PlainList<OrderCommand>()
  @exclusivity(unchecked) var lastSequence: Int64 = 0
  @exclusivity(unchecked) var lastLot: Int64 = 0

  @exclusivity(unchecked) @usableFromInline package var totals = BookTotals()
  /// The book's numbers are those of an earlier bar.
  @exclusivity(unchecked) @usableFromInline var isBookStale = true
  /// Trades have been closed or opened since the book's numbers were refreshed.
  @exclusivity(unchecked) var hasTraded = true
  /// Where the price has been since the open trades were marked.
  @exclusivity(unchecked) @usableFromInline var unmarked = PriceSpan.nowhere
  /// Prices at which no margin is lacking; nowhere until it is asked for after a trade.
  @exclusivity(unchecked) @usableFromInline var safePrices = PriceSpan.nowhere
  /// The equity at the newest bar's worst price for the position.
  @exclusivity(unchecked) @usableFromInline package var lowestEquity: Double
  @exclusivity(unchecked) @usableFromInline var risk = RiskState()
  @exclusivity(unchecked) public internal(set) var cuts = CutOrders()
  @exclusivity(unchecked) var live = LiveState()
  let numbers = UnsafeMutablePointer<Double>.allocate(capacity: BookField.allCases.count)

  /// `tick` and `quantityStep` are the instrument's smallest steps.
  public init(
    _ settings: BrokerSettings, tick: Double, quantityStep: Double, pointValue: Double = 1
  ) {
    self.settings = settings
    self.pointValue = pointValue
    unitValue = pointValue
    prices = PriceGrid(tick: tick)
    quantities = QuantityGrid(step: quantityStep)
    numbers.initialize(repeating: 0, count: BookField.allCases.count)
    lowestEquity = settings.initialCapital
    totals.peak = settings.initialCapital
    totals.trough = settings.initialCapital
  }

  deinit { numbers.deallocate() }

  @inlinable
  package var realisedEquity: Double { settings.initialCapital + totals.netProfit }
  var slip: Double { settings.slippage * prices.tick }

  func nextSequence() -> Int64 {
    lastSequence += 1
    return lastSequence
  }

  /// Lets the bar happen: pending orders fill along its path. `day` numbers the trading days.
  @inlinable @inline(__always)
  public func advance(_ bar: ScriptBar, index: Int64, day: Int64) {
    let lastClose = self.bar.close
    self.bar = bar
    barIndex = index
    isBookStale = true
    if day != risk.day { beginDay(day) }
    if orders.isEmpty {
      if position == 0, !risk.isCloseDue {
        price = bar.close
        lowestEquity = realisedEquity
        return
      }
      if legs.isEmpty || areLegsQuiet(on: bar), passQuietly() { return }
    }
    fill(after: lastClose)
  }

  /// A bar on which something may fill.
  @inline(never) @usableFromInline
  func fill(after lastClose: Double) {
    lowestEquity = .infinity
    barPosition = position
    barEquity = bookEquity(at: lastClose)
    price = bar.open
    heading = bar.open
    isAtOpen = true
    fillMarketOrders()
    if !passQuietlyAfterFills() { followPath() }
    cancelUnaffordable()
    enforceRiskAfterBar()
  }

  /// Open, the nearer extreme, the other one, close; the low first where both are equally near.
  private func followPath() {
    move(to: bar.open)
    isAtOpen = false
    endInstant()
    checkMargin()
    let highFirst = abs(bar.open - bar.high) < abs(bar.open - bar.low)
    moveAndCheck(to: highFirst ? bar.high : bar.low)
    moveAndCheck(to: highFirst ? bar.low : bar.high)
    move(to: bar.close)
  }

  /// Market orders that fill from here on do so at another time than those before.
  func endInstant() {
    closedSide = 0
    openedSide = 0
  }

  /// The margin is asked for at an extreme, and as it was at the last fill on the way there.
  private func moveAndCheck(to extreme: Double) {
    lastFill = .nan
    move(to: extreme)
    if !checkMargin(), !lastFill.isNaN { checkMargin(markedAt: lastFill) }
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
