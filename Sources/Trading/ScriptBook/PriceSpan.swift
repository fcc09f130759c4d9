import Market
import StrategyVM

/// From one price to another, both included. Contradictory bars may make a span with exchanged
/// ends.
@usableFromInline
struct PriceSpan: Equatable, Sendable {
  @usableFromInline var low, high: Double

  // Not `static let`: each use of one asks whether it has been made.
  static var nowhere: PriceSpan { PriceSpan(low: .infinity, high: -.infinity) }
  static var everywhere: PriceSpan { PriceSpan(low: -.infinity, high: .infinity) }

  var isNowhere: Bool { self == .nowhere }
  @inlinable @inline(__always)
  func contains(_ price: Double) -> Bool { low <= price && price <= high }

  /// Widens it to a bar's extremes.
  @inlinable @inline(__always)
  mutating func include(_ bar: ScriptBar) { include(low: bar.low, high: bar.high) }

  @inlinable @inline(__always)
  mutating func include(low lowest: Double, high highest: Double) {
    low = lowest < low ? lowest : low
    high = highest > high ? highest : high
  }
}

extension ScriptBar {
  /// Whether open and close lie between the extremes.
  var isSound: Bool { low <= open && open <= high && low <= close && close <= high }
}
