import CThread
import Libc
import Synchronization

extension Worker {
  /// Looks at the mailboxes this often before a parking worker sleeps.
  private static var looksBeforeSleep: Int { 128 }

  /// Starts the thread and waits until it runs; 0 or the system's error. The thread blocks all signals:
  /// they are for the program that the library is loaded into.
  func startThread() -> Int32 {
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let status = pthread_create(&thread, nil, workerThreadMain, UnsafeMutableRawPointer(body))
    pthread_sigmask(SIG_SETMASK, &before, nil)
    if status != 0 { return status }
    let shared = body.pointee.shared
    body.pointee.monitor.lock()
    shared.pointee.thread = thread
    while !shared.pointee.hasStarted { body.pointee.monitor.wait() }
    body.pointee.monitor.unlock()
    return 0
  }

  /// The thread's life.
  fileprivate func live() {
    body.pointee.threadNumber.pointee.store(currentThreadNumber(), ordering: .relaxed)
    let pinning = pin()
    let shared = body.pointee.shared
    body.pointee.monitor.lock()
    shared.pointee.pinning = pinning
    shared.pointee.hasStarted = true
    body.pointee.monitor.wakeAll()
    body.pointee.monitor.unlock()
    run()
    // The system may give the number to another thread once this one has been joined.
    body.pointee.threadNumber.pointee.store(0, ordering: .relaxed)
    body.pointee.monitor.lock()
    shared.pointee.hasEnded = true
    body.pointee.monitor.wakeAll()
    body.pointee.monitor.unlock()
  }

  /// Turns until the worker is stopped and its last actor drained.
  private func run() {
    var seen: UInt64 = 0
    var quiet = 0
    while true {
      // Acquire pairs with the release in announce.
      if body.pointee.revision.pointee.load(ordering: .acquiring) != seen {
        let (revision, isOver) = readRoster()
        if isOver { return }
        seen = revision
      }
      let handled = round(seen)
      add(1, to: body.pointee.rounds)
      if handled > 0 {
        add(handled, to: body.pointee.handled)
        quiet = 0
      } else {
        quiet += 1
        wait(seen, quiet)
      }
    }
  }

  /// One turn for each actor. Returns how many messages were handled.
  private func round(_ seen: UInt64) -> Int {
    var count = 0
    for entry in body.pointee.roster.running {
      count &+= entry.runner.turn(entry.actor, budget: body.pointee.budget)
      if entry.runner.isDrained(entry.actor) { finish(entry) }
      // Acquire pairs with the release in announce. A handler may have taken the next one off.
      if body.pointee.revision.pointee.load(ordering: .acquiring) != seen { break }
    }
    return count
  }

  private func readRoster() -> (revision: UInt64, isOver: Bool) {
    let shared = body.pointee.shared
    body.pointee.monitor.lock()
    defer { body.pointee.monitor.unlock() }
    body.pointee.roster.run()
    // Relaxed: it is written under the lock.
    shared.pointee.seen = body.pointee.revision.pointee.load(ordering: .relaxed)
    body.pointee.monitor.wakeAll()
    let isOver = shared.pointee.isStopping && body.pointee.roster.running.isEmpty
    return (shared.pointee.seen, isOver)
  }

  private func wait(_ seen: UInt64, _ quiet: Int) {
    switch body.pointee.waiting {
    case .spin: fxaot_pause()
    case .yield: sched_yield()
    case .park where quiet < Self.looksBeforeSleep: fxaot_pause()
    case .park: sleep(seen)
    }
  }

  private func sleep(_ seen: UInt64) {
    let running = body.pointee.roster.running
    body.pointee.parker.prepare()
    for entry in running { entry.bell.arm() }
    // Pairs with the fences in Bell.ring and Parker.nudge: what came before theirs is found below, or
    // they find the bell armed and the parker prepared.
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    let isAwaited =
      body.pointee.revision.pointee.load(ordering: .relaxed) != seen
      || running.contains {
        $0.runner.hasMessage($0.actor) || $0.runner.isDrained($0.actor)
      }
    if !isAwaited {
      add(1, to: body.pointee.sleeps)
      body.pointee.parker.sleep()
    }
    body.pointee.parker.cancel()
    for entry in running { entry.bell.disarm() }
  }

  /// Relaxed: only the thread writes them, others read them as statistics.
  private func add(_ amount: Int, to counter: AtomicWord) {
    let before = counter.pointee.load(ordering: .relaxed)
    counter.pointee.store(before &+ UInt64(amount), ordering: .relaxed)
  }

  private func pin() -> Pinning {
    guard let processor = body.pointee.processor else { return .notAsked }
    #if os(Linux)
      let status = fxaot_pin_thread(Int64(processor))
      return status == 0 ? .pinned : .failed(status)
    #else
      return .failed(ENOTSUP)
    #endif
  }
}

#if canImport(Darwin)
  private func workerThreadMain(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Worker(body: argument.assumingMemoryBound(to: WorkerBody.self)).live()
    return nil
  }
#else
  private func workerThreadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Worker(body: argument.assumingMemoryBound(to: WorkerBody.self)).live()
    return nil
  }
#endif
