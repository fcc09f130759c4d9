import CFxaot
import Market

/// Gives one feed of a new version its past bars: from the kept series of its own timeframe, or folded from
/// one that divides it.
struct WarmFeed {
  let feed: Int
  let timeframe: Timeframe
  /// Of the series that it reads.
  let serial: UInt64
  /// The number of the next bar that it reads there.
  private(set) var next: Int
  private var folding: BarFolding?
  /// Its bars are made of shorter ones.
  var isFolded: Bool { folding != nil }

  /// nil if no series of this price fits: then the feed begins without past bars.
  init?(
    _ feed: Int, _ timeframe: Timeframe, _ hours: MarketHours, price: Int, of series: some Sequence<KeptBars>
  ) {
    guard let source = Self.source(timeframe, price: price, of: series) else { return nil }
    self.feed = feed
    self.timeframe = timeframe
    serial = source.serial
    next = source.oldest
    folding = source.timeframe == timeframe ? nil : BarFolding(to: timeframe, hours)
  }

  /// The series of the timeframe itself, else of the longest that divides it. O(series), and makes nothing: the
  /// engine waits.
  static func source(_ timeframe: Timeframe, price: Int, of series: some Sequence<KeptBars>) -> KeptBars? {
    var longest: KeptBars?
    for kept in series where kept.basis == price {
      if kept.timeframe == timeframe { return kept }
      guard timeframe.isTime, kept.timeframe.isTime, timeframe.length % kept.timeframe.length == 0 else { continue }
      if longest.map({ $0.timeframe.length < kept.timeframe.length }) ?? true { longest = kept }
    }
    return longest
  }

  /// The bars that follow from these, which are the next ones of its series.
  mutating func take(_ bars: [fxaot_bar]) -> [fxaot_bar] {
    next += bars.count
    guard folding != nil else { return bars }
    var whole: [fxaot_bar] = []
    for bar in bars { folding?.take(bar) { whole.append($0) } }
    return whole
  }

  /// The bar that has ended by this time although its last part had no quote.
  mutating func pass(to time: Int64) -> [fxaot_bar] {
    var whole: [fxaot_bar] = []
    folding?.pass(to: time) { whole.append($0) }
    return whole
  }
}

/// Bars of several feeds in the order in which an engine closes them: by their end, and of those that
/// end together the longest first. Bars of quotes that end at one instant go in that order too.
struct FeedMerge {
  private let feeds: [(feed: WarmFeed, bars: [fxaot_bar])]

  init(_ feeds: [(feed: WarmFeed, bars: [fxaot_bar])]) {
    self.feeds = feeds.sorted { Timeframe.closesBefore($0.feed.timeframe, $1.feed.timeframe) }
  }

  /// Stops when `body` returns false, and returns false then. O(bars × feeds).
  func forEach(_ body: (_ feed: Int, fxaot_bar) -> Bool) -> Bool {
    var places = feeds.map { _ in 0 }
    while true {
      var first: Int?
      for (index, (_, bars)) in feeds.enumerated() where places[index] < bars.count {
        guard let known = first else {
          first = index
          continue
        }
        let end = feeds[known].bars[places[known]].end_time_ns
        if bars[places[index]].end_time_ns < end { first = index }
      }
      guard let first else { return true }
      let bar = feeds[first].bars[places[first]]
      places[first] += 1
      if !body(feeds[first].feed.feed, bar) { return false }
    }
  }
}
