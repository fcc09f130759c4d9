import CFxaot
import Market

/// Joins bars of a shorter timeframe into bars of a longer one that it divides: the same bars as quotes
/// would have made, if all of the shorter ones have sizes or none has. Prices are the same to the
/// bit; so are volumes of whole units, while the sum of others can differ in the last bit, since it is taken
/// in another order.
struct BarFolding {
  private let timeframe: Timeframe
  private let hours: MarketHours
  private var day = BarDay()
  private var open: fxaot_bar?
  private var hasBegun = false
  /// The start of an interval of which earlier bars may be missing; it makes no bar.
  private var cut: Int64?

  init(to timeframe: Timeframe, _ hours: MarketHours) {
    self.timeframe = timeframe
    self.hours = hours
  }

  /// Takes the next bar and hands out the bars that it completes, at most two. O(1).
  mutating func take(_ bar: fxaot_bar, _ emit: (fxaot_bar) -> Void) {
    guard let (start, end) = day.bar(of: timeframe, at: bar.open_time_ns, hours) else { return }
    if !hasBegun {
      hasBegun = true
      if start != bar.open_time_ns { cut = start }
    }
    if start == cut { return }
    if let open, open.open_time_ns != start { finish(emit) }
    var whole = open ?? Self.begin(bar, start, end)
    if open != nil { Self.extend(&whole, bar) }
    open = whole
    if bar.end_time_ns >= whole.end_time_ns { finish(emit) }
  }

  /// Time has passed to here: hands out a bar that has ended.
  mutating func pass(to time: Int64, _ emit: (fxaot_bar) -> Void) {
    if let open, open.end_time_ns <= time { finish(emit) }
  }

  private mutating func finish(_ emit: (fxaot_bar) -> Void) {
    if let open { emit(open) }
    open = nil
  }

  private static func begin(_ bar: fxaot_bar, _ start: Int64, _ end: Int64) -> fxaot_bar {
    var whole = bar
    whole.open_time_ns = start
    whole.end_time_ns = end
    return whole
  }

  private static func extend(_ whole: inout fxaot_bar, _ bar: fxaot_bar) {
    whole.high = max(whole.high, bar.high)
    whole.low = min(whole.low, bar.low)
    whole.close = bar.close
    whole.volume = min(whole.volume + bar.volume, .greatestFiniteMagnitude)
    whole.ticks &+= bar.ticks
  }
}
