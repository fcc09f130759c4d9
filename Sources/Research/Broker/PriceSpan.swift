import StrategyVM

/// From one price to another, both included. Bars that contradict themselves may leave one whose
/// ends are the wrong way round.
struct PriceSpan: Equatable {
  var low, high: Double

  static let nowhere = PriceSpan(low: .infinity, high: -.infinity)
  static let everywhere = PriceSpan(low: -.infinity, high: .infinity)

  var isNowhere: Bool { self == .nowhere }
  @inline(__always)
  func contains(_ price: Double) -> Bool { low <= price && price <= high }

  /// Widens it to a bar's extremes.
  @inline(__always)
  mutating func include(_ bar: ScriptBar) {
    if bar.low < low { low = bar.low }
    if bar.high > high { high = bar.high }
  }
}

extension ScriptBar {
  /// Whether open and close lie between the extremes.
  var isSound: Bool { low <= open && open <= high && low <= close && close <= high }
}
