import Synchronization

extension SPSCRing {
  /// Producer only. Pushes as many of the messages as there is room for, in order, and publishes
  /// them with one store. Returns how many; the others are counted as refused. O(count).
  @inlinable
  public func push(contentsOf messages: UnsafeBufferPointer<Message>) -> Int {
    guard let source = messages.baseAddress, messages.count > 0 else { return 0 }
    let at = tail.pointee.load(ordering: .relaxed)
    var count = UInt64(messages.count)
    // Sums of counts below 2^63 and a use below 2^26: no overflow.
    if at &- headSeen.pointee &+ count > mark.pointee.load(ordering: .relaxed) {
      count = makeRoom(at, for: count)
    }
    let (first, second) = split(at, Int(count))
    (slots + Int(truncatingIfNeeded: at & mask)).initialize(from: source, count: first)
    slots.initialize(from: source + first, count: second)
    // Release pairs with the consumer's acquire of tail, as in push.
    tail.pointee.store(at &+ count, ordering: .releasing)
    return Int(count)
  }

  /// Consumer only. Moves up to `buffer.count` messages out, oldest first, and frees their slots with
  /// one store. Returns how many. O(count).
  @inlinable
  public func pop(into buffer: UnsafeMutableBufferPointer<Message>) -> Int {
    guard let target = buffer.baseAddress else { return 0 }
    let at = head.pointee.load(ordering: .relaxed)
    if tailSeen.pointee &- at < UInt64(buffer.count) {
      // Acquire pairs with the producer's release of tail, as in pop.
      tailSeen.pointee = tail.pointee.load(ordering: .acquiring)
    }
    let count = min(tailSeen.pointee &- at, UInt64(buffer.count))
    let (first, second) = split(at, Int(count))
    target.initialize(from: slots + Int(truncatingIfNeeded: at & mask), count: first)
    (target + first).initialize(from: slots, count: second)
    // Release pairs with the producer's acquire of head, as in pop.
    head.pointee.store(at &+ count, ordering: .releasing)
    return Int(count)
  }

  /// `count` slots from an index on: those before the end of the memory, those from its beginning.
  @inlinable @inline(__always)
  func split(_ at: UInt64, _ count: Int) -> (Int, Int) {
    let first = min(count, Int(mask) &+ 1 &- Int(truncatingIfNeeded: at & mask))
    return (first, count &- first)
  }
}
