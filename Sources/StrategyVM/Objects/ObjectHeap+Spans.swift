import Indicators
import StrategyIR

/// The elements of an array, or those that a slice shows of it.
struct ArraySpan {
  /// The array's slot.
  var array: Int
  /// The slice's slot; −1 for the array itself.
  var slice: Int
  /// The first element's place in the array, and the number of elements.
  var first, count: Int
}

/// Room for what a function calculates on its way, kept from call to call.
final class ObjectScratch {
  @exclusivity(unchecked) private var base = UnsafeMutablePointer<Double>.allocate(capacity: 64)
  @exclusivity(unchecked) private var room = 64

  deinit { base.deallocate() }

  /// Room for so many numbers, without values; what was taken before is void.
  func take(_ count: Int) -> UnsafeMutablePointer<Double> {
    if count > room {
      base.deallocate()
      room = max(count, 2 * room)
      base = .allocate(capacity: room)
    }
    return base
  }
}

extension ObjectHeap {
  // MARK: Elements

  /// The elements of an array or a slice; nil, and a fault, for na and for a slice beyond its array's end.
  func span(_ reference: Double) -> ArraySpan? {
    let slot = Pine.Reference.slot(reference, of: slotCount)
    if slot >= 0, slots[slot].kind == Slot.array {
      return ArraySpan(array: slot, slice: -1, first: 0, count: Int(slots[slot].count))
    }
    guard slot >= 0, slots[slot].kind == Slot.slice, slots[Int(slots[slot].detail)].kind == Slot.array else {
      fail(.missing)
      return nil
    }
    let array = Int(slots[slot].detail)
    let (first, count) = (Int(slots[slot].start), Int(slots[slot].count))
    guard first + count <= Int(slots[array].count) else {
      fail(.slice(end: first + count, count: Int(slots[array].count)))
      return nil
    }
    return ArraySpan(array: array, slice: slot, first: first, count: count)
  }

  /// Valid until an object is made or grows.
  func elements(_ span: ArraySpan) -> UnsafeMutableBufferPointer<Double> {
    UnsafeMutableBufferPointer(
      start: cells + Int(slots[span.array].start) + span.first, count: span.count)
  }

  func element(of span: ArraySpan) -> UInt8 { slots[span.array].element }

  /// na, or false for a bool of version 6.
  func missing(_ element: UInt8) -> Double {
    hasNegativeIndices && element == ValueType.bool.rawValue ? 0 : .nan
  }

  /// A new array with so many elements, which have no values yet.
  func makeArray(_ element: UInt8, _ count: Int) -> Int? {
    guard count <= Self.longestArray else {
      fail(.size(Double(count), most: Self.longestArray))
      return nil
    }
    guard let slot = make(Slot.array, room: count) else { return nil }
    slots[slot].element = element
    slots[slot].count = Int32(count)
    return slot
  }

  /// A new array with the values, which lie outside of the cells.
  func makeArray(_ element: UInt8, _ values: UnsafeBufferPointer<Double>) -> Double {
    guard let slot = makeArray(element, values.count) else { return .nan }
    if let start = values.baseAddress {
      (cells + Int(slots[slot].start)).update(from: start, count: values.count)
    }
    return Pine.Reference.of(slot)
  }

  /// A new array, from outside of the script's functions; na where there is no room.
  func array(_ element: ValueType, _ values: [Double]) -> Double {
    let before = fault
    let made = values.withUnsafeBufferPointer { makeArray(element.rawValue, $0) }
    fault = before
    return made
  }

  /// The elements of an array for another heap; nil for anything else.
  func copy(ofArray reference: Double) -> ArrayCopy? {
    let before = fault
    defer { fault = before }
    guard let span = span(reference), let element = ValueType(rawValue: element(of: span)) else { return nil }
    return ArrayCopy(element: element, values: Array(elements(span)))
  }

  // MARK: Growing and shrinking

  /// Makes room for elements at a place; the first one's cell. nil, and a fault, where there is none. O(elements
  /// behind the place).
  func open(_ span: ArraySpan, at place: Int, _ extra: Int) -> Int? {
    let (array, at) = (span.array, span.first + place)
    let size = Int(slots[array].count)
    guard size + extra <= Self.longestArray else {
      fail(.size(Double(size + extra), most: Self.longestArray))
      return nil
    }
    if at == 0, Int(slots[array].start) - extra >= Int(slots[array].base) {
      slots[array].start -= Int32(extra)
    } else {
      guard reserve(array, size + extra) else { return nil }
      let cell = cells + Int(slots[array].start) + at
      (cell + extra).update(from: cell, count: size - at)
    }
    slots[array].count += Int32(extra)
    if span.slice >= 0 { slots[span.slice].count += Int32(extra) }
    return Int(slots[array].start) + at
  }

  /// Takes elements out. O(elements behind the place); O(1) at the array's beginning.
  func close(_ span: ArraySpan, at place: Int, _ fewer: Int) {
    let (array, at) = (span.array, span.first + place)
    if at == 0 {
      slots[array].start += Int32(fewer)
    } else {
      let cell = cells + Int(slots[array].start) + at
      cell.update(from: cell + fewer, count: Int(slots[array].count) - at - fewer)
    }
    slots[array].count -= Int32(fewer)
    if span.slice >= 0 { slots[span.slice].count -= Int32(fewer) }
  }

  // MARK: Arguments

  /// The place that an index names among so many; nil, and a fault, where there is none. A negative index counts from
  /// the end where `countsBack`, in version 6.
  func place(_ index: Double, of count: Int, countsBack: Bool = false, mayEnd: Bool = false) -> Int? {
    var place = index.rounded(.towardZero)
    if place < 0, countsBack, hasNegativeIndices { place += Double(count) }
    guard place >= 0, place <= Double(mayEnd ? count : count - 1) else {
      fail(.index(index, count: count))
      return nil
    }
    return Int(place)
  }

  /// From one index to before another: na is the beginning, and the end. nil, and a fault, where they are outside.
  func range(_ from: Double, _ to: Double, of count: Int) -> Range<Int>? {
    guard let first = from == from ? place(from, of: count, mayEnd: true) : 0,
      let end = to == to ? place(to, of: count, mayEnd: true) : count
    else { return nil }
    return first..<max(first, end)
  }

  /// A number of elements, 0 for na; nil, and a fault, where it cannot be.
  func size(_ x: Double, most: Int) -> Int? {
    let size = x == x ? x.rounded(.towardZero) : 0
    guard size >= 0, size <= Double(most) else {
      fail(.size(x, most: most))
      return nil
    }
    return Int(size)
  }

  /// The type of elements; nil, and a fault, where there is none.
  func type(_ x: Double) -> UInt8? {
    if let number = UInt8(exactly: x), ValueType(rawValue: number) != nil { return number }
    fail(.argument(x))
    return nil
  }
}

/// The elements of an array outside of heaps.
struct ArrayCopy {
  let element: ValueType
  let values: [Double]
}
