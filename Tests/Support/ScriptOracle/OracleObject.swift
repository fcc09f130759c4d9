/// What a reference names; equal to itself alone. A reference that is na is no object.
public class OracleObject: Equatable, @unchecked Sendable {
  public static func == (one: OracleObject, other: OracleObject) -> Bool { one === other }
}

final class OracleArray: OracleObject, @unchecked Sendable {
  /// The type of the elements.
  let held: String
  var elements: [OracleValue]

  init(_ elements: [OracleValue], of held: String) { (self.elements, self.held) = (elements, held) }
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
  typealias Pair = (key: OracleValue, value: OracleValue)

  /// The types of keys and values.
  let types: (key: String, value: String)
  var pairs: [Pair]

  init(_ pairs: [Pair] = [], of types: (key: String, value: String)) { (self.pairs, self.types) = (pairs, types) }

  /// na is a key like others.
  func place(_ key: OracleValue) -> Int? { pairs.firstIndex { $0.key == key || $0.key.isMissing && key.isMissing } }
}

final class OracleMatrix: OracleObject, @unchecked Sendable {
  let held: String
  var rows: [[OracleValue]]

  init(_ rows: [[OracleValue]], of held: String) { (self.rows, self.held) = (rows, held) }

  init(_ rows: [[Double]]) { (self.rows, held) = (rows.map { $0.map { .number($0) } }, "float") }

  var columns: Int { rows.first?.count ?? 0 }
  var numbers: [[Double]] { rows.map { $0.map(\.number) } }
}

/// Of a type of the script or a library: its number in the tree; -1: a point of the chart.
final class OracleRecord: OracleObject, @unchecked Sendable {
  let type: Int
  var fields: [String: OracleValue]

  init(_ type: Int, _ fields: [String: OracleValue]) { (self.type, self.fields) = (type, fields) }

  var copy: OracleRecord { OracleRecord(type, fields) }
}

/// A line, a label …
final class OracleDrawing: OracleObject, @unchecked Sendable {
  let kind: String
  var fields: [String: OracleValue]
  /// Of a table, by column and row.
  var cells: [[Int]: [String: OracleValue]] = [:]
  var isDeleted = false

  init(_ kind: String, _ fields: [String: OracleValue]) { (self.kind, self.fields) = (kind, fields) }

  var copy: OracleDrawing { OracleDrawing(kind, fields) }

  /// As it is now, with what it refers to.
  var picture: OracleDrawing {
    let made = OracleDrawing(
      kind,
      fields.mapValues { value in
        switch value.object {
        case let drawing as OracleDrawing: drawing.isDeleted ? .na : value
        case let array as OracleArray:
          .object(
            OracleArray(
              array.elements.map { element in
                (element.object as? OracleRecord).map { .object($0.copy) } ?? element
              }, of: array.held))
        default: value
        }
      })
    made.cells = cells
    return made
  }
}

/// The elements of an array, or of a slice, now.
struct OracleWindow {
  let array: OracleArray
  let slice: OracleSlice?
  let first, count: Int

  var held: String { array.held }
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

extension OracleValue {
  /// na.
  var isMissing: Bool {
    switch self {
    case .number(let x): x.isNaN
    case .none: true
    default: false
    }
  }
}
