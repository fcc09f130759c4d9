import Indicators
import StrategyIR

/// The objects of one running script: arrays, maps, matrices, records and drawings.
///
///     slots   one for each object: its kind and where its cells are; a reference is a slot's number
///     cells   the chunks of all objects, one behind the other; a chunk that is too small is left for a larger one
///
/// What nothing refers to is reclaimed at the beginning of a bar, when enough was made since the last time: the chunks
/// that are still in use then move together. So no cell moves while a bar is calculated but by growth.
///
/// Whatever is in the tables (they may come from a file), no function reads or writes outside of them: `fits` checks
/// a slot once when it is read, the functions check references and indices.
///
/// Belongs to one world.
final class ObjectHeap {
  typealias Slot = Pine.ObjectSlot

  static let longestArray = 100_000
  static let mostPairs = 50_000
  static let mostMatrixCells = 100_000
  /// Cells (8 bytes) that objects in use may have together: 16 MiB.
  static let mostCells = 2 << 20
  /// The same with what a bar makes and leaves.
  static let mostCellsInBar = 8 << 20
  static let mostSlots = 1 << 20
  /// Elements that a bar's functions may go through.
  static let mostWork = 20_000_000
  /// Cells made between two collections, at least.
  static let round = 64 << 10

  /// Where slots and cells are; native code reads it, too.
  let memory: UnsafeMutablePointer<Pine.Objects>
  let texts: TextFunctions
  /// Version 6 counts negative indices from the end.
  let hasNegativeIndices: Bool
  @exclusivity(unchecked) var slotRoom = 64
  @exclusivity(unchecked) var cellRoom = 1_024
  /// Cells that have been given out.
  @exclusivity(unchecked) var used = 0
  /// Slots that are free again; the next one that is taken is the last.
  @exclusivity(unchecked) var free: [Int32] = []
  /// When to collect: cells given out, slots in use.
  @exclusivity(unchecked) var nextRound = round
  @exclusivity(unchecked) var nextSlots = 4_096
  /// Objects in use take more than they may.
  @exclusivity(unchecked) var isOverfull = false
  /// What the newest function that failed has failed of.
  @exclusivity(unchecked) var fault: ObjectFault?
  /// The function at work.
  @exclusivity(unchecked) var function = ObjectFunction.arrayNew
  @exclusivity(unchecked) private var pending: [Int32] = []
  let scratch = ObjectScratch()
  /// Elements gone through on this bar.
  @exclusivity(unchecked) private var work = 0
  /// Numbers of drawings.
  @exclusivity(unchecked) var drawingCount: Int32 = 0
  /// The drawings that are there, by kind, oldest first: they stay, whether or not the script refers to them.
  @exclusivity(unchecked) var drawn: [[Int32]] = DrawingKind.allCases.map { _ in [] }
  /// `max_lines_count` and its like, by kind.
  let mostDrawings: [Int]
  /// Where a kind has no limit of its own.
  static let usualDrawings = 100

  init(texts: TextFunctions, languageVersion: UInt8, mostDrawings: [Int] = []) {
    self.texts = texts
    self.mostDrawings = mostDrawings
    hasNegativeIndices = languageVersion >= 6
    memory = .allocate(capacity: 1)
    let slots = UnsafeMutablePointer<Slot>.allocate(capacity: slotRoom)
    let cells = UnsafeMutablePointer<Double>.allocate(capacity: cellRoom)
    memory.initialize(to: Pine.Objects(slots: slots, cells: cells, slotCount: 0))
  }

  deinit {
    memory.pointee.slots.deallocate()
    memory.pointee.cells.deallocate()
    memory.deallocate()
  }

  var slots: UnsafeMutablePointer<Slot> { memory.pointee.slots }
  var cells: UnsafeMutablePointer<Double> { memory.pointee.cells }
  var slotCount: Int { memory.pointee.slotCount }

  /// As before the first bar.
  func reset() {
    memory.pointee.slotCount = 0
    used = 0
    free.removeAll(keepingCapacity: true)
    nextRound = Self.round
    nextSlots = 4_096
    isOverfull = false
    fault = nil
    drawingCount = 0
    for kind in drawn.indices { drawn[kind].removeAll(keepingCapacity: true) }
  }

  /// Before a bar.
  func begin() { work = 0 }

  /// Counts elements that a function goes through; false, and a fault, when there were too many on this bar.
  func spend(_ elements: Int) -> Bool {
    work += elements
    if work <= Self.mostWork { return true }
    fail(.work)
    return false
  }

  // MARK: Faults

  /// Notes why the script stops; answers na.
  @discardableResult
  func fail(_ kind: ObjectFault.Kind) -> Double {
    if fault == nil { fault = ObjectFault(function: function, kind: kind) }
    return .nan
  }

  // MARK: Objects

  /// The slot of an object of the kind; nil, and a fault, for na.
  func find(_ reference: Double, _ kind: UInt8) -> Int? {
    let slot = Pine.Reference.slot(reference, of: slotCount)
    guard slot >= 0, slots[slot].kind == kind else {
      fail(.missing)
      return nil
    }
    return slot
  }

