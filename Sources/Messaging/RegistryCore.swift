import Synchronization

/// The memory that a registry and its readers share. A handle: the registry owns what it points to.
@usableFromInline
struct RegistryCore<Value: BitwiseCopyable> {
  typealias Table = UnsafeMutablePointer<RegistryTable<Value>>

  static var mostReaders: Int { 64 }
  /// A reader's word while nobody has it. While its owner is away it is 0.
  static var unused: UInt64 { .max }

  /// Address of the current table.
  @usableFromInline let current: AtomicWord
  /// Goes up by one with each replacement; 1 at first.
  @usableFromInline let epoch: AtomicWord
  private let waiting: AtomicWord
  private let memory: UnsafeMutableRawPointer
  /// Guards the chain of old tables.
  private let monitor: Monitor
  /// The newest old table; each leads to the next older.
  private let retired: UnsafeMutablePointer<Table?>

  init() throws(MessagingError) {
    let empty = try RegistryTable<Value>.make(
      UnsafeBufferPointer(start: nil, count: 0), UnsafeBufferPointer(start: nil, count: 0))
    let line = SharedLines.bytes
    guard let memory = SharedLines.allocate(line * (2 + Self.mostReaders)) else {
      RegistryTable.free(empty)
      throw .outOfMemory
    }
    guard let monitor = Monitor() else {
      SharedLines.release(memory)
      RegistryTable.free(empty)
      throw .outOfMemory
    }
    self.memory = memory
    self.monitor = monitor
    current = memory.makeWord(at: 0, UInt64(UInt(bitPattern: empty)))
    epoch = memory.makeWord(at: 8, 1)
    waiting = memory.makeWord(at: line)
    retired = (memory + line + 8).bindMemory(to: Table?.self, capacity: 1)
    retired.initialize(to: nil)
    for slot in 0..<Self.mostReaders {
      _ = memory.makeWord(at: line * (2 + slot), Self.unused)
    }
  }

  func destroy() {
    freeChain(retired.pointee)
    if let table = Self.table(current.pointee.load(ordering: .acquiring)) {
      RegistryTable.free(table)
    }
    monitor.destroy()
    SharedLines.release(memory)
  }

  @inlinable @inline(__always)
  static func table(_ word: UInt64) -> UnsafeMutablePointer<RegistryTable<Value>>? {
    UnsafeMutablePointer(bitPattern: UInt(truncatingIfNeeded: word))
  }

  var waitingTables: Int { Int(waiting.pointee.load(ordering: .relaxed)) }

  func exchange(_ table: Table) {
    monitor.lock()
    defer { monitor.unlock() }
    // Sequentially consistent, with the loads of the readers' words in `reclaimLocked`: a reader that
    // enters either is seen there or finds the new table (RegistryReader.enter). Its release pairs
    // with the readers' acquire: the table is complete when they have its address.
    let old = current.pointee.exchange(
      UInt64(UInt(bitPattern: table)), ordering: .sequentiallyConsistent)
    // Release pairs with the readers' acquire of epoch: who knows this epoch finds this table.
    let gone = epoch.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue
    if let old = Self.table(old) {
      old.pointee.gone = gone
      old.pointee.older = retired.pointee
      retired.pointee = old
      waiting.pointee.wrappingAdd(1, ordering: .relaxed)
    }
    reclaimLocked()
  }

  func reclaim() {
    monitor.lock()
    reclaimLocked()
    monitor.unlock()
  }

  /// With the lock held. Older tables went earlier, so the chain is cut at one place.
  private func reclaimLocked() {
    let oldest = oldestEpochHeld()
    var last: Table?
    var next = retired.pointee
    while let table = next, table.pointee.gone > oldest {
      last = table
      next = table.pointee.older
    }
    if let last { last.pointee.older = nil } else { retired.pointee = nil }
    freeChain(next)
  }

  private func oldestEpochHeld() -> UInt64 {
    (0..<Self.mostReaders).reduce(UInt64.max) { oldest, index in
      // Sequentially consistent: see `exchange`. Its acquire pairs with the release of refresh and
      // leave: what that reader read has been read before a table is freed.
      let held = readerWord(index).pointee.load(ordering: .sequentiallyConsistent)
      return held == 0 ? oldest : min(oldest, held)
    }
  }

  private func freeChain(_ first: Table?) {
    var next = first
    while let table = next {
      next = table.pointee.older
      RegistryTable.free(table)
      waiting.pointee.wrappingSubtract(1, ordering: .relaxed)
    }
  }

  func takeReaderWord() throws(MessagingError) -> AtomicWord {
    for index in 0..<Self.mostReaders {
      let word = readerWord(index)
      // Acquire pairs with the release of the owner before (RegistryReader.deinit).
      let (taken, _) = word.pointee.compareExchange(
        expected: Self.unused, desired: 0, ordering: .acquiring)
      if taken { return word }
    }
    throw .limit
  }

  private func readerWord(_ index: Int) -> AtomicWord {
    (memory + SharedLines.bytes * (2 + index)).assumingMemoryBound(to: Atomic<UInt64>.self)
  }
}
