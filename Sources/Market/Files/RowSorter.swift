import CFxaot

/// Puts rows of quotes into the order of time: all of them while they fit into memory, else within
/// a window. Rows of the same time keep their order.
///
///     add … add ▶ buffer ▶ take … take
///                 │ up to `memoryLimit` bytes: sorted as a whole at the end
///                 └ beyond: sorted and given out but for the last `window` rows
public struct RowSorter {
  public static let memoryLimit = 256 << 20
  public static let window = 100_000

  /// A row that is older than rows already given out.
  public struct TooLate: Error {
    /// Nanoseconds since 1970.
    public let time: Int64
  }

  /// Quotes in a row: four for a bar. A row's time is that of its first quote.
  private let width: Int
  private let limit: Int
  private let window: Int
  private var rows = ContiguousArray<fxaot_quote>()
  private var isOrdered = true
  private var lastAdded = Int64.min
  private var lastGiven = Int64.min
  private var isStreaming = false
  /// Quotes from `given` up to `ready` may be taken.
  private var given = 0
  private var ready = 0
  /// Rows that were older than the one before.
  public private(set) var unordered: UInt64 = 0
  /// Rows that are the same as the one before, to the bit.
  public private(set) var repeated: UInt64 = 0

  public init(width: Int, memoryLimit: Int = memoryLimit, window: Int = window) {
    self.width = max(1, width)
    limit = max(1, memoryLimit / MemoryLayout<fxaot_quote>.stride)
    self.window = max(1, window) * self.width
  }

  /// Whether `take` would return quotes.
  public var hasReady: Bool { given < ready }

  /// Adds whole rows. Once the memory is used up, a row older than one given out is an error.
  public mutating func add(_ quotes: UnsafeRawPointer, count: Int) throws(TooLate) {
    try noteOrder(quotes, count)
    // Memory costs only when touched; growth from a small size costs more.
    if rows.capacity == 0 { rows.reserveCapacity(max(count, min(limit, 1 << 19))) }
    let alignment = MemoryLayout<fxaot_quote>.alignment
    if Int(bitPattern: quotes) % alignment == 0 {
      quotes.withMemoryRebound(to: fxaot_quote.self, capacity: count) {
        rows.append(contentsOf: UnsafeBufferPointer(start: $0, count: count))
      }
    } else {
      for index in 0..<count {
        let place = quotes + index * MemoryLayout<fxaot_quote>.stride
        rows.append(place.loadUnaligned(as: fxaot_quote.self))
      }
    }
    if rows.count - given >= (isStreaming ? 2 * window : max(limit, 2 * window)) { release() }
  }

  private mutating func noteOrder(_ quotes: UnsafeRawPointer, _ count: Int) throws(TooLate) {
    let size = width * MemoryLayout<fxaot_quote>.stride
    let earliest = isStreaming ? lastGiven : .min
    var (place, last, older) = (quotes, lastAdded, UInt64(0))
    for _ in 0..<count / width {
      let time = place.loadUnaligned(as: Int64.self)
      if time < last { older &+= 1 }
      if time < earliest { throw TooLate(time: time) }
      last = time
      place += size
    }
    lastAdded = last
    unordered &+= older
    if older > 0 { isOrdered = false }
  }

  /// No row follows: all may be taken.
  public mutating func finish() {
    sort()
    ready = rows.count
  }

  /// Moves up to `capacity` quotes, whole rows, to `out` and returns how many.
  public mutating func take(into out: UnsafeMutableRawPointer, capacity: Int) -> Int {
    let count = min(ready - given, capacity - capacity % width)
    guard count > 0 else { return 0 }
    let stride = MemoryLayout<fxaot_quote>.stride
    rows.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      out.copyMemory(from: base + given * stride, byteCount: count * stride)
      repeated &+= RowSorter.repeats(base + given * stride, count, width, hasBefore: given > 0)
    }
    given += count
    lastGiven = rows[given - width].time_ns
    return count
  }

  private static func repeats(
    _ start: UnsafeRawPointer, _ count: Int, _ width: Int, hasBefore: Bool
  ) -> UInt64 {
    let size = width * MemoryLayout<fxaot_quote>.stride
    var found: UInt64 = 0
    for row in (hasBefore ? 0 : 1)..<max(hasBefore ? 0 : 1, count / width) {
      let here = start + row * size
      let before = here - size
      guard here.loadUnaligned(as: Int64.self) == before.loadUnaligned(as: Int64.self) else {
        continue
      }
      let bytes = UnsafeRawBufferPointer(start: here, count: size)
      if bytes.elementsEqual(UnsafeRawBufferPointer(start: before, count: size)) { found &+= 1 }
    }
    return found
  }

  /// The memory is used up: gives out the oldest rows.
  private mutating func release() {
    isStreaming = true
    sort()
    ready = rows.count - window
  }

  /// Drops the rows already returned and sorts the rest.
  private mutating func sort() {
    if given > 0 {
      rows.removeFirst(given)
      (given, ready) = (0, 0)
    }
    guard !isOrdered else { return }
    let order = (0..<rows.count / width).sorted { a, b in
      (rows[a * width].time_ns, a) < (rows[b * width].time_ns, b)
    }
    var sorted = ContiguousArray<fxaot_quote>()
    sorted.reserveCapacity(rows.count)
    for row in order { sorted.append(contentsOf: rows[row * width..<(row + 1) * width]) }
    rows = sorted
    isOrdered = true
  }
}
