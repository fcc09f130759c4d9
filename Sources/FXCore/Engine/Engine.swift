import CFxaot
import Libc
import Market
import Messaging
import Trading

/// One single-writer world: instruments, bars, strategies, a venue and an account.
///
/// A quote goes through the stages in one direction, in the order of the files that hold them:
/// Engine+Quotes (admission) ▶ Engine+Bars (bars, strategies) ▶ Engine+Orders (sizer) ▶ Account (risk gate, venue,
/// positions, margin) ▶ Engine+Fills (strategies' books) ▶ Engine+Wants (of scripts) ▶ EventLog. No stage calls an earlier one:
/// orders that a script wants after a bar or a fill wait in a queue, which is a stage of its own.
///
/// Nothing here locks, reads a clock for logic, or traps: every number from outside is checked at entry,
/// and lack of memory is a status. One thread at a time may use an engine.
public struct Engine: ~Copyable {
  static let instrumentLimit = 1_024
  static let strategyLimit = 65_536
  static let buildersPerInstrument = 64

  let settings: Settings
  /// Balance, positions, orders, risk gate and venue.
  var accountState: Account

  var instruments = Slab<InstrumentState>()
  var strategies = Slab<StrategyState>()
  /// The scripts of `strategies`.
  var scripts = ScriptTable()
  /// The places of `instruments`, in their order.
  var bySymbolKey: InstrumentIndex
  var byInstrumentRef: InstrumentIndex
  var byStrategyRef: SlotTable

  /// Scripts whose turn to order has come; see `carryOutWants`.
  var wants = Slab<Want>()

  /// What the engine records; nothing unless it has been told to.
  var journal = InputJournal()

  /// Whether quotes come from a replay, which has gaps; see `onQuote`.
  public var isReplaying = false
  /// Whether quotes are of a past in which nothing trades; see `warm`.
  var isWarming = false

  var log: EventLog {
    @inline(__always) _read { yield accountState.log }
    @inline(__always) _modify { yield &accountState.log }
  }
  var counts = fxaot_stats()
  var latency: LatencyHistogram
  var quoteTrace = QuoteTrace()
  let cycleLength = CycleLength()

  /// The parts of fxaot_config, checked.
  struct Settings {
    let currency: UInt64
    let minimumStrength: Double
    let sizer: Sizer
    let emitsBars: Bool
    /// Newest closed bars that are kept of a series.
    let keptBars: Int
    /// Nanoseconds, at most those of an Int64.
    let maxTimeJump: UInt64
    /// The same, at most 60 years: a time far before any clock then never looks like a jump forward, although the
    /// difference wraps around.
    let quickJump: UInt64

    static let quickJumpLimit: UInt64 = 60 * 365 * 86_400_000_000_000
  }

  /// Fails with FXAOT_BAD_CONFIG or FXAOT_OUT_OF_MEMORY.
  public init(_ config: fxaot_config) throws(EngineError) {
    let currency = withUnsafeBytes(of: config.account_currency) { SymbolKey.make(cString: $0) }
    guard currency != 0, let sizer = Sizer(config), config.bar_events <= 1,
      config.min_strength >= 0, config.min_strength <= 1,
      (0...Self.balanceLimit).contains(config.balance_micro),
      config.kept_bars <= FXAOT_MAX_KEPT_BARS, config.max_time_jump_ns >= 1,
      config.first_order >= 1, config.first_order <= config.order_step
    else { throw EngineError(FXAOT_BAD_CONFIG) }
    guard let latency = LatencyHistogram() else { throw EngineError(FXAOT_OUT_OF_MEMORY) }
    let none = UnsafeMutableBufferPointer<InstrumentState>(start: nil, count: 0)
    let byKey = try Self.index(byKey: none)
    let byRef = try Self.index(byRef: none)
    let byStrategy = try SlotTable()
    self.latency = latency
    bySymbolKey = byKey
    byInstrumentRef = byRef
    byStrategyRef = byStrategy
    accountState = Account(
      currency: currency, balance: config.balance_micro,
      gate: RiskGate(firstOrder: config.first_order, step: config.order_step))
    settings = Settings(
      currency: currency, minimumStrength: config.min_strength,
      sizer: sizer, emitsBars: config.bar_events == 1, keptBars: Int(config.kept_bars),
      maxTimeJump: config.max_time_jump_ns.magnitude,
      quickJump: min(config.max_time_jump_ns.magnitude, Settings.quickJumpLimit))
  }

