import StrategyIR
import StrategyVM

/// Additional state of a broker whose orders another venue fills.
struct LiveState {
  enum Recall { case none, wanted, asked }

  var isOn = false
  /// The priced orders and exits at the venue.
  var resting = RestingOrders()
  /// Handed out as a market order, with what is not reported as filled yet. One at a time: the next one depends on its
  /// result.
  var execution: Execution?
  /// Its side, and its units when it was handed out.
  var isBuy = false
  var whole = 0.0
  /// Units of the position that it was to close, and has not closed yet.
  var opposite = 0.0
  /// `nextOrder` has not returned it yet.
  var isNew = false
  var recall = Recall.none
  /// The risk rule that wants the position closed before anything else.
  var dueClose: TradeRecord.ExitReason?
  /// A margin call was refused on this bar.
  var isMarginRefused = false
  /// Of the newest report, milliseconds since 1970.
  var time: Int64 = 0
  /// The account at the newest bar's close, before the orders of that bar.
  var lastBar = (equity: 0.0, lowest: 0.0, realised: 0.0, isInMarket: false)

  mutating func endExecution() {
    execution = nil
    isNew = false
    recall = .none
  }
}

/// A market order of a live broker, on the grid of quantities.
public struct LiveOrder: Equatable, Sendable {
  public let isBuy: Bool
  /// Can only close the script's position.
  public let isExit: Bool
  /// Above zero.
  public let quantity: Double
}

/// The broker over quotes: the same book and the same rules, but a venue fills the orders, and they are booked at the
/// prices that it reports.
///
///     goLive ─▶ quote … quote ─▶ closeBar ─▶ place (the script's orders) ─▶ quote …
///                  │                            │
///                  ├──▶ nextOrder ─▶ venue ─▶ filled | refused ─▶ nextOrder …     market orders, one at a time
///                  └──▶ nextChange ─▶ venue ─▶ rests, filled | lost               stops, limits, exits: they rest there
///
extension BarBroker {
  /// From now on `nextOrder` hands out the orders. Call before the first bar.
  public func goLive() {
    live.isOn = true
    venue.tellsCuts = true
    book.sealsTrades = true
  }

  var isAwaitingFill: Bool { live.execution != nil }
  /// Entries at the venue.
  var sentEntries: Int { isAwaitingFill && venue.orders.contains { $0.isSent } ? 1 : 0 }
  /// Over bars a fill belongs to the current bar; live, to the one that is forming.
  var fillBar: Int64 { live.isOn ? barIndex &+ 1 : barIndex }
  var fillTime: Int64 { live.isOn ? live.time : bar.time }

  /// Whether the next quote matters: a position is held, or a market order waits.
  public var needsQuotes: Bool {
    book.position != 0 || live.dueClose != nil || venue.orders.contains { $0.isMarket }
  }

  /// `afterBar` at the newest bar's close, before its orders.
  package var lastBar: (equity: Double, lowest: Double, realised: Double, isInMarket: Bool) { live.lastBar }

  /// How many orders and exits wait; callers limit it.
  public var waitingCount: Int { venue.waitingCount }

  /// Orders since the last call that the quantity step has reduced to 0.
  public func takeCuts() -> [CutOrder] { venue.takeCuts() }

  /// A quote; what a rule wants closed is then in `nextOrder`. O(open trades).
  public func take(quote: Double) {
    venue.price = quote
    mark()
    if book.position != 0, !isAwaitingFill, !live.isMarginRefused { checkMargin() }
  }

  /// The bar has ended; call before the script's step on it.
  public func closeBar(_ bar: ScriptBar, index: Int64, day: Int64) {
    self.bar = bar
    barIndex = index
    venue.price = bar.close
    live.isMarginRefused = false
    live.resting.isStale = true
    for index in venue.legs.indices { venue.legs[index].refused = 0 }
    live.lastBar = afterBar
    book.lowestEquity = .infinity
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
    return LiveOrder(isBuy: live.isBuy, isExit: execution.closesOnly, quantity: execution.quantity)
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
    live.isBuy = isBuy(execution)
    live.whole = execution.quantity
    live.opposite = opposite(to: live.isBuy)
    live.isNew = true
    if case .opening(let order, _) = execution { venue.keepSent(order) }
  }

  private func isBuy(_ execution: Execution) -> Bool {
    if case .opening(let order, _) = execution { return order.direction > 0 }
    return book.position < 0
  }

  /// The venue has refused or cancelled what is left of the market order: drops it, or makes it again if it was
  /// recalled.
  public func refused() {
    let isRecalled = live.recall != .none
    guard let execution = takeBack() else { return }
    live.resting.isStale = true
    if isRecalled {
      repeatOrder(execution)
    } else if case .forced = execution {
      live.isMarginRefused = true
    }
    venue.dropLapsedExits()
  }

  private func takeBack() -> Execution? {
    defer { live.endExecution() }
    venue.forgetSent()
    return live.execution
  }

  /// Drops all orders, those at the venue included, which its owner cancels; the position stays.
  public func withdrawEverything() {
    _ = takeBack()
    live.dueClose = nil
    venue.cancelEverything()
    live.resting.removeAll()
  }
}
