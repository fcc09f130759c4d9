import Libc

/// A minimal perfect hash: n 64-bit keys, known when it is built, to 0 ..< n in the order given.
///
/// Czech, Havas, Majewski: "An optimal algorithm for generating minimal perfect hash functions", 1992,
/// with exclusive or for the sum. Two hashes choose a word each, and the slot is what the words make
/// together:
///
///     key ┬─ · a mod 2^64, highest bits ──▶ left[…]  ┐
///         └─ · b mod 2^64, highest bits ──▶ right[…] ┴─ ⊕ ──▶ slot ──▶ keys[slot] = key?
///
/// Keys are the edges of a graph between left and right words; building finds factors for which it
/// has no cycle, and then words for which every key gets its number. The keys are kept and compared,
/// so a key that is not in the table is found out. Immutable: any number of threads may read it.
///
/// What a caller waits for is one multiplication, a shift, a load and an exclusive or: both ways run
/// side by side, and the compare is a branch that the processor foresees.
public struct PerfectHash: ~Copyable, @unchecked Sendable {
  /// 2^24: with 8 bytes a key and 4 a word, 384 MB.
  public static let mostKeys = 1 << 24

  @usableFromInline let left: UnsafeMutablePointer<UInt32>
  @usableFromInline let right: UnsafeMutablePointer<UInt32>
  @usableFromInline let keys: UnsafeMutablePointer<UInt64>
  @usableFromInline let factors: Factors
  public let count: Int
  private let memory: UnsafeMutableRawPointer

  /// Builds the table. Throws `.duplicateKey`, `.limit` or `.outOfMemory`. O(n) on average.
  public init(_ source: UnsafeBufferPointer<UInt64>) throws(MessagingError) {
    guard source.count <= Self.mostKeys else { throw .limit }
    let wordBits = Self.wordBits(source.count)
    let keyBytes = source.count * MemoryLayout<UInt64>.stride
    let wordBytes = MemoryLayout<UInt32>.stride << wordBits
    guard let memory = SharedLines.allocate(keyBytes + 2 * wordBytes) else { throw .outOfMemory }
    let keys = memory.bindMemory(to: UInt64.self, capacity: source.count)
    let words = (memory + keyBytes).bindMemory(to: UInt32.self, capacity: 2 << wordBits)
    do throws(MessagingError) {
      var builder = try PerfectHashBuilder(source, wordBits: wordBits)
      factors = try builder.build(words)
    } catch {
      SharedLines.release(memory)
      throw error
    }
    if let first = source.baseAddress { keys.initialize(from: first, count: source.count) }
    self.memory = memory
    self.keys = keys
    left = words
    right = words + (1 << wordBits)
    count = source.count
  }

  deinit { SharedLines.release(memory) }

  /// The index of a key of the table, or −1 for any other key. O(1).
  @inlinable @inline(__always)
  public func slot(of key: UInt64) -> Int {
    let word = left[factors.left(key)] ^ right[factors.right(key)]
    let slot = Int(truncatingIfNeeded: word)
    return slot < count && keys[slot] == key ? slot : -1
  }

  /// The key in a slot; nil outside 0 ..< count. O(1).
  public func key(at slot: Int) -> UInt64? {
    slot >= 0 && slot < count ? keys[slot] : nil
  }

  /// log2 of the words on each side. Of a graph with n edges between two sides of c · n / 2 places
  /// a share of √(1 − 4/c²) has no cycle: for the c between 2.25 and 4.5 here, 46 to 90 %. At least 1,
  /// for no shift is by 64.
  static func wordBits(_ count: Int) -> Int {
    let wanted = max(2, count + count / 8 + 1)
    return Int.bitWidth - (wanted - 1).leadingZeroBitCount
  }

  /// Two multiplicative hashes (Dietzfelbinger et al. 1997). The highest bits of a product depend on
  /// all bits of the key.
  @usableFromInline
  struct Factors: BitwiseCopyable {
    @usableFromInline let a: UInt64
    @usableFromInline let b: UInt64
    @usableFromInline let shift: UInt64

    /// Odd numbers for each attempt, whose bits have nothing to do with one another's.
    init(attempt: UInt64, wordBits: Int) {
      a = Self.random(2 &* attempt) | 1
      b = Self.random(2 &* attempt &+ 1) | 1
      shift = UInt64(truncatingIfNeeded: 64 &- wordBits)
    }

    @inlinable @inline(__always)
    func left(_ key: UInt64) -> Int { Int(truncatingIfNeeded: (key &* a) &>> shift) }

    @inlinable @inline(__always)
    func right(_ key: UInt64) -> Int { Int(truncatingIfNeeded: (key &* b) &>> shift) }

    /// Number `index` of splitmix64 (Steele, Lea, Flood 2014).
    private static func random(_ index: UInt64) -> UInt64 {
      var bits = (index &+ 1) &* 0x9E37_79B9_7F4A_7C15
      bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
      bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
      return bits ^ (bits >> 31)
    }
  }
}
