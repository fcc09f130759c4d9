import Market

/// An instrument's quantities: multiples of its smallest step.
struct QuantityGrid: Sendable {
  let step: Double
  private let perUnit: Double?
  /// Whole numbers up to this are on the grid, and all functions here return them unchanged.
  private let mostWhole: Double

  init(step: Double) {
    self.step = step > 0 && step.isFinite ? step : 1e-4
    perUnit = PriceGrid.wholeInverse(self.step)
    mostWhole = perUnit.map { 0x1p52 / $0 } ?? -1
  }

  private func isWhole(_ quantity: Double) -> Bool {
    abs(quantity) <= mostWhole && quantity.rounded(.towardZero) == quantity
  }

  /// Rounded down; a decimal multiple of the step stays unchanged.
  func floor(_ quantity: Double) -> Double {
    if isWhole(quantity) { return quantity }
    let steps = count(quantity).rounded()
    let rounded = value(steps)
    return rounded <= quantity ? rounded : value(steps - 1)
  }

  /// Money divided by a price, cut to the step without tolerance.
  func truncate(_ quantity: Double) -> Double { value(count(quantity).rounded(.towardZero)) }

  /// A share of a quantity on the grid, rounded down; rounding errors of the product do not count.
  func part(_ quantity: Double, percent: Double) -> Double {
    let steps = count(quantity * (min(max(percent, 0), 100) * 0.01))
    let whole = steps.rounded()
    let isWhole = abs(steps - whole) <= 8 * steps.ulp + 1e-9
    return value(isWhole ? whole : steps.rounded(.down))
  }

  /// A sum or difference of quantities on the grid, without its rounding error. Whole numbers stay where the step is
  /// one: a venue may have filled a part that is off the grid.
  func snap(_ quantity: Double) -> Double {
    if isWhole(quantity) { return quantity }
    return step >= 1 && step.rounded() == step ? quantity.rounded() : value(count(quantity).rounded())
  }

  private func count(_ quantity: Double) -> Double {
    perUnit.map { quantity * $0 } ?? quantity / step
  }
  private func value(_ count: Double) -> Double { perUnit.map { count / $0 } ?? count * step }
}
