import CFxaot
import Messaging
import Synchronization

/// Runs an engine on its worker's thread: quotes in; events out to a sink and to a queue.
struct EngineBehavior: ActorBehavior {
  private let engine: UnsafeMutablePointer<Engine>
  private let sink: EventSink?
  private let bell: TurnBell?
  private let outbox: EventOutbox

  init(engine: UnsafeMutablePointer<Engine>, sink: EventSink?, bell: TurnBell?, outbox: EventOutbox) {
    self.engine = engine
    self.sink = sink
    self.bell = bell
    self.outbox = outbox
  }

  mutating func receive(_ messages: UnsafeBufferPointer<QuoteMessage>) {
    if !outbox.isAbandoned {
      for message in messages { engine.pointee.take(message) }
      publish()
    }
    stopped()
  }

  /// The mailbox has room, or takes no messages any more.
  mutating func stopped() {
    if let bell { bell.function(bell.context) }
  }

  /// Gives the engine's events to the sink and the queue. For whoever has the engine.
  func publish() {
    let events = engine.pointee.events
    guard let first = events.baseAddress, !events.isEmpty else { return }
    outbox.push(events)
    if let sink { sink.function(sink.context, first, UInt64(events.count)) }
    engine.pointee.clearEvents()
  }
}

/// Told after each turn on the worker's thread; must not block.
struct TurnBell {
  let context: UnsafeMutableRawPointer?
  let function: @convention(c) (UnsafeMutableRawPointer?) -> Void
}

/// Receives each turn's events on the worker's thread; must not block.
struct EventSink {
  typealias Function =
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<fxaot_event>?, UInt64) -> Void

  let context: UnsafeMutableRawPointer?
  let function: Function
}

/// The events that wait to be pulled, and two flags. A handle.
struct EventOutbox {
  private struct Memory: ~Copyable {
    let ring: SPSCRing<fxaot_event>
    /// 1: drop the quotes that wait in the mailbox, unread.
    let abandoned: Atomic<UInt64>
    /// 1 while somebody pulls.
    let pulling: Atomic<UInt64>
  }

  private let memory: UnsafeMutablePointer<Memory>

  /// Room for `capacity` events, rounded up to a power of two. Throws `.badCapacity` or
  /// `.outOfMemory`.
  init(capacity: Int) throws(MessagingError) {
    let ring = try SPSCRing<fxaot_event>(capacity: capacity)
    guard let place = SharedLines.allocate(MemoryLayout<Memory>.size) else { throw .outOfMemory }
    memory = place.bindMemory(to: Memory.self, capacity: 1)
    memory.initialize(to: Memory(ring: ring, abandoned: Atomic(0), pulling: Atomic(0)))
  }

  func destroy() {
    memory.deinitialize(count: 1)
    SharedLines.release(UnsafeMutableRawPointer(memory))
  }

  // Relaxed: it orders nothing, and a turn later is early enough.
  var isAbandoned: Bool { memory.pointee.abandoned.load(ordering: .relaxed) == 1 }
  func abandon() { memory.pointee.abandoned.store(1, ordering: .relaxed) }

  /// The worker's thread. Events without room are counted as refused.
  func push(_ events: UnsafeBufferPointer<fxaot_event>) {
    _ = memory.pointee.ring.push(contentsOf: events)
  }

  /// From any thread; nil while another one pulls.
  func pull(into buffer: UnsafeMutableBufferPointer<fxaot_event>) -> Int? {
    // Acquire pairs with the release below: the ring has one consumer at a time.
    let (taken, _) = memory.pointee.pulling.compareExchange(
      expected: 0, desired: 1, ordering: .acquiring)
    guard taken else { return nil }
    let count = memory.pointee.ring.pop(into: buffer)
    memory.pointee.pulling.store(0, ordering: .releasing)
    return count
  }

  var counters: RingCounters { memory.pointee.ring.counters }
}
