import Market

/// A part of something, exact: margin rates, limits.
package struct Fraction: BitwiseCopyable, Equatable {
  package let numerator, denominator: Int64

  /// Whole billionths.
  package init(billionths: Int64) {
    numerator = billionths
    denominator = Self.billion
  }

  /// 1 / `divisor`, at least 1.
  package init(oneOf divisor: UInt32) {
    numerator = 1
    denominator = Int64(max(divisor, 1))
  }

  package static let billion: Int64 = 1_000_000_000

  /// The part of an amount of `scale` times micro-units, in micro-units; the nearest, halves away from zero.
  package func of(_ amount: Int64, scale: Int64 = 1) -> Int64 {
    Money.saturating(
      Money.divide(
        Int128(amount) * Int128(numerator), by: Int128(denominator) * Int128(max(scale, 1))))
  }

  /// Whether a ≤ this part of b.
  package func isAtLeast(_ a: Int64, of b: Int64) -> Bool {
    Int128(a) * Int128(denominator) <= Int128(b) * Int128(numerator)
  }

  package var value: Double { Double(numerator) / Double(denominator) }
}
