import Libc

/// The system's time of day.
package enum WallClock {
  /// Since 1970 UTC.
  package static var microseconds: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UInt64(clamping: Int64(time.tv_sec)) &* 1_000_000 &+ UInt64(clamping: Int64(time.tv_nsec)) / 1_000
  }
}
