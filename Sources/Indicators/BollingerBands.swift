/// Bollinger bands, ta.bb: the mean of the newest n values and, above and below it, a multiple of
/// their population standard deviation. The state is that of `WindowMoments`.
@frozen
public struct BollingerBands {
  @frozen
  public struct Bands {
    public let upper, middle, lower: Double

    @inlinable
    init(upper: Double, middle: Double, lower: Double) {
      self.upper = upper
      self.middle = middle
      self.lower = lower
    }
  }

  public let window: WindowMoments
  public let multiple: Double

  @inlinable
  public init(length: Int, multiple: Double) {
    window = WindowMoments(length: length)
    self.multiple = multiple
  }

  @inlinable public var lookback: Int { window.lookback }
  @inlinable public var stateBytes: Int { window.stateBytes }
  @inlinable public func reset(_ state: UnsafeMutableRawPointer) { window.reset(state) }

  /// Takes in one value; all nan for the first n − 1 values. O(log n).
  @inlinable
  public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Bands {
    let moments = window.step(state, x)
    guard moments.count > 0 else { return Bands(upper: .nan, middle: .nan, lower: .nan) }
    let distance = multiple * moments.deviation
    return Bands(
      upper: moments.mean + distance, middle: moments.mean, lower: moments.mean - distance)
  }
}
