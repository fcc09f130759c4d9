import Synchronization

/// A bounded queue from many threads to one: no locks, no waiting for the consumer, messages in place.
///
///     byte 0        128                256           384          448
///     ┌────────────┬──────────────────┬─────────────┬────────────┬────── ─ ─ ──┐
///     │ tail       │ head as last seen│ head        │ stamp      │ stamp       │
///     │            │ mark, refused    │             │ message    │ message     │
///     └────────────┴──────────────────┴─────────────┴────────────┴────── ─ ─ ──┘
///      all producers all producers,     consumer      one producer writes,
///      reserve here  rarely             writes        the consumer reads
///
/// A producer reserves slots by moving tail (compare and swap), writes its messages and stamps each
/// slot; the consumer takes the slot at head once it carries the stamp of this lap. The consumer never
/// writes to slots, so a slot's line travels between the cores once a message.
///
/// Indices are words of index × 2: the lowest bit of tail says "closed", and that of a stamp
/// "written". Words wrap at 2^64. Order per producer is kept. Any number of threads may push, one
/// at a time may pop; the counters may be read by all. The ring must outlive all of them.
public struct MPSCRing<Message: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
  /// Written by producers: word of the next slot to reserve, and the closed bit.
  @usableFromInline let tail: AtomicWord
  /// The producers' shared copy of `head`.
  @usableFromInline let headSeen: AtomicWord
  /// The most messages that ever waited; never above the capacity (see SPSCRing.mark).
  @usableFromInline let mark: AtomicWord
  @usableFromInline let refused: AtomicWord
  /// Written by the consumer: word of the next slot to take.
  @usableFromInline let head: AtomicWord
  @usableFromInline let slots: UnsafeMutableRawPointer
  @usableFromInline let mask: UInt64
  private let start: UInt64
  private let memory: UnsafeMutableRawPointer

  /// A ring for at least `wanted` messages. Throws `.badCapacity` or `.outOfMemory`.
  public init(capacity wanted: Int) throws(MessagingError) {
    try self.init(capacity: wanted, startingAt: 0)
  }

  /// The first index (below 2^63) is a choice so that wrapping can be tested.
  init(capacity wanted: Int, startingAt index: UInt64) throws(MessagingError) {
    let count = try RingCapacity(atLeast: wanted, slotBytes: Self.slotBytes).slots
    let line = SharedLines.bytes
    guard MemoryLayout<Message>.alignment <= line,
      let memory = SharedLines.allocate(3 * line + count * Self.slotBytes)
    else { throw .outOfMemory }
    self.memory = memory
    start = index << 1
    tail = memory.makeWord(at: 0, start)
    headSeen = memory.makeWord(at: line, start)
    mark = memory.makeWord(at: line + 8)
    refused = memory.makeWord(at: line + 16)
    head = memory.makeWord(at: 2 * line, start)
    slots = memory + 3 * line
    mask = UInt64(count - 1)
    // Zero is no lap's stamp: those are odd.
    for slot in 0..<count { _ = slots.makeWord(at: slot * Self.slotBytes) }
  }

  deinit { SharedLines.release(memory) }

  /// Slots: the requested number, rounded up to a power of two.
  public var capacity: Int { Int(mask) + 1 }

  /// From any thread. O(1).
  public var counters: RingCounters {
    // Acquire pairs with the consumer's release of head, which follows the stamps of all it took.
    let popped = head.pointee.load(ordering: .acquiring)
    let pushed = tail.pointee.load(ordering: .relaxed) & ~1
    return RingCounters(
      pushed: (pushed &- start) >> 1, popped: (popped &- start) >> 1,
      refused: refused.pointee.load(ordering: .relaxed),
      highWater: mark.pointee.load(ordering: .relaxed))
  }

  // MARK: Slots

  /// The stamp comes first, then the message. A multiple of a cache line, so that two producers that
  /// fill neighbouring slots do not pull at one line.
  @inlinable static var messageOffset: Int { max(8, MemoryLayout<Message>.alignment) }
  @inlinable static var slotBytes: Int {
    let unit = max(64, MemoryLayout<Message>.alignment)
    return (messageOffset + MemoryLayout<Message>.size + unit - 1) / unit * unit
  }

  @inlinable @inline(__always)
  func slot(_ word: UInt64) -> UnsafeMutableRawPointer {
    slots + Int(truncatingIfNeeded: (word >> 1) & mask) &* Self.slotBytes
  }

  @inlinable @inline(__always)
  func stamp(_ slot: UnsafeMutableRawPointer) -> AtomicWord {
    slot.assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  @inlinable @inline(__always)
  func message(_ slot: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Message> {
    (slot + Self.messageOffset).assumingMemoryBound(to: Message.self)
  }
}

/// What became of a message.
public enum PushOutcome: UInt8, Sendable {
  case accepted, full, closed
}
