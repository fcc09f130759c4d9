/// The values of the newest n bars in ascending order, na left out: for ranks.
///
/// A value is put in and taken out by binary search and by moving the values above it: O(log n)
/// compares, O(n) bytes moved. A change of the length sorts again.
///
///     state   double: how many values are in order, double: the length they are of
///             n doubles: the values in ascending order
///             HistoryRing
@frozen
public struct SortedWindow: OverRing {
  public let length: Int
  public let ring: HistoryRing

  @inlinable
  public init(length: Int) {
    self.length = min(max(length, 1), WindowMean.longest)
    ring = HistoryRing(length: self.length)
  }

  @inlinable public var ringOffset: Int { 16 &+ 8 &* length }

  /// Values taken in since the last reset, na included.
  @inlinable
  func count(_ state: UnsafeMutableRawPointer) -> Int {
    (state + ringOffset).load(as: Int.self)
  }

  @inlinable
  func view(_ state: UnsafeMutableRawPointer) -> HistoryView { ring.view(state + ringOffset) }

  /// How many values are in order.
  @inlinable
  func size(_ state: UnsafeMutableRawPointer) -> Int {
    min(max(Int(exactly: state.doubles[0]) ?? 0, 0), length)
  }

  @inlinable
  func sorted(_ state: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Double> {
    state.doubles + 2
  }

  /// Takes in one value and moves on to the newest n, 1 ≤ n ≤ length.
  @inlinable
  func push(_ state: UnsafeMutableRawPointer, _ x: Double, length n: Int) {
    let before = view(state)
    if state.doubles[1] == Double(n) {
      if before.count >= n { remove(state, before.at(n &- 1)) }
      ring.push(state + ringOffset, x)
      insert(state, x)
    } else {
      ring.push(state + ringOffset, x)
      sortAnew(state, n)
    }
  }

  /// How many of the values in order are below x (and, if wanted, equal to it).
  @inlinable
  func rank(_ state: UnsafeMutableRawPointer, _ x: Double, equalToo: Bool) -> Int {
    let values = sorted(state)
    var low = 0
    var high = size(state)
    while low < high {
      let middle = (low &+ high) / 2
      if values[middle] < x || (equalToo && values[middle] == x) {
        low = middle &+ 1
      } else {
        high = middle
      }
    }
    return low
  }

  /// The places [from, to) of the values that tie with x, one of those in order. A tie is every value
  /// less than the tolerance of comparisons above the smallest of it. O(log n + values in a row that
  /// lie so close).
  @inlinable
  func tie(_ state: UnsafeMutableRawPointer, of x: Double) -> (from: Int, to: Int) {
    let values = sorted(state)
    let size = size(state)
    let place = rank(state, x, equalToo: false)
    var from = place
    while from > 0, isTie(values[from &- 1], values[from]) { from &-= 1 }
    for i in from..<max(place &+ 1, from) where !isTie(values[from], values[i]) { from = i }
    var to = place &+ 1
    while to < size, isTie(values[from], values[to]) { to &+= 1 }
    return (from, to)
  }

  @inlinable @inline(__always)
  func isTie(_ smaller: Double, _ x: Double) -> Bool {
    smaller == x || x - smaller < Pine.tolerance
  }

  @inlinable
  func insert(_ state: UnsafeMutableRawPointer, _ x: Double) {
    let size = size(state)
    guard x == x, size < length else { return }
    let values = sorted(state)
    let place = rank(state, x, equalToo: true)
    var i = size
    while i > place {
      values[i] = values[i &- 1]
      i &-= 1
    }
    values[place] = x
    state.doubles[0] = Double(size &+ 1)
  }

  @inlinable
  func remove(_ state: UnsafeMutableRawPointer, _ x: Double) {
    let size = size(state)
    guard x == x, size > 0 else { return }
    let values = sorted(state)
    var i = rank(state, x, equalToo: false)
    while i &+ 1 < size {
      values[i] = values[i &+ 1]
      i &+= 1
    }
    state.doubles[0] = Double(size &- 1)
  }

  /// Shell's sort with Ciura's gaps: needs no memory.
  @usableFromInline
  func sortAnew(_ state: UnsafeMutableRawPointer, _ n: Int) {
    let values = sorted(state)
    let view = view(state)
    var size = 0
    for age in 0..<min(n, view.count) {
      let x = view.at(age)
      guard x == x else { continue }
      values[size] = x
      size &+= 1
    }
    var gap = 1
    while gap < size / 2 { gap = gap &* 9 / 4 &+ 1 }
    while gap >= 1 {
      var i = gap
      while i < size {
        let x = values[i]
        var j = i
        while j >= gap, values[j &- gap] > x {
          values[j] = values[j &- gap]
          j &-= gap
        }
        values[j] = x
        i &+= 1
      }
      gap = gap == 1 ? 0 : max(1, gap &* 4 / 9)
    }
    state.doubles[0] = Double(size)
    state.doubles[1] = Double(n)
  }
}
