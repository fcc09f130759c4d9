/// Why a ring, a mailbox, an actor or a worker could not be made or used.
public enum MessagingError: Error, Equatable, Sendable {
  /// Below 1, above 2^26 slots, or more than 4 GiB of memory.
  case badCapacity
  case outOfMemory
  /// It was stopped before, or is being stopped.
  case stopped
  /// A documented maximum is reached.
  case limit
  /// The actor already runs on a worker.
  case alreadyRunning
  /// The worker does not run this actor.
  case notFound
  /// Waiting for oneself: the call came from the worker's own thread.
  case ownThread
  case duplicateKey
  /// The system's answer to the start of a thread.
  case thread(Int32)
}
