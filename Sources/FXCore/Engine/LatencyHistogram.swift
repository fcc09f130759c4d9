import CFxaot
import Messaging

/// Counts durations in log-linear buckets: exact below 16 cycles, then 16 buckets an octave, so a
/// percentile is accurate to 6.25 %.
struct LatencyHistogram: ~Copyable {
  private var buckets = Slab<UInt64>()
  private(set) var samples: UInt64 = 0
  private(set) var largest: UInt64 = 0

  /// nil when there is no memory.
  init?() {
    guard buckets.reserve(Int(FXAOT_HISTOGRAM_BUCKETS)) else { return nil }
    for _ in 0..<FXAOT_HISTOGRAM_BUCKETS { _ = buckets.append(0) }
  }

  /// O(1).
  mutating func record(_ cycles: UInt64) {
    let index = Self.bucket(cycles)
    if index < buckets.count { buckets.base[index] &+= 1 }
    samples &+= 1
    largest = max(largest, cycles)
  }

  /// The duration that a share `part` (0 … 1) of the samples does not exceed, in cycles: the upper
  /// end of its bucket, never above the largest sample; 0 without samples. O(buckets).
  func percentile(_ part: Double) -> Double {
    let wanted = Double(samples) * min(max(part, 0), 1)
    var seen = 0.0
    for index in 0..<buckets.count where buckets.base[index] > 0 {
      seen += Double(buckets.base[index])
      if seen >= wanted { return min(Self.upperEnd(index), Double(largest)) }
    }
    return Double(largest)
  }

  /// 0 … 15 for themselves; then 16 buckets for each octave from 2^4 on.
  static func bucket(_ value: UInt64) -> Int {
    if value < 16 { return Int(value) }
    let octave = 63 - value.leadingZeroBitCount
    return 16 + (octave - 4) * 16 + Int((value >> UInt64(octave - 4)) & 15)
  }

  /// The largest value of a bucket.
  static func upperEnd(_ index: Int) -> Double {
    if index < 16 { return Double(index) }
    let octave = (index - 16) / 16
    let width = Double(UInt64(1) << UInt64(octave))
    return (Double(16 + (index - 16) % 16) + 1) * width - 1
  }
}
