#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The search for displacements. Works in memory of its own, all of it taken at the start.
struct PerfectHashBuilder: ~Copyable {
  private let source: UnsafeBufferPointer<UInt64>
  private let buckets: Int
  /// Hashes in the order of their buckets.
  private var hashes = Slab<UInt64>()
  private var grouped = Slab<UInt64>()
  /// Where each bucket's hashes begin in `grouped`; one more entry for the end.
  private var starts = Slab<Int>()
  /// Buckets, the fullest first.
  private var order = Slab<Int>()
  private var taken = Slab<Bool>()

  /// Seeds to try. One fails only when two keys have the same hash, or a bucket is far too full.
  private static let attempts: UInt64 = 64

  init(_ source: UnsafeBufferPointer<UInt64>, buckets: Int) throws(MessagingError) {
    self.source = source
    self.buckets = buckets
    guard hashes.reserve(source.count), grouped.reserve(source.count), order.reserve(buckets),
      starts.reserve(buckets + 1), taken.reserve(source.count)
    else { throw .outOfMemory }
  }

  /// Fills keys and displacements; answers the seed. Throws `.duplicateKey`, or `.limit` when no seed
  /// would do.
  mutating func build(
    _ keys: UnsafeMutablePointer<UInt64>, _ displacements: UnsafeMutablePointer<UInt32>
  ) throws(MessagingError) -> UInt64 {
    try refuseDuplicates()
    for attempt in 0..<Self.attempts {
      let seed = PerfectHash.mix(attempt &+ 1, 0x5851_F42D_4C95_7F2D)
      group(seed)
      if displaceAll(displacements) {
        for key in source {
          let hash = PerfectHash.mix(key, seed)
          let bucket = Int(PerfectHash.scale(hash, UInt64(buckets)))
          keys[PerfectHash.place(hash, displacements[bucket], UInt64(source.count))] = key
        }
        return seed
      }
    }
    throw .limit
  }

  private mutating func refuseDuplicates() throws(MessagingError) {
    hashes.removeAll()
    for key in source { _ = hashes.append(key) }
    var sorted = hashes.elements
    sorted.sort()
    for index in stride(from: 1, to: hashes.count, by: 1)
    where hashes.base[index] == hashes.base[index - 1] {
      throw .duplicateKey
    }
  }

  /// Sorts the hashes by bucket and the buckets by size, both by counting.
  private mutating func group(_ seed: UInt64) {
    hashes.removeAll()
    grouped.removeAll()
    starts.removeAll()
    for _ in 0...buckets { _ = starts.append(0) }
    for key in source {
      let hash = PerfectHash.mix(key, seed)
      _ = hashes.append(hash)
      _ = grouped.append(0)
      starts.base[bucket(hash) + 1] += 1
    }
    var fullest = 0
    for index in 0..<buckets {
      fullest = max(fullest, starts.base[index + 1])
      starts.base[index + 1] += starts.base[index]
    }
    for hash in hashes.elements {
      // Each bucket's start moves up to its end, and is put back below.
      grouped.base[starts.base[bucket(hash)]] = hash
      starts.base[bucket(hash)] += 1
    }
    for index in stride(from: buckets, to: 0, by: -1) {
      starts.base[index] = starts.base[index - 1]
    }
    starts.base[0] = 0
    sortBuckets(fullest)
  }

  private mutating func sortBuckets(_ fullest: Int) {
    order.removeAll()
    // Sizes are small whatever the number of keys: a pass for each is cheaper than a sort.
    for size in stride(from: fullest, to: 0, by: -1) {
      for index in 0..<buckets where starts.base[index + 1] - starts.base[index] == size {
        _ = order.append(index)
      }
    }
  }

  private func bucket(_ hash: UInt64) -> Int { Int(PerfectHash.scale(hash, UInt64(buckets))) }

  private mutating func displaceAll(_ displacements: UnsafeMutablePointer<UInt32>) -> Bool {
    taken.removeAll()
    for _ in 0..<source.count { _ = taken.append(false) }
    for bucket in order.elements {
      guard let found = displacement(of: bucket) else { return false }
      displacements[bucket] = found
    }
    return true
  }

  /// The first displacement that puts the bucket's keys on free slots, which it takes. The last single
  /// key finds its slot after n tries on average; 200 n + 10⁶ without success does not happen to
  /// hashes that differ.
  private mutating func displacement(of bucket: Int) -> UInt32? {
    let range = starts.base[bucket]..<starts.base[bucket + 1]
    for attempt in 0..<UInt64(source.count) * 200 + 1_000_000 {
      // Spread over all 32 bits: neighbouring numbers would move two keys alike.
      let candidate = UInt32(truncatingIfNeeded: (attempt &* 0x9E37_79B9_7F4A_7C15) >> 32)
      if take(range, candidate) { return candidate }
    }
    return nil
  }

  /// Takes the slots of the hashes in a range, or none of them.
  private mutating func take(_ range: Range<Int>, _ displacement: UInt32) -> Bool {
    for index in range {
      let slot = PerfectHash.place(grouped.base[index], displacement, UInt64(source.count))
      if taken.base[slot] {
        for earlier in range.lowerBound..<index {
          let given = PerfectHash.place(grouped.base[earlier], displacement, UInt64(source.count))
          taken.base[given] = false
        }
        return false
      }
      taken.base[slot] = true
    }
    return true
  }
}
