import Libc

/// A mutex and a condition, for what happens rarely: rosters, replacements, stopping. A handle:
/// copies are the same monitor, `destroy` ends it.
@usableFromInline
struct Monitor {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  /// nil when there is no memory.
  init?() {
    let offset = SharedLines.bytes
    guard let memory = SharedLines.allocate(2 * offset) else { return nil }
    mutex = memory.bindMemory(to: pthread_mutex_t.self, capacity: 1)
    condition = (memory + offset).bindMemory(to: pthread_cond_t.self, capacity: 1)
    guard pthread_mutex_init(mutex, nil) == 0 else {
      SharedLines.release(memory)
      return nil
    }
    guard pthread_cond_init(condition, nil) == 0 else {
      pthread_mutex_destroy(mutex)
      SharedLines.release(memory)
      return nil
    }
  }

  func destroy() {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    SharedLines.release(UnsafeMutableRawPointer(mutex))
  }

  func lock() { pthread_mutex_lock(mutex) }
  func unlock() { pthread_mutex_unlock(mutex) }
  /// With the lock held; may return for no reason.
  func wait() { pthread_cond_wait(condition, mutex) }
  func wakeAll() { pthread_cond_broadcast(condition) }
}
