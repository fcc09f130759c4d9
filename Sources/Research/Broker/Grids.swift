/// An instrument's prices: multiples of its smallest step, `syminfo.mintick`.
struct PriceGrid: Sendable {
  let tick: Double
  /// Steps in 1.0 where that is a whole number; prices on the grid then come out as the doubles
  /// that their decimal texts parse to.
  private let perUnit: Double?
  /// A price within this part of a step counts as on the grid, as TradingView's emulator has it.
  private static let tolerance = 1e-4

  init(tick: Double) {
    self.tick = tick > 0 && tick.isFinite ? tick : 0.01
    perUnit = wholeInverse(self.tick)
  }

  func nearest(_ price: Double) -> Double { value(count(price).rounded()) }
  func up(_ price: Double) -> Double {
    if price.isNaN { return price }
    return value((count(price) - PriceGrid.tolerance).rounded(.up))
  }
  func down(_ price: Double) -> Double {
    if price.isNaN { return price }
    return value((count(price) + PriceGrid.tolerance).rounded(.down))
  }

  /// The first price on the grid, coming from below (`rising`) or above, that has reached `price`.
  func reaching(_ price: Double, rising: Bool) -> Double { rising ? up(price) : down(price) }

  private func count(_ price: Double) -> Double { perUnit.map { price * $0 } ?? price / tick }
  private func value(_ count: Double) -> Double { perUnit.map { count / $0 } ?? count * tick }
}

/// An instrument's quantities: multiples of its smallest step.
struct QuantityGrid: Sendable {
  let step: Double
  private let perUnit: Double?
  /// Whole numbers up to this are on the grid, and come out of all that follows as they are.
  private let mostWhole: Double

  init(step: Double) {
    self.step = step > 0 && step.isFinite ? step : 1e-4
    perUnit = wholeInverse(self.step)
    mostWhole = perUnit.map { 0x1p52 / $0 } ?? -1
  }

  private func isWhole(_ quantity: Double) -> Bool {
    abs(quantity) <= mostWhole && quantity.rounded(.towardZero) == quantity
  }

  /// Rounded down; a quantity that is a step's multiple as a decimal number stays what it is.
  func floor(_ quantity: Double) -> Double {
    if isWhole(quantity) { return quantity }
    let steps = count(quantity).rounded()
    let rounded = value(steps)
    return rounded <= quantity ? rounded : value(steps - 1)
  }

  /// Money divided by a price: whatever lies above the step is cut off, without any tolerance.
  func truncate(_ quantity: Double) -> Double { value(count(quantity).rounded(.towardZero)) }

  /// A share of a quantity on the grid, rounded down; rounding errors of the product do not count.
  func part(_ quantity: Double, percent: Double) -> Double {
    let steps = count(quantity * (min(max(percent, 0), 100) * 0.01))
    let whole = steps.rounded()
    let isWhole = abs(steps - whole) <= 8 * steps.ulp + 1e-9
    return value(isWhole ? whole : steps.rounded(.down))
  }

  /// A sum or difference of quantities on the grid, freed of its rounding error.
  func snap(_ quantity: Double) -> Double {
    isWhole(quantity) ? quantity : value(count(quantity).rounded())
  }

  private func count(_ quantity: Double) -> Double {
    perUnit.map { quantity * $0 } ?? quantity / step
  }
  private func value(_ count: Double) -> Double { perUnit.map { count / $0 } ?? count * step }
}

/// 1/`step` where that is a whole number, to within rounding.
private func wholeInverse(_ step: Double) -> Double? {
  let inverse = 1 / step
  let whole = inverse.rounded()
  return whole >= 1 && abs(inverse - whole) <= 1e-9 * whole ? whole : nil
}
