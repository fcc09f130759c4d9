import CFxaot
import CThread
import Messaging
import Synchronization

/// Which actor has which instrument, for senders on any thread. Routes are replaced while quotes
/// flow, without a lock on the senders' side.
///
///     sender   take a reader ▶ enter ▶ look up ▶ push to that actor's mailbox ▶ leave
///     mover    pause the new actor ▶ replace the routes ▶ wait for the readers that are in
///              ▶ the old actor handles what it has ▶ the instrument moves ▶ the new one goes on
///
/// A sender pushes before it leaves. So after the mover's wait, all quotes of the old route are in the old
/// mailbox, and every later quote goes to the new one.
public struct EngineRouter: ~Copyable, @unchecked Sendable {
  public typealias Destination = UnsafeMutablePointer<EngineActor>

  private let registry: Registry<UInt64>
  /// All readers of the registry, each on a cache line of its own; a sender takes a free one for a push.
  private let readers: UnsafeMutableRawPointer
  private let unknownCount: AtomicWord

  struct Reader: ~Copyable {
    /// 1 while a sender has it.
    let taken = Atomic<UInt64>(0)
    let registry: RegistryReader<UInt64>
  }

  /// Throws `.outOfMemory`.
  public init() throws(MessagingError) {
    let registry = try Registry<UInt64>()
    let bytes = Self.readerCount * Self.readerBytes
    guard let memory = SharedLines.allocate(bytes + SharedLines.bytes) else { throw .outOfMemory }
    for index in 0..<Self.readerCount {
      let place = (memory + index * Self.readerBytes).bindMemory(to: Reader.self, capacity: 1)
      // Nobody else makes readers of this registry, so the number is as asked for.
      place.initialize(to: Reader(registry: try registry.makeReader()))
    }
    self.registry = registry
    readers = memory
    unknownCount = memory.makeWord(at: bytes)
  }

  /// Quotes that had no route.
  public var unknown: UInt64 { unknownCount.pointee.load(ordering: .relaxed) }

  /// No thread may still send.
  deinit {
    for index in 0..<Self.readerCount { reader(index).deinitialize(count: 1) }
    SharedLines.release(readers)
  }

  /// Makes a router at a fixed address; free it with `destroy`.
  public static func make() throws(MessagingError) -> UnsafeMutablePointer<EngineRouter> {
    let router = try EngineRouter()
    guard let place = SharedLines.allocate(MemoryLayout<EngineRouter>.size) else {
      throw .outOfMemory
    }
    let pointer = place.bindMemory(to: EngineRouter.self, capacity: 1)
    pointer.initialize(to: router)
    return pointer
  }

  public static func destroy(_ router: UnsafeMutablePointer<EngineRouter>) {
    router.deinitialize(count: 1)
    SharedLines.release(UnsafeMutableRawPointer(router))
  }

  private static var readerCount: Int { Registry<UInt64>.mostReaders }
  private static var readerBytes: Int { SharedLines.bytes }

  private func reader(_ index: Int) -> UnsafeMutablePointer<Reader> {
    (readers + index * Self.readerBytes).assumingMemoryBound(to: Reader.self)
  }

  /// Replaces the routes and waits for the senders that still use the old ones. One thread at a time. Throws
  /// `.duplicateKey`, `.limit` or `.outOfMemory`; then nothing has changed.
  public func setRoutes(_ routes: UnsafeBufferPointer<fxaot_route>) throws(MessagingError) {
    var keys: [UInt64] = []
    var values: [UInt64] = []
    for route in routes {
      let address = UInt64(UInt(bitPattern: route.actor))
      keys += [route.symbol, Self.key(ofRef: route.symbol_ref)]
      values += [address, address]
    }
    let result = keys.withUnsafeBufferPointer { keys in
      values.withUnsafeBufferPointer { values in
        Result { () throws(MessagingError) in try registry.replace(keys: keys, values: values) }
      }
    }
    try result.get()
    while registry.waitingTables > 0 {
      fxaot_pause()
      registry.reclaim()
    }
  }

  /// Symbol keys are text and refs are not. Only the hashed key of a name of more than 8 bytes could equal a
  /// ref; `setRoutes` then throws `.duplicateKey`.
  private static func key(ofRef ref: UInt64) -> UInt64 { ~ref }

  // MARK: Sending

  /// Returns nil, and counts the quote, when no actor has the instrument.
  public func send(ref: UInt64, _ quote: fxaot_quote, entry: UInt64) -> SendOutcome? {
    let outcome: SendOutcome? = withReader { reader in
      Self.destination(reader.value(of: Self.key(ofRef: ref))).map {
        $0.pointee.send(ref: ref, quote, entry: entry)
      }
    }
    if outcome == nil { unknownCount.pointee.wrappingAdd(1, ordering: .relaxed) }
    return outcome
  }

  /// Sends packed records in order, up to the first that finds no room or a stopped actor. Counts and skips
  /// records without a route. Returns how many were sent or skipped. O(count).
  public func send(records: UnsafeRawPointer, count: Int, isReplay: Bool = false)
    -> (done: Int, SendOutcome)
  {
    var done = 0
    while done < count {
      let run = Self.runLength(records, from: done, count)
      let first = records + done * MemoryLayout<fxaot_quote>.stride
      let symbol = first.loadUnaligned(as: fxaot_quote.self).symbol
      let (sent, isStopped): (Int?, Bool) = withReader { reader in
        guard let actor = Self.destination(reader.value(of: symbol)) else { return (nil, false) }
        let sent = actor.pointee.send(records: first, count: run, isReplay: isReplay)
        return (sent, actor.pointee.isStopped)
      }
      done += sent ?? run
      if let sent, sent < run { return (done, isStopped ? .stopped : .full) }
      if sent == nil { unknownCount.pointee.wrappingAdd(UInt64(run), ordering: .relaxed) }
    }
    return (done, .accepted)
  }

  /// Length of the run of records with one symbol, limited to what one push takes.
  private static func runLength(_ records: UnsafeRawPointer, from first: Int, _ count: Int) -> Int {
    func symbol(_ index: Int) -> UInt64 {
      (records + index * MemoryLayout<fxaot_quote>.stride).loadUnaligned(as: fxaot_quote.self)
        .symbol
    }
    let end = min(count, first + 256)
    return ((first + 1)..<max(first + 1, end)).first { symbol($0) != symbol(first) }.map {
      $0 - first
    } ?? end - first
  }

  private static func destination(_ address: UInt64?) -> Destination? {
    address.flatMap { Destination(bitPattern: UInt(truncatingIfNeeded: $0)) }
  }

  /// Gives this thread a reader of its own while `body` runs. Threads begin their search at different
  /// readers.
  @inline(__always)
  private func withReader<Answer>(_ body: (borrowing RegistryReader<UInt64>) -> Answer) -> Answer {
    var index = Int(truncatingIfNeeded: (currentThreadNumber() &* 0x9E37_79B9_7F4A_7C15) >> 58)
    // Acquire pairs with the release below: the reader is this thread's alone.
    while reader(index).pointee.taken.exchange(1, ordering: .acquiring) != 0 {
      index = (index + 1) % Self.readerCount
    }
    let reader = reader(index)
    reader.pointee.registry.enter()
    let answer = body(reader.pointee.registry)
    reader.pointee.registry.leave()
    reader.pointee.taken.store(0, ordering: .releasing)
    return answer
  }
}
