/// Commodity channel index, ta.cci: (x − mean) / (0.015 · mean absolute deviation) of the newest n
/// values; x is usually (high + low + close)/3. nan where the values do not deviate.
///
///     state   WindowMean, Delay
@frozen
public struct CCI {
  @usableFromInline let mean: WindowMean
  @usableFromInline let values: Delay

  @inlinable
  public init(length: Int) {
    mean = WindowMean(length: length)
    values = Delay(length: mean.length)
  }

  @inlinable public var lookback: Int { mean.lookback }
  @inlinable public var stateBytes: Int { mean.stateBytes &+ values.stateBytes }

  @inlinable
  public func reset(_ state: UnsafeMutableRawPointer) {
    mean.reset(state)
    values.reset(state + mean.stateBytes)
  }

  /// Takes in one value; nan for the first n − 1 values. O(n): deviations are from a mean that
  /// moves, so all of them are new.
  @inlinable
  public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double {
    let average = mean.step(state, x)
    let ring = state + mean.stateBytes
    _ = values.step(ring, x)
    guard mean.count(state) >= mean.length else { return .nan }
    let cells = ring.assumingMemoryBound(to: Double.self)
    var sum = 0.0
    var cell = values.slot(values.count(ring))  // the oldest value's
    for _ in 0..<mean.length {
      sum += (cells[cell] - average).magnitude
      cell = cell == mean.length ? 1 : cell &+ 1
    }
    return (x - average) / (0.015 * (sum / Double(mean.length)))
  }
}
