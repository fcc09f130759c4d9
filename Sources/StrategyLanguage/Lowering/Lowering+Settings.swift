import StrategyIR

extension Lowering {
  func declareIndicator(_ bound: BoundArguments, at range: Range<Int>) -> Value {
    declareScript(bound, at: range)
    if let timeframe = bound["timeframe"]?.text, !timeframe.isEmpty {
      error(
        "'timeframe' of 'indicator' is not supported", at: bound.range("timeframe"),
        expected: "request.security(…)")
    }
    return .void
  }

  private func declareScript(_ bound: BoundArguments, at range: Range<Int>) {
    if isDeclared {
      error("the script is declared twice", at: range)
    } else if scopes.count > 1 {
      error("the script must be declared at the top level", at: range)
    }
    isDeclared = true
    isOverlay = bound["overlay"]?.number == 1
    b.program.settings.title = bound["title"]?.text ?? ""
    b.program.settings.calculatedBars = wholeNumber("calc_bars_count", bound, most: .max)
    for (place, name) in ["lines", "labels", "boxes", "polylines"].enumerated() {
      guard let most = bound["max_\(name)_count"]?.number, most >= 0 else { continue }
      let kind = place == 3 ? DrawingKind.polyline : DrawingKind.allCases[place]
      b.program.settings.mostDrawings[Int(kind.rawValue)] = Int(min(most, place == 3 ? 100 : 500))
    }
    lookBack(wholeNumber("max_bars_back", bound, most: .max), at: bound.range("max_bars_back"))
  }

  /// What `max_bars_back` asks for; beyond TradingView's own limit, an extension.
  func lookBack(_ bars: Int, at range: Range<Int>) {
    guard bars <= Program.mostHistory else {
      error(
        "history reaches back at most \(Program.mostHistory) bars", at: range,
        expected: "a 'max_bars_back' of at most \(Program.mostHistory)")
      return
    }
    b.program.settings.maxBarsBack = max(b.program.settings.maxBarsBack, bars)
  }

  func declareStrategy(_ bound: BoundArguments, at range: Range<Int>) -> Value {
    declareScript(bound, at: range)
    b.program.settings.isStrategy = true
    var broker = b.program.settings.broker
    broker.initialCapital = number("initial_capital", bound, or: 1_000_000)
    broker.pyramiding = wholeNumber("pyramiding", bound)
    broker.slippage = number("slippage", bound, or: 0)
    broker.limitVerification = number("backtest_fill_limits_assumption", bound, or: 0)
    broker.commissionValue = number("commission_value", bound, or: 0)
    broker.marginLong = number("margin_long", bound, or: broker.marginLong)
    broker.marginShort = number("margin_short", bound, or: broker.marginShort)
    broker.processOrdersOnClose = flag("process_orders_on_close", bound)
    broker.calculateOnOrderFills = flag("calc_on_order_fills", bound)
    broker.closeEntriesAny = bound["close_entries_rule"]?.text == "ANY"
    broker.sizing = sizing(bound)
    broker.commission = commission(bound)
    broker.defaultQuantity = number("default_qty_value", bound, or: 1)
    if let quantity = bound["default_qty_value"], quantity.type == .na || quantity.number?.isNaN == true {
      error("'default_qty_value' cannot be na", at: bound.range("default_qty_value"), expected: "a number")
    }
    broker.currency = currency(bound)
    b.program.settings.riskFreeRate = number("risk_free_rate", bound, or: b.program.settings.riskFreeRate)
    b.program.settings.broker = broker
    refuse(bound)
    return .void
  }

  private func number(
    _ name: String, _ bound: BoundArguments, or fallback: Double
  ) -> Double {
    guard let number = bound[name]?.number, number.isFinite else { return fallback }
    if number < 0 {
      error("'\(name)' cannot be negative", at: bound.range(name))
      return fallback
    }
    return number
  }

  private func wholeNumber(
    _ name: String, _ bound: BoundArguments, most: Int = 100_000
  ) -> Int {
    Int(exactly: min(number(name, bound, or: 0), 1e15).rounded(.down)).map { min($0, most) } ?? 0
  }

  /// `currency.NONE` is the symbol's.
  private func currency(_ bound: BoundArguments) -> String {
    let name = (bound["currency"]?.text ?? "").uppercased()
    return name == "NONE" ? "" : name
  }

  private func flag(_ name: String, _ bound: BoundArguments) -> Bool {
    (bound[name]?.number ?? 0) != 0
  }

  private func sizing(_ bound: BoundArguments) -> BrokerSettings.Sizing {
    guard let text = bound["default_qty_type"]?.text else { return .fixed }
    switch text {
    case "fixed": return .fixed
    case "cash": return .cash
    case "percent_of_equity": return .percentOfEquity
    default:
      error(
        "'\(text)' is not a quantity type", at: bound.range("default_qty_type"),
        expected: "strategy.fixed, strategy.cash or strategy.percent_of_equity")
      return .fixed
    }
  }

  private func commission(_ bound: BoundArguments) -> BrokerSettings.Commission {
    guard let text = bound["commission_type"]?.text else { return .percent }
    switch text {
    case "percent": return .percent
    case "cash_per_contract": return .cashPerContract
    case "cash_per_order": return .cashPerOrder
    default:
      error(
        "'\(text)' is not a commission type", at: bound.range("commission_type"),
        expected: "strategy.commission.percent, .cash_per_contract or .cash_per_order")
      return .percent
    }
  }

  /// Settings that would change the trades and are not there.
  private func refuse(_ bound: BoundArguments) {
    // Where there are no bars within bars, TradingView too fills orders by the bar's path.
    for name in ["use_bar_magnifier", "calc_on_every_history_tick", "calc_on_every_tick"] where flag(name, bound) {
      ignore(name, at: bound.range(name))
    }
    if let rule = bound["close_entries_rule"]?.text, rule != "ANY", rule != "FIFO" {
      error(
        "'\(rule)' is not a rule for closing entries", at: bound.range("close_entries_rule"),
        expected: "\"FIFO\" or \"ANY\"")
    }
  }

  // MARK: Outputs

  func plot(_ bound: BoundArguments, at range: Range<Int>) -> Value {
    if scopes.count > 1 {
      error("'plot' must stand at the top level", at: range)
      return .drawing
    }
    guard let series = bound["series"] else { return .drawing }
    let title = bound["title"]?.text ?? ""
    b.plot(title.isEmpty ? "Plot" : title, series.ref)
    return .drawing(at: recordDrawn(bound, plot: b.program.plots.count - 1))
  }
}
