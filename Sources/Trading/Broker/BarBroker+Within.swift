import StrategyIR
import StrategyVM

/// `calc_on_order_fills`: how the script of a back-test runs before a bar's close.
struct WithinBar {
  /// Runs the script and places its orders; nil: it runs at a bar's close alone.
  var run: (() -> Void)?
  /// Something has filled since the last point of the path at which the script ran.
  var hasFilled = false
  /// The script runs at the open or an extreme.
  var isOn = false

  var isDue: Bool { run != nil && hasFilled }
}

/// A bar has four ticks: its open, its extremes and its close. After the tick on whose way something has filled, the
/// script runs once, at the last one as on any bar. Its market orders fill at the next tick.
extension BarBroker {
  /// `run` is called at an open or extreme; it reads `bookView`, and places orders with `place`.
  public func runAfterFills(_ run: @escaping () -> Void) { within.run = run }

  /// The price at which the script runs.
  var now: Double { within.isOn ? venue.price : bar.close }

  /// At the end of a stretch of the path: fills the market orders that the script has placed on its way, and runs the
  /// script if something has filled.
  func runWithinBar() {
    fillOrdersOfBar()
    guard within.isDue, let run = within.run, !risk.isHalted else { return }
    within.hasFilled = false
    within.isOn = true
    book.isStale = true
    run()
    within.isOn = false
    book.isStale = true
    barPosition = book.position
    barEquity = book.equity(at: venue.price)
    venue.settlePlaced()
  }

  func fillOrdersOfBar() {
    guard within.run != nil else { return }
    fillMarketOrders()
    endInstant()
  }
}

extension BarPathVenue {
  /// Calls of a later run of the script, on the same bar, make other orders: they do not change these.
  func settlePlaced() {
    for index in orders.indices { orders[index].placedBar = -1 }
  }
}
