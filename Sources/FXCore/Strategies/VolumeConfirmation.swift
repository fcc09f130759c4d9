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
