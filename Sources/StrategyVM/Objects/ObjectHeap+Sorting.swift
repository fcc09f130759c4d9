import Indicators
import StrategyIR

/// Sorting and searching.
///
/// Numbers by value, texts by their bytes. In ascending order na comes behind the numbers, and before the texts;
/// descending order is that order turned around. Searches for an element take numbers that are equal in scripts (1e-10
/// apart at most) as equal; sorting and binary searches compare them exactly, with na above all numbers.
extension ObjectHeap {
  func sort(_ function: ObjectFunction, _ span: ArraySpan, isDescending: Bool) -> Double {
    let count = span.count
    guard spend(count * (Int.bitWidth - count.leadingZeroBitCount)) else { return .nan }
    // Places in order, room for sorting them, values.
    let places = scratch.take(3 * count)
    let values = places + 2 * count
    for (i, x) in elements(span).enumerated() { values[i] = x }
    sortPlaces(places, values, count, element(of: span))
    if isDescending {
      var all = UnsafeMutableBufferPointer(start: places, count: count)
      all.reverse()
    }
    if function == .arraySortIndices {
      return makeArray(ValueType.int.rawValue, UnsafeBufferPointer(start: places, count: count))
    }
    let target = elements(span)
    for i in 0..<count { target[i] = values[Int(places[i])] }
    return .nan
  }

  /// The places of the values in ascending order; behind them `places` has room for as many.
  func sortPlaces(
    _ places: UnsafeMutablePointer<Double>, _ values: UnsafeMutablePointer<Double>, _ count: Int, _ element: UInt8
  ) {
    let isText = element == ValueType.text.rawValue
    var numbers = 0
    for i in 0..<count where values[i] == values[i] { numbers += 1 }
    var (next, missing) = isText ? (count - numbers, 0) : (0, numbers)
    let first = next
    for i in 0..<count {
      if values[i] == values[i] {
        places[next] = Double(i)
        next += 1
      } else {
        places[missing] = Double(i)
        missing += 1
      }
    }
    if isText {
      sortStably(places + first, numbers, spare: places + count) { textPrecedes(values[Int($0)], values[Int($1)]) }
    } else {
      sortStably(places + first, numbers, spare: places + count) { values[Int($0)] < values[Int($1)] }
    }
  }

  private func textPrecedes(_ a: Double, _ b: Double) -> Bool {
    guard let a = TextRef(exactly: a), let b = TextRef(exactly: b) else { return false }
    return texts.arena.withBytes(of: a) { a in
      texts.arena.withBytes(of: b) { b in a.lexicographicallyPrecedes(b) }
    }
  }

  // MARK: Searching

  func search(_ function: ObjectFunction, _ span: ArraySpan, _ value: Double) -> Double {
    let all = UnsafeBufferPointer(elements(span))
    switch function {
    case .arrayIncludes: return all.contains { Pine.isEqual($0, value) } ? 1 : 0
    case .arrayIndexOf: return Double(all.firstIndex { Pine.isEqual($0, value) } ?? -1)
    case .arrayLastIndexOf: return Double(all.lastIndex { Pine.isEqual($0, value) } ?? -1)
    case .arrayBinarySearch: return Double(binarySearch(all, value))
    case _ where all.isEmpty: return -1
    case .arrayBinarySearchLeftmost:
      let place = bound(all, value, isAfter: false)
      return Double(place < all.count && !Self.isBelow(value, all[place]) ? place : max(0, place - 1))
    default:
      let place = bound(all, value, isAfter: true)
      return Double(place > 0 && !Self.isBelow(all[place - 1], value) ? place - 1 : place)
    }
  }

  /// Any of several equal ones; −1 for none.
  private func binarySearch(_ all: UnsafeBufferPointer<Double>, _ value: Double) -> Int {
    var (low, high) = (0, all.count)
    while low < high {
      // The lower of the two middle ones.
      let middle = low + (high - 1 - low) / 2
      if all[middle] == value { return middle }
      if all[middle] < value { low = middle + 1 } else { high = middle }
    }
    return -1
  }

  private static func isBelow(_ a: Double, _ b: Double) -> Bool { a < b || (b != b && a == a) }

  /// The first place whose element is not below the value, or is above it.
  private func bound(_ all: UnsafeBufferPointer<Double>, _ value: Double, isAfter: Bool) -> Int {
    var (low, high) = (0, all.count)
    while low < high {
      let middle = (low + high) / 2
      let goesOn = isAfter ? !Self.isBelow(value, all[middle]) : Self.isBelow(all[middle], value)
      if goesOn { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// Sorts stably: runs of eight by insertion, then pairs of runs are merged until there is one.
@inline(__always)
func sortStably(
  _ items: UnsafeMutablePointer<Double>, _ count: Int, spare: UnsafeMutablePointer<Double>,
  by precedes: (Double, Double) -> Bool
) {
  let run = 8
  for start in stride(from: 0, to: count, by: run) {
    for i in start..<min(start + run, count) {
      let item = items[i]
      var j = i
      while j > start, precedes(item, items[j - 1]) {
        items[j] = items[j - 1]
        j -= 1
      }
      items[j] = item
    }
  }
  var (source, target) = (items, spare)
  var width = run
  while width < count {
    for low in stride(from: 0, to: count, by: 2 * width) {
      let (middle, high) = (min(low + width, count), min(low + 2 * width, count))
      var (i, j) = (low, middle)
      for k in low..<high {
        // From the second run only what comes before the first one's next.
        let takesSecond = i == middle || (j < high && precedes(source[j], source[i]))
        target[k] = source[takesSecond ? j : i]
        if takesSecond { j += 1 } else { i += 1 }
      }
    }
    swap(&source, &target)
    width *= 2
  }
  if source != items { items.update(from: source, count: count) }
}
