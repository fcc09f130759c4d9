import Libc
import Synchronization

/// The behaviour of a worker without messages.
public enum Waiting: Sendable {
  /// Looks again at once: the shortest way from a sender to the handler, and a core of its own.
  case spin
  /// Gives the core to other threads between looks.
  case yield
  /// Sleeps, after a short spin, until somebody sends.
  case park
}

/// How a worker runs.
public struct WorkerOptions: Sendable {
  public var waiting = Waiting.park
  /// Messages an actor may handle before the next one has its turn; at most Actor.batch.
  public var budget = 256
  /// The processor to stay on; nil leaves it to the system.
  public var processor: Int?

  public init() {}
}

/// Whether a worker stays on its requested processor.
public enum Pinning: Equatable, Sendable {
  case notAsked, pinned
  /// The system's answer; the worker runs nevertheless.
  case failed(Int32)
}

/// What a worker has done so far.
public struct WorkerCounters: Equatable, Sendable {
  /// Rounds over all actors.
  public var rounds: UInt64 = 0
  public var handled: UInt64 = 0
  /// Times it went to sleep.
  public var sleeps: UInt64 = 0
}

/// A native thread that runs actors in turn. A handle: copies are the same worker, and whoever started
/// it ends it with `destroy` once no other thread uses the handle any more.
public struct Worker: @unchecked Sendable {
  /// Actors at one time.
  public static let mostActors = 1_024

  let body: UnsafeMutablePointer<WorkerBody>

  /// Starts a thread that has no actors yet. Throws `.outOfMemory` or `.thread`.
  public static func start(_ options: WorkerOptions = WorkerOptions()) throws(MessagingError)
    -> Worker
  {
    let made = try WorkerBody(options)
    guard let place = SharedLines.allocate(MemoryLayout<WorkerBody>.size) else {
      throw .outOfMemory
    }
    let body = place.bindMemory(to: WorkerBody.self, capacity: 1)
    body.initialize(to: made)
    let worker = Worker(body: body)
    let status = worker.startThread()
    if status != 0 {
      worker.release()
      throw .thread(status)
    }
    return worker
  }

  /// Refuses further actors, and further messages to those it has; its thread handles waiting messages and
  /// ends. Waits for nothing. Any number of times, from any thread, a handler's too.
  public func stop() {
    let shared = body.pointee.shared
    body.pointee.monitor.lock()
    shared.pointee.isStopping = true
    for entry in body.pointee.roster.listed { entry.runner.close(entry.actor) }
    announce()
    body.pointee.monitor.unlock()
    body.pointee.parker.nudge()
  }

  /// Waits for the thread's end after `stop`. Any number of times, from any thread; false on the
  /// worker's own.
  @discardableResult
  public func join() -> Bool {
    if isCurrentThread { return false }
    let shared = body.pointee.shared
    body.pointee.monitor.lock()
    defer { body.pointee.monitor.unlock() }
    while !shared.pointee.hasEnded { body.pointee.monitor.wait() }
    if !shared.pointee.isJoined {
      shared.pointee.isJoined = true
      // The thread takes no lock after it has said that it ends: this is short.
      if let thread = shared.pointee.thread { pthread_join(thread, nil) }
    }
    return true
  }

  /// `stop`, `join`, and frees the worker. False, and nothing is freed, on its own thread. No other
  /// thread may use the handle any more; senders to actors it has had do no harm.
  @discardableResult
  public func destroy() -> Bool {
    stop()
    guard join() else { return false }
    release()
    return true
  }

  private func release() {
    body.deinitialize(count: 1)
    SharedLines.release(UnsafeMutableRawPointer(body))
  }

  /// Whether this is the worker's own thread.
  public var isCurrentThread: Bool {
    // Relaxed: on the worker's own thread its own store is seen, and no other has its number.
    body.pointee.threadNumber.pointee.load(ordering: .relaxed) == currentThreadNumber()
  }

  /// From any thread.
  public var counters: WorkerCounters {
    WorkerCounters(
      rounds: body.pointee.rounds.pointee.load(ordering: .relaxed),
      handled: body.pointee.handled.pointee.load(ordering: .relaxed),
      sleeps: body.pointee.sleeps.pointee.load(ordering: .relaxed))
  }

  /// Whether the thread has ended, or does nothing any more but end.
  public var hasEnded: Bool {
    body.pointee.monitor.lock()
    defer { body.pointee.monitor.unlock() }
    return body.pointee.shared.pointee.hasEnded
  }

  public var pinning: Pinning {
    body.pointee.monitor.lock()
    defer { body.pointee.monitor.unlock() }
    return body.pointee.shared.pointee.pinning
  }

  /// With the lock held: tells the thread that something has changed.
  func announce() {
    // Release pairs with the thread's acquire in Worker.run; what it then reads is under the lock.
    body.pointee.revision.pointee.wrappingAdd(1, ordering: .releasing)
  }
}

package func currentThreadNumber() -> UInt64 {
  #if canImport(Darwin)
    UInt64(UInt(bitPattern: pthread_self()))
  #else
    UInt64(pthread_self())
  #endif
}
