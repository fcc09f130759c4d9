import CFxaot
import Messaging

/// Maps refs to slots that are added and removed one by one: a minimal perfect hash of most refs and a short
/// list of the newest. Ref 0 is never in it.
///
/// A hash is built of all its keys at once. So that adding one does not cost a building each time,
/// new ones wait in the list, which is searched when the hash does not know a ref, until they are an
/// eighth of the others.
struct SlotTable: ~Copyable {
  // Internal: a private type in a non-copyable struct crashes the compiler (6.3.1) in debug builds.
  struct Entry: BitwiseCopyable {
    let ref: UInt64
    let slot: Int
  }

  private var hash: PerfectHash
  /// By the hash's number of a ref; −1 for one that was removed.
  private var slots = Slab<Int>()
  private var newest = Slab<Entry>()

  /// An empty table. Fails with FXAOT_OUT_OF_MEMORY.
  init() throws(EngineError) {
    try self.init(Slab<Entry>())
  }

  private init(_ entries: borrowing Slab<Entry>) throws(EngineError) {
    let all = entries.elements
    let index = try Engine.index(all.count) { all[$0].ref }
    guard slots.reserve(all.count) else { throw EngineError(FXAOT_OUT_OF_MEMORY) }
    for entry in all { _ = slots.append(entry.slot) }
    hash = index
  }

  /// The slot of a ref, or −1. O(1); O(refs / 8) for one of the newest, and for one not in the table.
  func slot(of ref: UInt64) -> Int {
    let number = hash.slot(of: ref)
    if number >= 0 { return slots.base[number] }
    return newest.elements.first { $0.ref == ref }?.slot ?? -1
  }

  /// Adds a ref that is not in the table and not 0. Fails with FXAOT_OUT_OF_MEMORY and then changes nothing.
  /// O(1) on average over many.
  mutating func insert(_ ref: UInt64, _ slot: Int) throws(EngineError) {
    let number = hash.slot(of: ref)
    if number >= 0 {  // it has been removed before
      slots.base[number] = slot
      return
    }
    guard newest.append(Entry(ref: ref, slot: slot)) else {
      throw EngineError(FXAOT_OUT_OF_MEMORY)
    }
    if newest.count <= Self.fewest + slots.count / 8 { return }
    do {
      self = try with(Slab<Entry>())
    } catch {
      newest.remove(at: newest.count - 1)
      throw error
    }
  }

  /// A list this short is searched as fast as the hash.
  private static var fewest: Int { 8 }

  /// A table of these refs and more, none of which is in it or 0. Fails with FXAOT_OUT_OF_MEMORY.
  /// O(refs) on average.
  func with(_ more: borrowing Slab<Entry>) throws(EngineError) -> SlotTable {
    var entries = Slab<Entry>()
    guard entries.reserve(slots.count + newest.count + more.count) else {
      throw EngineError(FXAOT_OUT_OF_MEMORY)
    }
    for (number, slot) in slots.elements.enumerated() where slot >= 0 {
      if let ref = hash.key(at: number) { _ = entries.append(Entry(ref: ref, slot: slot)) }
    }
    for entry in newest.elements { _ = entries.append(entry) }
    for entry in more.elements { _ = entries.append(entry) }
    return try SlotTable(entries)
  }

  /// Takes a ref out, if it is in. Needs no memory. O(1) or O(refs / 8).
  mutating func remove(_ ref: UInt64) {
    let number = hash.slot(of: ref)
    if number >= 0 {
      slots.base[number] = -1
    } else {
      newest.removeAll { $0.ref == ref }
    }
  }
}
