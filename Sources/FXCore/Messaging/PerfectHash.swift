#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A minimal perfect hash: n 64-bit keys, known when it is built, to the slots 0 ..< n.
///
/// Hash and displace (Belazzougui, Botelho, Dietzfelbinger: "Hash, displace, and compress", 2009; the
/// search for one displacement a bucket as in PTHash, Pibiri and Trani 2021):
///
///     key ──mix──▶ h ──▶ bucket = h · buckets / 2^64 ──▶ displacement d
///                  └───▶ slot = ((h ⊕ d) · c mod 2^64) · n / 2^64 ──▶ keys[slot] = key?
///
/// Building finds, for one bucket after another, the fullest first, a displacement that puts all its
/// keys on free slots. The keys are kept and compared, so a key that is not in the table is found
/// out. Immutable: any number of threads may read it.
public struct PerfectHash: ~Copyable, @unchecked Sendable {
  /// 2^24: with 4 bytes a bucket and 8 a key, 144 MB.
  public static let mostKeys = 1 << 24
  /// More keys a bucket: a smaller table of displacements, and a longer search for each.
  static let keysPerBucket = 4

  @usableFromInline let displacements: UnsafeMutablePointer<UInt32>
  @usableFromInline let keys: UnsafeMutablePointer<UInt64>
  @usableFromInline let bucketCount: UInt64
  @usableFromInline let slotCount: UInt64
  @usableFromInline let seed: UInt64
  private let memory: UnsafeMutableRawPointer

  /// Builds the table. Throws `.duplicateKey`, `.limit` or `.outOfMemory`. O(n log n) on average.
  public init(_ source: UnsafeBufferPointer<UInt64>) throws(MessagingError) {
    guard source.count <= Self.mostKeys else { throw .limit }
    let buckets = source.count / Self.keysPerBucket + 1
    let keyBytes = source.count * 8
    guard let memory = SharedLines.allocate(keyBytes + buckets * 4) else { throw .outOfMemory }
    let keys = memory.bindMemory(to: UInt64.self, capacity: source.count)
    let displacements = (memory + keyBytes).bindMemory(to: UInt32.self, capacity: buckets)
    do throws(MessagingError) {
      var builder = try PerfectHashBuilder(source, buckets: buckets)
      seed = try builder.build(keys, displacements)
    } catch {
      SharedLines.release(memory)
      throw error
    }
    self.memory = memory
    self.keys = keys
    self.displacements = displacements
    bucketCount = UInt64(buckets)
    slotCount = UInt64(source.count)
  }

  deinit { SharedLines.release(memory) }

  public var count: Int { Int(slotCount) }

  /// The slot of a key, 0 ..< count, or −1 when it is not in the table. O(1): two dependent loads.
  @inlinable @inline(__always)
  public func slot(of key: UInt64) -> Int {
    if slotCount == 0 { return -1 }
    let hash = Self.mix(key, seed)
    let bucket = Self.scale(hash, bucketCount)
    let slot = Self.place(hash, displacements[Int(truncatingIfNeeded: bucket)], slotCount)
    return keys[slot] == key ? slot : -1
  }

  /// The key in a slot; nil outside 0 ..< count. O(1).
  public func key(at slot: Int) -> UInt64? {
    slot >= 0 && slot < count ? keys[slot] : nil
  }

  // MARK: The three steps

  /// Both halves of the product, folded: every bit of the key reaches every bit of the hash, whether
  /// keys differ in their lowest bits or in their highest only.
  @inlinable @inline(__always)
  static func mix(_ key: UInt64, _ seed: UInt64) -> UInt64 {
    let product = (key ^ seed).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return product.high ^ product.low
  }

  /// value · count / 2^64, which is below count: a division without one (Lemire 2019).
  @inlinable @inline(__always)
  static func scale(_ value: UInt64, _ count: UInt64) -> UInt64 {
    value.multipliedFullWidth(by: count).high
  }

  @inlinable @inline(__always)
  static func place(_ hash: UInt64, _ displacement: UInt32, _ count: UInt64) -> Int {
    let moved = (hash ^ UInt64(displacement)) &* 0xD6E8_FEB8_6659_FD93
    return Int(truncatingIfNeeded: scale(moved, count))
  }
}
