import Synchronization

/// Lets senders wake the worker that an actor runs on. A handle.
///
/// Senders touch the worker itself only under the lock, after they have found the bell armed: so a
/// worker that has released the actor can be freed while senders still run.
struct Bell {
  /// 1 while the worker sleeps or is about to. A line of its own, which senders mostly read.
  private let armed: AtomicWord
  /// Guards `link` and `phase`.
  let monitor: Monitor
  private let memory: UnsafeMutableRawPointer
  private let state: UnsafeMutablePointer<State>

  enum Phase { case unattached, attached, draining, finished }

  struct State {
    var phase = Phase.unattached
    var worker: Worker?
  }

  /// nil when there is no memory.
  init?() {
    let line = SharedLines.bytes
    guard let memory = SharedLines.allocate(line + MemoryLayout<State>.size) else { return nil }
    guard let monitor = Monitor() else {
      SharedLines.release(memory)
      return nil
    }
    self.memory = memory
    self.monitor = monitor
    armed = memory.makeWord(at: 0)
    state = (memory + line).bindMemory(to: State.self, capacity: 1)
    state.initialize(to: State())
  }

  func destroy() {
    monitor.destroy()
    SharedLines.release(memory)
  }

  /// With the monitor's lock held.
  var phase: Phase {
    get { state.pointee.phase }
    nonmutating set { state.pointee.phase = newValue }
  }

  /// With the monitor's lock held: where the actor runs.
  var worker: Worker? {
    get { state.pointee.worker }
    nonmutating set { state.pointee.worker = newValue }
  }

  /// Whether a worker runs the actor. Takes the lock.
  var phaseIsAttached: Bool {
    monitor.lock()
    defer { monitor.unlock() }
    return phase == .attached
  }

  /// The worker's second step on its way to sleep, between Parker.prepare and the fence.
  func arm() { armed.pointee.store(1, ordering: .relaxed) }
  func disarm() { armed.pointee.store(0, ordering: .relaxed) }

  /// A sender's, after its message is in the ring.
  @inline(__always)
  func ring() {
    // Pairs with the fence in Worker.sleep: either that worker finds the message, or the load below
    // finds the bell armed.
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    if armed.pointee.load(ordering: .relaxed) != 0 { wake() }
  }

  @inline(never)
  private func wake() {
    // One of several senders is enough: the worker looks at everything when it wakes.
    if armed.pointee.exchange(0, ordering: .relaxed) == 0 { return }
    monitor.lock()
    worker?.body.pointee.parker.wake()
    monitor.unlock()
  }
}
