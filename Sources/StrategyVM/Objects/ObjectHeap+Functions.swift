import Indicators
import StrategyIR

extension ObjectHeap {
  typealias Arguments = UnsafeBufferPointer<Double>

  /// A function over objects. na, and a `fault`, where it stops the script. Fewer arguments than the function has are
  /// a fault, too: the numbers of a program are checked before it runs, not here.
  func evaluate(_ function: UInt8, _ arguments: Arguments) -> Double {
    guard let function = ObjectFunction(rawValue: function), arguments.count >= function.arity else {
      return fail(.argument(.nan))
    }
    self.function = function
    guard function.isShort || spend(size(of: arguments.first ?? .nan)) else { return .nan }
    switch function {
    case .recordNew, .recordCopy, .recordGet, .recordSet: return record(function, arguments)
    case .drawingNew, .drawingCopy, .drawingGet, .drawingSet, .drawingDelete, .drawingAll:
      return drawing(function, arguments)
    case .mapNew, .mapCopy, .mapPut, .mapPutAll, .mapGet, .mapContains, .mapRemove, .mapSize, .mapClear,
      .mapKeys, .mapValues, .mapKeyAt, .mapValueAt:
      return map(function, arguments)
    case .arraySum, .arrayAvg, .arrayMin, .arrayMax, .arrayRange, .arrayMedian, .arrayMode, .arrayStdev,
      .arrayVariance, .arrayCovariance, .arrayPercentileLinear, .arrayPercentileNearest, .arrayPercentRank,
      .arrayAbs, .arrayStandardize, .arrayEvery, .arraySome, .arrayJoin, .textSplit, .textOfObject:
      return statistics(function, arguments)
    default:
      return function.rawValue >= ObjectFunction.matrixNew.rawValue
        ? matrix(function, arguments) : array(function, arguments)
    }
  }

  /// Elements of an object, 0 for anything else.
  func size(of reference: Double) -> Int {
    let slot = Pine.Reference.slot(reference, of: slotCount)
    return slot < 0 ? 0 : Int(slots[slot].count)
  }

  // MARK: Records

  private func record(_ function: ObjectFunction, _ a: Arguments) -> Double {
    switch function {
    case .recordNew:
      guard let slot = make(Slot.record, room: a.count - 1) else { return .nan }
      slots[slot].detail = Int32(truncatingIfNeeded: Int(exactly: a[0]) ?? 0)
      return filled(slot, a.dropFirst())
    case .recordCopy: return copy(a[0], Slot.record)
    default:
      guard let slot = find(a[0], Slot.record), let cell = field(slot, a[1]) else { return .nan }
      if function == .recordGet { return cells[cell] }
      cells[cell] = a[2]
      return .nan
    }
  }

  private func filled(_ slot: Int, _ values: Slice<Arguments>) -> Double {
    let first = Int(slots[slot].start)
    for (i, value) in values.enumerated() { cells[first + i] = value }
    slots[slot].count = Int32(values.count)
    return Pine.Reference.of(slot)
  }

  /// The cell of a field; a fault where there is none.
  private func field(_ slot: Int, _ number: Double) -> Int? {
    guard number >= 0, number < Double(slots[slot].count) else {
      fail(.argument(number))
      return nil
    }
    return Int(slots[slot].start) + Int(number)
  }

  /// Another object with the same values.
  private func copy(_ reference: Double, _ kind: UInt8) -> Double {
    guard let old = find(reference, kind), let slot = make(kind, room: Int(slots[old].count)) else { return .nan }
    let (base, start) = (slots[slot].base, slots[slot].start)
    let room = slots[slot].room
    (cells + Int(start)).update(from: cells + Int(slots[old].start), count: Int(slots[old].count))
    slots[slot] = slots[old]
    (slots[slot].base, slots[slot].start, slots[slot].room) = (base, start, room)
    return Pine.Reference.of(slot)
  }

  // MARK: Drawings

  private func drawing(_ function: ObjectFunction, _ a: Arguments) -> Double {
    switch function {
    case .drawingNew:
      guard let slot = make(Slot.drawing, room: a.count - 1) else { return .nan }
      slots[slot].detail = Int32(truncatingIfNeeded: Int(exactly: a[0]) ?? 0)
      return drawn(slot, filled(slot, a.dropFirst()))
    case .drawingAll: return allDrawings(a[0])
    default: break
    }
    // na, or one that has been deleted.
    let slot = Pine.Reference.slot(a[0], of: slotCount)
    guard slot >= 0, slots[slot].kind == Slot.drawing, slots[slot].extra >= 0 else { return .nan }
    switch function {
    case .drawingCopy:
      let made = copy(a[0], Slot.drawing)
      let slot = Pine.Reference.slot(made, of: slotCount)
      return slot < 0 ? .nan : drawn(slot, made)
    case .drawingDelete: remove(slot)
    default:
      guard let cell = field(slot, a[1]) else { return .nan }
      if function == .drawingGet { return cells[cell] }
      cells[cell] = a[2]
    }
    return .nan
  }

  /// A new drawing gets its number; beyond the most of its kind the oldest goes.
  private func drawn(_ slot: Int, _ reference: Double) -> Double {
    drawingCount &+= 1
    slots[slot].extra = drawingCount
    let kind = Int(slots[slot].detail)
    guard drawn.indices.contains(kind) else { return reference }
    drawn[kind].append(Int32(slot))
    let most = kind < mostDrawings.count ? mostDrawings[kind] : Self.usualDrawings
    if drawn[kind].count > most { slots[Int(drawn[kind].removeFirst())].extra = -1 }
    return reference
  }

  /// O(drawings of its kind).
  private func remove(_ slot: Int) {
    let kind = Int(slots[slot].detail)
    slots[slot].extra = -1
    guard drawn.indices.contains(kind), let place = drawn[kind].firstIndex(of: Int32(slot)) else { return }
    drawn[kind].remove(at: place)
  }

  /// Those of a kind that are there, oldest first.
  func drawings(of kind: DrawingKind) -> [Int] { drawn[Int(kind.rawValue)].map { Int($0) } }

  private func allDrawings(_ kind: Double) -> Double {
    let there = UInt8(exactly: kind).flatMap(DrawingKind.init(rawValue:)).map(drawings(of:)) ?? []
    guard let slot = make(Slot.array, room: max(there.count, 1)) else { return .nan }
    for (i, drawing) in there.enumerated() { cells[Int(slots[slot].start) + i] = Pine.Reference.of(drawing) }
    slots[slot].count = Int32(there.count)
    slots[slot].element = ValueType.reference.rawValue
    return Pine.Reference.of(slot)
  }
}

extension ObjectFunction {
  /// Whether it takes the same time for any number of elements.
  var isShort: Bool {
    switch self {
    case .arrayGet, .arraySet, .arraySize, .arrayFirst, .arrayLast, .arrayPush, .arrayPop, .arrayShift, .mapPut,
      .mapGet, .mapContains, .mapSize, .mapKeyAt, .mapValueAt, .matrixGet, .matrixSet, .matrixRows, .matrixColumns,
      .matrixElementsCount, .recordNew, .recordCopy, .recordGet, .recordSet, .drawingGet, .drawingSet:
      true
    default: false
    }
  }
}
