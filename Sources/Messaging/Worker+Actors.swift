extension Worker {
  /// Runs an actor on this worker from now on, messages that wait included. From any thread. Throws
  /// `.alreadyRunning`, `.stopped` (the actor or the worker) or `.limit`.
  public func add<Behavior: ActorBehavior & ~Copyable>(_ actor: Actor<Behavior>)
    throws(MessagingError)
  {
    let bell = actor.body.pointee.mailbox.bell
    let entry = RosterEntry(
      actor: UnsafeMutableRawPointer(actor.body), bell: bell, runner: ActorTurn<Behavior>.self)
    // The worker's lock before the bell's, here and everywhere.
    body.pointee.monitor.lock()
    defer { body.pointee.monitor.unlock() }
    bell.monitor.lock()
    defer { bell.monitor.unlock() }
    if bell.phase == .attached { throw .alreadyRunning }
    if bell.phase != .unattached || body.pointee.shared.pointee.isStopping { throw .stopped }
    guard body.pointee.roster.list(entry) else { throw .limit }
    bell.phase = .attached
    bell.worker = self
    announce()
    body.pointee.parker.nudge()
  }

  /// Takes an actor off this worker, messages that wait and all; it can be added to another, and senders
  /// may go on. When this returns the worker's thread does not touch it any more; called on that
  /// thread, from the end of the running turn on. Throws `.notFound`, or `.stopped` when the worker
  /// is about to drain it.
  public func remove<Behavior: ActorBehavior & ~Copyable>(_ actor: Actor<Behavior>)
    throws(MessagingError)
  {
    let raw = UnsafeMutableRawPointer(actor.body)
    let shared = body.pointee.shared
    body.pointee.monitor.lock()
    defer { body.pointee.monitor.unlock() }
    if shared.pointee.isStopping { throw .stopped }
    guard body.pointee.roster.strike(raw) else { throw .notFound }
    announce()
    let wanted = body.pointee.revision.pointee.load(ordering: .relaxed)
    body.pointee.parker.nudge()
    if !isCurrentThread {
      while shared.pointee.seen < wanted && !shared.pointee.hasEnded { body.pointee.monitor.wait() }
    }
    let bell = actor.body.pointee.mailbox.bell
    bell.monitor.lock()
    bell.worker = nil
    bell.phase = .unattached
    bell.disarm()
    bell.monitor.wakeAll()
    bell.monitor.unlock()
  }

  /// The thread's: an actor has been stopped and is drained. After the last line its owner may free it.
  func finish(_ entry: RosterEntry) {
    body.pointee.monitor.lock()
    let isListed = body.pointee.roster.strike(entry.actor)
    announce()
    body.pointee.monitor.unlock()
    // Not listed: it has been taken off this worker, and stopping it is up to somebody else.
    guard isListed else { return }
    entry.runner.tellStopped(entry.actor)
    entry.bell.monitor.lock()
    entry.bell.worker = nil
    entry.bell.phase = .finished
    entry.bell.monitor.wakeAll()
    entry.bell.monitor.unlock()
  }
}
