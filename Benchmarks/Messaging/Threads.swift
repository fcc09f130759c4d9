import CThread
import Libc

/// Keeps the calling thread on one processor, where the system lets it: 0 for the first; those
/// beyond the last share all but the first.
func stay(on processor: Int) {
  #if os(Linux)
    let count = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    let others = max(1, count - 1)
    let place = processor == 0 || count < 2 ? 0 : 1 + (processor - 1) % others
    _ = fxaot_pin_thread(Int64(place))
  #endif
}

/// Runs `body` on a thread of its own on that processor; the answer waits for its end.
func onThread(processor: Int, _ body: @escaping @Sendable () -> Void) -> () -> Void {
  final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  #if canImport(Darwin)
    var thread: pthread_t?
  #else
    var thread = pthread_t()
  #endif
  let pinned = Box {
    stay(on: processor)
    body()
  }
  let box = Unmanaged.passRetained(pinned).toOpaque()
  let status = pthread_create(
    &thread, nil,
    { argument in
      #if canImport(Darwin)
        Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
      #else
        if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
      #endif
      return nil
    }, box)
  precondition(status == 0, "no thread")
  let started = thread
  return {
    #if canImport(Darwin)
      if let started { pthread_join(started, nil) }
    #else
      pthread_join(started, nil)
    #endif
  }
}

/// A value that cannot be copied, for several threads.
final class Shared<Value: ~Copyable>: @unchecked Sendable {
  let value: Value
  init(_ value: consuming Value) { self.value = value }
}

/// What to do when the other side is not ready: look again soon, or, where there are more threads than
/// processors, let the other one run.
struct Patience {
  private var looks = 0

  mutating func wait() {
    looks += 1
    if looks & 63 == 0 { sched_yield() } else { fxaot_pause() }
  }
}
