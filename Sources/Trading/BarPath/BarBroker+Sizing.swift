import StrategyIR

/// An order's size and cost, and whether the account covers it.
extension BarBroker {
  /// Money of the strategy's default size: equity, or cash, less a commission per order.
  func defaultBudget() -> Double {
    switch settings.sizing {
    case .fixed: return .nan
    case .cash: return settings.defaultQuantity
    case .percentOfEquity:
      let share = equity(at: bar.close) * settings.defaultQuantity / 100
      return settings.commission == .cashPerOrder
        ? max(0, share - settings.commissionValue) : share
    }
  }

  /// Money divided by the cost of one unit at `at`, with commission; not yet rounded to the step.
  func units(for money: Double, at: Double) -> Double {
    var unit = at * unitValue
    if settings.sizing == .percentOfEquity {
      switch settings.commission {
      case .percent: unit *= 1 + settings.commissionValue / 100
      case .cashPerContract: unit += settings.commissionValue
      case .cashPerOrder: break
      }
    }
    guard money > 0, unit > 0 else { return 0 }
    let quantity = tenDigits(money) / unit
    return quantity.isFinite ? quantity : 0
  }

  /// What an order opens at its fill, without the reversal.
  func ownQuantity(_ order: PendingOrder, at: Double) -> Double {
    guard !order.budget.isNaN else { return order.quantity }
    let wanted = units(for: order.budget, at: at)
    let own = quantities.truncate(wanted)
    noteCut(order.id, wanted: wanted, left: own, direction: order.direction)
    return own
  }

  /// Money to ten significant digits, which is as far as TradingView's sizing looks.
  private func tenDigits(_ money: Double) -> Double {
    guard money > 1e-6, money < 1e15 else { return money }
    var scale = 1.0
    var scaled = money
    while scaled < 1e9 {
      scale *= 10
      scaled = money * scale
    }
    if scale > 1 { return (money * scale).rounded() / scale }
    var divisor = 1.0
    while money / divisor >= 1e10 { divisor *= 10 }
    return (money / divisor).rounded() * divisor
  }

  /// Commission of `quantity` out of an order of `orderQuantity`.
  func commission(_ quantity: Double, at: Double, ofOrder orderQuantity: Double) -> Double {
    switch settings.commission {
    case .percent: at * quantity * unitValue * settings.commissionValue / 100
    case .cashPerContract: quantity * settings.commissionValue
    case .cashPerOrder:
      orderQuantity > 0 ? settings.commissionValue * (quantity / orderQuantity) : 0
    }
  }

  package func openProfit(at: Double) -> Double {
    var profit = 0.0
    for index in 0..<openTrades.count {
      let trade = openTrades.base[index]
      profit += (at - trade.entryPrice) * trade.size * unitValue - trade.commission
    }
    return profit
  }

  /// Paid for the entries of the trades that are open.
  var openCommission: Double {
    var sum = 0.0
    for index in 0..<openTrades.count { sum += openTrades.base[index].commission }
    return sum
  }

  func equity(at: Double) -> Double {
    position == 0 ? realisedEquity : realisedEquity + openProfit(at: at)
  }

  /// Percent of a position's value that the account must hold.
  func margin(_ direction: Double) -> Double {
    direction > 0 ? settings.marginLong : settings.marginShort
  }

  /// Whether an order is refused because the account could not carry the position after `total` is
  /// traded at `at`. Priced entries within a bar are not: a margin call cuts what is too much. Nor
  /// is what the account could carry before this bar's fills.
  func isRefused(_ order: PendingOrder, _ total: Double, at: Double) -> Bool {
    if order.purpose == .entry, !order.isMarket, !isAtOpen { return false }
    // Two opposite market entries at one instant: both legs must be covered.
    if order.purpose == .entry, order.isMarket, openedSide * order.direction < 0,
      exceedsMargin(0, order.direction * total, at: at, equity: barEquity)
    {
      return true
    }
    // The other half of a reversal by two orders.
    if order.purpose == .entry, closedSide * order.direction < 0 { return false }
    let change = order.direction * total
    if exceedsMargin(barPosition, change, at: at, equity: barEquity) == false { return false }
    return position == barPosition
      || exceedsMargin(position, change, at: at, equity: equity(at: at))
  }

  private func exceedsMargin(
    _ position: Double, _ change: Double, at: Double, equity: Double
  ) -> Bool {
    let after = position + change
    // What only closes is never refused.
    guard after * change > 0 else { return false }
    let percent = margin(change)
    guard percent > 0 else { return false }
    let needed = abs(after) * at * unitValue * percent / 100
    return needed - equity > abs(equity) * 1e-11
  }

  /// Whether an order of its own size cannot be carried at the bar's close.
  func isUnaffordable(_ own: Double, _ direction: Double, at: Double) -> Bool {
    let percent = margin(direction)
    guard percent > 0 else { return false }
    return own * at * unitValue * percent / 100 > equity(at: bar.close)
  }

  /// Resting entries that equity no longer covers at the bar's close are withdrawn.
  func cancelUnaffordable() {
    guard !orders.isEmpty else { return }
    orders.removeAll {
      $0.purpose == .entry && !$0.isMarket && !$0.isSent
        && isUnaffordable($0.quantity, $0.direction, at: bar.close)
    }
  }
}
