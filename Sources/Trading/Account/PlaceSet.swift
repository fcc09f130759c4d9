import Messaging

/// A set of places of a list: a bit each.
struct PlaceSet: ~Copyable {
  private var words = Slab<UInt64>()

  /// Makes room for the places below `count`. False, and nothing changed, when there is no memory. Amortised O(1) for
  /// one place more.
  mutating func cover(_ count: Int) -> Bool {
    while words.count * 64 < count {
      if !words.append(0) { return false }
    }
    return true
  }

  /// `place` must be covered.
  @inline(__always)
  mutating func insert(_ place: Int) { words.base[place >> 6] |= 1 << UInt64(place & 63) }

  /// How many of the places below `end` are in it. O(places / 64).
  func count(below end: Int) -> Int {
    var sum = 0
    for index in 0..<words.count { sum += word(index, below: end).nonzeroBitCount }
    return sum
  }

  mutating func removeAll() { for index in 0..<words.count { words.base[index] = 0 } }

  /// Empties it, and hands over its places below `end` in rising order.
  mutating func removeAll(below end: Int, _ body: (Int) -> Void) {
    for index in 0..<words.count {
      var rest = word(index, below: end)
      words.base[index] = 0
      while rest != 0 {
        body(index << 6 + rest.trailingZeroBitCount)
        rest &= rest - 1
      }
    }
  }

  private func word(_ index: Int, below end: Int) -> UInt64 {
    let places = end - index << 6
    if places >= 64 { return words.base[index] }
    return places <= 0 ? 0 : words.base[index] & (1 << UInt64(places) - 1)
  }
}
