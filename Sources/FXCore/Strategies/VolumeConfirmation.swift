import Indicators

/// The strategies' volume filter: the ratio of a bar's volume to the mean of the bars before it, and whether
/// that is enough.
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

  /// Whether volume / mean is above `confirm`, without the division; a mean of zero or less makes
  /// the ratio 1. Where the ratio is exactly `confirm`, so is the product exactly the volume: the
  /// factor is within half a unit in the last place of the exact value, and rounding undoes it.
  @inline(__always)
  func isConfirmed(_ volume: Double, _ mean: Double) -> Bool {
    mean <= 0 ? 1 > confirm : volume > confirm * mean
  }

  @inline(__always)
  func isConfirmed(_ volume: Lanes, _ mean: Lanes) -> SIMDMask<SIMD8<Int64>> {
    let least = (confirm * mean).replacing(
      with: 1 > confirm ? -.infinity : .infinity, where: mean .<= 0)
    return volume .> least
  }
}
