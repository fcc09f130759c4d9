import CFxaot
import Market
import StrategyVM
import Trading

/// A version of a strategy that has run over past bars and waits to replace the running one. After the swap
/// it holds the replaced version. One thread at a time may use it.
public final class PreparedVersion {
  let basis: ReloadBasis
  @exclusivity(unchecked) var content: Content
  let changes: [VersionChange]
  /// In the order of the table's feeds; feeds without past bars are missing.
  @exclusivity(unchecked) private var feeds: [WarmFeed]
  /// Whether some are.
  @exclusivity(unchecked) private var hasFolded = false
  /// It has stopped on a bar.
  @exclusivity(unchecked) private var hasFailed = false
  /// Bars of feed 0 that it has seen.
  @exclusivity(unchecked) public internal(set) var warmBars = 0
  /// The strategy's count of versions since the swap; 0 before.
  @exclusivity(unchecked) public internal(set) var version: UInt32 = 0
  /// The texts of `changes` for C.
  let texts = CTexts()

  enum Content {
    case script(Script)
    case table(TableVersion)
  }

  /// A script, with a flat book for the bars of the past.
  struct Script {
    var version: ScriptVersion
    let broker: BarBroker
    var numbers = TextNumbers()
  }

  init(
    _ basis: ReloadBasis, _ content: Content, feeds multiples: [UInt32], changes: [VersionChange]
  ) throws(EngineRefusal) {
    self.basis = basis
    self.content = content
    self.changes = changes
    let series = basis.series.map(\.series)
    feeds = []
    for (feed, multiple) in multiples.enumerated() {
      guard let timeframe = Timeframe(basis.timeframe.raw, multiple: multiple) else {
        throw EngineRefusal(FXAOT_BAD_TIMEFRAME, "")
      }
      if let warm = WarmFeed(feed, timeframe, basis.instrument.hours, price: basis.price, of: series) {
        feeds.append(warm)
      }
    }
    hasFolded = feeds.contains { $0.isFolded }
    try warm { feed in basis.series.first { $0.series.serial == feed.serial }?.bars }
  }

  deinit {
    if case .table(let table) = content { table.release() }
  }

  /// How many bars have closed that it has not seen; nil if a series is not there any more. O(feeds), and makes
  /// nothing: the engine waits.
  func missingBars(of series: UnsafeMutableBufferPointer<KeptBars>) -> Int? {
    var count = 0
    for index in feeds.indices {
      let (serial, next) = (feeds[index].serial, feeds[index].next)
      var pushed: Int?
      for kept in series where kept.serial == serial { pushed = kept.pushed }
      guard let pushed else { return nil }
      count += pushed - next
    }
    return count
  }

  /// Runs on the next bars of each feed's series; if one is nil, nothing has changed: they are not there
  /// any more.
  func warm(_ bars: (WarmFeed) -> [fxaot_bar]?) throws(EngineRefusal) {
    var next: [[fxaot_bar]] = []
    for feed in feeds {
      guard let bars = bars(feed) else { throw EngineRefusal(FXAOT_STALE, "") }
      next.append(bars)
    }
    if next.allSatisfy({ $0.isEmpty }) { return }
    var batches: [(feed: WarmFeed, bars: [fxaot_bar])] = []
    for index in feeds.indices {
      let whole = feeds[index].take(next[index])
      batches.append((feeds[index], whole))
    }
    try run(batches)
  }

  /// Closes the bars that have ended by this time, even if their last part had no quote.
  func pass(to time: Int64) throws(EngineRefusal) {
    if !hasFolded { return }
    var batches: [(feed: WarmFeed, bars: [fxaot_bar])] = []
    for index in feeds.indices {
      let whole = feeds[index].pass(to: time)
      batches.append((feeds[index], whole))
    }
    try run(batches)
  }

  private func run(_ batches: [(feed: WarmFeed, bars: [fxaot_bar])]) throws(EngineRefusal) {
    // swift-format-ignore: ReplaceForEachWithForLoop
    let isFine = FeedMerge(batches).forEach { feed, bar in
      if feed == 0 { warmBars += 1 }
      switch content {
      case .script(let script): return script.version.warm(bar, book: script.broker.bookView)
      case .table(let table):
        var bar = bar
        _ = table.step(feed, &bar)
        return true
      }
    }
    if isFine { return }
    hasFailed = true
    try refuseFailed()
  }

  func refuseFailed() throws(EngineRefusal) {
    guard hasFailed, case .script(let script) = content, let failure = script.version.runner.failure else {
      return
    }
    throw EngineRefusal(FXAOT_BAD_SCRIPT, "failed while warming up: \(failure.report)")
  }
}
