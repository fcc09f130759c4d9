import Synchronization

/// A bounded queue from one thread to another: no locks, no waiting, messages in place.
///
///     byte 0              128              256
///     ┌──────────────────┬────────────────┬─────────┬─────────┬── ─ ─ ──┐
///     │ tail             │ head           │ slot 0  │ slot 1  │ capacity│
///     │ head as last seen│ tail as seen   │ message │ message │  − 1    │
///     │ mark, refused    │                │         │         │         │
///     └──────────────────┴────────────────┴─────────┴─────────┴── ─ ─ ──┘
///      producer writes    consumer writes   producer writes, consumer reads
///
/// Indices count for ever (they wrap at 2^64) and are masked on use. Each side reads the other's
/// index only when its own copy of it is used up. At any time one thread may push and one may pop;
/// the counters may be read by all. The ring must outlive both.
public struct SPSCRing<Message: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
  /// Written by the producer: index of the next message to push.
  @usableFromInline let tail: AtomicWord
  /// The producer's own copy of `head`.
  @usableFromInline let headSeen: UnsafeMutablePointer<UInt64>
  /// Written by the producer: the most messages that ever waited. Never above the capacity, so one
  /// compare with it says both "there is room" and "nothing new to record".
  @usableFromInline let mark: AtomicWord
  @usableFromInline let refused: AtomicWord
  /// Written by the consumer: index of the next message to pop.
  @usableFromInline let head: AtomicWord
  @usableFromInline let tailSeen: UnsafeMutablePointer<UInt64>
  @usableFromInline let slots: UnsafeMutablePointer<Message>
  @usableFromInline let mask: UInt64
  private let start: UInt64
  private let memory: UnsafeMutableRawPointer

  /// A ring for at least `wanted` messages. Throws `.badCapacity` or `.outOfMemory`.
  public init(capacity wanted: Int) throws(MessagingError) {
    try self.init(capacity: wanted, startingAt: 0)
  }

  /// The first index is a choice so that wrapping can be tested.
  init(capacity wanted: Int, startingAt start: UInt64) throws(MessagingError) {
    let stride = MemoryLayout<Message>.stride
    let count = try RingCapacity(atLeast: wanted, slotBytes: stride).slots
    let line = SharedLines.bytes
    guard MemoryLayout<Message>.alignment <= line,
      let memory = SharedLines.allocate(2 * line + count * stride)
    else { throw .outOfMemory }
    self.memory = memory
    tail = memory.makeWord(at: 0, start)
    headSeen = (memory + 8).bindMemory(to: UInt64.self, capacity: 1)
    headSeen.initialize(to: start)
    mark = memory.makeWord(at: 16)
    refused = memory.makeWord(at: 24)
    head = memory.makeWord(at: line, start)
    tailSeen = (memory + line + 8).bindMemory(to: UInt64.self, capacity: 1)
    tailSeen.initialize(to: start)
    slots = (memory + 2 * line).bindMemory(to: Message.self, capacity: count)
    mask = UInt64(count - 1)
    self.start = start
  }

  deinit { SharedLines.release(memory) }

  /// Slots: the requested number, rounded up to a power of two.
  public var capacity: Int { Int(mask) + 1 }

  /// From any thread. O(1).
  public var counters: RingCounters {
    // Acquire pairs with the consumer's release of head, which follows its acquire of a tail at
    // least as great: popped cannot come out above pushed.
    let popped = head.pointee.load(ordering: .acquiring)
    return RingCounters(
      pushed: tail.pointee.load(ordering: .relaxed) &- start, popped: popped &- start,
      refused: refused.pointee.load(ordering: .relaxed),
      highWater: mark.pointee.load(ordering: .relaxed))
  }

  /// Producer only. False, and counted, when the ring is full. O(1).
  @inlinable @inline(__always)
  public func push(_ message: Message) -> Bool {
    // Relaxed: this thread wrote it.
    let at = tail.pointee.load(ordering: .relaxed)
    if at &- headSeen.pointee >= mark.pointee.load(ordering: .relaxed), makeRoom(at, for: 1) == 0 {
      return false
    }
    (slots + Int(truncatingIfNeeded: at & mask)).initialize(to: message)
    // Release pairs with the consumer's acquire of tail: it sees the message before the index.
    tail.pointee.store(at &+ 1, ordering: .releasing)
    return true
  }

  /// Consumer only. nil when the ring is empty. O(1).
  @inlinable @inline(__always)
  public func pop() -> Message? {
    // Relaxed: this thread wrote it.
    let at = head.pointee.load(ordering: .relaxed)
    if at == tailSeen.pointee {
      // Acquire pairs with the producer's release of tail: the messages before it are written.
      tailSeen.pointee = tail.pointee.load(ordering: .acquiring)
      if at == tailSeen.pointee { return nil }
    }
    let message = (slots + Int(truncatingIfNeeded: at & mask)).pointee
    // Release pairs with the producer's acquire of head: the slot has been read before it is free.
    head.pointee.store(at &+ 1, ordering: .releasing)
    return message
  }

  /// The producer's slow path: reads the consumer's index, records the mark. Returns how many of
  /// `wanted` messages have room; the rest are counted as refused.
  @usableFromInline @inline(never)
  func makeRoom(_ at: UInt64, for wanted: UInt64) -> UInt64 {
    // Acquire pairs with the consumer's release of head: what it freed has been read.
    let freed = head.pointee.load(ordering: .acquiring)
    headSeen.pointee = freed
    let used = at &- freed
    let room = mask &+ 1 &- used
    let granted = min(wanted, room)
    // Relaxed, here and below: only this thread writes them, others read them as statistics.
    if used &+ granted > mark.pointee.load(ordering: .relaxed) {
      mark.pointee.store(used &+ granted, ordering: .relaxed)
    }
    if granted < wanted {
      let before = refused.pointee.load(ordering: .relaxed)
      refused.pointee.store(before &+ (wanted &- granted), ordering: .relaxed)
    }
    return granted
  }
}
