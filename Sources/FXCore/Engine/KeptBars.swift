import CFxaot
import Libc
import Market
import Messaging
import Synchronization

/// The newest closed bars of one timeframe and price of an instrument, for later versions of strategies.
/// Bars are numbered 0, 1, 2 … from the start of the series. A chunk has 256 of them and lives while a table
/// holds it; a table lives while the series or a view holds it. The series changes a table that it holds alone,
/// else a copy.
///
///     table   │ 1280… │ 256… │ 512… │ 768… │ 1024… │  chunk of number n at n / 256, wrapped around
///                 ▲ current
struct KeptBars: BitwiseCopyable {
  let timeframe: Timeframe
  /// FXAOT_MID …
  let basis: Int
  let limit: Int
  /// Unique in the process.
  let serial = Serials.next()
  private var table: ChunkTable?
  /// The bars of the newest chunk; nil before there is one, or without memory.
  private var current: UnsafeMutablePointer<fxaot_bar>?
  /// How many bars are held.
  private(set) var count = 0
  /// How many bars the series has had: the number of the next one.
  private(set) var pushed = 0

  init(_ timeframe: Timeframe, basis: Int, limit: Int) {
    self.timeframe = timeframe
    self.basis = basis
    self.limit = limit
  }

  /// One chunk more than the limit needs, so that the newest never replaces one in use.
  private var tableSize: Int { (limit + BarChunk.capacity - 1) / BarChunk.capacity + 1 }

  /// Keeps a bar; the oldest one beyond the limit is no longer held. O(1).
  @inline(__always)
  mutating func push(_ bar: fxaot_bar) {
    let slot = pushed & (BarChunk.capacity - 1)
    if slot == 0 || current == nil { begin() }
    if let current {
      current[slot] = bar
      if count < limit { count &+= 1 }
    }
    pushed &+= 1
  }

  /// Begins a new chunk. Without memory the series is empty until there is some.
  @inline(never)
  private mutating func begin() {
    current = nil
    if let table = ownTable() {
      let place = table.base + pushed / BarChunk.capacity % tableSize
      place.pointee?.release()
      place.pointee = BarChunk()
      current = place.pointee?.base
    }
    if current == nil { count = 0 }
  }

  /// The table, or a copy of one that a view holds too; nil without memory. O(chunks) once after each view.
  private mutating func ownTable() -> ChunkTable? {
    if let table, table.hasOneHolder { return table }
    guard let own = ChunkTable(capacity: tableSize) else { return nil }
    own.base.initialize(repeating: nil, count: tableSize)
    if let table {
      own.base.update(from: table.base, count: tableSize)
      for place in 0..<tableSize { own.base[place]?.retain() }
      release()
    }
    table = own
    return own
  }

  /// The number of the oldest bar that is held.
  var oldest: Int { pushed &- count }

  /// The bars from this number on; nil if one of them is no longer held. O(1).
  func view(from number: Int) -> KeptView? {
    number >= oldest && number <= pushed ? KeptView(self, from: number) : nil
  }

  /// The place of a bar that is held, and of those behind it in its chunk.
  func place(of number: Int) -> UnsafePointer<fxaot_bar>? {
    guard let chunk = table?.base[number / BarChunk.capacity % tableSize] else { return nil }
    return UnsafePointer(chunk.base + number % BarChunk.capacity)
  }

  /// The same as an array, oldest first. O(bars).
  func bars(from number: Int) -> [fxaot_bar]? {
    number == pushed ? [] : view(from: number)?.bars
  }

  /// Fills a new series with bars that another one had, the first of them its number `oldest`. False without memory, or
  /// for more bars than it keeps.
  mutating func fill(_ bars: [fxaot_bar], oldest: Int) -> Bool {
    pushed = oldest
    for bar in bars { push(bar) }
    return count == bars.count
  }

  /// Holds the table once more, so that what is in it now stays.
  func retain() { table?.retain() }

  func release() {
    table?.release { [tableSize] places in
      for place in 0..<tableSize { places[place]?.release() }
    }
  }
}

/// A series' chunks.
private typealias ChunkTable = SharedBlock<BarChunk?>

enum Serials {
  private static let count = Atomic<UInt64>(0)

  static func next() -> UInt64 { count.wrappingAdd(1, ordering: .relaxed).newValue }
}
