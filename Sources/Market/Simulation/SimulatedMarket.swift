import CFxaot
import Calendar

/// An endless stream of quotes of one instrument: random, fixed by its seed, the same to the bit
/// on every machine and however it is asked for.
///
/// What it imitates, and how often (docs/data-formats.md has the whole list):
/// - regimes of volatility, sessions of the day, the week-end from Friday to Sunday 21:00 UTC;
/// - a spread that is wider in a storm and at the roll-over;
/// - a jump every second day on average, a gap in price over each week-end;
/// - once a day the feed is silent for 2 to 15 minutes while the price goes on;
/// - 1 quote in 128 has the time stamp of the one before it, 1 in 512 is crossed.
///
/// The functions behind `fxaot_market_*`. Only + − × ÷ and square roots of doubles are used, all
/// of them correctly rounded by IEEE 754. About 30 ns a quote, no allocation after `init`.
public struct SimulatedMarket {
  /// The field of the configuration that is not a number or outside its limits.
  public enum BadConfig: Error, Equatable {
    /// Outside 1970 … 2200.
    case start
    /// Not above zero, less than one step, or more than 2^45 steps.
    case price
    /// Outside 0 … 10.
    case annualVolatility
    /// Outside 1 … 10^9.
    case quotesPerDay
    /// Outside 0 … 10^6.
    case spreadSteps
    /// Above 9.
    case priceDecimals
  }

  static let highestSteps = 0x1p45
  private static let repeatsIn: UInt64 = 128
  private static let crossedIn: UInt64 = 512

  private let model: MarketModel
  private let exponential = ExponentialTable.shared
  private var random: RandomSource

  /// Exact time of the newest quote, or of the minute's start; quotes show whole milliseconds.
  private var time: Int64
  private var minuteEnd: Int64 = 0
  private var isPending = false
  private var repeatsTime = false

  private var mid: Double
  private var regime = MarketRegime.normal
  private var silentMinutes: UInt64 = 0
  // Of the current minute:
  private var isSilent = false
  private var meanGap = 0.0
  private var deviation = 0.0
  private var spread = 0.0

  /// Checks every field; zeros take the defaults of `fxaot_market_config`.
  public init(_ config: fxaot_market_config) throws(BadConfig) {
    model = try MarketModel(config)
    random = RandomSource(seed: config.seed)
    mid = model.price
    time = MarketCalendar.openAtOrAfter(model.start)
    beginMinute()
  }

  /// Writes the next quotes with times before `end`, at most `capacity`, to `out` at any
  /// alignment; returns how many. 0 with a capacity above 0 says that `end` is reached.
  public mutating func next(
    until end: Int64, into out: UnsafeMutableRawPointer, capacity: Int
  ) -> Int {
    var written = 0
    while written < capacity {
      if !isPending {
        drawTime()
        isPending = true
      }
      let shown = time - time % 1_000_000
      guard shown < end, shown <= FXAOT_MAX_TIME_NS else { break }
      isPending = false
      (out + written * MemoryLayout<fxaot_quote>.stride)
        .storeBytes(of: quote(at: shown), as: fxaot_quote.self)
      written += 1
    }
    return written
  }

  /// Moves `time` on to the next quote. The waiting time is exponential, so that a draw which
  /// leaves the minute can be dropped and drawn afresh at the next minute's rate.
  private mutating func drawTime() {
    guard !repeatsTime, time <= FXAOT_MAX_TIME_NS else { return }
    while true {
      let gap = random.exponential(exponential) * meanGap
      if !isSilent, gap < Double(minuteEnd - time) {
        time += Int64(gap)
        return
      }
      time = minuteEnd
      let open = MarketCalendar.openAtOrAfter(time)
      if open > time {
        move(variance: 0.25 * model.dailyVariance)
        time = open
      }
      beginMinute()
      if time > FXAOT_MAX_TIME_NS { return }
    }
  }

  /// Sets the conditions of the minute that contains `time`.
  private mutating func beginMinute() {
    minuteEnd = time - time % MarketCalendar.minute + MarketCalendar.minute
    regime = regime.next(random.uniform())
    let hour = MarketCalendar.hour(time)
    let perDay = model.quotesPerDay * MarketCalendar.activity(hour) * regime.rate
    // The quotes that repeat a time stamp come on top of the others.
    let once = 1 - 1 / Double(SimulatedMarket.repeatsIn)
    meanGap = Double(CivilMoment.nanosecondsPerDay) / (perDay * once)
    // Of a week's variance 85 % are steps from quote to quote, 10 % jumps, 5 % the week-end.
    let variance = 0.85 * model.dailyVariance * regime.variance / model.quotesPerDay
    deviation = variance.squareRoot()
    spread = model.spreadSteps * MarketCalendar.spread(hour) * regime.spread

    if random.uniform() < 0.5 / 1_440 { move(variance: 0.2 * model.dailyVariance) }
    if silentMinutes > 0 {
      silentMinutes -= 1
    } else if random.uniform() < 1.0 / 1_440 {
      silentMinutes = 2 + random.next() % 14
    }
    isSilent = silentMinutes > 0
    if isSilent { move(variance: variance * perDay / 1_440) }
  }

  private mutating func move(variance: Double) {
    step(variance.squareRoot() * random.gaussian())
  }

  /// One relative change of the price, which stays above zero whatever the configuration.
  @inline(__always) private mutating func step(_ change: Double) {
    let moved = mid * (1 + min(max(change, -0.5), 0.5))
    mid = min(max(moved, 1 / model.scale), SimulatedMarket.highestSteps / model.scale)
  }

  @inline(__always) private mutating func quote(at shown: Int64) -> fxaot_quote {
    step(deviation * random.gaussian())
    let word = random.next()
    // Spreads are spread evenly over ½ … 1½ of the minute's, then rounded up or down by chance.
    let width = spread * (0.5 + Double(word & 0xFFFF) * 0x1p-16)
    let steps = Int64(width + Double((word >> 16) & 0xFFFF) * 0x1p-16)
    var bid = Int64(max(mid * model.scale - Double(steps) * 0.5 + 0.5, 1))
    var ask = bid + steps
    if (word >> 32) % SimulatedMarket.crossedIn == 0 {
      (bid, ask) = (max(ask, bid + 1), bid)
    }
    repeatsTime = (word >> 41) % SimulatedMarket.repeatsIn == 0
    return fxaot_quote(
      time_ns: shown, symbol: model.symbol,
      bid: Double(bid) / model.scale, ask: Double(ask) / model.scale,
      bid_size: SimulatedMarket.size(word >> 48), ask_size: SimulatedMarket.size(word >> 52))
  }

  /// A size in base units, small ones most often; the low four bits of `bits` choose.
  @inline(__always) private static func size(_ bits: UInt64) -> Double {
    let table: InlineArray<16, Int> = [1, 1, 1, 1, 2, 2, 2, 3, 3, 5, 5, 5, 10, 10, 20, 25]
    return Double(table[Int(bits & 15)] * 100_000)
  }
}
