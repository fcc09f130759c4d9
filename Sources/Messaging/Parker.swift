import CThread
import Synchronization

/// Where a worker's thread sleeps. A handle. The word is 1 from the worker's decision to sleep until a waker
/// or the worker itself clears it.
///
/// No wake-up is lost: the sleeper sets the word, passes a full fence and looks for work once more; a
/// waker makes the work visible, passes a full fence and looks at the word. One of the two fences is
/// the first, so either the sleeper finds the work or the waker finds the word.
struct Parker {
  private let word: UnsafeMutablePointer<Atomic<UInt32>>
  #if !os(Linux)
    private let monitor: Monitor
  #endif

  /// nil when there is no memory.
  init?() {
    guard let memory = SharedLines.allocate(SharedLines.bytes) else { return nil }
    #if !os(Linux)
      guard let monitor = Monitor() else {
        SharedLines.release(memory)
        return nil
      }
      self.monitor = monitor
    #endif
    word = memory.bindMemory(to: Atomic<UInt32>.self, capacity: 1)
    word.initialize(to: Atomic(0))
  }

  func destroy() {
    #if !os(Linux)
      monitor.destroy()
    #endif
    SharedLines.release(UnsafeMutableRawPointer(word))
  }

  /// The sleeper's first step. Relaxed: the fence that follows orders it.
  func prepare() { word.pointee.store(1, ordering: .relaxed) }

  /// The sleeper has found work after all, or has woken.
  func cancel() { word.pointee.store(0, ordering: .relaxed) }

  /// Sleeps until a wake since `prepare`; may also return for no reason.
  func sleep() {
    #if os(Linux)
      // The system compares the word once more under its own lock: a wake in between is not slept over.
      fxaot_futex_wait(word, 1)
    #else
      monitor.lock()
      while word.pointee.load(ordering: .relaxed) == 1 { monitor.wait() }
      monitor.unlock()
    #endif
  }

  /// After a full fence that follows what there is to see. Costs a system call only for a sleeper.
  func wake() {
    if word.pointee.exchange(0, ordering: .relaxed) == 0 { return }
    #if os(Linux)
      fxaot_futex_wake_one(word)
    #else
      monitor.lock()
      monitor.wakeAll()
      monitor.unlock()
    #endif
  }

  /// A wake by one who has just changed something else than a mailbox.
  func nudge() {
    // Pairs with the fence in Worker.sleep.
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    wake()
  }
}
