import Indicators
import StrategyIR
import Testing

@testable import StrategyVM

/// What an object of the heap should be, in plain Swift. References are the heap's own numbers.
private final class Model {
  enum Kind { case array, slice, map, record }

  let kind: Kind
  /// Of a map its values, of which `keys` has the keys.
  var values: [Double] = []
  var keys: [Double] = []
  /// Of a slice.
  var parent: Model?
  var first = 0, count = 0

  init(_ kind: Kind, _ values: [Double] = []) { (self.kind, self.values) = (kind, values) }

  var isOutside: Bool { kind == .slice && first + count > (parent?.values.count ?? 0) }

  /// The elements of an array or a slice.
  var elements: [Double] {
    get { kind == .slice ? Array((parent?.values ?? [])[first..<first + count]) : values }
    set {
      guard kind == .slice else {
        values = newValue
        return
      }
      parent?.values.replaceSubrange(first..<first + count, with: newValue)
      count = newValue.count
    }
  }
}

private struct ModelRun {
  var at = HeapAtWork()
  var random: SplitMix
  /// What the script's variables hold; all that is in use can be reached from them.
  var variables: [Double] = []
  var models: [Double: Model] = [:]

  init(seed: UInt64) {
    random = SplitMix(state: seed)
    for _ in 0..<8 { variables.append(newArray()) }
  }

