import StrategyIR

/// Another version of the script takes over the book: position, trades and waiting orders stay, under
/// the new version's texts and settings.
extension BarBroker {
  /// The new version's settings.
  public struct Succession {
    public var settings: BrokerSettings
    /// Its rules, which replace those of the version before.
    public var rules: [RiskRule]
    /// How far its count of bars is ahead of the other's: trades and orders keep their bars.
    public var barShift: Int64

    public init(settings: BrokerSettings, rules: [RiskRule], barShift: Int64) {
      self.settings = settings
      self.rules = rules
      self.barShift = barShift
    }
  }

  public var closedTradeCount: Int { book.closedTrades.count }

  /// Calls `body` with every text that an order or a trade refers to, by the closed trades from this
  /// index on; it may give another number. Texts may come several times. O(orders + trades).
  public func forEachText(closedTradesFrom first: Int = 0, _ body: (inout TextRef) -> Void) {
    venue.forEachText(body)
    live.execution?.forEachText(body)
    book.forEachText(closedTradesFrom: first, body)
  }

  /// Applies the new version's settings and rules from now on. A halt that a rule caused stays.
  /// O(orders + trades) if bars are counted anew, else O(open trades).
  public func succeed(_ new: Succession) {
    let capital = new.settings.initialCapital - book.settings.initialCapital
    if capital != 0 {
      risk.dayEquity += capital
      barEquity += capital
    }
    book.succeed(new.settings)
    venue.succeed(new.settings)
    risk.rules = RiskRules()
    take(new.rules)
    live.resting.isStale = true
    guard new.barShift != 0 else { return }
    barIndex &+= new.barShift
    venue.shiftBars(by: new.barShift)
    book.shiftBars(by: new.barShift)
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
