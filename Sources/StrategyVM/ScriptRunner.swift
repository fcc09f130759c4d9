import Calendar
import StrategyIR

/// Runs a script over bars, one after the other, and returns the results of each step: orders, risk
/// rules, plots. For a back-test as for live trading; the bars' source and the broker are the
/// caller's.
///
///     let runner = try ScriptRunner(program, environment: environment)
///     runner.useHistory(bars)                         // only where all bars are known
///     for bar in bars {
///       // the broker fills pending orders on this bar, then:
///       guard runner.step(bar, place: place, book: book) else { … runner.failure … }
///       // the broker takes runner.orders and runner.risks
///     }
///
/// Not safe for use from several threads at once.
public final class ScriptRunner {
  public let program: Program
  let texts: TextFunctions
  let world: World
  /// The world's.
  @usableFromInline let output: UnsafeMutablePointer<StepOutput>
  let feeds: [RequestFeed]
  /// Symbols, and pairs of currencies, that there are no bars of and whose requests answer na, as the
  /// script wants it (`ignore_invalid_symbol`).
  public let missing: [String]
  /// Timeframes below the chart's that requests ask for of its symbol, without bars: see
  /// `ScriptEnvironment.mayLackShorterBars`.
  public let missingTimeframes: [Period]
  /// Whether there are any: to look into the array on each bar would retain it.
  let hasFeeds: Bool
  /// Why the script has stopped; nil while it runs.
  public var failure: ScriptFailure? { world.failure ?? failedFeed?.failure }
  @exclusivity(unchecked) private var failedFeed: RequestFeed?
  /// Keeps the native code that takes the steps loaded; nil: the VM takes them.
  var nativeOwner: AnyObject?
  /// Of the plan, once somebody has asked for it.
  var knownPlanHash: [UInt8]?

  /// - Parameter parameters: values of inputs, by title or by the variable's name.
  public convenience init(
    _ program: Program, environment: ScriptEnvironment,
    parameters: [(name: String, value: ParameterValue)] = []
  ) throws(ScriptError) {
    try self.init(program, environment: environment, parameters: parameters, isPruned: true)
  }

  /// - Parameter isPruned: Whether the optional passes over the program run: dead statements dropped,
  ///   common values calculated once. A script does the same without them.
  init(
    _ program: Program, environment: ScriptEnvironment,
    parameters: [(name: String, value: ParameterValue)], isPruned: Bool
  ) throws(ScriptError) {
    guard let size = program.treeSize else { throw .invalidProgram }
    self.program = program
    var environment = environment
    environment.accountCurrency = environment.account(of: program)
    texts = TextFunctions(
      arena: TextArena(program.texts), mintick: environment.symbol.mintick)
    let builder = WorldBuilder(
      program: program, environment: environment,
      parameters: try ParameterValues.settle(program, parameters, texts.arena), texts: texts,
      isPruned: isPruned, mostWorlds: WorldBuilder.mostNodes / size)
    (world, feeds, missing, missingTimeframes) = try builder.chart()
    output = world.output
    hasFeeds = !feeds.isEmpty
  }

  /// Whether the script needs a whole history: `lookahead_on`. Without
  /// `useHistory` it then sees its higher timeframes as they are so far.
  public var needsHistory: Bool { feeds.contains(where: \.needsHistory) }

  /// The histories of the environment's data that requests read, by number.
  public var histories: [Int] {
    var numbers: Set<Int> = []
    forEachFeed { if let source = $0.source, source.number >= 0 { numbers.insert(source.number) } }
    return numbers.sorted()
  }

  /// Live: a bar of such a history has closed; it is seen on the chart's next bar that does not end
  /// before it. Of several with one opening time the first counts. O(requests).
  public func append(_ bar: ScriptBar, toHistory number: Int) {
    forEachFeed { if let source = $0.source, source.number == number { source.append(bar) } }
  }

  /// Tells the runner all bars that `step` is going to get, before the first one.
  public func useHistory(_ bars: UnsafeBufferPointer<ScriptBar>) {
    withEmptyBook { book in
      for feed in feeds where feed.needsHistory {
        if !feed.foresee(bars, book) { failedFeed = feed }
      }
    }
  }

  /// Runs the script on one bar; false when it has stopped, now or before.
  public func step(_ bar: ScriptBar, place: BarPlace, book: BookView) -> Bool {
    withUnsafePointer(to: bar) { bar in
      withUnsafePointer(to: book) { step(bar, place: place, book: $0) }
    }
  }

  /// The same on a bar and a book that stay where they are.
  public func step(
    _ bar: UnsafePointer<ScriptBar>, place: BarPlace, book: UnsafePointer<BookView>
  ) -> Bool {
    if hasFeeds, !advanceFeeds(bar.pointee, book) { return false }
    return world.step(bar, place, book)
  }

  @inline(never)
  private func advanceFeeds(_ bar: ScriptBar, _ book: UnsafePointer<BookView>) -> Bool {
    guard failedFeed == nil else { return false }
    for feed in feeds {
      guard feed.advance(bar, book) else {
        failedFeed = feed
        return false
      }
      feed.publish(to: world, on: bar.time)
    }
    return true
  }

  // MARK: Results of the newest step, valid until the next one

  @inlinable
  public var orders: UnsafeBufferPointer<OrderCommand> {
    UnsafeBufferPointer(start: output.pointee.orders, count: output.pointee.orderCount)
  }

  @inlinable
  public var risks: UnsafeBufferPointer<RiskRule> {
    UnsafeBufferPointer(start: output.pointee.risks, count: output.pointee.riskCount)
  }

  /// One number for each of the program's plots, nan where nothing is plotted.
  public var plots: UnsafeBufferPointer<Double> {
    UnsafeBufferPointer(start: world.output.pointee.plots, count: world.code.plotCount)
  }

  /// A text of the script's orders.
  public func text(_ ref: TextRef) -> String { texts.arena.string(ref) }

  /// Bytes of state, all worlds together.
  public var stateBytes: Int { feeds.reduce(world.code.stateBytes) { $0 + $1.stateBytes } }

  private func withEmptyBook(_ body: (UnsafePointer<BookView>) -> Void) {
    var numbers = Array(repeating: 0.0, count: BookField.allCases.count)
    numbers[Int(BookField.accountRate.rawValue)] = .nan
    numbers.withUnsafeBufferPointer { numbers in
      guard let start = numbers.baseAddress else { return }
      withUnsafePointer(to: BookView(numbers: start), body)
    }
  }
}

extension RequestFeed {
  var failure: ScriptFailure? { world.failure ?? feeds.lazy.compactMap(\.failure).first }
  var stateBytes: Int { feeds.reduce(world.code.stateBytes) { $0 + $1.stateBytes } }
}
