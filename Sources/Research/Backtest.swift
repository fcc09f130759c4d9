import Artifacts
import Calendar
import StrategyIR
import StrategyVM
import Trading

/// A script over a history of bars, with a broker of its own.
///
/// For each bar: pending orders fill on the bar's path, the script reads its book and runs, its
/// orders go to the broker. Bars before `from` are calculated, but their orders are dropped.
public final class Backtest {
  public let broker: BarBroker
  let runner: ScriptRunner
  let isStrategy: Bool
  /// The script's view of its book, updated on each bar on which it reads it.
  let book = UnsafeMutablePointer<BookView>.allocate(capacity: 1)
  let readsBook: Bool
  private let calendar: TradingCalendar
  /// `calc_bars_count`: at the end, of all bars; 0: all.
  private let calculatedBars: Int
  @exclusivity(unchecked) var bars: [ScriptBar] = []
  @exclusivity(unchecked) var next = 0
  @exclusivity(unchecked) var end = 0
  /// Of the run that goes on.
  @exclusivity(unchecked) var limit = 0
  /// The time of the bar before `end`; 0 without bars.
  @exclusivity(unchecked) var lastTime: Int64 = 0
  @exclusivity(unchecked) var from = Int64.min
  @exclusivity(unchecked) var hasStopped = false
  @exclusivity(unchecked) var curve: EquityCurve
  @exclusivity(unchecked) var day = TradingCalendar.Bounds(start: 0, end: 0)
  @exclusivity(unchecked) private var dayNumber = Int64.min
  /// Converts money; nil if the account is in the symbol's currency.
  @exclusivity(unchecked) public private(set) var rates: CurrencyRates?
  private let currencies: (symbol: String, account: String)
  @exclusivity(unchecked) var calm = CalmPrices()
  /// Why `begin` has refused the bars; else nil.
  public private(set) var refusal: ScriptError?

  /// - Parameter parameters: values of inputs, by title or by the variable's name.
  public init(
    _ program: Program, environment: ScriptEnvironment,
    parameters: [(name: String, value: ParameterValue)] = []
  ) throws(ScriptError) {
    runner = try ScriptRunner(program, environment: environment, parameters: parameters)
    let symbol = environment.symbol
    let settings = program.settings.broker
    currencies = (symbol.currency, environment.account(of: program))
    if currencies.symbol != currencies.account {
      rates = CurrencyRates(from: currencies.symbol, to: currencies.account, in: environment.data)
      guard rates != nil else {
        throw .noRate(from: currencies.symbol, to: currencies.account)
      }
    }
    broker = BarBroker(
      settings, tick: symbol.mintick, quantityStep: symbol.minContract,
      pointValue: symbol.pointValue)
    isStrategy = program.settings.isStrategy
    readsBook = program.readsBook
    book.initialize(to: broker.bookView)
    calendar = environment.calendar
    calculatedBars = program.settings.calculatedBars
    curve = EquityCurve(initialCapital: settings.initialCapital, riskFreeRate: program.settings.riskFreeRate)
    if isStrategy, settings.calculateOnOrderFills { broker.runAfterFills { [weak self] in self?.runWithinBar() } }
  }

  deinit { book.deallocate() }

  /// Prepares a run over `bars`, which must be in order of time, up to the last one that opens at or before
  /// `to`. With `calc_bars_count` only the last ones of these exist for the script. `from` and `to` are in
  /// milliseconds since 1970.
  public func begin(_ bars: [ScriptBar], from: Int64? = nil, to: Int64? = nil) {
    self.from = from ?? .min
    end = to.map { last in bars.firstIndex { $0.time > last } ?? bars.count } ?? bars.count
    if calculatedBars > 0, calculatedBars < end {
      self.bars = Array(bars[(end - calculatedBars)..<end])
      end = calculatedBars
    } else {
      self.bars = bars
    }
    next = 0
    lastTime = end > 0 ? self.bars[end - 1].time : 0
    if runner.needsHistory {
      self.bars.withUnsafeBufferPointer { all in
        runner.useHistory(UnsafeBufferPointer(rebasing: all[..<end]))
      }
    }
    hasStopped = runner.failure != nil
    refusal = nil
    checkRates()
  }

  /// Nothing is traded before there is a rate.
  private func checkRates() {
    guard rates != nil, let first = bars[..<end].first(where: { $0.time >= from }) else { return }
    if rates?.rate(at: first.time).isNaN == true {
      refusal = .lateRate(from: currencies.symbol, to: currencies.account)
      hasStopped = true
    }
  }

