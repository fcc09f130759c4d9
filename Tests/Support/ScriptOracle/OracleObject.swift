/// What a reference names; equal to itself alone. A reference that is na is no object.
public class OracleObject: Equatable, @unchecked Sendable {
  public static func == (one: OracleObject, other: OracleObject) -> Bool { one === other }
}

final class OracleArray: OracleObject, @unchecked Sendable {
  var elements: [OracleValue]

  init(_ elements: [OracleValue]) { self.elements = elements }
}

/// A window on an array. It keeps its place there, whatever the array does meanwhile.
final class OracleSlice: OracleObject, @unchecked Sendable {
  let array: OracleArray
  let first: Int
  var count: Int

  init(_ array: OracleArray, _ first: Int, _ count: Int) {
    (self.array, self.first, self.count) = (array, first, count)
  }
}

/// Pairs in the order of insertion.
final class OracleMap: OracleObject, @unchecked Sendable {
  var pairs: [(key: Double, value: OracleValue)]

  init(_ pairs: [(key: Double, value: OracleValue)] = []) { self.pairs = pairs }

  /// na is a key like others.
  func place(_ key: Double) -> Int? { pairs.firstIndex { $0.key == key || $0.key.isNaN && key.isNaN } }
}

final class OracleMatrix: OracleObject, @unchecked Sendable {
  var rows: [[OracleValue]]

  init(_ rows: [[OracleValue]]) { self.rows = rows }

  var columns: Int { rows.first?.count ?? 0 }
}

final class OracleRecord: OracleObject, @unchecked Sendable {
  let type: String
  var fields: [String: OracleValue]

  init(_ type: String, _ fields: [String: OracleValue]) { (self.type, self.fields) = (type, fields) }
}

/// The elements of an array, or of a slice, now.
struct OracleWindow {
  let array: OracleArray
  let slice: OracleSlice?
  let first, count: Int

  var elements: [OracleValue] { Array(array.elements[first..<first + count]) }
  var numbers: [Double] { elements.map(\.number) }
  var known: [Double] { numbers.filter { $0 == $0 } }

  func insert(_ values: [OracleValue], at place: Int) {
    array.elements.insert(contentsOf: values, at: first + place)
    slice?.count += values.count
  }

  func remove(at place: Int) -> OracleValue {
    slice?.count -= 1
    return array.elements.remove(at: first + place)
  }

  func replace(_ values: [OracleValue]) {
    array.elements.replaceSubrange(first..<first + count, with: values)
    slice?.count += values.count - count
  }
}