  /// 10¹² units of currency: sums with profits stay inside an Int64 of micro-units.
  static let balanceLimit: Int64 = 1_000_000_000_000 * Money.microPerUnit

  deinit {
    for strategy in strategies.elements where strategy.ref != 0 {
      if case .table(let table) = strategy.content { table.release() }
    }
    for instrument in instruments.elements { instrument.release() }
  }

  /// USD 100,000, 10,000 base units a signal, signals above 0.1 traded, no bar events, 10,000 bars
  /// kept, quotes up to 7 days ahead.
  public static var defaultConfig: fxaot_config {
    var config = fxaot_config()
    withUnsafeMutableBytes(of: &config.account_currency) { $0.copyBytes(from: Array("USD".utf8)) }
    config.balance_micro = 100_000 * Money.microPerUnit
    config.min_strength = 0.1
    config.sizer = UInt32(FXAOT_SIZER_FIXED)
    config.fixed_quantity = 10_000
    config.equity_percent = 10
    config.kept_bars = 10_000
    config.first_order = 1
    config.order_step = 1
    config.max_time_jump_ns = 7 * 86_400_000_000_000
    return config
  }
}

/// Why an engine refused something off the hot path.
public struct EngineError: Error, Equatable {
  public let status: fxaot_status
  /// The index of the wrong parameter value; UInt64.max if no value is wrong.
  public let parameter: UInt64

  init(_ status: fxaot_status, parameter: UInt64 = .max) {
    self.status = status
    self.parameter = parameter
  }

  public static func == (a: EngineError, b: EngineError) -> Bool {
    a.status.rawValue == b.status.rawValue && a.parameter == b.parameter
  }
}

/// An instrument and all that a quote touches, in one place.
struct InstrumentState: BitwiseCopyable {
  /// The account's part, which must be first: see `Engine.connectAccount`.
  var market: TradedInstrument
  /// The earliest end of an open time bar: a quote before it closes none.
  var nextBarEnd = Int64.max
  var jump = TimeJump()
  /// The market hours from which its bars count.
  var day = BarDay()
  /// Longest time bars first, tick bars last; `timeBuilders` of `builderCount` are time bars.
  var builders: UnsafeMutablePointer<BarBuilder>?
  var builderCount = 0
  var timeBuilders = 0
  var listeners: UnsafeMutablePointer<Listener>?
  /// One series for each timeframe and price that a listener reads; empty if the engine keeps no bars.
  var kept: UnsafeMutablePointer<KeptBars>?
  var keptCount = 0
  /// After a recovery without quotes.
  var gap: BarGap?

  let aliases: InstrumentAliases

  init(instrument: Instrument, ref: UInt64, aliases: InstrumentAliases = InstrumentAliases()) {
    self.aliases = aliases
    market = TradedInstrument(instrument: instrument, ref: ref)
  }

  func release() {
    free(builders)
    free(listeners)
    for series in keptSeries { series.release() }
    free(kept)
    market.holidays.release()
  }

  var keptSeries: UnsafeMutableBufferPointer<KeptBars> {
    UnsafeMutableBufferPointer(start: kept, count: keptCount)
  }
}

extension InstrumentState {
  var instrument: Instrument { market.instrument }
  var ref: UInt64 { market.ref }
  var clock: Int64 {
    get { market.clock }
    set { market.clock = newValue }
  }
  var quote: QuoteSteps {
    get { market.quote }
    set { market.quote = newValue }
  }
  var quoteTime: Int64 {
    get { market.quoteTime }
    set { market.quoteTime = newValue }
  }
  var conversion: Conversion {
    get { market.conversion }
    set { market.conversion = newValue }
  }
  var hasQuote: Bool { market.hasQuote }
}

extension Engine {
  /// Shows the account where the instruments are: after each change of their memory.
  mutating func connectAccount() {
    accountState.markets = Markets(instruments.elements)
  }
}

/// A strategy's feed that waits for a builder's bars.
struct Listener: BitwiseCopyable {
  var strategySlot: Int
  let feed: Int
  /// The place of the instrument's series that this listener fills, if it is the first to get the bars; else −1.
  var series = -1

  /// The feed number of scripts that read this instrument in addition to their own.
  static let otherSymbol = 1
}
