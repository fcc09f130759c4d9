import Indicators
import StrategyIR

/// Arrays and slices: making, reading, changing.
///
/// A slice is a window on its array: it holds no elements, and what is added to it or removed from it is added to and
/// removed from the array. Other slices of the array keep their indices, so that they then show other elements. A slice
/// of a slice is one of the array.
extension ObjectHeap {
  func array(_ function: ObjectFunction, _ a: Arguments) -> Double {
    switch function {
    case .arrayNew: return newArray(a[0], a[1], a[2])
    case .arrayFrom:
      guard let type = type(a[0]), spend(a.count) else { return .nan }
      return makeArray(type, UnsafeBufferPointer(rebasing: a.dropFirst()))
    default: break
    }
    guard let span = span(a[0]) else { return .nan }
    switch function {
    case .arrayCopy: return copy(span)
    case .arraySlice: return slice(span, a[1], a[2])
    case .arrayConcat: return concat(a[0], span, a[1])
    case .arraySort, .arraySortIndices: return sort(function, span, isDescending: a[1] < 0)
    case .arrayIncludes, .arrayIndexOf, .arrayLastIndexOf, .arrayBinarySearch, .arrayBinarySearchLeftmost,
      .arrayBinarySearchRightmost:
      return search(function, span, a[1])
    case .arraySize, .arrayGet, .arrayFirst, .arrayLast: return read(function, span, a)
    default: return change(function, span, a)
    }
  }

  // MARK: Making

  private func newArray(_ type: Double, _ size: Double, _ value: Double) -> Double {
    guard let element = self.type(type), let count = self.size(size, most: Self.longestArray), spend(count),
      let slot = makeArray(element, count)
    else { return .nan }
    (cells + Int(slots[slot].start)).update(repeating: value, count: count)
    return Pine.Reference.of(slot)
  }

  private func copy(_ span: ArraySpan) -> Double {
    guard let slot = makeArray(element(of: span), span.count) else { return .nan }
    let source = elements(span)
    for i in 0..<span.count { cells[Int(slots[slot].start) + i] = source[i] }
    return Pine.Reference.of(slot)
  }

  private func slice(_ span: ArraySpan, _ from: Double, _ to: Double) -> Double {
    guard let first = from == from ? place(from, of: span.count) : 0,
      let end = to == to ? place(to, of: span.count, mayEnd: true) : span.count
    else { return .nan }
    guard first <= end else { return fail(.index(from, count: end)) }
    guard let slot = make(Slot.slice, room: 0) else { return .nan }
    slots[slot].element = element(of: span)
    slots[slot].detail = Int32(span.array)
    (slots[slot].start, slots[slot].count) = (Int32(span.first + first), Int32(end - first))
    return Pine.Reference.of(slot)
  }

  private func concat(_ reference: Double, _ span: ArraySpan, _ other: Double) -> Double {
    guard let added = self.span(other), spend(added.count) else { return .nan }
    // The two may be the same array.
    let values = scratch.take(added.count)
    let source = elements(added)
    for i in 0..<added.count { values[i] = source[i] }
    guard let cell = open(span, at: span.count, added.count) else { return .nan }
    (cells + cell).update(from: values, count: added.count)
    return reference
  }

  // MARK: Reading

  private func read(_ function: ObjectFunction, _ span: ArraySpan, _ a: Arguments) -> Double {
    switch function {
    case .arraySize: return Double(span.count)
    case .arrayGet:
      guard a[1] == a[1] else { return missing(element(of: span)) }
      guard let place = place(a[1], of: span.count, countsBack: true) else { return .nan }
      return elements(span)[place]
    default:
      guard span.count > 0 else { return fail(.empty) }
      return elements(span)[function == .arrayFirst ? 0 : span.count - 1]
    }
  }

  // MARK: Changing

  private func change(_ function: ObjectFunction, _ span: ArraySpan, _ a: Arguments) -> Double {
    switch function {
    case .arraySet:
      guard a[1] == a[1], let place = place(a[1], of: span.count, countsBack: true) else { return .nan }
      elements(span)[place] = a[2]
    case .arrayPush: insert(a[1], span, at: span.count)
    case .arrayUnshift: insert(a[1], span, at: 0)
    case .arrayInsert:
      let place = a[1] == a[1] ? place(a[1], of: span.count, countsBack: true, mayEnd: true) : span.count
      if let place { insert(a[2], span, at: place) }
    case .arrayPop, .arrayShift:
      guard span.count > 0 else { return fail(.empty) }
      return remove(span, at: function == .arrayShift ? 0 : span.count - 1)
    case .arrayRemove:
      guard a[1] == a[1] else { return missing(element(of: span)) }
      guard let place = place(a[1], of: span.count, countsBack: true) else { return .nan }
      return remove(span, at: place)
    case .arrayClear: close(span, at: 0, span.count)
    case .arrayFill:
      guard let range = range(a[2], a[3], of: span.count) else { return .nan }
      for i in range { elements(span)[i] = a[1] }
    case .arrayReverse:
      var all = elements(span)
      all.reverse()
    default: return fail(.argument(.nan))
    }
    return .nan
  }

  private func insert(_ value: Double, _ span: ArraySpan, at place: Int) {
    if let cell = open(span, at: place, 1) { cells[cell] = value }
  }

  private func remove(_ span: ArraySpan, at place: Int) -> Double {
    let value = elements(span)[place]
    close(span, at: place, 1)
    return value
  }
}
