import CFxaot
import CThread
import Libc
import Measuring
import Messaging

/// From `send` to the first line of the handler on another core.
enum Hop {
  /// Keeps how many cycles each message was on its way; they carry the counter at their departure.
  struct Clocked: ActorBehavior {
    let cycles: UnsafeMutablePointer<UInt64>
    var count = 0

    mutating func receive(_ messages: UnsafeBufferPointer<fxaot_quote>) {
      let arrived = fxaot_cycles()
      for message in messages {
        cycles[count] = arrived &- UInt64(bitPattern: message.time_ns)
        count += 1
      }
    }
  }

  static let messages = 20_000

  static func run() throws {
    try report("worker_hop", try median(.spin, every: 2_000), "ns")
    try report("worker_hop_yield", try median(.yield, every: 2_000), "ns")
    // Sent so rarely that the worker sleeps each time.
    try report("worker_wake", try median(.park, every: 100_000), "ns")
  }

  /// The median of the ways of single messages, sent one every so many nanoseconds.
  private static func median(_ waiting: Waiting, every pause: Double) throws -> Double {
    let cycles = UnsafeMutablePointer<UInt64>.allocate(capacity: messages)
    defer { cycles.deallocate() }
    let actor = try Actor.make(capacity: 1 << 15, behavior: Clocked(cycles: cycles))
    var options = WorkerOptions()
    options.waiting = waiting
    let worker = try Worker.start(options)
    try worker.add(actor)
    let start = (now(), fxaot_cycles())
    for _ in 0..<messages {
      var quote = Rings.quote(0)
      quote.time_ns = Int64(bitPattern: fxaot_cycles())
      _ = actor.send(quote)
      let sent = now()
      while now() - sent < pause { fxaot_pause() }
    }
    worker.destroy()
    let length = (now() - start.0) / Double(fxaot_cycles() &- start.1)
    precondition(actor.counters.handled == UInt64(messages))
    actor.destroy()
    let sorted = UnsafeBufferPointer(start: cycles, count: messages).sorted()
    return Double(sorted[messages / 2]) * length
  }
}
