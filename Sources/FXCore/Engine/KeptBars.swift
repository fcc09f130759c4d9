import CFxaot
import Libc
import Market
import Messaging
import Synchronization

/// The newest closed bars of one timeframe and price of an instrument, for later versions of strategies.
/// Bars are numbered 0, 1, 2 … from the start of the series. A chunk has 256 of them and lives while it has a
/// holder.
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
  private var table: UnsafeMutablePointer<BarChunk?>?
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
    if table == nil { makeTable() }
    guard let table else { return }
    let place = pushed / BarChunk.capacity % tableSize
    table[place]?.release()
    table[place] = BarChunk()
    current = table[place]?.base
    if current == nil { count = 0 }
  }

  private mutating func makeTable() {
    let bytes = tableSize * MemoryLayout<BarChunk?>.stride
    table = allocateAligned(bytes)?.bindMemory(to: BarChunk?.self, capacity: tableSize)
    table?.initialize(repeating: nil, count: tableSize)
  }

  /// The number of the oldest bar that is held.
  var oldest: Int { pushed &- count }

  /// The bars from this number on; nil if one of them is no longer held. O(bars / 256).
  func view(from number: Int) -> KeptView? {
    guard number >= oldest, number <= pushed else { return nil }
    var chunks: [BarChunk] = []
    if let table, number < pushed {
      let blocks = number / BarChunk.capacity...(pushed - 1) / BarChunk.capacity
      chunks.reserveCapacity(blocks.count)
      for block in blocks {
        guard let chunk = table[block % tableSize] else { return nil }
        chunks.append(chunk)
      }
    }
    return KeptView(self, first: number, end: pushed, chunks)
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

  func release() {
    guard let table else { return }
    for place in 0..<tableSize { table[place]?.release() }
    free(table)
  }
}

enum Serials {
  private static let count = Atomic<UInt64>(0)

  static func next() -> UInt64 { count.wrappingAdd(1, ordering: .relaxed).newValue }
}
