import CFxaot

/// Mid, bid and ask of a quote as doubles, in this order; the fourth lane is unused.
typealias QuotePrices = SIMD4<Double>

/// Gathers quotes into bars of one timeframe: mid, bid and ask OHLC, tick count and sizes.
struct BarBuilder: BitwiseCopyable {
  let timeframe: Timeframe
  /// End of the open bar, exclusive; Int64.max while no bar is open and for tick bars.
  private(set) var endTime = Int64.max
  private(set) var openTime: Int64 = 0
  private(set) var ticks: Int64 = 0
  private var size = 0.0
  private var open = QuotePrices()
  private var high = QuotePrices()
  private var low = QuotePrices()
  /// Who reads the bars: a range of the instrument's list of listeners.
  var firstListener = 0
  var listenerCount = 0

  init(_ timeframe: Timeframe) { self.timeframe = timeframe }

  /// Takes a quote into the open bar, or opens one. A time bar that ended at or before `time` must
  /// have been closed. O(1).
  @inline(__always)
  mutating func add(_ prices: QuotePrices, size added: Double, at time: Int64) {
    if ticks == 0 {
      start(at: time)
      open = prices
      high = prices
      low = prices
    } else {
      high.replace(with: prices, where: prices .> high)
      low.replace(with: prices, where: prices .< low)
    }
    ticks &+= 1
    size += added
  }

  /// True when a tick bar has all its quotes.
  @inline(__always)
  var isFull: Bool { timeframe.ticks > 0 && ticks >= timeframe.ticks }

  private mutating func start(at time: Int64) {
    guard timeframe.isTime else {
      openTime = time
      return
    }
    openTime = time - time % timeframe.length
    endTime = openTime + timeframe.length
  }

  /// The open bar as it would be if it closed now, on one price basis (FXAOT_MID …). `close` are
  /// the instrument's newest prices, `time` their time. Only while a bar is open.
  func bar(_ basis: Int, close: QuotePrices, time: Int64) -> fxaot_bar {
    let lane = min(max(basis, 0), 2)
    return fxaot_bar(
      open_time_ns: openTime, end_time_ns: timeframe.isTime ? endTime : time,
      open: open[lane], high: high[lane], low: low[lane], close: close[lane],
      volume: size > 0 ? size : Double(ticks), ticks: ticks)
  }

  /// Ends the open bar; the next quote opens another.
  mutating func finish() {
    ticks = 0
    size = 0
    endTime = .max
  }
}