  /// A new object with room for so many cells, which have no values yet; nil, and a fault, where there is no room.
  func make(_ kind: UInt8, room: Int) -> Int? {
    guard let base = allocate(room) else { return nil }
    var slot = slotCount
    if let again = free.popLast() {
      slot = Int(again)
    } else {
      guard slotCount < Self.mostSlots else {
        fail(.room)
        return nil
      }
      if slotCount == slotRoom { growSlots() }
      slots[slot] = Slot(kind: Slot.free)
      memory.pointee.slotCount += 1
    }
    slots[slot] = Slot(kind: kind)
    (slots[slot].base, slots[slot].room, slots[slot].start) = (Int32(base), Int32(room), Int32(base))
    return slot
  }

  /// Room for so many cells: the first one's number. It may move all cells.
  func allocate(_ count: Int) -> Int? {
    guard !isOverfull, count >= 0, used + count <= Self.mostCellsInBar else {
      fail(.room)
      return nil
    }
    if used + count > cellRoom {
      var room = cellRoom
      while room < used + count { room *= 2 }
      let moved = UnsafeMutablePointer<Double>.allocate(capacity: room)
      moved.update(from: cells, count: used)
      cells.deallocate()
      memory.pointee.cells = moved
      cellRoom = room
    }
    defer { used += count }
    return used
  }

  private func growSlots() {
    let moved = UnsafeMutablePointer<Slot>.allocate(capacity: slotRoom * 2)
    moved.update(from: slots, count: slotCount)
    slots.deallocate()
    memory.pointee.slots = moved
    slotRoom *= 2
  }

  /// Tables of this size, whose slots and cells have no values yet, in the place of what was there.
  func provide(slots: Int, cells: Int) {
    if slots > slotRoom {
      self.slots.deallocate()
      memory.pointee.slots = .allocate(capacity: slots)
      slotRoom = slots
    }
    if cells > cellRoom {
      self.cells.deallocate()
      memory.pointee.cells = .allocate(capacity: cells)
      cellRoom = cells
    }
    memory.pointee.slotCount = slots
  }

  /// Makes room for `count` elements from `start` on in an object's chunk, whose elements may move. False, and a
  /// fault, where there is none. O(elements) when it has to move them, which doubles their room.
  func reserve(_ slot: Int, _ count: Int) -> Bool {
    let object = slots[slot]
    if Int(object.start) + count <= Int(object.base) + Int(object.room) { return true }
    let kept = Int(object.count)
    // Elements that went at the beginning have left room.
    if Int(object.room) >= 2 * count {
      (cells + Int(object.base)).update(from: cells + Int(object.start), count: kept)
      slots[slot].start = object.base
      return true
    }
    let room = max(8, 2 * count)
    guard let base = allocate(room) else { return false }
    (cells + base).update(from: cells + Int(object.start), count: kept)
    (slots[slot].base, slots[slot].start, slots[slot].room) = (Int32(base), Int32(base), Int32(room))
    return true
  }

  // MARK: Reclaiming

  var needsCollection: Bool { used > nextRound || slotCount - free.count > nextSlots }

  /// Reclaims what neither the roots nor objects in use refer to. O(cells in use + roots).
  func collect(_ roots: [UnsafeBufferPointer<Double>]) {
    for i in 0..<slotCount { slots[i].isMarked = false }
    for root in roots { mark(root) }
    for slot in drawn.joined() { mark(slot: Int(slot)) }
    while let slot = pending.popLast() {
      let object = slots[Int(slot)]
      switch object.kind {
      case Slot.slice: mark(slot: Int(object.detail))
      case Slot.map: mark(values(from: object.start, 2 * Int(object.count)))
      default: mark(values(from: object.start, Int(object.count)))
      }
    }
    compact()
  }

  private func mark(_ values: UnsafeBufferPointer<Double>) {
    for value in values where value >= Pine.Reference.first {
      let slot = Pine.Reference.slot(value, of: slotCount)
      if slot >= 0 { mark(slot: slot) }
    }
  }

  private func values(from start: Int32, _ count: Int) -> UnsafeBufferPointer<Double> {
    UnsafeBufferPointer(start: cells + Int(start), count: count)
  }

  private func mark(slot: Int) {
    guard slot >= 0, slot < slotCount, slots[slot].kind != Slot.free, !slots[slot].isMarked else { return }
    slots[slot].isMarked = true
    pending.append(Int32(slot))
  }

  /// The chunks in use, in their order, without gaps.
  private func compact() {
    free.removeAll(keepingCapacity: true)
    var inUse: [(base: Int32, slot: Int)] = []
    for slot in (0..<slotCount).reversed() {
      if slots[slot].isMarked {
        inUse.append((slots[slot].base, slot))
      } else {
        slots[slot].kind = Slot.free
        (slots[slot].base, slots[slot].room, slots[slot].start, slots[slot].count) = (0, 0, 0, 0)
        free.append(Int32(slot))
      }
    }
    inUse.sort { $0.base < $1.base }
    var end: Int32 = 0
    for (base, slot) in inUse where slots[slot].kind != Slot.slice {
      if base != end {
        (cells + Int(end)).update(from: cells + Int(base), count: Int(slots[slot].room))
        slots[slot].start -= base - end
        slots[slot].base = end
      }
      end += slots[slot].room
    }
    used = Int(end)
    nextRound = used + max(used, Self.round)
    nextSlots = 2 * max(inUse.count, 2_048)
    isOverfull = used > Self.mostCells
  }
}
