/// The search for factors and words. Works in memory of its own, all of it taken at the start.
///
/// A graph has no cycle when taking away, again and again, an edge that ends in a vertex without
/// other edges leaves none. Words are then given in the opposite order: of each edge, the vertex by
/// which it was found has no other edge yet, so its word is free to make the edge's number right.
struct PerfectHashBuilder: ~Copyable {
  // Internal: a private type in a non-copyable struct crashes the compiler (6.3.1) in debug builds.
  struct Vertex: BitwiseCopyable {
    var edges: UInt32 = 0
    /// All its edges' numbers, exclusive or: when one is left, its number.
    var mixed: UInt32 = 0
  }

  struct Found: BitwiseCopyable {
    let edge: UInt32
    let vertex: UInt32
  }

  private let source: UnsafeBufferPointer<UInt64>
  private let wordBits: Int
  /// Left ones, then right ones.
  private var vertices = Slab<Vertex>()
  private var found = Slab<Found>()

  /// Each fails with 54 % at most, and with keys at equal distances more often.
  private static let attempts: UInt64 = 1_024

  init(_ source: UnsafeBufferPointer<UInt64>, wordBits: Int) throws(MessagingError) {
    self.source = source
    self.wordBits = wordBits
    guard vertices.reserve(2 << wordBits), found.reserve(source.count) else { throw .outOfMemory }
  }

  /// Fills the words, left ones first, which must be 0. Throws `.duplicateKey`, `.outOfMemory`, or
  /// `.limit` when no factors would do.
  mutating func build(_ words: UnsafeMutablePointer<UInt32>) throws(MessagingError)
    -> PerfectHash.Factors
  {
    for attempt in 0..<Self.attempts {
      let factors = PerfectHash.Factors(attempt: attempt, wordBits: wordBits)
      link(factors)
      takeAway(factors)
      if found.count == source.count {
        assign(words, factors)
        return factors
      }
      // Equal keys make a cycle with every factor.
      if attempt == 0 { try refuseDuplicates() }
    }
    throw .limit
  }

  private func right(_ key: UInt64, _ factors: PerfectHash.Factors) -> Int {
    factors.right(key) + (1 << wordBits)
  }

  private mutating func link(_ factors: PerfectHash.Factors) {
    vertices.removeAll()
    for _ in 0..<(2 << wordBits) { _ = vertices.append(Vertex()) }
    for (number, key) in source.enumerated() {
      change(factors.left(key), by: 1, UInt32(truncatingIfNeeded: number))
      change(right(key, factors), by: 1, UInt32(truncatingIfNeeded: number))
    }
  }

  private func change(_ vertex: Int, by difference: UInt32, _ edge: UInt32) {
    vertices.base[vertex].edges &+= difference
    vertices.base[vertex].mixed ^= edge
  }

  private mutating func takeAway(_ factors: PerfectHash.Factors) {
    found.removeAll()
    for start in 0..<vertices.count {
      var vertex = start
      while vertices.base[vertex].edges == 1 {
        let edge = vertices.base[vertex].mixed
        let key = source[Int(edge)]
        _ = found.append(Found(edge: edge, vertex: UInt32(truncatingIfNeeded: vertex)))
        let (left, right) = (factors.left(key), right(key, factors))
        change(left, by: .max, edge)
        change(right, by: .max, edge)
        // The only other vertex that can have become an end.
        vertex = vertex == left ? right : left
      }
    }
  }

  private func assign(_ words: UnsafeMutablePointer<UInt32>, _ factors: PerfectHash.Factors) {
    for step in found.elements.reversed() {
      let key = source[Int(step.edge)]
      let vertex = Int(step.vertex)
      let left = factors.left(key)
      let other = vertex == left ? right(key, factors) : left
      words[vertex] = words[other] ^ step.edge
    }
  }

  private func refuseDuplicates() throws(MessagingError) {
    var sorted = Slab<UInt64>()
    guard sorted.reserve(source.count) else { throw .outOfMemory }
    for key in source { _ = sorted.append(key) }
    var keys = sorted.elements
    keys.sort()
    for index in stride(from: 1, to: keys.count, by: 1) where keys[index] == keys[index - 1] {
      throw .duplicateKey
    }
  }
}