  /// As `ScriptRunner.missing`.
  public var missing: [String] { runner.missing }
  public var missingTimeframes: [Period] { runner.missingTimeframes }
  /// The currency of broker and statistics.
  public var accountCurrency: String { currencies.account }

  /// The plan from which the script's native code is compiled.
  public var plan: NativePlan { runner.plan }
  /// Runs the script in native code from the next bar on; see `ScriptRunner.attach`.
  public func attach(_ code: NativeCode) throws(ArtifactError) { try runner.attach(code) }

  /// Runs the next bar; false after the last one, or when the script has stopped.
  public func step() -> Bool { bars.withUnsafeBufferPointer { step($0) } }

  /// Runs all bars that are left; false when the script stopped before the last one.
  @discardableResult
  public func run() -> Bool {
    _ = run(atMost: end)
    return failure == nil && refusal == nil
  }

  /// Runs so many bars, or those that are left; false after the last one, or when the script has stopped.
  public func run(atMost count: Int) -> Bool {
    limit = count < end &- next ? next &+ count : end
    bars.withUnsafeBufferPointer { bars in
      while next < limit, step(bars) { passCalmBars(bars) }
    }
    return next < end && !hasStopped
  }

  @inline(never)
  private func convert(at time: Int64) {
    if let rate = rates?.rate(at: time) { broker.convert(at: rate) }
  }

  @inline(__always)
  private func step(_ bars: UnsafeBufferPointer<ScriptBar>) -> Bool {
    guard next < end, !hasStopped, let first = bars.baseAddress else { return false }
    // Read in place: each use of a copy would copy seven words.
    let bar = UnsafePointer(first + next)
    let time = bar.pointee.time
    if !day.contains(time) { beginDay(time) }
    if rates != nil { convert(at: time) }
    broker.advance(bar.pointee, index: Int64(next), day: dayNumber)
    let place = BarPlace(lastIndex: end &- 1, lastTime: lastTime, isHistory: true)
    if readsBook { book.pointee = broker.bookView }
    guard runner.step(bar, place: place, book: book) else {
      stop()
      return false
    }
    broker.settleMargin()
    if time >= from { finishBar() } else { next &+= 1 }
    return true
  }

  func stop() {
    broker.cancelEverything()
    hasStopped = true
  }

  /// What the script has ordered on the bar goes to the broker, and the account into the curve.
  @inline(__always)
  func finishBar() {
    if isStrategy {
      broker.take(runner.risks)
      broker.place(runner.orders)
    }
    note()
    next &+= 1
  }

  /// `calc_on_order_fills`: the script runs on a bar before its close, with the bar's final prices. All that it
  /// keeps is then put back as it was before the bar.
  private func runWithinBar() {
    guard runner.failure == nil else { return }
    let before = runner.snapshot()
    let place = BarPlace(lastIndex: end &- 1, lastTime: lastTime, isHistory: true)
    guard runner.step(bars[next], place: place, book: broker.bookView) else { return broker.cancelEverything() }
    broker.take(runner.risks)
    broker.place(runner.orders)
    runner.rewind(to: before)
  }

  /// Why the script stopped.
  public var failure: ScriptFailure? { runner.failure }
  /// The first bar that is calculated.
  public var firstBar: ScriptBar? { bars.first }
  /// The bar of the last step.
  public var lastBar: ScriptBar? { next > 0 ? bars[next - 1] : nil }
  /// The number that the script has for the bar of the last step.
  package var barNumber: Int { next &- 1 }
  /// The trading day of the last step.
  package var tradingDay: Int64 { dayNumber }
  /// The plots of the last step, nan where nothing is plotted.
  public var plots: UnsafeBufferPointer<Double> { runner.plots }
  /// The script's drawings after the newest bar.
  public var drawings: [ScriptDrawing] { runner.drawings }
  public var statistics: Statistics { Statistics(broker, curve) }
  /// A text of the script, by its number in an order or a trade.
  public func text(_ ref: TextRef) -> String { runner.text(ref) }

  private func beginDay(_ time: Int64) {
    dayNumber = calendar.tradingDay(at: time)
    day = calendar.bounds(of: .day, at: time)
  }

  @inline(__always)
  private func note() {
    let account = broker.afterBar
    curve.add(
      day: dayNumber, equity: account.equity, lowest: account.lowest, realised: account.realised,
      inMarket: account.isInMarket)
  }
}
