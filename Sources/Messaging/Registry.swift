import Synchronization

/// Keys to values, read without locks by any number of threads and replaced as a whole while they read.
///
/// A reader announces itself, reads as often as it likes, and says when it holds nothing any more; a
/// look-up itself costs no more than the hash. A table that was replaced is freed once every reader
/// that could have seen it has said so (epochs; quiescent-state-based reclamation, McKenney and
/// Slingwine 1998):
///
///     epoch      7 ─────────── 8 ────────────────────────────▶     replace: new pointer, then epoch 8
///     reader A   7 ───── look-ups ─────┤8 ──                       refresh: "nothing older than 8"
///     reader B   7 ─┤0                                             leave: "nothing at all"
///                               old table freed after A says 8
public struct Registry<Value: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
  /// Readers at one time.
  public static var mostReaders: Int { RegistryCore<Value>.mostReaders }

  private let core: RegistryCore<Value>

  /// An empty registry. Throws `.outOfMemory`.
  public init() throws(MessagingError) { core = try RegistryCore() }

  /// No reader may be left.
  deinit { core.destroy() }

  /// Puts a new table in place of the old one: `keys[i]` has `values[i]`. Readers find either the one
  /// or the other. From any thread; two replacements wait for each other. Throws `.duplicateKey`,
  /// `.limit` (2^24 keys, or counts that differ) or `.outOfMemory`, and has then changed nothing.
  public func replace(
    keys: UnsafeBufferPointer<UInt64>, values: UnsafeBufferPointer<Value>
  ) throws(MessagingError) {
    guard keys.count == values.count else { throw .limit }
    core.exchange(try RegistryTable.make(keys, values))
  }

  /// A place among the readers, for one thread at a time. Throws `.limit` when all are taken.
  public func makeReader() throws(MessagingError) -> RegistryReader<Value> {
    try RegistryReader(core)
  }

  /// Frees the old tables that no reader can hold, as `replace` and the readers' `leave` do too. From
  /// any thread. O(readers + old tables).
  public func reclaim() { core.reclaim() }

  /// Old tables that wait for their last reader. From any thread.
  public var waitingTables: Int { core.waitingTables }
}

/// One thread's way to look up in a registry, which must outlive it.
///
/// `enter`, look-ups, `leave`; between look-ups a thread that never leaves calls `refresh` now and then
/// (a worker: once a turn), or old tables stay for ever.
public struct RegistryReader<Value: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
  @usableFromInline let core: RegistryCore<Value>
  /// The epoch whose table, or a newer one, is all this reader may hold; 0 outside enter … leave.
  @usableFromInline let word: AtomicWord

  init(_ core: RegistryCore<Value>) throws(MessagingError) {
    self.core = core
    word = try core.takeReaderWord()
  }

  deinit {
    leave()
    // Release pairs with the acquire of the next owner's exchange in takeReaderWord.
    word.pointee.store(RegistryCore<Value>.unused, ordering: .releasing)
  }

  /// Values may be read from here on.
  public func enter() {
    let epoch = core.epoch.pointee.load(ordering: .acquiring)
    // Sequentially consistent, as the exchange of the table and the loads of this word in `exchange`
    // and `reclaim`: either they see this word, or the look-ups below see the new table.
    word.pointee.store(epoch, ordering: .sequentiallyConsistent)
  }

  /// The value of a key, nil when it has none; nil outside enter … leave. O(1).
  @inlinable @inline(__always)
  public func value(of key: UInt64) -> Value? {
    // Relaxed: this thread wrote it.
    if word.pointee.load(ordering: .relaxed) == 0 { return nil }
    // Sequentially consistent (a plain load on x86-64 and arm64's ldar): see `enter`. Its acquire
    // pairs with the release in `exchange`: the table is complete.
    guard
      let table = RegistryCore<Value>.table(
        core.current.pointee.load(ordering: .sequentiallyConsistent))
    else { return nil }
    let slot = table.pointee.hash.slot(of: key)
    return slot < 0 ? nil : table.pointee.values[slot]
  }

  /// Nothing that was read before is held any more; look-ups go on.
  @inlinable @inline(__always)
  public func refresh() {
    if word.pointee.load(ordering: .relaxed) == 0 { return }
    // Acquire pairs with the release of epoch in `exchange`: the next look-up finds that table.
    let epoch = core.epoch.pointee.load(ordering: .acquiring)
    // Release pairs with the acquire in `reclaim`: the look-ups before are done.
    word.pointee.store(epoch, ordering: .releasing)
  }

  /// Nothing is held and nothing will be read. A reader that held on to an old epoch frees what waited
  /// for it; one that was up to date takes no lock, or readers that come and go would keep `replace`
  /// from it.
  public func leave() {
    // Relaxed: this thread wrote it, and the epoch is compared only.
    let held = word.pointee.load(ordering: .relaxed)
    if held == 0 { return }
    // Release pairs with the acquire in `reclaim`: the look-ups before are done.
    word.pointee.store(0, ordering: .releasing)
    let isOld = held < core.epoch.pointee.load(ordering: .relaxed)
    if isOld && core.waitingTables > 0 { core.reclaim() }
  }
}
