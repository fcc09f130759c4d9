import CFxaot

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The system's clock that never goes back, since some moment in the past.
enum MonotonicClock {
  static var nanoseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}

/// How long a cycle of the time-stamp counter is, by the monotonic clock since a given moment. For
/// statistics only: nothing the engine decides depends on it.
struct CycleLength {
  private let startCycles = fxaot_cycles()
  private let startNs = MonotonicClock.nanoseconds

  /// Nanoseconds a cycle; 0 in the first instant.
  var nanoseconds: Double {
    let cycles = fxaot_cycles() &- startCycles
    return cycles > 0 ? Double(MonotonicClock.nanoseconds &- startNs) / Double(cycles) : 0
  }
}
