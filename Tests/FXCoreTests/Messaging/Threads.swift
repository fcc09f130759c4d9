import Foundation
import Testing

@testable import FXCore

/// One after another: they start more threads than there are processors.
@Suite("Messaging", .serialized) struct MessagingTests {}

/// How many messages a producer sends. FXAOT_MESSAGES says it (10000000 for the full size); otherwise
/// small enough for debug builds and the thread sanitizer.
let messagesPerProducer: Int = {
  let asked = ProcessInfo.processInfo.environment["FXAOT_MESSAGES"].flatMap { Int($0) }
  #if DEBUG
    return asked ?? 5_000
  #else
    return asked ?? 1_000_000
  #endif
}()

/// A value that cannot be copied, for several threads.
final class Shared<Value: ~Copyable>: @unchecked Sendable {
  let value: Value
  init(_ value: consuming Value) { self.value = value }
}

/// Runs bodies at the same time, each on a thread of its own, and waits for all.
func together(_ bodies: [@Sendable () -> Void]) {
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

/// A message that can be told from every other one: 48 bytes, all of them filled.
struct Numbered: BitwiseCopyable, Equatable {
  var producer: UInt64
  var number: UInt64
  var filling: (UInt64, UInt64, UInt64)
  var check: UInt64

  init(_ producer: Int, _ number: Int) {
    self.producer = UInt64(producer)
    self.number = UInt64(number)
    filling = (self.number &* 3, self.number ^ 0x55, self.producer &+ self.number)
    check = self.producer ^ (self.number &* 0x9E37_79B9_7F4A_7C15)
  }

  static func == (a: Numbered, b: Numbered) -> Bool {
    a.producer == b.producer && a.number == b.number && a.filling == b.filling
      && a.check == b.check
  }
}

/// Takes messages as they come and says whether each producer's are 0, 1, 2 … without a gap, a double
/// or a torn one.
struct Sequences {
  var next: [Int]
  var faults = 0
  var sum: UInt64 = 0

  init(producers: Int) { next = Array(repeating: 0, count: producers) }

  mutating func take(_ message: Numbered) {
    let producer = Int(message.producer)
    guard next.indices.contains(producer), message == Numbered(producer, next[producer]) else {
      faults += 1
      return
    }
    next[producer] += 1
    sum &+= message.number
  }
}
