import Indicators
import StrategyIR

/// Maps.
///
///     key value  key value …   in the order of insertion, from the chunk's first cell on
///     …  number  number  …     the index, at the chunk's end: numbers of pairs from 1 on, 0 is free
///
/// A map of more than eight pairs has an index: open addressing, a power of two of at least twice the pairs that the
/// chunk has room for; `reserved` is its size. Keys are equal when their values are; na is a key like others.
extension ObjectHeap {
  private static let pairsWithoutIndex = 8

  func map(_ function: ObjectFunction, _ a: Arguments) -> Double {
    if function == .mapNew { return newMap(a[0], a[1]) }
    guard let map = find(a[0], Slot.map) else { return .nan }
    switch function {
    case .mapCopy: return copy(map: map)
    case .mapPut: return put(map, a[1], a[2])
    case .mapPutAll: return putAll(map, a[1])
    case .mapGet: return pair(map, a[1]).map { cells[$0 + 1] } ?? missing(slots[map].element)
    case .mapContains: return pair(map, a[1]) == nil ? 0 : 1
    case .mapRemove: return remove(map, a[1])
    case .mapSize: return Double(slots[map].count)
    case .mapClear:
      slots[map].count = 0
      clearIndex(map)
      return .nan
    case .mapKeys: return column(map, 0, slots[map].key)
    case .mapValues: return column(map, 1, slots[map].element)
    default:
      guard let place = place(a[1], of: Int(slots[map].count)) else { return .nan }
      return cells[Int(slots[map].start) + 2 * place + (function == .mapKeyAt ? 0 : 1)]
    }
  }

  private func newMap(_ key: Double, _ value: Double) -> Double {
    guard let keys = type(key), let values = type(value), let map = make(Slot.map, room: 2 * Self.pairsWithoutIndex)
    else { return .nan }
    (slots[map].key, slots[map].element) = (keys, values)
    return Pine.Reference.of(map)
  }

  private func copy(map old: Int) -> Double {
    guard let map = make(Slot.map, room: Int(slots[old].room)) else { return .nan }
    let start = slots[map].start
    (cells + Int(start)).update(from: cells + Int(slots[old].start), count: Int(slots[old].room))
    slots[map] = slots[old]
    (slots[map].base, slots[map].start) = (start, start)
    return Pine.Reference.of(map)
  }

  /// All keys or all values.
  private func column(_ map: Int, _ offset: Int, _ element: UInt8) -> Double {
    let count = Int(slots[map].count)
    guard let slot = makeArray(element, count) else { return .nan }
    let source = cells + Int(slots[map].start) + offset
    let target = cells + Int(slots[slot].start)
    for i in 0..<count { target[i] = source[2 * i] }
    return Pine.Reference.of(slot)
  }

  // MARK: Pairs

  private func put(_ map: Int, _ key: Double, _ value: Double) -> Double {
    if let cell = pair(map, key) {
      let old = cells[cell + 1]
      cells[cell + 1] = value
      return old
    }
    let count = Int(slots[map].count)
    guard count < Self.mostPairs else { return fail(.size(Double(count + 1), most: Self.mostPairs)) }
    if !hasRoom(map, count + 1), !grow(map) { return .nan }
    let cell = Int(slots[map].start) + 2 * count
    (cells[cell], cells[cell + 1]) = (key, value)
    slots[map].count += 1
    note(map, count)
    return missing(slots[map].element)
  }

  private func putAll(_ map: Int, _ other: Double) -> Double {
    guard let other = find(other, Slot.map), spend(Int(slots[other].count)) else { return .nan }
    // Its own pairs would change nothing.
    for i in 0..<(other == map ? 0 : Int(slots[other].count)) {
      let cell = Int(slots[other].start) + 2 * i
      _ = put(map, cells[cell], cells[cell + 1])
      if fault != nil { break }
    }
    return .nan
  }

  private func remove(_ map: Int, _ key: Double) -> Double {
    guard let cell = pair(map, key) else { return missing(slots[map].element) }
    let value = cells[cell + 1]
    let end = Int(slots[map].start) + 2 * Int(slots[map].count)
    (cells + cell).update(from: cells + cell + 2, count: end - cell - 2)
    slots[map].count -= 1
    rebuildIndex(map)
    return value
  }

  /// The cell of the key.
  private func pair(_ map: Int, _ key: Double) -> Int? {
    let object = slots[map]
    let size = Int(object.reserved)
    guard size > 0 else {
      for i in 0..<Int(object.count) where Self.isSame(cells[Int(object.start) + 2 * i], key) {
        return Int(object.start) + 2 * i
      }
      return nil
    }
    let index = cells + Int(object.base) + Int(object.room) - size
    var place = Self.hash(key) & (size - 1)
    while index[place] != 0 {
      let cell = Int(object.start) + 2 * (Int(index[place]) - 1)
      if Self.isSame(cells[cell], key) { return cell }
      place = (place + 1) & (size - 1)
    }
    return nil
  }

  // MARK: The index

  /// For so many pairs, in the chunk and in the index.
  private func hasRoom(_ map: Int, _ pairs: Int) -> Bool {
    let size = Int(slots[map].reserved)
    return 2 * pairs + size <= Int(slots[map].room)
      && (size == 0 ? pairs <= Self.pairsWithoutIndex : 2 * pairs <= size)
  }

  /// A chunk with room for twice the pairs.
  private func grow(_ map: Int) -> Bool {
    let pairs = max(2 * Int(slots[map].count), Self.pairsWithoutIndex)
    let (start, count) = (Int(slots[map].start), 2 * Int(slots[map].count))
    var size = 1
    while size < 2 * pairs { size *= 2 }
    guard let base = allocate(2 * pairs + size) else { return false }
    (cells + base).update(from: cells + start, count: count)
    (slots[map].base, slots[map].start, slots[map].room) = (Int32(base), Int32(base), Int32(2 * pairs + size))
    slots[map].reserved = Int32(size)
    rebuildIndex(map)
    return true
  }

  func rebuildIndex(_ map: Int) {
    clearIndex(map)
    for i in 0..<Int(slots[map].count) { note(map, i) }
  }

  private func clearIndex(_ map: Int) {
    let size = Int(slots[map].reserved)
    (cells + Int(slots[map].base) + Int(slots[map].room) - size).update(repeating: 0, count: size)
  }

  /// Puts a pair into the index.
  private func note(_ map: Int, _ number: Int) {
    let object = slots[map]
    let size = Int(object.reserved)
    guard size > 0 else { return }
    let index = cells + Int(object.base) + Int(object.room) - size
    var place = Self.hash(cells[Int(object.start) + 2 * number]) & (size - 1)
    while index[place] != 0 { place = (place + 1) & (size - 1) }
    index[place] = Double(number + 1)
  }

  private static func isSame(_ a: Double, _ b: Double) -> Bool { a == b || (a != a && b != b) }

  /// Of equal values it is equal; the bits are mixed by two multiplications (the finish of MurmurHash3).
  private static func hash(_ key: Double) -> Int {
    var bits = key != key ? 1 : key == 0 ? 0 : key.bitPattern
    bits = (bits ^ (bits >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    bits = (bits ^ (bits >> 33)) &* 0xC4CE_B9FE_1A85_EC53
    return Int(truncatingIfNeeded: bits ^ (bits >> 33))
  }
}
