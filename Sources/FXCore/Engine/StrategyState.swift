import CFxaot
import Market
import Records
import Synchronization
import Trading

/// What runs as a strategy.
enum StrategyContent: BitwiseCopyable {
  case table(TableVersion)
  /// By its place in the engine's `scripts`.
  case script(Int)

  /// The timeframes that it reads, as multiples of the deployed one. A script reads that one alone.
  var feeds: [UInt32] {
    switch self {
    case .table(let version): Array(Engine.feeds(version.table))
    case .script: [1]
    }
  }

  /// Whether another content surely reads the same multiples.
  func readsSameFeeds(as other: StrategyContent) -> Bool {
    switch (self, other) {
    case (.table(let version), .table(let before)): version.table == before.table
    case (.script, .script): true
    default: false
    }
  }
}

/// A running strategy with its book and counts. A slot whose ref is 0 is free.
struct StrategyState: BitwiseCopyable {
  var ref: UInt64
  var instrumentSlot: Int
  var content: StrategyContent
  var timeframe: Timeframe
  let basis: Int
  /// Of strategies that read the same bar, the one with the smaller number steps first. Numbers are unique in
  /// the process, so the order survives a move to another engine.
  let birth = StrategyBirths.next()
  var book = AccountBook()
  /// Grows by one with each reload.
  var version: UInt32 = 1
  /// The engine's number of the quote that filled its first order since it was flat.
  var enteredAt: UInt64 = 0
  var sizing = SizingRecord()
  /// Signed base units of this strategy's market orders at the venue.
  var waiting: Int64 = 0
  var bars: UInt64 = 0
  var signals: UInt64 = 0
  var orders: UInt64 = 0
  var fills: UInt64 = 0
  var rejects: UInt64 = 0
  var rejected = RejectCounts()
  /// An alarm has said that its orders are too small.
  var isWarnedOfSize = false
  /// The engine's number of the quote at which a script last ran.
  var steppedAt: UInt64 = 0
  /// It is counted among its instrument's scripts that must see every quote.
  var isAwake = false
  /// The time of the newest quote that its state knows, where it has missed later ones; 0 where it has not.
  var staleSince: Int64 = 0
  /// It is in the queue of wants.
  var isWanting = false

  /// All but its slot, its content and what tells which bars it reads.
  mutating func persist(_ archive: inout some StateArchive) {
    book.persist(&archive)
    sizing.persist(&archive)
    archive(&version)
    archive(&enteredAt)
    archive(&waiting)
    archive(&bars)
    archive(&signals)
    archive(&orders)
    archive(&fills)
    archive(&rejects)
    rejected.persist(&archive)
    archive(&isWarnedOfSize)
    archive(&steppedAt)
    archive(&isAwake)
    archive(&staleSince)
    // Far more than its orders can be, and far from the end of an Int64.
    if archive.isLoading, waiting.magnitude > 1 << 60 { archive.fail() }
  }

  /// The place of the script, where it is one.
  var scriptPlace: Int? {
    if case .script(let place) = content { place } else { nil }
  }
}

/// Numbers strategies in the order in which they are added.
enum StrategyBirths {
  private static let count = Atomic<UInt64>(0)

  static func next() -> UInt64 { count.wrappingAdd(1, ordering: .relaxed).newValue }
}
