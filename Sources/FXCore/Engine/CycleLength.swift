import CFxaot
import Messaging

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
