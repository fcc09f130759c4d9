/// Population standard deviation of the newest n values: ta.stdev, TA-Lib's STDDEV. The state is
/// that of `WindowMoments`; a constant window gives exactly 0.
@frozen
public struct StandardDeviation {
  public let window: WindowMoments

  @inlinable public init(length: Int) { window = WindowMoments(length: length) }

  @inlinable public var lookback: Int { window.lookback }
  @inlinable public var stateBytes: Int { window.stateBytes }
  @inlinable public func reset(_ state: UnsafeMutableRawPointer) { window.reset(state) }

  /// Takes in one value; nan for the first n − 1 values. O(log n).
  @inlinable
  public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double {
    let moments = window.step(state, x)
    return moments.count == 0 ? .nan : moments.deviation
  }
}
