/// The hash that artifacts, plans and cache entries are known by (FIPS 180-4, SHA-256).
public struct SHA256: Sendable {
  public static let byteCount = 32

  private static let initial: SIMD8<UInt32> = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
    0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]

  private var state = initial
  private var block: [UInt8] = []
  private var length: UInt64 = 0

  public init() { block.reserveCapacity(SHA256.blockBytes) }

  private static let blockBytes = 64

  /// The hash of a whole text of bytes. O(n).
  public static func hash(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var hasher = SHA256()
    hasher.update(bytes)
    return hasher.finish()
  }

  /// Takes more bytes, where they follow the earlier ones.
  public mutating func update(_ bytes: some Sequence<UInt8>) {
    let done: Void? = bytes.withContiguousStorageIfAvailable {
      update(UnsafeRawBufferPointer($0))
    }
    if done == nil { Array(bytes).withUnsafeBytes { update($0) } }
  }

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    length &+= UInt64(bytes.count)
    var rest = bytes[...]
    if !block.isEmpty {
      let part = rest.prefix(SHA256.blockBytes - block.count)
      block.append(contentsOf: part)
      rest = rest.dropFirst(part.count)
      if block.count < SHA256.blockBytes { return }
      block.withUnsafeBytes { SHA256.compress(&state, $0) }
      block.removeAll(keepingCapacity: true)
    }
    while rest.count >= SHA256.blockBytes {
      SHA256.compress(&state, UnsafeRawBufferPointer(rebasing: rest.prefix(SHA256.blockBytes)))
      rest = rest.dropFirst(SHA256.blockBytes)
    }
    block.append(contentsOf: rest)
  }

  /// The 32 bytes of the hash; more updates afterwards do not change them.
  public func finish() -> [UInt8] {
    var last = self
    let used = Int(length % UInt64(SHA256.blockBytes))
    // A one bit, then zeros up to the last eight bytes of a block, then the length in bits.
    let zeros = (used < 56 ? 55 : 119) - used
    var ending: [UInt8] = [0x80] + Array(repeating: 0, count: zeros)
    let bits = length &* 8
    ending += (0..<8).map { UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * $0)) }
    last.update(ending)
    return (0..<8).flatMap { index in
      (0..<4).map { UInt8(truncatingIfNeeded: last.state[index] >> UInt32(24 - 8 * $0)) }
    }
  }

  /// Writes the hash of `bytes` to the 32 bytes at `out`. Allocates nothing, since a journal hashes every record. O(n).
  package static func hash(_ bytes: UnsafeRawBufferPointer, into out: UnsafeMutableRawPointer) {
    var hasher = SHA256.initial
    let whole = bytes.count / blockBytes * blockBytes
    var place = 0
    while place < whole {
      compress(&hasher, UnsafeRawBufferPointer(rebasing: bytes[place..<place &+ blockBytes]))
      place &+= blockBytes
    }
    withUnsafeTemporaryAllocation(byteCount: 2 * blockBytes, alignment: 8) { last in
      let used = bytes.count - whole
      last.initializeMemory(as: UInt8.self, repeating: 0)
      last.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[whole...]))
      last[used] = 0x80
      let end = used < 56 ? blockBytes : 2 * blockBytes
      last.storeBytes(of: (UInt64(bytes.count) &* 8).bigEndian, toByteOffset: end - 8, as: UInt64.self)
      var place = 0
      while place < end {
        compress(&hasher, UnsafeRawBufferPointer(rebasing: last[place..<place &+ blockBytes]))
        place &+= blockBytes
      }
    }
    for index in 0..<8 {
      out.storeBytes(of: hasher[index].bigEndian, toByteOffset: 4 * index, as: UInt32.self)
    }
  }

  private static func compress(_ state: inout SIMD8<UInt32>, _ bytes: UnsafeRawBufferPointer) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { words in
      roundConstants.withUnsafeBufferPointer { constants in
        for index in 0..<16 {
          let word = bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
          words.initializeElement(at: index, to: UInt32(bigEndian: word))
        }
        for index in 16..<64 {
          let early = words[index &- 15]
          let late = words[index &- 2]
          let first = rotate(early, 7) ^ rotate(early, 18) ^ (early >> 3)
          let second = rotate(late, 17) ^ rotate(late, 19) ^ (late >> 10)
          words.initializeElement(at: index, to: words[index &- 16] &+ first &+ words[index &- 7] &+ second)
        }
        rounds(&state, UnsafeBufferPointer(words), constants)
      }
    }
  }

  private static func rounds(
    _ state: inout SIMD8<UInt32>, _ words: UnsafeBufferPointer<UInt32>, _ constants: UnsafeBufferPointer<UInt32>
  ) {
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    // Eight at a time: then the letters come back to their places, and nothing is moved.
    for index in stride(from: 0, to: 64, by: 8) {
      round(a, b, c, &d, e, f, g, &h, constants[index] &+ words[index])
      round(h, a, b, &c, d, e, f, &g, constants[index &+ 1] &+ words[index &+ 1])
      round(g, h, a, &b, c, d, e, &f, constants[index &+ 2] &+ words[index &+ 2])
      round(f, g, h, &a, b, c, d, &e, constants[index &+ 3] &+ words[index &+ 3])
      round(e, f, g, &h, a, b, c, &d, constants[index &+ 4] &+ words[index &+ 4])
      round(d, e, f, &g, h, a, b, &c, constants[index &+ 5] &+ words[index &+ 5])
      round(c, d, e, &f, g, h, a, &b, constants[index &+ 6] &+ words[index &+ 6])
      round(b, c, d, &e, f, g, h, &a, constants[index &+ 7] &+ words[index &+ 7])
    }
    state = state &+ SIMD8(a, b, c, d, e, f, g, h)
  }

  @inline(__always)
  private static func round(
    _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32,
    _ h: inout UInt32, _ word: UInt32
  ) {
    let choice = ((f ^ g) & e) ^ g
    let majority = ((a | b) & c) | (a & b)
    let right = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    let left = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    let step = h &+ right &+ choice &+ word
    d = d &+ step
    h = step &+ left &+ majority
  }

  @inline(__always)
  private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
    (word &>> count) | (word &<< (32 &- count))
  }

  /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
  private static let roundConstants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
    0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe,
    0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f,
    0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da, 0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
    0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc,
    0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85, 0xa2bf_e8a1, 0xa81a_664b,
    0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070, 0x19a4_c116,
    0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
    0xc671_78f2,
  ]
}
