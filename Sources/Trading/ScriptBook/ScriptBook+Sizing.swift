import StrategyIR

/// An order's size and cost, and whether the account covers it.
extension ScriptBook {
  /// Money of the strategy's default size: equity, or cash, less a commission per order.
  func defaultBudget(at close: Double) -> Double {
    switch settings.sizing {
    case .fixed: return .nan
    case .cash: return settings.defaultQuantity
    case .percentOfEquity:
      let share = equity(at: close) * settings.defaultQuantity / 100
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

  /// Money to ten significant digits, the precision of TradingView's sizing.
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

  /// Percent of a position's value that the account must hold.
  func margin(_ direction: Double) -> Double {
    direction > 0 ? settings.marginLong : settings.marginShort
  }

  /// Whether the account could not carry the position after a trade of `change` at `at`.
  func exceedsMargin(
    _ position: Double, _ change: Double, at: Double, equity: Double
  ) -> Bool {
    let after = position + change
    // An order that only closes is never refused.
    guard after * change > 0 else { return false }
    let percent = margin(change)
    guard percent > 0 else { return false }
    let needed = abs(after) * at * unitValue * percent / 100
    return needed - equity > abs(equity) * 1e-11
  }

  /// Whether an order of its own size cannot be carried with the equity at a bar's close.
  func isUnaffordable(_ own: Double, _ direction: Double, at: Double, close: Double) -> Bool {
    let percent = margin(direction)
    guard percent > 0 else { return false }
    return own * at * unitValue * percent / 100 > equity(at: close)
  }
}
