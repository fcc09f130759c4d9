import CFxaot
import Testing

@testable import FXCore

struct LatencyHistogramTests {
  @Test func `buckets are exact to 31 and then sixteen an octave`() {
    #expect((0..<32).allSatisfy { LatencyHistogram.bucket(UInt64($0)) == $0 })
    #expect((0..<32).allSatisfy { LatencyHistogram.upperEnd($0) == Double($0) })
    #expect(LatencyHistogram.bucket(32) == 32)
    #expect(LatencyHistogram.bucket(33) == 32)
    #expect(LatencyHistogram.bucket(34) == 33)
    #expect(LatencyHistogram.upperEnd(32) == 33)
    #expect(LatencyHistogram.bucket(1_000) == 16 + 5 * 16 + 15)  // 992 … 1,023
    #expect(LatencyHistogram.upperEnd(111) == 1_023)
    #expect(LatencyHistogram.bucket(1_024) == 112)
    #expect(LatencyHistogram.bucket(.max) == Int(FXAOT_HISTOGRAM_BUCKETS) - 1)
    #expect(LatencyHistogram.upperEnd(Int(FXAOT_HISTOGRAM_BUCKETS) - 1) == 0x1p64)
  }

  @Test func `every bucket ends where the next begins`() {
    for index in 0..<784 {  // to 2^52, beyond which ends are no exact doubles
      let end = UInt64(LatencyHistogram.upperEnd(index))
      #expect(LatencyHistogram.bucket(end) == index)
      #expect(LatencyHistogram.bucket(end + 1) == index + 1)
    }
  }

  @Test func `percentiles are the ends of buckets and never above the largest`() throws {
    let durations = try #require(Durations())
    func percentiles() -> [Double] { [0, 0.5, 0.99, 0.999, 1].map { durations.percentile($0) } }
    #expect(percentiles() == [0, 0, 0, 0, 0])
    for value in UInt64(1)...1_000 { durations.histogram.record(value) }
    // 500 lies in 496 … 511, 990 in 960 … 991, 999 in 992 … 1,023.
    #expect(percentiles() == [1, 511, 991, 1_000, 1_000])
    #expect([-1, Double.infinity].map { durations.percentile($0) } == [1, 1_000])
    durations.histogram.record(.max)
    #expect(durations.percentile(1) == 0x1p64)
    let (samples, largest) = (durations.histogram.samples, durations.histogram.largest)
    #expect(samples == 1_001)
    #expect(largest == .max)
  }

  @Test func `samples count at the first bound that they do not exceed`() throws {
    let durations = try #require(Durations())
    for cycles in [4, 5, 6, 10, 11, 400_000_000] as [UInt64] { durations.histogram.record(cycles) }
    var read = fxaot_latency()
    durations.histogram.read(into: &read, cycleLength: 5, isSettled: false)
    #expect(read.samples == 6)
    #expect(read.sum_ns == 5 * 400_000_036)
    // 20 and 25 ns; then 30 and 50; then 55. Two seconds are beyond the last bound.
    #expect([read.counts.0, read.counts.1, read.counts.2, read.counts.19] == [2, 4, 5, 5])
    #expect([read.bounds_ns.0, read.bounds_ns.1, read.bounds_ns.2, read.bounds_ns.19] == [25, 50, 100, 1e9])
  }

  @Test func `once a cycle is measured its length stays`() throws {
    let durations = try #require(Durations())
    durations.histogram.record(10)
    var read = fxaot_latency()
    durations.histogram.read(into: &read, cycleLength: 6, isSettled: false)
    #expect(read.counts.1 == 0)
    durations.histogram.read(into: &read, cycleLength: 5, isSettled: true)
    #expect(read.counts.1 == 1)
    durations.histogram.read(into: &read, cycleLength: 5.1, isSettled: true)
    #expect(read.counts.1 == 1)
    #expect(read.sum_ns == 50)
  }
}

/// A histogram that #expect and closures can be asked about, which take no non-copyable value.
private final class Durations {
  var histogram: LatencyHistogram

  init?() {
    guard let histogram = LatencyHistogram() else { return nil }
    self.histogram = histogram
  }

  func percentile(_ part: Double) -> Double { histogram.percentile(part) }
}
