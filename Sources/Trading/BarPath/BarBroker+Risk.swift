import Market
import StrategyIR

/// `strategy.risk.*`: limits that close the position and stop the trading.
@usableFromInline
struct RiskState {
  @usableFromInline var day = Int64.min
  /// +1 long only, −1 short only.
  var allowedDirection = 0.0
  var maxPositionSize = Double.infinity
  var maxFilledOrders = Double.infinity
  var maxDrawdown = Double.infinity
  var isDrawdownPercent = false
  @usableFromInline var maxIntradayLoss = Double.infinity
  var isIntradayLossPercent = false
  var maxLossDays = Double.infinity

  /// Filled orders of the day, equity at its start, losing days one after another.
  var filledOrders = 0.0
  var dayEquity = 0.0
  var lossDays = 0.0
  /// No more trades in this run.
  var isHalted = false
  /// No more trades on this day.
  var isDayOver = false
  /// The position is to be closed, at the first end of a stretch of the path after so many.
  @usableFromInline var isCloseDue = false
  var dueAfter: Int64 = 0
  @usableFromInline var hasClosedInBar = false

  var mayTrade: Bool { !isHalted && !isDayOver }

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

extension BarBroker {
  /// Takes the rules that a step of the script has set; they hold until they are set anew.
  @inlinable @inline(__always)
  public func take(_ rules: some Sequence<RiskRule>) {
    for rule in rules { take(rule) }
  }

  @usableFromInline
  func take(_ rule: RiskRule) { risk.take(rule) }

  @usableFromInline
  func beginDay(_ day: Int64) {
    let equity = bar.open.isNaN || position == 0 ? realisedEquity : equity(at: bar.open)
    if risk.day != .min {
      risk.lossDays = equity < risk.dayEquity ? risk.lossDays + 1 : 0
    }
    risk.day = day
    risk.dayEquity = equity
    risk.filledOrders = 0
    risk.isDayOver = false
    if risk.lossDays >= risk.maxLossDays, !risk.isHalted {
      price = bar.open
      stopTrading(at: bar.open)
      risk.isHalted = true
    }
  }

  /// Counts a filled order; the last one of the day brings about the end of the position, at the
  /// next point of the bar's path (open, high, low, close).
  func afterFill(at: Double) {
    lastFill = at
    risk.filledOrders += 1
    guard risk.filledOrders >= risk.maxFilledOrders, !risk.isDayOver else { return }
    risk.isDayOver = true
    if live.isOn { return stopTrading(at: at, .filledOrders) }
    cancelEverything()
    risk.isCloseDue = position != 0
    risk.dueAfter = price == heading ? arrivals + 1 : arrivals
  }

  /// Closes the position after the limit of filled orders, at the next point of the path.
  func closeIfDue() {
    guard risk.isCloseDue, arrivals > risk.dueAfter else { return }
    risk.isCloseDue = false
    guard position != 0 else { return }
    let direction: Double = position > 0 ? 1 : -1
    execute(.forced(abs(position), .filledOrders), at: prices.nearest(price - direction * slip))
    isBookStale = true
  }

  /// The intraday loss is watched along the path, at every extreme.
  func checkIntradayLoss() {
    guard risk.maxIntradayLoss < .infinity, risk.mayTrade, position != 0 else { return }
    let limit =
      risk.isIntradayLossPercent
      ? risk.dayEquity * risk.maxIntradayLoss / 100 : risk.maxIntradayLoss
    guard risk.dayEquity - equity(at: price) >= limit, limit > 0 else { return }
    risk.isDayOver = true
    let direction: Double = position > 0 ? 1 : -1
    stopTrading(at: prices.nearest(price - direction * slip), .intradayLoss)
  }

  /// A draw-down counts from the highest equity after a trade, and is looked at when one closes.
  func enforceRiskAfterBar() {
    defer { risk.hasClosedInBar = false }
    guard risk.hasClosedInBar, risk.maxDrawdown < .infinity, !risk.isHalted else { return }
    let limit =
      risk.isDrawdownPercent ? totals.peak * risk.maxDrawdown / 100 : risk.maxDrawdown
    guard limit > 0, totals.peak - equity(at: bar.close) >= limit else { return }
    stopTrading(at: bar.close)
    risk.isHalted = true
  }

  private func stopTrading(at: Double, _ reason: TradeRecord.ExitReason = .riskRule) {
    cancelEverything()
    if live.isOn {
      live.dueClose = live.dueClose ?? reason
      return
    }
    guard position != 0 else { return }
    execute(.forced(abs(position), reason), at: at)
    isBookStale = true
  }

  /// An entry's quantity, cut so that the position stays within `limit`.
  func limited(
    _ own: Double, by limit: Double, _ order: PendingOrder, _ against: Bool
  ) -> Double {
    guard limit < .infinity else { return own }
    let room = against ? limit : limit - abs(position)
    return max(0, min(own, quantities.floor(room)))
  }
}
