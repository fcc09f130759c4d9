import CFxaot
import Messaging

/// The length of one cycle of the time-stamp counter, measured by the monotonic clock since a given moment.
/// For statistics only: no decision of the engine depends on it.
struct CycleLength {
  private let startCycles = fxaot_cycles()
  private let startNs = MonotonicClock.nanoseconds

  /// Whether it has been measured for 100 ms.
  var isSettled: Bool { MonotonicClock.nanoseconds &- startNs >= 100_000_000 }

  /// Nanoseconds a cycle; 0 in the first instant.
  var nanoseconds: Double {
    let cycles = fxaot_cycles() &- startCycles
    return cycles > 0 ? Double(MonotonicClock.nanoseconds &- startNs) / Double(cycles) : 0
  }
}
