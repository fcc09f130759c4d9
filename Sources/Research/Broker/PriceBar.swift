/// One bar of a chart. `time` is its opening instant in milliseconds since 1970, UTC.
public struct PriceBar: Sendable, Equatable {
  public var time: Int64
  public var open, high, low, close, volume: Double

  public init(
    time: Int64, open: Double, high: Double, low: Double, close: Double, volume: Double = .nan
  ) {
    self.time = time
    self.open = open
    self.high = high
    self.low = low
    self.close = close
    self.volume = volume
  }
}