  mutating func number(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

  /// A number, or an object that a variable holds.
  mutating func value() -> Double {
    number(4) == 0 && !variables.isEmpty ? variables[number(variables.count)] : Double(number(50))
  }

  mutating func newArray() -> Double {
    let values = (0..<number(6)).map { _ in Double(number(50)) }
    let made = at.array(values)
    models[made] = Model(.array, values)
    return made
  }

  // MARK: One operation

  /// nil when heap and model agree.
  mutating func step() -> String? {
    let place = number(variables.count)
    let reference = variables[place]
    switch number(12) {
    case 0: variables[place] = newArray()
    case 1:
      let fields = [value(), value(), value()]
      variables[place] = at.call(.recordNew, [0] + fields)
      models[variables[place]] = Model(.record, fields)
    case 2:
      variables[place] = at.call(.mapNew, 0, 1)
      models[variables[place]] = Model(.map)
    case 3: variables[place] = variables[number(variables.count)]
    case 4 where number(3) == 0: return collect()
    case 5 where number(3) == 0: return exchangeForSnapshot()
    default:
      guard let model = models[reference] else { return "no model" }
      switch model.kind {
      case .array, .slice: return change(array: reference, model)
      case .map: return change(map: reference, model)
      case .record:
        let (field, value) = (number(3), value())
        at.call(.recordSet, reference, Double(field), value)
        model.values[field] = value
      }
    }
    return at.fault().map { "fault \($0)" }
  }

  private mutating func change(array a: Double, _ model: Model) -> String? {
    if model.isOutside {
      at.call(.arraySize, a)
      return at.fault() == .slice(end: model.first + model.count, count: model.parent?.values.count ?? 0)
        ? nil : "outside"
    }
    var elements = model.elements
    let (x, size) = (value(), elements.count)
    let index = size == 0 ? 0 : number(size)
    var (answer, expected) = (0.0, 0.0)
    switch number(16) {
    case 0, 1, 2:
      at.call(.arrayPush, a, x)
      elements.append(x)
    case 3:
      at.call(.arrayUnshift, a, x)
      elements.insert(x, at: 0)
    case 4:
      let index = number(size + 1)
      at.call(.arrayInsert, a, Double(index), x)
      elements.insert(x, at: index)
    case 5 where size > 0: (answer, expected) = (at.call(.arrayPop, a), elements.removeLast())
    case 6 where size > 0: (answer, expected) = (at.call(.arrayShift, a), elements.removeFirst())
    case 7 where size > 0: (answer, expected) = (at.call(.arrayRemove, a, Double(index)), elements.remove(at: index))
    case 8 where size > 0:
      at.call(.arraySet, a, Double(index - size), x)
      elements[index] = x
    case 9:
      at.call(.arrayReverse, a)
      elements.reverse()
    case 10:
      at.call(.arraySort, a, 1)
      elements.sort()
    case 11 where number(4) == 0:
      at.call(.arrayClear, a)
      elements = []
    case 12 where size > 0:
      let end = index + number(size - index + 1)
      let made = at.call(.arraySlice, a, Double(index), Double(end))
      let slice = Model(.slice)
      slice.parent = model.parent ?? model
      (slice.first, slice.count) = (model.first + index, end - index)
      models[made] = slice
      variables[number(variables.count)] = made
    case 13:
      let made = at.call(.arrayCopy, a)
      models[made] = Model(.array, elements)
      variables[number(variables.count)] = made
    case 14:
      let other = variables[number(variables.count)]
      guard let second = models[other], second.kind == .array || second.kind == .slice, !second.isOutside,
        size + second.elements.count < 200
      else { return nil }
      let added = second.elements
      (answer, expected) = (at.call(.arrayConcat, a, other), a)
      elements += added
    case 15:
      at.call(.arrayFill, a, x, Double(index), Double(size))
      for i in index..<size { elements[i] = x }
    default: (answer, expected) = (at.call(.arrayIndexOf, a, x), Double(elements.firstIndex(of: x) ?? -1))
    }
    model.elements = elements
    if let fault = at.fault() { return "fault \(fault)" }
    return answer == expected ? check(a, model) : "\(answer) instead of \(expected)"
  }

  private mutating func change(map: Double, _ model: Model) -> String? {
    let (key, x) = (Double(number(40)), value())
    let place = model.keys.firstIndex(of: key)
    let old = place.map { model.values[$0] } ?? .nan
    var answer = old
    switch number(6) {
    case 0, 1, 2:
      answer = at.call(.mapPut, map, key, x)
      if let place {
        model.values[place] = x
      } else {
        model.keys.append(key)
        model.values.append(x)
      }
    case 3:
      answer = at.call(.mapRemove, map, key)
      if let place {
        model.keys.remove(at: place)
        model.values.remove(at: place)
      }
    case 4: answer = at.call(.mapGet, map, key)
    default:
      let made = at.call(.mapCopy, map)
      let copy = Model(.map, model.values)
      copy.keys = model.keys
      models[made] = copy
      variables[number(variables.count)] = made
    }
    if let fault = at.fault() { return "fault \(fault)" }
    return same([answer], [old]) ? check(map, model) : "\(answer) instead of \(old)"
  }

  // MARK: Agreement

  func check(_ reference: Double, _ model: Model) -> String? {
    switch model.kind {
    case .array, .slice:
      guard !model.isOutside else { return nil }
      let elements = at.values(reference)
      return elements == model.elements ? nil : "\(elements) instead of \(model.elements)"
    case .map:
      let slot = Pine.Reference.slot(reference, of: at.heap.slotCount)
      guard slot >= 0, at.heap.slots[slot].kind == ObjectHeap.Slot.map else { return "no map" }
      let start = Int(at.heap.slots[slot].start)
      let pairs = (0..<Int(at.heap.slots[slot].count)).map { at.heap.cells[start + 2 * $0 + 1] }
      let found = model.keys.allSatisfy { at.call(.mapContains, reference, $0) == 1 }
      return pairs == model.values && found ? nil : "\(pairs) instead of \(model.values)"
    case .record:
      let fields = (0..<3).map { at.call(.recordGet, reference, Double($0)) }
      return fields == model.values ? nil : "\(fields) instead of \(model.values)"
    }
  }

  /// All that can be reached.
  func checkAll() -> String? {
    for (reference, model) in reached() {
      if let problem = check(reference, model) { return problem }
    }
    return nil
  }

  func reached() -> [(Double, Model)] {
    var (found, pending): ([Double: Model], [Double]) = ([:], variables)
    while let next = pending.popLast() {
      guard found[next] == nil, let model = models[next] else { continue }
      found[next] = model
      pending += model.values
      if let parent = model.parent, let reference = models.first(where: { $0.value === parent })?.key {
        pending.append(reference)
      }
    }
    return Array(found)
  }

  /// Afterwards as many objects are there as can be reached, and no more cells than their chunks have.
  private mutating func collect() -> String? {
    variables.withUnsafeBufferPointer { at.heap.collect([$0]) }
    let reached = reached()
    let live = (0..<at.heap.slotCount).filter { at.heap.slots[$0].kind != ObjectHeap.Slot.free }
    let cells = live.reduce(0) { $0 + Int(at.heap.slots[$1].room) }
    guard live.count == reached.count, at.heap.used == cells else {
      return "\(live.count) objects instead of \(reached.count), \(at.heap.used) cells instead of \(cells)"
    }
    models = Dictionary(uniqueKeysWithValues: reached)
    return checkAll()
  }

  /// Goes on with a heap that was read from a snapshot.
  private mutating func exchangeForSnapshot() -> String? {
    let bytes = snapshot(at.heap)
    let other = HeapAtWork()
    var reader = StateReader(bytes)
    other.heap.read(&reader)
    guard reader.isValid, reader.isAtEnd, snapshot(other.heap) == bytes else { return "another heap" }
    at = other
    return checkAll()
  }
}

func snapshot(_ heap: ObjectHeap) -> [UInt8] {
  var writer = StateWriter(room: 1_024)
  heap.write(&writer)
  return writer.bytes
}

/// Vigna's SplitMix64.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

@Suite("A heap and its model")
struct HeapModelTests {
  @Test func `random operations, collections and snapshots give what plain arrays and dictionaries give`() {
    for seed in 0..<1_000 {
      var run = ModelRun(seed: UInt64(seed))
      for step in 0..<300 {
        if let problem = run.step() ?? (step % 50 == 49 ? run.checkAll() : nil) {
          Issue.record("run \(seed), step \(step): \(problem)")
          return
        }
      }
    }
  }

