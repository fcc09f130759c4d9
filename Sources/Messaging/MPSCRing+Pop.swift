import Synchronization

extension MPSCRing {
  /// Consumer only. nil when nothing is there, or when the producer of the next message has not
  /// finished writing it. O(1).
  @inlinable @inline(__always)
  public func pop() -> Message? {
    // Relaxed: this thread wrote it.
    let word = head.pointee.load(ordering: .relaxed)
    let slot = slot(word)
    // Acquire pairs with the producer's release of the stamp: the message is written.
    if stamp(slot).pointee.load(ordering: .acquiring) != word | 1 { return nil }
    let content = message(slot).pointee
    // Release pairs with the producers' acquire of head: the slot has been read before it is free.
    head.pointee.store(word &+ 2, ordering: .releasing)
    return content
  }

  /// Consumer only. Moves up to `buffer.count` messages out, oldest first, and frees their slots with
  /// one store. Returns how many. O(count).
  @inlinable
  public func pop(into buffer: UnsafeMutableBufferPointer<Message>) -> Int {
    guard let target = buffer.baseAddress else { return 0 }
    let first = head.pointee.load(ordering: .relaxed)
    var word = first
    var count = 0
    while count < buffer.count {
      let slot = slot(word)
      // Acquire pairs with the producer's release of the stamp, as in pop.
      if stamp(slot).pointee.load(ordering: .acquiring) != word | 1 { break }
      (target + count).initialize(to: message(slot).pointee)
      word &+= 2
      count &+= 1
    }
    // Release pairs with the producers' acquire of head, as in pop.
    if count > 0 { head.pointee.store(word, ordering: .releasing) }
    return count
  }

  /// Consumer only: whether `pop` would answer a message.
  @inlinable
  public var hasMessage: Bool {
    let word = head.pointee.load(ordering: .relaxed)
    // Acquire as in pop; a caller that is about to sleep puts a full fence before this.
    return stamp(slot(word)).pointee.load(ordering: .acquiring) == word | 1
  }

  /// Consumer only: closed, and every message that was ever reserved has been popped.
  public var isDrained: Bool {
    // Relaxed: closing fixes tail for good, and head is this thread's own.
    tail.pointee.load(ordering: .relaxed) == head.pointee.load(ordering: .relaxed) | 1
  }
}
