import Synchronization

extension MPSCRing {
  /// From any thread. False, and counted, when the ring is full; false when it is closed. O(1).
  @inlinable @inline(__always)
  public func push(_ message: Message) -> Bool { offer(message) == .accepted }

  /// From any thread: `push` that returns the reason. O(1), repeated when another producer was quicker.
  @inlinable @inline(__always)
  public func offer(_ message: Message) -> PushOutcome {
    let (word, count) = reserve(1)
    if count == 0 { return word & 1 == 0 ? .full : .closed }
    write(message, word)
    return .accepted
  }

  /// From any thread. Pushes as many of the messages as there is room for, in order and with no
  /// other's between them. Returns how many; those that found the ring full are counted as refused.
  @inlinable
  public func push(contentsOf messages: UnsafeBufferPointer<Message>) -> Int {
    if messages.isEmpty { return 0 }
    let (first, count) = reserve(messages.count)
    var word = first
    for index in 0..<count {
      write(messages[index], word)
      word &+= 2
    }
    return count
  }

  /// Refuses further pushes; pushed messages can still be popped. From any thread, more
  /// than once.
  public func close() {
    // Relaxed: the bit orders nothing but tail itself, and every reservation reads tail.
    tail.pointee.bitwiseOr(1, ordering: .relaxed)
  }

  public var isClosed: Bool { tail.pointee.load(ordering: .relaxed) & 1 == 1 }

  /// Takes up to `wanted` neighbouring slots. Returns tail's word (odd: closed) and how many.
  @inlinable @inline(__always)
  func reserve(_ wanted: Int) -> (word: UInt64, count: Int) {
    // Relaxed: a stale word only makes the exchange below fail.
    var word = tail.pointee.load(ordering: .relaxed)
    while true {
      if word & 1 == 1 { return (word, 0) }
      // Acquire pairs with the release of headSeen by the producer that read head.
      var used = distance(word, headSeen.pointee.load(ordering: .acquiring))
      var count = wanted
      let high = mark.pointee.load(ordering: .relaxed)
      // Nothing overflows: |used| < 2^62 (or word is stale), wanted is a buffer's count.
      let isHigh = used &+ wanted > Int(truncatingIfNeeded: high)
      if isHigh {
        used = look(word)
        count = min(wanted, Int(mask) &+ 1 &- used)
        if count <= 0 {
          refused.pointee.wrappingAdd(UInt64(wanted), ordering: .relaxed)
          return (word, 0)
        }
      }
      // Relaxed: that the slots are free was learnt from head (acquired above), and that they are
      // written is told by their stamps; the exchange only gives out each word once.
      let (won, now) = tail.pointee.weakCompareExchange(
        expected: word, desired: word &+ UInt64(count) &* 2, ordering: .relaxed)
      if won {
        if isHigh { record(used &+ count, refusing: wanted &- count) }
        return (word, count)
      }
      word = now
    }
  }

  /// Messages between two words; negative when `word` is stale and the consumer beyond it.
  @inlinable @inline(__always)
  func distance(_ word: UInt64, _ head: UInt64) -> Int {
    Int(truncatingIfNeeded: Int64(bitPattern: word &- head) >> 1)
  }

  /// Reads the consumer's index for all producers.
  @usableFromInline @inline(never)
  func look(_ word: UInt64) -> Int {
    // Acquire pairs with the consumer's release of head: what it freed has been read.
    let freed = head.pointee.load(ordering: .acquiring)
    // Release pairs with the acquire of headSeen in reserve: a reader of the copy also sees the writes
    // acquired here. A slower producer may write an older value back; that costs another read.
    headSeen.pointee.store(freed, ordering: .releasing)
    return distance(word, freed)
  }

  @usableFromInline @inline(never)
  func record(_ used: Int, refusing count: Int) {
    // Relaxed: statistics, and only the values matter.
    mark.pointee.max(UInt64(used), ordering: .relaxed)
    if count > 0 { refused.pointee.wrappingAdd(UInt64(count), ordering: .relaxed) }
  }

  @inlinable @inline(__always)
  func write(_ content: Message, _ word: UInt64) {
    let slot = slot(word)
    message(slot).initialize(to: content)
    // Release pairs with the consumer's acquire of the stamp: it sees the message before it.
    stamp(slot).pointee.store(word | 1, ordering: .releasing)
  }
}
