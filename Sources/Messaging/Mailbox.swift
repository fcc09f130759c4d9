import CThread
import Synchronization

/// The policy of a full mailbox.
public enum Overflow: Sendable {
  /// The sender gets an error.
  case refuse
  /// The oldest message makes room, and is counted. Senders then take a lock when the mailbox is full,
  /// and the actor one for each batch.
  case dropOldest
}

/// The result of a send.
public enum SendOutcome: UInt8, Sendable {
  case accepted, full, stopped
}

/// Where an actor's messages wait: a ring for many senders, what to do when it is full, and a bell for
/// a worker that sleeps.
struct Mailbox<Message: BitwiseCopyable>: ~Copyable {
  let ring: MPSCRing<Message>
  let bell: Bell
  let overflow: Overflow
  /// Whoever holds it is the ring's one consumer; only where the oldest are dropped.
  private let turnstile: Monitor
  private let lines: UnsafeMutableRawPointer
  private let dropped: AtomicWord

  init(capacity: Int, overflow: Overflow) throws(MessagingError) {
    let ring = try MPSCRing<Message>(capacity: capacity)
    guard let lines = SharedLines.allocate(SharedLines.bytes) else { throw .outOfMemory }
    guard let turnstile = Monitor() else {
      SharedLines.release(lines)
      throw .outOfMemory
    }
    guard let bell = Bell() else {
      turnstile.destroy()
      SharedLines.release(lines)
      throw .outOfMemory
    }
    self.ring = ring
    self.bell = bell
    self.turnstile = turnstile
    self.lines = lines
    self.overflow = overflow
    dropped = lines.makeWord(at: 0)
  }

  deinit {
    bell.destroy()
    turnstile.destroy()
    SharedLines.release(lines)
  }

  /// Messages that were dropped to make room.
  var droppedCount: UInt64 { dropped.pointee.load(ordering: .relaxed) }

  /// From any thread.
  func send(_ message: Message) -> SendOutcome {
    var outcome = ring.offer(message)
    if outcome == .full && overflow == .dropOldest { outcome = sendDroppingOldest(message) }
    switch outcome {
    case .accepted:
      bell.ring()
      return .accepted
    case .full: return .full
    case .closed: return .stopped
    }
  }

  /// From any thread: as many as there is room for, in order, with one ring of the bell.
  func send(contentsOf messages: UnsafeBufferPointer<Message>) -> Int {
    let count = ring.push(contentsOf: messages)
    if count > 0 { bell.ring() }
    return count
  }

  /// The actor's thread only.
  func receive(into buffer: UnsafeMutableBufferPointer<Message>) -> Int {
    if overflow == .refuse { return ring.pop(into: buffer) }
    turnstile.lock()
    defer { turnstile.unlock() }
    return ring.pop(into: buffer)
  }

  /// The oldest may still be in the writing by its sender; then another try may be needed. Bounded, so
  /// that a sender that the system has put aside cannot hold up this one.
  @inline(never)
  private func sendDroppingOldest(_ message: Message) -> PushOutcome {
    for _ in 0..<1_000 {
      turnstile.lock()
      if ring.pop() != nil { dropped.pointee.wrappingAdd(1, ordering: .relaxed) }
      turnstile.unlock()
      let outcome = ring.offer(message)
      if outcome != .full { return outcome }
      fxaot_pause()
    }
    return .full
  }
}
