import CFxaot
import Calendar
import Market
import StrategyIR
import StrategyVM
import Trading

/// A script that runs in an engine: its newest version, and the book that it sees as its own.
///
/// An engine calls it with bars and quotes of one instrument. After each call it takes what the script wants: the
/// changes of its resting orders (`broker.nextChange`) and its market orders, one by one (`nextOrder`), and reports
/// each result (`filled`, `refused`, `lost`). The script knows no slots
/// and no engine, so it can move with its instrument. Its book is in the currency that the script names, else
/// in the instrument's quote currency, and begins with the script's `initial_capital`.
final class LiveScript {
  @exclusivity(unchecked) private(set) var version: ScriptVersion
  let broker: BarBroker
  private let calendar: TradingCalendar

  init(_ version: ScriptVersion, environment: ScriptEnvironment) {
    self.version = version
    broker = BarBroker(version.settings, environment)
    broker.goLive()
    if version.account != nil { broker.convert(at: .nan) }
    calendar = environment.calendar
  }

  /// Replaces the running version and returns the old one. O(1).
  func exchange(_ new: ScriptVersion) -> ScriptVersion {
    let old = version
    version = new
    return old
  }

  /// Whether the next quote can matter to it.
  var needsQuotes: Bool { !version.hasStopped && broker.needsQuotes }

  /// A bar of its timeframe has closed; false when the script has stopped on it. O(script).
  func step(_ raw: fxaot_bar) -> Bool {
    let version = version
    if version.hasStopped { return true }
    let bar = ScriptBar(raw)
    broker.closeBar(bar, index: version.bars, day: calendar.tradingDay(at: bar.time))
    guard version.step(bar, book: broker.bookView) else {
      return stop(version.runner.failure?.report ?? "")
    }
    if broker.accountRate.isNaN, !version.runner.orders.isEmpty {
      return stop(
        "it orders before any quote gives a rate to "
          + version.accountName)
    }
    broker.take(version.runner.risks)
    broker.place(version.runner.orders)
    if broker.waitingCount <= Self.mostWaiting { return true }
    return stop("the script has more than 10,000 waiting orders")
  }

  /// A bar of the past, in which nothing trades; false when the script has stopped on it.
  func warm(_ bar: fxaot_bar) -> Bool {
    if version.hasStopped || version.warm(bar, book: broker.bookView) { return true }
    return stop(version.runner.failure?.report ?? "")
  }

  /// Sets the rate of the bar that closes next; an unknown rate keeps the last one.
  func convert(at rate: Double) {
    if rate > 0, rate < .infinity { broker.convert(at: rate) }
  }

  /// Each costs memory, and time on every quote.
  private static let mostWaiting = 10_000

  private func stop(_ why: String) -> Bool {
    broker.withdrawEverything()
    version.stop(why)
    return false
  }

  /// A quote of its instrument, as the price that its bars are made of.
  func take(quote: Double) { broker.take(quote: quote) }

  /// The next market order that it wants, in signed base units on the instrument's step; nil when
  /// it wants none, or while one is at the venue.
  func nextOrder() -> (units: Int64, isExit: Bool)? {
    guard let order = broker.nextOrder() else { return nil }
    let units = Self.units(order.quantity)
    return (order.isBuy ? units : -units, order.isExit)
  }

  /// At most more than any instrument's maximum, and far from the end of an Int64.
  static func units(_ quantity: Double) -> Int64 { Int64(min(quantity, 2e12)) }

  /// The orders since the last call that the instrument's step reduced to 0.
  func takeCuts() -> [CutOrder] { broker.takeCuts() }

  func refused() { broker.refused() }
}

extension BarBroker {
  /// A flat book for a script in this environment.
  convenience init(_ settings: BrokerSettings, _ environment: ScriptEnvironment) {
    let symbol = environment.symbol
    self.init(
      settings, tick: symbol.mintick, quantityStep: symbol.minContract,
      pointValue: symbol.pointValue)
  }
}

extension ScriptBar {
  /// Nanoseconds become milliseconds, rounded down.
  init(_ bar: fxaot_bar) {
    self.init(
      time: bar.open_time_ns / 1_000_000, timeClose: bar.end_time_ns / 1_000_000, open: bar.open,
      high: bar.high, low: bar.low, close: bar.close, volume: bar.volume)
  }
}
