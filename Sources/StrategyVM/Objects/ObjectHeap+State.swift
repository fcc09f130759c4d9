import Indicators
import StrategyIR

/// The heap in a snapshot.
///
///     slots, cells given out, when to collect, drawings made
///     each slot: kind and types | where its chunk begins; its room, first cell; count, detail; the rest
///     each chunk's values that are in use, in the order of the slots
///
/// Only values in use are written, so equal heaps have equal snapshots. A heap that is read has every chunk inside of
/// the cells and for itself, so that no function can reach outside of them; else it is as before the first bar, and
/// the reader says so.
extension ObjectHeap {
  func write(_ writer: inout StateWriter) {
    for x in [slotCount, used, nextRound, nextSlots, isOverfull ? 1 : 0, Int(drawingCount)] { writer.count(x) }
    for i in 0..<slotCount {
      let slot = slots[i]
      writer.count(Int(slot.kind) | Int(slot.element) << 8 | Int(slot.key) << 16 | Int(slot.base) << 32)
      for (low, high) in [(slot.room, slot.start), (slot.count, slot.detail), (slot.extra, slot.reserved)] {
        writer.count(Int(UInt32(bitPattern: low)) | Int(high) << 32)
      }
    }
    for i in 0..<slotCount {
      let first = Int(slots[i].start)
      for cell in first..<first + slots[i].valueCount { writer.double(cells[cell]) }
    }
  }

  func read(_ reader: inout StateReader) {
    reset()
    let slots = reader.integer()
    let used = reader.integer()
    nextRound = reader.integer()
    nextSlots = reader.integer()
    isOverfull = reader.integer() != 0
    drawingCount = Int32(truncatingIfNeeded: reader.integer())
    // A slot takes four numbers.
    guard reader.isValid, (0...min(Self.mostSlots, reader.left / 32)).contains(slots),
      (0...Self.mostCellsInBar).contains(used), nextRound >= 0, nextSlots >= 0
    else { return refuse(&reader) }
    provide(slots: slots, cells: used)
    for i in 0..<slots { self.slots[i] = Slot(&reader) }
    guard reader.isValid, fits(cells: used) else { return refuse(&reader) }
    for i in 0..<slots {
      let first = Int(self.slots[i].start)
      for cell in first..<first + self.slots[i].valueCount { cells[cell] = reader.double() }
    }
    guard reader.isValid else { return refuse(&reader) }
    self.used = used
    for i in (0..<slots).reversed() {
      if self.slots[i].kind == Slot.free { free.append(Int32(i)) }
      if self.slots[i].kind == Slot.map { rebuildIndex(i) }
    }
    listDrawings()
  }

  /// All objects, to go back to.
  func saved() -> [UInt8] {
    var writer = StateWriter(room: 8 * used + 64)
    write(&writer)
    return writer.bytes
  }

  func restore(_ bytes: [UInt8]) {
    var reader = StateReader(bytes)
    read(&reader)
  }

  /// Those that are there, by their numbers: oldest first.
  private func listDrawings() {
    let live = (0..<slotCount).filter { slots[$0].kind == Slot.drawing && slots[$0].extra >= 0 }
    for slot in live.sorted(by: { slots[$0].extra < slots[$1].extra }) {
      let kind = Int(slots[slot].detail)
      if drawn.indices.contains(kind) { drawn[kind].append(Int32(slot)) }
    }
  }

  private func refuse(_ reader: inout StateReader) {
    reader.fail()
    reset()
  }

  // MARK: What may be in the tables

  /// Every slot by itself, the arrays of slices, and that no two chunks have a cell together.
  private func fits(cells used: Int) -> Bool {
    var chunks: [(base: Int, end: Int)] = []
    for i in 0..<slotCount {
      let slot = slots[i]
      guard slot.fits(cells: used) else { return false }
      if slot.kind == Slot.slice {
        let array = Int(slot.detail)
        guard (0..<slotCount).contains(array), slots[array].kind == Slot.array else { return false }
      } else if slot.room > 0 {
        chunks.append((Int(slot.base), Int(slot.base) + Int(slot.room)))
      }
    }
    chunks.sort { $0.base < $1.base }
    return zip(chunks, chunks.dropFirst()).allSatisfy { $0.end <= $1.base }
  }
}

extension Pine.ObjectSlot {
  /// Cells in use.
  fileprivate var valueCount: Int {
    switch kind {
    case Self.free, Self.slice: 0
    case Self.map: 2 * Int(count)
    default: Int(count)
    }
  }

  fileprivate init(_ reader: inout StateReader) {
    let words = (0..<4).map { _ in reader.integer() }
    func low(_ x: Int) -> Int32 { Int32(truncatingIfNeeded: x) }
    func high(_ x: Int) -> Int32 { Int32(truncatingIfNeeded: x >> 32) }
    self.init(kind: UInt8(truncatingIfNeeded: words[0]))
    element = UInt8(truncatingIfNeeded: words[0] >> 8)
    key = UInt8(truncatingIfNeeded: words[0] >> 16)
    base = high(words[0])
    (room, start) = (low(words[1]), high(words[1]))
    (count, detail) = (low(words[2]), high(words[2]))
    (extra, reserved) = (low(words[3]), high(words[3]))
  }

  /// Whether the chunk lies in so many cells, and its values in the chunk.
  fileprivate func fits(cells: Int) -> Bool {
    let (base, room, start, count) = (Int(base), Int(room), Int(start), Int(count))
    guard kind <= Self.drawing, ValueType(rawValue: element) != nil, ValueType(rawValue: key) != nil,
      base >= 0, room >= 0, start >= 0, count >= 0, room == 0 || base + room <= cells
    else { return false }
    switch kind {
    case Self.free: return room == 0 && count == 0
    case Self.slice: return room == 0 && start + count <= ObjectHeap.longestArray
    case Self.map:
      let size = Int(reserved)
      let isIndexed = size > 0 && size & (size - 1) == 0 && size >= 2 * count
      return start == base && count <= ObjectHeap.mostPairs && (isIndexed || (size == 0 && count <= 8))
        && size <= room && 2 * count <= room - size
    default: break
    }
    guard start >= base, start + count <= base + room else { return false }
    switch kind {
    case Self.array: return count <= ObjectHeap.longestArray
    case Self.matrix:
      let sides = 0...Int32(ObjectHeap.mostMatrixCells)
      return sides.contains(detail) && sides.contains(extra) && count <= ObjectHeap.mostMatrixCells
        && Int(detail) * Int(extra) == count
    default: return true
    }
  }
}
