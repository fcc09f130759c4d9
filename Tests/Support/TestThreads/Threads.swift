import Foundation

/// How many messages a producer sends. FXAOT_MESSAGES says it (10000000 for the full size); otherwise
/// small enough for debug builds and the thread sanitizer.
package let messagesPerProducer: Int = {
  let asked = ProcessInfo.processInfo.environment["FXAOT_MESSAGES"].flatMap { Int($0) }
  #if DEBUG
    return asked ?? 5_000
  #else
    return asked ?? 1_000_000
  #endif
}()

/// A value that cannot be copied, for several threads.
package final class Shared<Value: ~Copyable>: @unchecked Sendable {
  package let value: Value
  package init(_ value: consuming Value) { self.value = value }
}

/// Runs bodies at the same time, each on a thread of its own, and waits for all.
package func together(_ bodies: [@Sendable () -> Void]) {
  let group = DispatchGroup()
  for body in bodies {
    group.enter()
    Thread {
      body()
      group.leave()
    }.start()
  }
  group.wait()
}
