import StrategyIR

/// Another version of the script takes over the book: position, trades and waiting orders stay, under
/// the new version's texts and settings.
extension BarBroker {
  /// What the new version brings with it.
  public struct Succession {
    public var settings: BrokerSettings
    /// Its rules; those of the version before are forgotten.
    public var rules: [RiskRule]
    /// How far its count of bars is ahead of the other's: trades and orders keep their bars.
    public var barShift: Int64

    public init(settings: BrokerSettings, rules: [RiskRule], barShift: Int64) {
      self.settings = settings
      self.rules = rules
      self.barShift = barShift
    }
  }

  public var closedTradeCount: Int { closedTrades.count }

  /// Calls `body` with every text that an order or a trade refers to, by the closed trades from this
  /// index on; it may give another number. Texts may come several times. O(orders + trades).
  public func forEachText(closedTradesFrom first: Int = 0, _ body: (inout TextRef) -> Void) {
    for index in orders.indices { orders[index].forEachText(body) }
    for index in lots.indices { lots[index].forEachText(body) }
    isLotOrderStale = true
    for index in legs.indices { legs[index].command.forEachText(body) }
    for index in awaitingExits.indices { awaitingExits[index].forEachText(body) }
    for index in standingExits.indices { standingExits[index].forEachText(body) }
    live.execution?.forEachText(body)
    for index in 0..<openTrades.count { (openTrades.base + index).pointee.forEachText(body) }
    for index in min(max(first, 0), closedTrades.count)..<closedTrades.count {
      (closedTrades.base + index).pointee.forEachText(body)
    }
  }

  /// The new version's settings and rules hold from now on. A halt that a rule has brought about
  /// stays. O(orders + trades) where bars are counted anew, else O(open trades).
  public func succeed(_ new: Succession) {
    let capital = new.settings.initialCapital - settings.initialCapital
    settings = new.settings
    if capital != 0 {
      totals.peak += capital
      totals.trough += capital
      risk.dayEquity += capital
      lowestEquity += capital
      barEquity += capital
    }
    risk.forgetRules()
    take(new.rules)
    if new.barShift != 0 { shiftBars(by: new.barShift) }
    hasTraded = true
    isBookStale = true
    safePrices = .nowhere
  }

  private func shiftBars(by shift: Int64) {
    barIndex &+= shift
    for index in orders.indices { orders[index].placedBar &+= shift }
    for index in 0..<openTrades.count { openTrades.base[index].entryBar &+= shift }
    for index in 0..<closedTrades.count {
      closedTrades.base[index].entryBar &+= shift
      closedTrades.base[index].exitBar &+= shift
    }
  }
}

extension RiskState {
  /// What has been counted stays.
  fileprivate mutating func forgetRules() {
    let new = RiskState()
    allowedDirection = new.allowedDirection
    maxPositionSize = new.maxPositionSize
    maxFilledOrders = new.maxFilledOrders
    maxDrawdown = new.maxDrawdown
    isDrawdownPercent = new.isDrawdownPercent
    maxIntradayLoss = new.maxIntradayLoss
    isIntradayLossPercent = new.isIntradayLossPercent
    maxLossDays = new.maxLossDays
  }
}

extension PendingOrder {
  fileprivate mutating func forEachText(_ body: (inout TextRef) -> Void) {
    body(&id)
    body(&order.links.group)
    body(&comment)
  }
}

extension EntryLot {
  fileprivate mutating func forEachText(_ body: (inout TextRef) -> Void) { body(&id) }
}

extension OrderCommand {
  fileprivate mutating func forEachText(_ body: (inout TextRef) -> Void) {
    body(&id)
    body(&fromEntry)
    body(&ocaName)
    body(&comment)
    body(&commentProfit)
    body(&commentLoss)
    body(&commentTrailing)
  }
}

extension TradeRecord {
  fileprivate mutating func forEachText(_ body: (inout TextRef) -> Void) {
    body(&entryID)
    body(&exitID)
    body(&entryComment)
    body(&exitComment)
  }
}

extension BarBroker.Closing {
  fileprivate mutating func forEachText(_ body: (inout TextRef) -> Void) {
    body(&id)
    body(&comment)
  }
}

extension Execution {
  fileprivate mutating func forEachText(_ body: (inout TextRef) -> Void) {
    switch self {
    case .opening(var order, let total):
      order.forEachText(body)
      self = .opening(order, total: total)
    case .close(let quantity, var share, var closing, let side):
      if case .entries(var id) = share {
        body(&id)
        share = .entries(id)
      }
      closing.forEachText(body)
      self = .close(quantity, share, closing, side: side)
    case .leg(let quantity, let lot, var closing, var ocaName):
      closing.forEachText(body)
      body(&ocaName)
      self = .leg(quantity, lot: lot, closing, ocaName: ocaName)
    case .forced: break
    }
  }
}
