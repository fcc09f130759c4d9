import Indicators

/// What the strategies ask of volume: how a bar's volume compares with the mean of the bars before
/// it, and whether that is enough.
struct VolumeConfirmation {
  /// Bars in the mean.
  let window: Int
  /// The ratio must be above this.
  let confirm: Double

  /// volume / mean; 1 where the mean is zero or less.
  @inline(__always)
  func ratio(_ volume: Double, _ mean: Double) -> Double { mean <= 0 ? 1 : volume / mean }

  @inline(__always)
  func ratio(_ volume: Lanes, _ mean: Lanes) -> Lanes {
    (volume / mean).replacing(with: 1, where: mean .<= 0)
  }
}

/// Maps 0 … cap to a signal's strength 0 … 1; what lies above is 1.
struct Strength {
  let cap: Double

  @inline(__always)
  func callAsFunction(_ x: Double) -> Double { (x < cap ? x : cap) / cap }

  @inline(__always)
  func callAsFunction(_ x: Lanes) -> Lanes {
    Lanes(repeating: cap).replacing(with: x, where: x .< cap) / cap
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
