import Synchronization

/// An actor's memory.
struct ActorBody<Behavior: ActorBehavior & ~Copyable>: ~Copyable {
  let mailbox: Mailbox<Behavior.Message>
  /// The thread that runs the actor only.
  var behavior: Behavior
  let buffer: UnsafeMutablePointer<Behavior.Message>
  let handled: AtomicWord
  private let work: UnsafeMutableRawPointer

  init(
    mailbox: consuming Mailbox<Behavior.Message>, behavior: consuming Behavior,
    work: UnsafeMutableRawPointer
  ) {
    self.mailbox = mailbox
    self.behavior = behavior
    self.work = work
    handled = work.makeWord(at: 0)
    buffer = (work + SharedLines.bytes).bindMemory(
      to: Behavior.Message.self, capacity: Actor<Behavior>.batch)
  }

  deinit { SharedLines.release(work) }
}

/// A worker's interface to an actor with any type of messages. Static functions over an address, so an entry
/// of a roster is two words of plain data, not an object.
protocol Runnable {
  /// Handles up to `budget` messages and returns how many.
  static func turn(_ body: UnsafeMutableRawPointer, budget: Int) -> Int
  static func hasMessage(_ body: UnsafeMutableRawPointer) -> Bool
  static func isDrained(_ body: UnsafeMutableRawPointer) -> Bool
  static func close(_ body: UnsafeMutableRawPointer)
  static func tellStopped(_ body: UnsafeMutableRawPointer)
}

enum ActorTurn<Behavior: ActorBehavior & ~Copyable>: Runnable {
  private static func actor(_ body: UnsafeMutableRawPointer)
    -> UnsafeMutablePointer<ActorBody<Behavior>>
  {
    body.assumingMemoryBound(to: ActorBody<Behavior>.self)
  }

  static func turn(_ body: UnsafeMutableRawPointer, budget: Int) -> Int {
    let actor = actor(body)
    let most = min(max(budget, 1), Actor<Behavior>.batch)
    let buffer = UnsafeMutableBufferPointer(start: actor.pointee.buffer, count: most)
    let count = actor.pointee.mailbox.receive(into: buffer)
    if count == 0 { return 0 }
    actor.pointee.behavior.receive(
      UnsafeBufferPointer(start: actor.pointee.buffer, count: count))
    // Relaxed: written by the actor's thread only, and read as a statistic.
    let before = actor.pointee.handled.pointee.load(ordering: .relaxed)
    actor.pointee.handled.pointee.store(before &+ UInt64(count), ordering: .relaxed)
    return count
  }

  static func hasMessage(_ body: UnsafeMutableRawPointer) -> Bool {
    actor(body).pointee.mailbox.ring.hasMessage
  }

  static func isDrained(_ body: UnsafeMutableRawPointer) -> Bool {
    actor(body).pointee.mailbox.ring.isDrained
  }

  static func close(_ body: UnsafeMutableRawPointer) {
    actor(body).pointee.mailbox.ring.close()
  }

  static func tellStopped(_ body: UnsafeMutableRawPointer) {
    actor(body).pointee.behavior.stopped()
  }
}
