/// Arrays and slices. Statistics leave na out; sums run from the first element to the last.
extension Interpreter {
  func window(_ value: OracleValue, _ function: String) throws -> OracleWindow {
    switch value.object {
    case let array as OracleArray:
      return OracleWindow(array: array, slice: nil, first: 0, count: array.elements.count)
    case let slice as OracleSlice where slice.first + slice.count <= slice.array.elements.count:
      return OracleWindow(array: slice.array, slice: slice, first: slice.first, count: slice.count)
    case let slice as OracleSlice:
      let end = slice.first + slice.count
      throw OracleStop(
        message: function,
        reason: "the slice ends at \(end), but its array has only \(slice.array.elements.count) elements")
    default: throw OracleStop.missing(function)
    }
  }

  /// - Parameter held: The type of the elements of one that is made.
  func array(_ name: String, _ a: [OracleValue], _ held: String) throws -> OracleValue {
    if name.hasPrefix("array.new") {
      let size = a.isEmpty || a[0].number.isNaN ? 0 : a[0].number.rounded(.towardZero)
      guard size >= 0, size <= 100_000 else { throw OracleStop(message: "array.new") }
      let value = a.count > 1 && !a[1].isMissing ? a[1] : blank(held)
      return .object(OracleArray([OracleValue](repeating: value, count: Int(size)), of: held))
    }
    if name == "array.from" { return .object(OracleArray(a, of: held)) }
    let window = try self.window(a[0], name)
    if let value = try read(name, window, a) ?? statistics(name, window, a) ?? ranked(name, window, a) { return value }
    return try change(name, window, a)
  }

  /// The missing value of a type: na, but false for a bool of version 6.
  func blank(_ type: String) -> OracleValue { type == "bool" && version >= 6 ? .truth(false) : .na }

  // MARK: Reading

  private func read(_ name: String, _ window: OracleWindow, _ a: [OracleValue]) throws -> OracleValue? {
    let isEqual = { (x: OracleValue) in
      if case .number(let x) = x { return x == a[1].number || abs(x - a[1].number) <= 1e-10 }
      return x == a[1]
    }
    switch name {
    case "array.size": return .number(Double(window.count))
    case "array.get":
      if a[1].number.isNaN { return blank(window.held) }
      return window.elements[try place(a[1].number, of: window.count, name, countsBack: true)]
    case "array.first", "array.last":
      guard let first = window.elements.first, let last = window.elements.last else {
        throw OracleStop(message: name, reason: "there are no elements")
      }
      return name == "array.first" ? first : last
    case "array.copy": return .object(OracleArray(window.elements, of: window.held))
    case "array.slice":
      let first = try a[1].number.isNaN ? 0 : place(a[1].number, of: window.count, name)
      let end = try a[2].number.isNaN ? window.count : place(a[2].number, of: window.count, name, mayEnd: true)
      guard first <= end else { throw OracleStop(message: name) }
      return .object(OracleSlice(window.array, window.first + first, end - first))
    case "array.includes": return .truth(window.elements.contains(where: isEqual))
    case "array.indexof": return .number(Double(window.elements.firstIndex(where: isEqual) ?? -1))
    case "array.lastindexof": return .number(Double(window.elements.lastIndex(where: isEqual) ?? -1))
    default: return nil
    }
  }

  private func statistics(_ name: String, _ window: OracleWindow, _ a: [OracleValue]) throws -> OracleValue? {
    let known = window.known
    let isBiased = a.count < 2 || a[1].isTrue
    switch name {
    case "array.sum":
      // A sum on the way that is next to 0 is 0.
      let sum = known.reduce(0) { abs($0 + $1) <= 1e-10 ? 0 : $0 + $1 }
      return known.isEmpty ? .na : .number(sum)
    case "array.avg": return known.isEmpty ? .na : .number(known.reduce(0, +) / Double(known.count))
    case "array.range":
      guard let least = known.min(), let most = known.max() else { return .na }
      return .number(most - least)
    case "array.median":
      let sorted = known.sorted()
      return .number(Self.median(sorted, isInt: window.held == "int"))
    case "array.mode": return .number(Self.mode(known))
    case "array.variance": return .number(Self.variance(known, isBiased))
    case "array.stdev": return .number(Self.variance(known, isBiased).squareRoot())
    case "array.abs": return .object(OracleArray(window.elements.map { .number(abs($0.number)) }, of: window.held))
    case "array.percentrank":
      guard window.count > 0 else { return .na }
      let place = try a[1].number.isNaN ? 0 : self.place(a[1].number, of: window.count, name)
      let x = window.numbers[place]
      guard window.count > 1, x == x else { return .na }
      return .number(Double(known.filter { $0 <= x }.count - 1) * 100 / Double(window.count - 1))
    default: return nil
    }
  }

  /// Of an even number the mean of the middle ones; of ints cut towards 0.
  static func median(_ sorted: [Double], isInt: Bool) -> Double {
    guard !sorted.isEmpty else { return .nan }
    let upper = sorted[sorted.count / 2]
    let median = sorted.count % 2 == 1 ? upper : (sorted[sorted.count / 2 - 1] + upper) / 2
    return isInt ? median.rounded(.towardZero) : median
  }

  /// The least of the most frequent ones.
  static func mode(_ known: [Double]) -> Double {
    var counts: [Double: Int] = [:]
    for x in known { counts[x, default: 0] += 1 }
    let most = counts.values.max()
    return counts.filter { $0.value == most }.keys.min() ?? .nan
  }

  static func variance(_ known: [Double], _ isBiased: Bool) -> Double {
    guard known.count > 1 else { return known.count == 1 && isBiased ? 0 : .nan }
    let sum = known.reduce(0, +)
    let squares = known.reduce(0) { $0 + $1 * $1 }
    let n = Double(isBiased ? known.count : known.count - 1)
    return max(0, squares / n - (sum / n) * (sum / Double(known.count)))
  }

  // MARK: Changing

  private func change(_ name: String, _ window: OracleWindow, _ a: [OracleValue]) throws -> OracleValue {
    switch name {
    case "array.push": window.insert([a[1]], at: window.count)
    case "array.unshift": window.insert([a[1]], at: 0)
    case "array.insert":
      let place =
        try a[1].number.isNaN
        ? window.count : self.place(a[1].number, of: window.count, name, countsBack: true, mayEnd: true)
      window.insert([a[2]], at: place)
    case "array.pop", "array.shift":
      guard window.count > 0 else { throw OracleStop(message: name, reason: "there are no elements") }
      return window.remove(at: name == "array.pop" ? window.count - 1 : 0)
    case "array.remove":
      if a[1].number.isNaN { return blank(window.held) }
      return window.remove(at: try place(a[1].number, of: window.count, name, countsBack: true))
    case "array.set":
      if a[1].number.isNaN { break }
      let place = try self.place(a[1].number, of: window.count, name, countsBack: true)
      window.array.elements[window.first + place] = a[2]
    case "array.clear": window.replace([])
    case "array.fill":
      let first = a.count > 2 ? Int(a[2].number) : 0
      let end = a.count > 3 && !a[3].isMissing ? Int(a[3].number) : window.count
      for place in first..<max(first, end) {
        window.array.elements[window.first + (try self.place(Double(place), of: window.count, name))] = a[1]
      }
    case "array.reverse": window.replace(window.elements.reversed())
    case "array.sort":
      window.replace(Self.order(window.elements, isDescending: a.count > 1 && a[1].number < 0).map(\.element))
    case "array.concat":
      window.insert(try self.window(a[1], name).elements, at: window.count)
      return a[0]
    default: throw OracleGap(what: name)
    }
    return .none
  }
}
