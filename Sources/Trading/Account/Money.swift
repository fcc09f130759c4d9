import Market

/// Integer money: micro-units of a currency in an Int64, 128 bits in between.
package enum Money {
  package static let microPerUnit: Int64 = 1_000_000

  /// The nearest Int64, at the ends where the value lies beyond them (9.2 × 10¹² units of
  /// currency): a sum of money never traps and never wraps around.
  package static func saturating(_ value: Int128) -> Int64 { Int64(clamping: value) }

  package static func add(_ a: Int64, _ b: Int64) -> Int64 { saturating(Int128(a) + Int128(b)) }

  /// a / b to the nearest integer, halves away from zero. b > 0.
  package static func divide(_ a: Int128, by b: Int128) -> Int128 {
    // Nearly always: a division of 64 bits is several times as fast.
    if let a = Int64(exactly: a), let b = Int64(exactly: b) { return Int128(divide(a, by: b)) }
    let (quotient, rest) = a.quotientAndRemainder(dividingBy: b)
    // Not a ± b / 2, which could leave the 128 bits.
    if rest.magnitude < b.magnitude - rest.magnitude { return quotient }
    return a >= 0 ? quotient + 1 : quotient - 1
  }

  /// The same; the result is an Int64 too, as b is 2 or more where there is a rest.
  @inline(__always)
  private static func divide(_ a: Int64, by b: Int64) -> Int64 {
    let (quotient, rest) = a.quotientAndRemainder(dividingBy: b)
    if rest.magnitude < b.magnitude - rest.magnitude { return quotient }
    return quotient &+ (a >= 0 ? 1 : -1)
  }

  /// The nearest double. The standard library's conversion of 128 bits takes thousands of instructions.
  static func double(_ value: Int128) -> Double {
    if let value = Int64(exactly: value) { return Double(value) }
    return Double(value)
  }

  /// a / 2 to the nearest integer, halves away from zero.
  static func half(_ a: Int64) -> Int64 { a / 2 + a % 2 }

  /// Quantity × price steps ▶ micro-units of the quote currency.
  package static func micro(stepUnits value: Int128, on grid: PriceGrid) -> Int64 {
    // Nearly always: see `divide`.
    let unit = grid.stepUnitsInteger.multipliedReportingOverflow(by: microPerUnit)
    if let value = Int64(exactly: value), !unit.overflow {
      let scaled = value.multipliedReportingOverflow(by: unit.partialValue)
      if !scaled.overflow { return divide(scaled.partialValue, by: grid.scaleInteger) }
    }
    let scaled = value.multipliedReportingOverflow(
      by: Int128(grid.stepUnitsInteger) * Int128(microPerUnit))
    if scaled.overflow { return value >= 0 ? .max : .min }
    return saturating(divide(scaled.partialValue, by: Int128(grid.scaleInteger)))
  }

  /// value × part / whole to the nearest integer, halves away from zero; 0 ≤ part ≤ whole, whole > 0. Whole
  /// multiples first and then the rest, for the product of a large position's cost and its quantity
  /// needs more than 128 bits.
  static func proportion(_ value: Int128, _ part: Int128, of whole: Int128) -> Int128 {
    let (each, rest) = value.quotientAndRemainder(dividingBy: whole)
    return each * part + divide(rest * part, by: whole)
  }
}
