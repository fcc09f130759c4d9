import Records

/// Random numbers that are the same on every machine: xoshiro256++ (Blackman and Vigna, "Scrambled
/// linear pseudorandom number generators", 2021), its state filled from a seed by SplitMix64.
///
/// Everything is made from integers by exact conversions and + − × ÷, so that no bit depends on
/// a mathematical library.
package struct RandomSource: BitwiseCopyable {
  private var s0, s1, s2, s3: UInt64

  package init(seed: UInt64) {
    var state = seed
    func splitMix() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
    s0 = splitMix()
    s1 = splitMix()
    s2 = splitMix()
    s3 = splitMix()
  }

  @inline(__always) package mutating func next() -> UInt64 {
    let sum = s0 &+ s3
    let result = ((sum << 23) | (sum >> 41)) &+ s0
    let t = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = (s3 << 45) | (s3 >> 19)
    return result
  }

  /// Uniform in [0, 1), on a grid of 2^−53.
  @inline(__always) mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// About normal with mean 0 and variance 1: the sum of eight 16-bit uniforms (Irwin–Hall),
  /// within ±4.9.
  @inline(__always) mutating func gaussian() -> Double {
    let lanes: UInt64 = 0x0000_FFFF_0000_FFFF
    let a = next()
    let b = next()
    let sums = (a & lanes) &+ ((a >> 16) & lanes) &+ (b & lanes) &+ ((b >> 16) & lanes)
    let total = (sums & 0xFFFF_FFFF) &+ (sums >> 32)
    // Each lane has mean 65535/2 and variance (2^32 − 1)/12; eight of them.
    return (Double(total) - 262_140) * RandomSource.perDeviation
  }

  private static let perDeviation = 1 / (8 * (0x1p32 - 1) / 12).squareRoot()

  /// Exponential with mean 1, from `ExponentialTable`.
  @inline(__always) mutating func exponential(_ table: ExponentialTable) -> Double {
    let word = next()
    return table.value(
      cell: Int(word >> 56), part: Double((word >> 3) & ((1 << 53) - 1)) * 0x1p-53)
  }
}

extension RandomSource {
  package mutating func persist(_ archive: inout some StateArchive) {
    archive(&s0)
    archive(&s1)
    archive(&s2)
    archive(&s3)
  }
}
