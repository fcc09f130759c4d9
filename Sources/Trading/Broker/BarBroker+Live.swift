import StrategyIR
import StrategyVM

/// State of a broker whose orders are filled elsewhere, in addition to its book.
struct LiveState {
  var isOn = false
  /// Handed out as an order, not reported yet. One at a time: the next depends on how it went.
  var execution: Execution?
  /// It has not been asked for yet.
  var isNew = false
  /// A risk rule wants the position closed before anything else: which one.
  var dueClose: TradeRecord.ExitReason?
  /// A margin call was refused on this bar.
  var isMarginRefused = false
  /// Of the newest report, milliseconds since 1970.
  var time: Int64 = 0
}

/// A market order that a live broker wants carried out, on the grid of quantities.
public struct LiveOrder: Equatable, Sendable {
  public let isBuy: Bool
  /// Above zero.
  public let quantity: Double
}

/// The broker over quotes: the same book and the same rules, but what triggers becomes a market
/// order for a venue, and is booked at the price that the venue reports.
///
///     goLive ─▶ quote … quote ─▶ closeBar ─▶ place (the script's orders) ─▶ quote …
///                  │                            │
///                  └──▶ nextOrder ─▶ venue ─▶ filled | refused ─▶ nextOrder …
///
/// Prices trigger on the quotes' own price, wherever the bars are made of. While an order is at the
/// venue nothing else triggers; trailing stops follow the price all the same.
extension BarBroker {
  /// From now on orders are handed out by `nextOrder`. Before the first bar.
  public func goLive() {
    live.isOn = true
    venue.tellsCuts = true
  }

  var isAwaitingFill: Bool { live.execution != nil }
  /// Entries at the venue.
  var sentEntries: Int { isAwaitingFill && venue.orders.contains { $0.isSent } ? 1 : 0 }
  /// Over bars a fill belongs to the current bar; live, to the one that is forming.
  var fillBar: Int64 { live.isOn ? barIndex &+ 1 : barIndex }
  var fillTime: Int64 { live.isOn ? live.time : bar.time }

  /// Whether the next quote can do anything: orders wait for a price, or a position is held.
  public var needsQuotes: Bool {
    book.position != 0 || !venue.orders.isEmpty || !venue.legs.isEmpty
  }

  /// Orders and exits that wait, for a bound on them.
  public var waitingCount: Int { venue.waitingCount }

  /// Orders since the last call that the quantity step has cut to nothing.
  public func takeCuts() -> [CutOrder] { venue.takeCuts() }

  /// A quote; a triggered order is then in `nextOrder`. O(waiting orders + open trades).
  public func take(quote: Double) {
    move(to: quote)
    if book.position != 0, !isAwaitingFill, !live.isMarginRefused { checkMargin() }
  }

  /// The bar is over, before the script's step on it.
  public func closeBar(_ bar: ScriptBar, index: Int64, day: Int64) {
    self.bar = bar
    barIndex = index
    venue.price = bar.close
    live.isMarginRefused = false
    if day != risk.day { beginDay(day) }
    cancelUnaffordable()
    enforceRiskAfterBar()
    book.isStale = true
    barPosition = book.position
    barEquity = closeEquity
  }

  /// The next order for the venue; nil while one is there, or when none is wanted.
  public func nextOrder() -> LiveOrder? {
    if !isAwaitingFill { triggerNext() }
    guard live.isNew, let execution = live.execution else { return nil }
    live.isNew = false
    return LiveOrder(isBuy: isBuy(execution), quantity: execution.quantity)
  }

  private func triggerNext() {
    if let reason = live.dueClose {
      live.dueClose = nil
      if book.position != 0 { return send(.forced(abs(book.position), reason)) }
    }
    while !isAwaitingFill, let order = venue.takeMarketOrder() {
      fill(order, at: venue.price, slips: false)
    }
    if !isAwaitingFill { endInstant() }
  }

  func send(_ execution: Execution) {
    guard execution.quantity > 0, !isAwaitingFill else { return }
    live.execution = execution
    live.isNew = true
    if case .opening(let order, _) = execution { venue.keepSent(order) }
  }

  private func isBuy(_ execution: Execution) -> Bool {
    if case .opening(let order, _) = execution { return order.direction > 0 }
    return book.position < 0
  }

  /// The order at the venue has been filled. `time` in milliseconds since 1970.
  public func filled(at price: Double, time: Int64) {
    guard let execution = takeBack() else { return }
    live.time = time
    settle(execution, at: price)
    mark()
  }

  /// The order at the venue has been refused, or withdrawn: it is forgotten.
  public func refused() {
    guard let execution = takeBack() else { return }
    if case .forced = execution { live.isMarginRefused = true }
    venue.dropLapsedExits()
  }

  private func takeBack() -> Execution? {
    defer {
      live.execution = nil
      live.isNew = false
    }
    venue.forgetSent()
    return live.execution
  }

  /// Drops all orders, the one at the venue included; the position stays.
  public func withdrawEverything() {
    _ = takeBack()
    live.dueClose = nil
    venue.cancelEverything()
  }
}
