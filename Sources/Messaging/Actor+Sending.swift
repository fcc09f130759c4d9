import CThread

extension Actor where Behavior: ~Copyable {
  /// From any thread. Order per sender is kept. O(1); wakes the actor's worker if that sleeps.
  public func send(_ message: Message) -> SendOutcome { body.pointee.mailbox.send(message) }

  /// From any thread: as many of the messages as there is room for, in order and with no other's
  /// between them. Returns how many; 0 when the actor is stopped. Never drops the oldest. O(count).
  public func send(contentsOf messages: UnsafeBufferPointer<Message>) -> Int {
    body.pointee.mailbox.send(contentsOf: messages)
  }

  /// From any thread but the actor's own worker's: waits while the mailbox is full, for `nanoseconds`
  /// at most. Each try that finds it full counts as refused. Blocks: not for a scheduler's thread.
  public func send(_ message: Message, waiting nanoseconds: Int64) -> SendOutcome {
    let end = MonotonicClock.nanoseconds &+ nanoseconds
    while true {
      let outcome = send(message)
      let left = end &- MonotonicClock.nanoseconds
      if outcome != .full || left <= 0 { return outcome }
      _ = waitForRoom(left)
    }
  }

  /// From any thread but the actor's own worker's: waits while the mailbox is full, for `nanoseconds`
  /// at most. Another sender may be quicker to use the room. Blocks: not for a scheduler's thread.
  public func waitForRoom(_ nanoseconds: Int64) -> SendOutcome {
    var patience = Patience()
    let end = MonotonicClock.nanoseconds &+ nanoseconds
    while !isStopped {
      let waiting = counters.mailbox
      if waiting.pushed &- waiting.popped < UInt64(capacity) { return .accepted }
      if MonotonicClock.nanoseconds >= end { return .full }
      patience.wait()
    }
    return .stopped
  }

  /// From any thread but the actor's own worker's, while the actor runs: waits until every message
  /// that was accepted before the call has been taken out. Blocks: not for a scheduler's thread.
  public func waitUntilTaken() {
    let target = counters.mailbox.pushed
    var patience = Patience()
    while counters.mailbox.popped < target && bell.phaseIsAttached { patience.wait() }
  }

  /// Refuses further messages and waits for nothing; those that were accepted are still handled.
  public func close() {
    body.pointee.mailbox.ring.close()
    bell.monitor.lock()
    bell.worker?.body.pointee.parker.nudge()
    bell.monitor.unlock()
  }

  private var bell: Bell { body.pointee.mailbox.bell }

  /// Whether `send` would return `.stopped`.
  public var isStopped: Bool { body.pointee.mailbox.ring.isClosed }

  /// Refuses further messages, waits until those that were accepted are handled, and takes the actor
  /// off its worker. One that runs nowhere is drained here, on the caller's thread. May be called
  /// again, from any thread. Returns false on the worker's own thread, which handles the waiting messages
  /// after the call.
  @discardableResult
  public func stop() -> Bool {
    body.pointee.mailbox.ring.close()
    bell.monitor.lock()
    defer { bell.monitor.unlock() }
    while bell.phase != .finished {
      if bell.phase == .unattached {
        bell.phase = .draining
        bell.monitor.unlock()
        drainHere()
        bell.monitor.lock()
        bell.phase = .finished
        bell.monitor.wakeAll()
      } else {
        if let worker = bell.worker {
          if worker.isCurrentThread { return false }
          worker.body.pointee.parker.nudge()
        }
        bell.monitor.wait()
      }
    }
    return true
  }

  private func drainHere() {
    let raw = UnsafeMutableRawPointer(body)
    while !ActorTurn<Behavior>.isDrained(raw) {
      // Nothing while a sender is still writing its message: it will not be long.
      if ActorTurn<Behavior>.turn(raw, budget: Self.batch) == 0 { fxaot_pause() }
    }
    ActorTurn<Behavior>.tellStopped(raw)
  }
}