  @Test func `what nothing refers to gives its room back`() {
    let at = HeapAtWork()
    let kept = at.floats(1, 2, 3)
    for _ in 0..<1_000 { at.call(.arrayNew, 1, 100, 0) }
    #expect(at.heap.needsCollection)
    [kept].withUnsafeBufferPointer { at.heap.collect([$0]) }
    #expect(at.heap.used == 3)
    #expect(at.values(kept) == [1, 2, 3])
    #expect(at.heap.free.count == 1_000)
    // A slice keeps its array.
    let slice = at.call(.arraySlice, kept, 1, 3)
    [slice].withUnsafeBufferPointer { at.heap.collect([$0]) }
    #expect(at.values(slice) == [2, 3])
    [Double]().withUnsafeBufferPointer { at.heap.collect([$0]) }
    #expect(at.heap.used == 0)
  }
}

@Suite("A heap in a snapshot")
struct HeapSnapshotTests {
  /// A heap with an object of each kind.
  private func heap() -> HeapAtWork {
    let at = HeapAtWork()
    let a = at.floats(1, 2, 3, 4)
    at.call(.arrayShift, a)
    at.call(.arraySlice, a, 1, 3)
    let m = at.call(.mapNew, 0, 1)
    for i in 0..<20 { at.call(.mapPut, m, Double(i), Double(i)) }
    at.call(.matrixNew, 1, 2, 3, 7)
    at.call(.recordNew, 3, 1, a, m)
    at.call(.drawingNew, 1, 5, 6)
    return at
  }

  @Test func `a snapshot of another length is refused, and the heap is as before the first bar`() {
    let bytes = snapshot(heap().heap)
    for length in 0..<bytes.count {
      let at = heap()
      var reader = StateReader(Array(bytes[..<length]))
      at.heap.read(&reader)
      #expect(!reader.isValid)
      #expect(at.heap.slotCount == 0 && at.heap.used == 0)
    }
  }

  @Test func `whatever is accepted, all functions stay inside of the tables`() {
    let bytes = snapshot(heap().heap)
    var random = SplitMix(state: 16)
    var accepted = 0
    for _ in 0..<20_000 {
      var changed = bytes
      for _ in 0...random.next() % 3 {
        // Mostly in the head and the slots.
        let place = Int(random.next() % UInt64(random.next() % 4 == 0 ? bytes.count : 48 + 7 * 32))
        changed[place] = random.next() % 2 == 0 ? UInt8(truncatingIfNeeded: random.next()) : changed[place] ^ 1
      }
      let at = HeapAtWork()
      var reader = StateReader(changed)
      at.heap.read(&reader)
      guard reader.isValid else {
        #expect(at.heap.slotCount == 0 && at.heap.used == 0)
        continue
      }
      accepted += 1
      callAnything(at, &random)
    }
    #expect(accepted > 1_000)
  }

  /// Functions with any objects and numbers, and a collection; the tables stay in order.
  private func callAnything(_ at: HeapAtWork, _ random: inout SplitMix) {
    let numbers = [0, 1, -1, 2, 3, .nan, .infinity, -.infinity, 1e300, 0.5, 4_503_599_627_370_495]
    at.heap.begin()
    for _ in 0..<12 {
      let all = ObjectFunction.allCases
      let function = all[Int(random.next() % UInt64(all.count))]
      let arguments = (0..<function.arity + Int(random.next() % 2)).map { _ in
        random.next() % 2 == 0
          ? Pine.Reference.of(Int(random.next() % 9)) : numbers[Int(random.next() % UInt64(numbers.count))]
      }
      at.call(function, arguments)
      at.heap.fault = nil
    }
    let roots = (0..<4).map { Pine.Reference.of($0) }
    roots.withUnsafeBufferPointer { at.heap.collect([$0]) }
    for i in 0..<at.heap.slotCount where at.heap.slots[i].room > 0 {
      let slot = at.heap.slots[i]
      let end = Int(slot.base) + Int(slot.room)
      #expect(slot.base >= 0)
      #expect(end <= at.heap.used)
    }
  }
}
