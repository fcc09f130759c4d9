/// One bar of the chart, as a runner takes it in.
public struct ScriptBar: Sendable {
  /// The bar's open and close, milliseconds since 1970, UTC.
  public var time, timeClose: Int64
  public var open, high, low, close, volume: Double

  public init(
    time: Int64, timeClose: Int64, open: Double, high: Double, low: Double, close: Double,
    volume: Double
  ) {
    self.time = time
    self.timeClose = timeClose
    self.open = open
    self.high = high
    self.low = low
    self.close = close
    self.volume = volume
  }
}

/// The bar's place among all bars: `barstate.*`, `last_bar_index`.
public struct BarPlace: Sendable {
  /// `last_bar_index` and `last_bar_time`: over a history, of its last bar; live, of this one.
  public var lastIndex: Int
  public var lastTime: Int64
  /// `barstate.ishistory` (else `isrealtime`).
  public var isHistory: Bool

  public init(lastIndex: Int, lastTime: Int64, isHistory: Bool) {
    self.lastIndex = lastIndex
    self.lastTime = lastTime
    self.isHistory = isHistory
  }
}
