/// Maps 64-bit keys (symbol keys, atom words) to slots: open addressing at a quarter load, so that
/// a look-up is one multiplication and, nearly always, one compare. Key 0 is never in it.
struct KeyTable: ~Copyable {
  // Internal: a private type in a non-copyable generic crashes the compiler (6.3.1) in debug builds.
  struct Entry: BitwiseCopyable {
    var key: UInt64
    var slot: Int
  }

  private var entries = Slab<Entry>()
  private var shift: UInt64 = 64
  private var mask = -1
  private(set) var count = 0

  /// The slot of `key`, or −1. O(1).
  @inline(__always)
  func slot(of key: UInt64) -> Int {
    if mask < 0 || key == 0 { return -1 }
    var index = home(key)
    while true {
      let entry = entries.base[index]
      if entry.key == key { return entry.slot }
      if entry.key == 0 { return -1 }
      index = (index &+ 1) & mask
    }
  }

  /// Adds a key that is not in the table yet; false when there is no memory. Amortised O(1).
  mutating func insert(_ key: UInt64, _ slot: Int) -> Bool {
    if count &* 4 > mask && !grow() { return false }
    place(Entry(key: key, slot: slot))
    count += 1
    return true
  }

  /// Forgets every key; used to rebuild the table when one is taken out.
  mutating func removeAll() {
    for index in 0..<entries.count { entries.base[index].key = 0 }
    count = 0
  }

  /// Fibonacci hashing: the high bits of the product depend on all bits of the key.
  @inline(__always)
  private func home(_ key: UInt64) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) &>> shift)
  }

  private mutating func place(_ entry: Entry) {
    var index = home(entry.key)
    while entries.base[index].key != 0 { index = (index &+ 1) & mask }
    entries.base[index] = entry
  }

  private mutating func grow() -> Bool {
    let size = max(16, (mask + 1) * 2)
    var bigger = Slab<Entry>()
    guard bigger.reserve(size) else { return false }
    for _ in 0..<size { _ = bigger.append(Entry(key: 0, slot: -1)) }
    swap(&entries, &bigger)
    mask = size - 1
    shift = UInt64(64 - size.trailingZeroBitCount)
    for index in 0..<bigger.count where bigger.base[index].key != 0 { place(bigger.base[index]) }
    return true
  }
}
