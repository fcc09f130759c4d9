import Libc

/// A worker's memory.
struct WorkerBody: ~Copyable {
  let waiting: Waiting
  let budget: Int
  let processor: Int?
  let parker: Parker
  let monitor: Monitor
  let roster: Roster
  /// Goes up with each change that the thread must learn of.
  let revision: AtomicWord
  let threadNumber: AtomicWord
  /// Written by the thread only.
  let rounds, handled, sleeps: AtomicWord
  let shared: UnsafeMutablePointer<Shared>
  private let memory: UnsafeMutableRawPointer

  /// Guarded by the monitor.
  struct Shared {
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread: pthread_t? = nil
    #endif
    var pinning = Pinning.notAsked
    var hasStarted = false
    var isStopping = false
    var hasEnded = false
    var isJoined = false
    /// The revision that the thread works by.
    var seen: UInt64 = 0
  }

  init(_ options: WorkerOptions) throws(MessagingError) {
    let line = SharedLines.bytes
    let size = 3 * line + MemoryLayout<Shared>.size
    guard let memory = SharedLines.allocate(size) else { throw .outOfMemory }
    guard let monitor = Monitor() else {
      SharedLines.release(memory)
      throw .outOfMemory
    }
    guard let parker = Parker() else {
      monitor.destroy()
      SharedLines.release(memory)
      throw .outOfMemory
    }
    guard let roster = Roster() else {
      parker.destroy()
      monitor.destroy()
      SharedLines.release(memory)
      throw .outOfMemory
    }
    (waiting, budget, processor) = (options.waiting, options.budget, options.processor)
    (self.memory, self.monitor, self.parker, self.roster) = (memory, monitor, parker, roster)
    revision = memory.makeWord(at: 0)
    threadNumber = memory.makeWord(at: line)
    rounds = memory.makeWord(at: 2 * line)
    handled = memory.makeWord(at: 2 * line + 8)
    sleeps = memory.makeWord(at: 2 * line + 16)
    shared = (memory + 3 * line).bindMemory(to: Shared.self, capacity: 1)
    shared.initialize(to: Shared())
  }

  deinit {
    roster.destroy()
    parker.destroy()
    monitor.destroy()
    SharedLines.release(memory)
  }
}

/// An actor as a worker sees it.
struct RosterEntry {
  let actor: UnsafeMutableRawPointer
  let bell: Bell
  let runner: any Runnable.Type
}

/// The actors of a worker, twice: as listed, under the worker's lock, and as its thread runs them. The
/// thread copies the one to the other when the revision has changed. Never grows: running out of
/// memory is impossible once the worker is there.
struct Roster {
  private let counts: UnsafeMutablePointer<Int>
  private let entries: UnsafeMutablePointer<RosterEntry>
  private let memory: UnsafeMutableRawPointer

  /// nil when there is no memory.
  init?() {
    let line = SharedLines.bytes
    let size = line + 2 * Worker.mostActors * MemoryLayout<RosterEntry>.stride
    guard let memory = SharedLines.allocate(size) else { return nil }
    self.memory = memory
    counts = memory.bindMemory(to: Int.self, capacity: 2)
    counts.initialize(repeating: 0, count: 2)
    entries = (memory + line).bindMemory(
      to: RosterEntry.self, capacity: 2 * Worker.mostActors)
  }

  func destroy() { SharedLines.release(memory) }

  /// With the worker's lock held.
  var listed: UnsafeMutableBufferPointer<RosterEntry> {
    UnsafeMutableBufferPointer(start: entries, count: counts[0])
  }

  /// The worker's thread only.
  var running: UnsafeMutableBufferPointer<RosterEntry> {
    UnsafeMutableBufferPointer(start: entries + Worker.mostActors, count: counts[1])
  }

  /// With the lock held; false when the roster is full.
  func list(_ entry: RosterEntry) -> Bool {
    guard counts[0] < Worker.mostActors else { return false }
    (entries + counts[0]).initialize(to: entry)
    counts[0] += 1
    return true
  }

  /// With the lock held; false when the actor is not listed. The others keep their order.
  func strike(_ actor: UnsafeMutableRawPointer) -> Bool {
    guard let index = listed.firstIndex(where: { $0.actor == actor }) else { return false }
    for next in index + 1..<max(index + 1, counts[0]) { entries[next - 1] = entries[next] }
    counts[0] -= 1
    return true
  }

  /// With the lock held, on the worker's thread.
  func run() {
    counts[1] = counts[0]
    for index in 0..<counts[0] {
      (entries + Worker.mostActors + index).initialize(to: entries[index])
    }
  }
}
