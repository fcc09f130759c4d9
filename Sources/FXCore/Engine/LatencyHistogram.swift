import CFxaot
import Messaging

/// Counts durations in log-linear buckets: exact below 16 cycles, then 16 buckets an octave, so a
/// percentile is accurate to 6.25 %.
struct LatencyHistogram: ~Copyable {
  private var buckets = Slab<UInt64>()
  private(set) var samples: UInt64 = 0
  /// Of all samples, in cycles.
  private var sum: UInt64 = 0
  /// Nanoseconds a cycle for `read`; 0 until they are measured.
  private var settledLength = 0.0
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
    sum &+= cycles
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

  /// 1, 2.5 and 5 times the powers of ten from 25 ns to 1 s, in ns.
  static let bounds: [Double] = [
    25, 50, 100, 250, 500, 1e3, 2.5e3, 5e3, 1e4, 2.5e4, 5e4, 1e5, 2.5e5, 5e5, 1e6, 2.5e6, 5e6, 1e7, 1e8, 1e9,
  ]

  /// The samples by duration. A bucket counts at the first bound that its upper end does not exceed. Once the
  /// length of a cycle is well measured it no longer changes: no bucket changes its bound, so no count falls. O(buckets).
  mutating func read(into out: inout fxaot_latency, cycleLength measured: Double, isSettled: Bool) {
    let length = settledLength > 0 ? settledLength : measured
    if isSettled { settledLength = length }
    out.samples = samples
    out.sum_ns = Double(sum) * length
    withUnsafeMutableBytes(of: &out.bounds_ns) { bytes in
      Self.bounds.withUnsafeBytes { bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0.prefix(bytes.count))) }
    }
    withUnsafeMutableBytes(of: &out.counts) { bytes in
      let counts = bytes.assumingMemoryBound(to: UInt64.self)
      var seen: UInt64 = 0
      var next = 0
      for place in 0..<min(counts.count, Self.bounds.count) {
        while next < buckets.count, Self.upperEnd(next) * length <= Self.bounds[place] {
          seen &+= buckets.base[next]
          next += 1
        }
        counts[place] = seen
      }
    }
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
