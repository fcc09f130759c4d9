import StrategyIR

/// `strategy.risk.*`: limits that close the position and stop the trading.
@usableFromInline
struct RiskRules {
  /// +1 long only, −1 short only.
  var allowedDirection = 0.0
  var maxPositionSize = Double.infinity
  var maxFilledOrders = Double.infinity
  @usableFromInline var maxDrawdown = Double.infinity
  var isDrawdownPercent = false
  @usableFromInline var maxIntradayLoss = Double.infinity
  var isIntradayLossPercent = false
  var maxLossDays = Double.infinity

  mutating func take(_ rule: RiskRule) {
    switch rule.kind {
    case .allowEntryIn: allowedDirection = rule.value
    case .maxPositionSize: maxPositionSize = rule.value
    case .maxIntradayFilledOrders: maxFilledOrders = rule.value
    case .maxConsecutiveLossDays: maxLossDays = rule.value
    case .maxDrawdown: (maxDrawdown, isDrawdownPercent) = (rule.value, rule.isPercent)
    case .maxIntradayLoss: (maxIntradayLoss, isIntradayLossPercent) = (rule.value, rule.isPercent)
    }
  }
}

/// The rules and their counters.
@usableFromInline
struct RiskState {
  @usableFromInline var rules = RiskRules()
  @usableFromInline var day = Int64.min
  /// Filled orders of the day, equity at its start, losing days one after another.
  var filledOrders = 0.0
  var dayEquity = 0.0
  var lossDays = 0.0
  /// No more trades in this run.
  var isHalted = false
  /// No more trades on this day.
  var isDayOver = false
  /// The position closes at the first end of a stretch of the path after so many.
  @usableFromInline var isCloseDue = false
  var dueAfter: Int64 = 0
  @usableFromInline var hasClosedInBar = false

  var mayTrade: Bool { !isHalted && !isDayOver }

  /// Whether every point of a bar's path must be checked, even if nothing fills.
  @inlinable @inline(__always)
  var needsPath: Bool {
    !(rules.maxIntradayLoss == .infinity) || !(rules.maxDrawdown == .infinity) || isCloseDue
  }
}

extension BarBroker {
  /// Takes the rules that a step of the script has set. They apply until the script sets others.
  @inlinable @inline(__always)
  public func take(_ rules: some Sequence<RiskRule>) {
    for rule in rules { take(rule) }
  }

  @usableFromInline
  func take(_ rule: RiskRule) { risk.rules.take(rule) }

  @usableFromInline
  func beginDay(_ day: Int64) {
    let equity =
      bar.open.isNaN || book.position == 0 ? book.realisedEquity : book.equity(at: bar.open)
    if risk.day != .min {
      risk.lossDays = equity < risk.dayEquity ? risk.lossDays + 1 : 0
    }
    risk.day = day
    risk.dayEquity = equity
    risk.filledOrders = 0
    risk.isDayOver = false
    if risk.lossDays >= risk.rules.maxLossDays, !risk.isHalted {
      venue.price = bar.open
      stopTrading(at: bar.open)
      risk.isHalted = true
    }
  }

  /// Counts a filled order. After the day's last one the position closes at the next point of the bar's path
  /// (open, high, low, close).
  func afterFill(at: Double, isLast: Bool = true) {
    lastFill = at
    // An order that fills in parts is one.
    guard isLast else { return }
    risk.filledOrders += 1
    guard risk.filledOrders >= risk.rules.maxFilledOrders, !risk.isDayOver else { return }
    risk.isDayOver = true
    if live.isOn { return stopTrading(at: at, .filledOrders) }
    venue.cancelEverything()
    risk.isCloseDue = book.position != 0
    risk.dueAfter = venue.price == venue.heading ? venue.arrivals + 1 : venue.arrivals
  }

  /// Closes the position after the limit of filled orders, at the next point of the path.
  func closeIfDue() {
    guard risk.isCloseDue, venue.arrivals > risk.dueAfter else { return }
    risk.isCloseDue = false
    guard book.position != 0 else { return }
    execute(.forced(abs(book.position), .filledOrders), at: closingPrice)
    book.isStale = true
  }

  /// Checks the intraday loss along the path, at every extreme.
  func checkIntradayLoss() {
    guard risk.rules.maxIntradayLoss < .infinity, risk.mayTrade, book.position != 0 else { return }
    let limit =
      risk.rules.isIntradayLossPercent
      ? risk.dayEquity * risk.rules.maxIntradayLoss / 100 : risk.rules.maxIntradayLoss
    guard risk.dayEquity - book.equity(at: venue.price) >= limit, limit > 0 else { return }
    risk.isDayOver = true
    stopTrading(at: closingPrice, .intradayLoss)
  }

  /// Checks the draw-down of the open position along the path, at every extreme.
  func checkDrawdown() {
    guard risk.rules.maxDrawdown < .infinity, !risk.isHalted, exceedsDrawdown(at: venue.price) else { return }
    stopTrading(at: closingPrice)
    risk.isHalted = true
  }

  /// Checks the draw-down that a closed trade leaves.
  func enforceRiskAfterBar() {
    defer { risk.hasClosedInBar = false }
    guard risk.hasClosedInBar, risk.rules.maxDrawdown < .infinity, !risk.isHalted, exceedsDrawdown(at: bar.close)
    else { return }
    stopTrading(at: bar.close)
    risk.isHalted = true
  }

  /// `strategy.max_drawdown` counts from the same equity, the highest after a closed trade.
  private func exceedsDrawdown(at price: Double) -> Bool {
    let limit =
      risk.rules.isDrawdownPercent ? book.totals.peak * risk.rules.maxDrawdown / 100 : risk.rules.maxDrawdown
    return limit > 0 && book.totals.peak - book.equity(at: price) >= limit
  }

  private func stopTrading(at: Double, _ reason: TradeRecord.ExitReason = .riskRule) {
    venue.cancelEverything()
    if live.isOn {
      live.resting.isStale = true
      live.dueClose = live.dueClose ?? reason
      return
    }
    guard book.position != 0 else { return }
    execute(.forced(abs(book.position), reason), at: at)
    book.isStale = true
  }

  /// An entry's quantity, cut so that the position stays within `limit`.
  func limited(
    _ own: Double, by limit: Double, _ order: PendingOrder, _ against: Bool
  ) -> Double {
    guard limit < .infinity else { return own }
    let room = against ? limit : limit - abs(book.position)
    return max(0, min(own, book.quantities.floor(room)))
  }
}
