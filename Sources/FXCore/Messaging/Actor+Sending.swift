import CThread

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Actor where Behavior: ~Copyable {
  /// From any thread. Order per sender is kept. O(1); wakes the actor's worker if that sleeps.
  public func send(_ message: Message) -> SendOutcome { body.pointee.mailbox.send(message) }

  /// From any thread: as many of the messages as there is room for, in order and with no other's
  /// between them. Answers how many; 0 when the actor is stopped. Never drops the oldest. O(count).
  public func send(contentsOf messages: UnsafeBufferPointer<Message>) -> Int {
    body.pointee.mailbox.send(contentsOf: messages)
  }

  /// From any thread but the actor's own worker's: waits while the mailbox is full, for `nanoseconds`
  /// at most. Each try that finds it full counts as refused. Blocks: not for a scheduler's thread.
  public func send(_ message: Message, waiting nanoseconds: Int64) -> SendOutcome {
    let start = MonotonicClock.nanoseconds
    while true {
      let outcome = send(message)
      if outcome != .full || MonotonicClock.nanoseconds &- start >= nanoseconds { return outcome }
      sched_yield()
    }
  }

  /// Whether `send` would answer `.stopped`.
  public var isStopped: Bool { body.pointee.mailbox.ring.isClosed }

  /// Refuses further messages, waits until those that were accepted are handled, and takes the actor
  /// off its worker. One that runs nowhere is drained here, on the caller's thread. Any number of
  /// times, from any thread; false on the worker's own thread, where messages that wait are handled
  /// after the call and nobody waits for that.
  @discardableResult
  public func stop() -> Bool {
    let bell = body.pointee.mailbox.bell
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
