import Libc

/// The wait of a thread that may block when nobody will wake it: it first yields the core, then sleeps for
/// longer and longer, up to 100 µs.
struct Patience {
  private static let yields = 64
  private static let longestSleep: Int = 100_000
  private var waits = 0

  mutating func wait() {
    waits += 1
    if waits <= Self.yields {
      sched_yield()
      return
    }
    var sleep = timespec(tv_sec: 0, tv_nsec: min((waits - Self.yields) * 1_000, Self.longestSleep))
    nanosleep(&sleep, nil)
  }
}
