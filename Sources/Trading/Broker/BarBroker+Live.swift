import StrategyIR
import StrategyVM

/// Additional state of a broker whose orders another venue fills.
struct LiveState {
  var isOn = false
  /// Handed out as an order, not reported yet. One at a time: the next one depends on its result.
  var execution: Execution?
  /// `nextOrder` has not returned it yet.
  var isNew = false
  /// The risk rule that wants the position closed before anything else.
  var dueClose: TradeRecord.ExitReason?
  /// A margin call was refused on this bar.
  var isMarginRefused = false
  /// Of the newest report, milliseconds since 1970.
  var time: Int64 = 0
}

/// A market order of a live broker, on the grid of quantities.
public struct LiveOrder: Equatable, Sendable {
  public let isBuy: Bool
  /// Above zero.
  public let quantity: Double
}

/// The broker over quotes: the same book and the same rules, but a triggered order becomes a
/// market order for a venue, and is booked at the price that the venue reports.
///
///     goLive ─▶ quote … quote ─▶ closeBar ─▶ place (the script's orders) ─▶ quote …
///                  │                            │
///                  └──▶ nextOrder ─▶ venue ─▶ filled | refused ─▶ nextOrder …
///
/// Orders trigger on the price basis of the quotes given, which need not be that of the bars. While an order
/// is at the venue nothing else triggers; trailing stops still follow the price.
extension BarBroker {
  /// From now on `nextOrder` hands out the orders. Call before the first bar.
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

  /// Whether the next quote matters: orders wait for a price, or a position is held.
  public var needsQuotes: Bool {
    book.position != 0 || !venue.orders.isEmpty || !venue.legs.isEmpty
  }

  /// How many orders and exits wait; callers limit it.
  public var waitingCount: Int { venue.waitingCount }

  /// Orders since the last call that the quantity step has reduced to 0.
  public func takeCuts() -> [CutOrder] { venue.takeCuts() }

  /// A quote; a triggered order is then in `nextOrder`. O(waiting orders + open trades).
  public func take(quote: Double) {
    move(to: quote)
    if book.position != 0, !isAwaitingFill, !live.isMarginRefused { checkMargin() }
  }

  /// The bar has ended; call before the script's step on it.
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

  /// The next order for the venue; nil while one is there, or if there is no other.
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

  /// The order at the venue has been filled, at a quote of this price. `time` in milliseconds since 1970.
  public func filled(at price: Double, quote: Double, time: Int64) {
    guard let execution = takeBack() else { return }
    live.time = time
    venue.price = quote
    settle(execution, at: price)
    mark()
  }

  /// The venue has refused or withdrawn the order: drops it.
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
