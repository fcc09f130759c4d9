import Indicators

/// A signal's strength, 0 … 1: min(x, full) / full, with the quotient taken by a reciprocal.
struct Strength {
  /// From here on the strength is 1.
  let full: Double
  let reciprocal: Double

  init(full: Double) {
    self.full = full
    reciprocal = 1 / full
  }

  @inline(__always)
  func callAsFunction(_ x: Double) -> Double { x < full ? x * reciprocal : 1 }

  @inline(__always)
  func callAsFunction(_ x: Lanes) -> Lanes {
    Lanes(repeating: 1).replacing(with: x * reciprocal, where: x .< full)
  }
}

extension SIMD8<Double> {
  /// +strength where `buy`, −strength where only `sell`, else 0.
  @inline(__always)
  static func signal(
    buy: SIMDMask<SIMD8<Int64>>, sell: SIMDMask<SIMD8<Int64>>, _ strength: Self
  ) -> Self {
    Self(repeating: 0).replacing(with: -strength, where: sell).replacing(with: strength, where: buy)
  }
}
