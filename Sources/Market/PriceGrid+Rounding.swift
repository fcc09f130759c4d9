/// The grid of a script, which knows `syminfo.mintick` alone, and prices as doubles on it.
extension PriceGrid {
  /// A price within this part of a step counts as on the grid, as TradingView's emulator has it.
  private static let tolerance = 1e-4

  /// Where 1 / `tick` is a whole number, prices on the grid come out as the doubles that their decimal
  /// texts parse to; else they are multiples of `tick`. 0.01 for a tick that is no step.
  package init(tick: Double) {
    let tick = tick > 0 && tick.isFinite ? tick : 0.01
    let inverse = PriceGrid.wholeInverse(tick)
    self.init(stepUnits: inverse == nil ? tick : 1, scale: inverse ?? 1, tick: tick)
  }

  package func nearest(_ price: Double) -> Double { value(count(price).rounded()) }

  package func up(_ price: Double) -> Double {
    if price.isNaN { return price }
    return value((count(price) - PriceGrid.tolerance).rounded(.up))
  }

  package func down(_ price: Double) -> Double {
    if price.isNaN { return price }
    return value((count(price) + PriceGrid.tolerance).rounded(.down))
  }

  /// The first price on the grid, coming from below (`rising`) or above, that has reached `price`.
  package func reaching(_ price: Double, rising: Bool) -> Double { rising ? up(price) : down(price) }

  private func count(_ price: Double) -> Double { price * scale / stepUnits }
  private func value(_ count: Double) -> Double { count * stepUnits / scale }

  /// 1/`step` where that is a whole number, to within rounding.
  package static func wholeInverse(_ step: Double) -> Double? {
    let inverse = 1 / step
    let whole = inverse.rounded()
    return whole >= 1 && abs(inverse - whole) <= 1e-9 * whole ? whole : nil
  }
}
