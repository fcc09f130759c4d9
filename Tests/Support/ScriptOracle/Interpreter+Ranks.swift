/// What needs the elements of an array in order, and what goes over all of them.
extension Interpreter {
  /// The elements as they are sorted, with their places: numbers before na, na before texts, texts by their bytes;
  /// equal ones as they stand. Descending order is that order turned around.
  static func order(
    _ elements: [OracleValue], isDescending: Bool
  ) -> [(offset: Int, element: OracleValue)] {
    var sorted: [(offset: Int, element: OracleValue)] = []
    for item in elements.enumerated() {
      // Behind all that do not come after it.
      let place = sorted.firstIndex { Self.precedes(item.element, $0.element) } ?? sorted.count
      sorted.insert((item.offset, item.element), at: place)
    }
    return isDescending ? sorted.reversed() : sorted
  }

  private static func precedes(_ x: OracleValue, _ y: OracleValue) -> Bool {
    switch (x, y) {
    case (.text(let x), .text(let y)): Array(x.utf8).lexicographicallyPrecedes(Array(y.utf8))
    case (.text, _): false
    case (_, .text): true
    default: x.number < y.number || !x.number.isNaN && y.number.isNaN
    }
  }

  func ranked(_ name: String, _ window: OracleWindow, _ a: [OracleValue]) throws -> OracleValue? {
    let known = window.known.sorted()
    switch name {
    case "array.min", "array.max":
      guard let last = known.indices.last else { return .na }
      let rank = try a.count < 2 ? 0 : place(a[1].number, of: window.count, name)
      let place = min(rank, last)
      return .number(known[name == "array.min" ? place : last - place])
    case "array.sort_indices":
      let order = Self.order(window.elements, isDescending: a.count > 1 && a[1].number < 0)
      return .object(OracleArray(order.map { .number(Double($0.offset)) }, of: "int"))
    case "array.binary_search":
      return .number(Double(window.numbers.firstIndex(of: a[1].number) ?? -1))
    case "array.binary_search_leftmost", "array.binary_search_rightmost":
      return .number(Double(Self.search(window.numbers, a[1].number, isLeft: name.hasSuffix("leftmost"))))
    case "array.percentile_linear_interpolation": return .number(Self.percentile(window.numbers, a[1].number))
    case "array.percentile_nearest_rank":
      guard window.count > 0 else { return .na }
      let rank = max(1, Int((Double(window.count) * a[1].number / 100).rounded(.up)))
      return rank <= known.count ? .number(known[rank - 1]) : .na
    default: return try whole(name, window, a)
    }
  }

  /// Of a sorted array: the place of the value, the first or the last of several. Without it the place to the left,
  /// or to the right, of where it would stand.
  private static func search(_ sorted: [Double], _ value: Double, isLeft: Bool) -> Int {
    if sorted.isEmpty { return -1 }
    if isLeft {
      return sorted.firstIndex(of: value) ?? max(0, sorted.filter { $0 < value }.count - 1)
    }
    return sorted.lastIndex(of: value) ?? sorted.filter { $0 < value }.count
  }

  /// On the straight lines through the elements, of which the one at place i, from 1 on, lies at (i − ½) / n. na stands
  /// behind the others; where a place lies between two, there must be none.
  private static func percentile(_ numbers: [Double], _ percentage: Double) -> Double {
    let sorted = numbers.filter { $0 == $0 }.sorted() + numbers.filter(\.isNaN)
    guard !sorted.isEmpty else { return .nan }
    let place = Double(sorted.count) * percentage / 100 - 0.5
    if place <= 0 { return sorted[0] }
    if place >= Double(sorted.count - 1) { return sorted[sorted.count - 1] }
    let nearest = place.rounded()
    if abs(place - nearest) < 1e-9 { return sorted[Int(nearest)] }
    if numbers.contains(where: \.isNaN) { return .nan }
    let low = Int(place)
    return sorted[low] + (sorted[low + 1] - sorted[low]) * (place - Double(low))
  }

  private func whole(_ name: String, _ window: OracleWindow, _ a: [OracleValue]) throws -> OracleValue? {
    let known = window.known
    switch name {
    case "array.every": return .truth(window.count > 0 && window.numbers.allSatisfy { abs($0) > 1e-10 })
    case "array.some": return .truth(window.numbers.contains { abs($0) > 1e-10 })
    case "array.join":
      return .text(Self.cut(window.elements.map { Self.text($0) }.joined(separator: a.count > 1 ? a[1].text : "")))
    case "array.standardize":
      let mean = known.reduce(0, +) / Double(known.count)
      let deviation = Self.variance(known, true).squareRoot()
      let made = window.numbers.map { $0.isNaN ? $0 : deviation == 0 ? 1 : ($0 - mean) / deviation }
      return .object(OracleArray(made.map { .number($0) }, of: "float"))
    case "array.covariance":
      let other = try self.window(a[1], name)
      guard window.count == other.count else { throw OracleStop(message: name) }
      return .number(Self.covariance(window.numbers, other.numbers, a.count < 3 || a[2].isTrue))
    default: return nil
    }
  }

  private static func covariance(_ x: [Double], _ y: [Double], _ isBiased: Bool) -> Double {
    let pairs = zip(x, y).filter { $0 == $0 && $1 == $1 }
    guard pairs.count > (isBiased ? 0 : 1) else { return .nan }
    let n = Double(pairs.count)
    let (meanX, meanY) = (pairs.reduce(0) { $0 + $1.0 } / n, pairs.reduce(0) { $0 + $1.1 } / n)
    return pairs.reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) } / (isBiased ? n : n - 1)
  }
}
