import StrategyIR

/// What of a strategy would change its trades and has no effect on this run: one sentence for each.
enum UnusedNote {
  static func texts(_ program: Program, _ script: String, asLive: Bool) -> [String] {
    let settings = program.settings
    guard settings.isStrategy else { return [] }
    var texts = settings.ignoredCalls.compactMap { call in
      reason(call.name, asLive: asLive).map { "\(script):\(call.line): \(call.name) has no effect\($0)" }
    }
    if asLive, settings.broker.calculateOnOrderFills {
      texts.append("calc_on_order_fills has no effect with --account; the script runs once per bar")
    }
    if !asLive { texts += objects(program) }
    return texts
  }

  /// With several runs on a bar `varip` keeps numbers and texts from run to run, but no object.
  private static func objects(_ program: Program) -> [String] {
    guard program.settings.broker.calculateOnOrderFills else { return [] }
    return program.variables.filter { $0.staysWithinBar && $0.type == .reference }.map {
      "the object of varip \($0.name) begins each run on a bar as it was before the bar (calc_on_order_fills)"
    }
  }

  /// nil: of no consequence for the trades.
  private static func reason(_ name: String, asLive: Bool) -> String? {
    switch name {
    case "use_bar_magnifier": asLive ? "; quotes fill the orders" : "; orders fill along the bar's own path"
    case "calc_on_every_history_tick": "; the script runs at the close of its bars"
    // On TradingView it has none on bars of the past either.
    case "calc_on_every_tick": asLive ? " with --account; the script runs once per bar" : nil
    case "trail_offset": " without trail_points or trail_price"
    case "trail_points", "trail_price": " without trail_offset"
    default: nil
    }
  }
}
