import Market
import StrategyIR
import StrategyVM

/// TradingView's broker emulator over bars: one netted position; orders work from the bar after their
/// placement and fill along an assumed path through each bar.
///
/// It stands between a script's `ScriptBook` and the `BarPathVenue` where its orders wait: it decides what is
/// placed, how much of an order fills, and when a rule or the margin ends the position.
///
/// For each bar: `advance` fills pending orders, the script reads `bookView`, and `place` takes what the
/// script ordered. Money is in the account's currency; if that is not the symbol's, `convert` gives the
/// rate of each bar.
/// Belongs to one run. Only its own parts call each other, so its properties need no checks of exclusive
/// access.
public final class BarBroker {
  @usableFromInline package let book: ScriptBook
  @usableFromInline package let venue: BarPathVenue
  @exclusivity(unchecked) @usableFromInline var risk = RiskState()
  @exclusivity(unchecked) var live = LiveState()
  @exclusivity(unchecked) var within = WithinBar()

  @exclusivity(unchecked) @usableFromInline package var bar = ScriptBar(
    time: 0, timeClose: 0, open: .nan, high: .nan, low: .nan, close: .nan, volume: .nan)
  @exclusivity(unchecked) @usableFromInline var barIndex: Int64 = -1

  /// Position and equity before the bar's fills.
  @exclusivity(unchecked) var barPosition = 0.0
  @exclusivity(unchecked) var barEquity = 0.0
  /// The side of a position that a market order has closed at this instant, 0 for none; and the one
  /// that a market entry has opened.
  @exclusivity(unchecked) var closedSide = 0.0
  @exclusivity(unchecked) var openedSide = 0.0
  /// The price of the newest fill.
  @exclusivity(unchecked) var lastFill = Double.nan

  /// `tick` and `quantityStep` are the instrument's smallest steps.
  public init(
    _ settings: BrokerSettings, tick: Double, quantityStep: Double, pointValue: Double = 1
  ) {
    let prices = PriceGrid(tick: tick)
    let quantities = QuantityGrid(step: quantityStep)
    book = ScriptBook(settings, prices, quantities, pointValue: pointValue)
    venue = BarPathVenue(settings, prices, quantities)
  }

  public var settings: BrokerSettings { book.settings }
  /// The smallest step of quantities, in units.
  public var quantityStep: Double { book.quantities.step }
  /// Orders and exits that the quantity step has reduced to 0.
  public var cuts: CutOrders { venue.cuts }

  /// The script's view of the book in its next step; valid until the next `advance` or `place`.
  public var bookView: BookView { book.view(at: now) }

  /// One unit of the symbol's currency in the account's; nan while unknown.
  public var accountRate: Double { book.rate }

  /// See `ScriptBook.convert`.
  public func convert(at rate: Double) { book.convert(at: rate) }

  /// Runs a bar: pending orders fill along its path. `day` numbers the trading days.
  @inlinable @inline(__always)
  public func advance(_ bar: ScriptBar, index: Int64, day: Int64) {
    let lastClose = self.bar.close
    self.bar = bar
    barIndex = index
    book.isStale = true
    if day != risk.day { beginDay(day) }
    if venue.orders.isEmpty {
      if book.position == 0, !risk.isCloseDue {
        venue.price = bar.close
        book.lowestEquity = book.realisedEquity
        return
      }
      // The legs read the property, so the parameter stays in registers; see `passQuietly`.
      if venue.legs.isEmpty || venue.areLegsQuiet(on: self.bar), passQuietly(bar) { return }
    }
    fill(after: lastClose)
  }

  /// A bar on which nothing can fill: marks the trades at its extremes and returns true, or returns false if
  /// a rule or a margin call must be checked along the path.
  ///
  /// Reads the parameter, not the property just written: a load of high and low together would wait
  /// for two stores.
  @inlinable @inline(__always)
  func passQuietly(_ bar: ScriptBar) -> Bool {
    guard !risk.needsPath, !risk.hasClosedInBar, book.markQuietly(bar) else { return false }
    venue.price = bar.close
    return true
  }

  /// A bar on which something may fill.
  @inline(never) @usableFromInline
  func fill(after lastClose: Double) {
    book.lowestEquity = .infinity
    within.hasFilled = false
    barPosition = book.position
    barEquity = book.readEquity(at: lastClose)
    venue.price = bar.open
    venue.heading = bar.open
    venue.isAtOpen = true
    fillMarketOrders()
    if !passQuietlyAfterFills() { followPath() }
    cancelUnaffordable()
    enforceRiskAfterBar()
  }

  /// Takes the rest of a bar in one step, if the market orders have filled and nothing else can; returns
  /// false if the path must be followed point by point.
  private func passQuietlyAfterFills() -> Bool {
    guard venue.orders.isEmpty, !risk.needsPath, !within.isDue,
      venue.legs.isEmpty || venue.areLegsQuiet(on: bar), book.markAfterFills(bar)
    else { return false }
    venue.isAtOpen = false
    endInstant()
    venue.price = bar.close
    return true
  }

  /// Open, the nearer extreme, the other one, close; the low first where both are equally near.
  private func followPath() {
    move(to: bar.open)
    venue.isAtOpen = false
    endInstant()
    checkMargin()
    runWithinBar()
    let highFirst = abs(bar.open - bar.high) < abs(bar.open - bar.low)
    moveAndCheck(to: highFirst ? bar.high : bar.low)
    runWithinBar()
    moveAndCheck(to: highFirst ? bar.low : bar.high)
    runWithinBar()
    move(to: bar.close)
    fillOrdersOfBar()
  }

  /// Moves the price in one direction to `target` and books the fills on the way.
  func move(to target: Double) {
    venue.heading = target
    if !venue.orders.isEmpty || !venue.legs.isEmpty {
      var event = BarPathVenue.Event.move(to: target)
      while let fill = venue.nextFill(on: &event) {
        take(fill)
        if risk.isHalted { break }
      }
    }
    venue.arrive(at: target)
    mark()
    venue.arrivals += 1
    closeIfDue()
  }

  /// Market orders in the order of their placement, at the current price.
  func fillMarketOrders() {
    var event = BarPathVenue.Event.trade(from: 0)
    while let fill = venue.nextFill(on: &event) { take(fill) }
  }

  /// Market orders fill from here on at another time than those before.
  func endInstant() {
    closedSide = 0
    openedSide = 0
  }

  /// Checks the margin at an extreme, and as it was at the last fill on the way there.
  private func moveAndCheck(to extreme: Double) {
    lastFill = .nan
    move(to: extreme)
    if !checkMargin(), !lastFill.isNaN { checkMargin(markedAt: lastFill) }
  }

  /// Marks the open trades, and the equity, to the current price.
  func mark() {
    guard book.position != 0 else { return }
    book.mark(at: venue.price)
    checkIntradayLoss()
    checkDrawdown()
  }

  /// The account after a bar, as one value: another module's read of each property would check exclusive
  /// access.
  @inlinable @inline(__always)
  package var afterBar: (equity: Double, lowest: Double, realised: Double, isInMarket: Bool) {
    let equity = closeEquity
    return (equity, min(book.lowestEquity, equity), book.realisedEquity, book.position != 0)
  }

  /// The account as the script reads it, at the bar's close.
  @inlinable
  package var closeEquity: Double { book.readEquity(at: bar.close) }

  /// Updates the open trades' profits to the bar's close.
  package func refreshBook() { book.refresh(at: bar.close) }
}
