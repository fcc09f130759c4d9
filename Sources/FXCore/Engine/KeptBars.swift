import CFxaot
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The newest closed bars of one timeframe and price of an instrument, for versions of strategies
/// that are yet to come: a ring that grows with them, up to a limit.
///
///     ring   │ 7 │ 8 │ 9 │ 3 │ 4 │ 5 │ 6 │      bars by their numbers, 0, 1, 2 … since there is
///                          ▲ next             the series; pushed = 10, count = 7
struct KeptBars: BitwiseCopyable {
  let timeframe: Timeframe
  /// FXAOT_MID …
  let basis: Int
  let limit: Int
  /// No two series of a process have the same one.
  let serial = Serials.next()
  private var ring: UnsafeMutablePointer<fxaot_bar>?
  private var capacity = 0
  private var next = 0
  /// How many bars the ring holds.
  private(set) var count = 0
  /// How many there have been: the number of the next one.
  private(set) var pushed = 0

  private static let smallest = 64

  init(_ timeframe: Timeframe, basis: Int, limit: Int) {
    self.timeframe = timeframe
    self.basis = basis
    self.limit = limit
    ring = nil
  }

  /// Keeps a bar, if need be in the place of the oldest. O(1) amortised.
  @inline(__always)
  mutating func push(_ bar: fxaot_bar) {
    if count == capacity, capacity < limit { grow() }
    guard let ring, capacity > 0 else { return }
    ring[next] = bar
    next &+= 1
    if next == capacity { next = 0 }
    if count < capacity { count &+= 1 }
    pushed &+= 1
  }

  /// The number of the oldest bar that is held.
  var oldest: Int { pushed &- count }

  /// The bars from this number on, oldest first; nil when one of them is gone. O(bars).
  func bars(from number: Int) -> [fxaot_bar]? {
    guard number >= oldest, number <= pushed else { return nil }
    let wanted = pushed &- number
    guard wanted > 0, let ring else { return [] }
    return [fxaot_bar](unsafeUninitializedCapacity: wanted) { buffer, filled in
      let start = (next &- wanted &+ capacity) % capacity
      let first = min(wanted, capacity &- start)
      _ = buffer.initialize(from: UnsafeBufferPointer(start: ring + start, count: first))
      _ = UnsafeMutableBufferPointer(rebasing: buffer[first...])
        .initialize(from: UnsafeBufferPointer(start: ring, count: wanted &- first))
      filled = wanted
    }
  }

  /// Twice the room. Without memory for that the ring stays as long as it is.
  @inline(never)
  private mutating func grow() {
    let wanted = min(max(Self.smallest, capacity &* 2), limit)
    guard let memory = allocateAligned(wanted * MemoryLayout<fxaot_bar>.stride) else { return }
    let larger = memory.bindMemory(to: fxaot_bar.self, capacity: wanted)
    if let ring {
      let start = count == capacity ? next : 0
      larger.initialize(from: ring + start, count: count &- start)
      (larger + (count &- start)).initialize(from: ring, count: start)
      free(ring)
    }
    ring = larger
    capacity = wanted
    next = count
  }

  func release() { free(ring) }
}

enum Serials {
  private static let count = Atomic<UInt64>(0)

  static func next() -> UInt64 { count.wrappingAdd(1, ordering: .relaxed).newValue }
}
