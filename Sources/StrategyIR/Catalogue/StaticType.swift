/// The type of a value as the checker sees it.
package enum StaticType: Hashable, Sendable {
  case int, float, bool, text, color
  /// `na` before its type is known.
  case na
  /// `strategy.long`, `strategy.direction.all`: carried as +1, −1, 0.
  case direction
  /// `strategy.oca.*`: carried as 0, 1, 2.
  case oca
  /// A field of an enum of the script, by the enum's number; carried as the text of its title.
  case enumeration(Int32)
  /// `order.*`: carried as +1 for ascending, −1 for descending.
  case sortOrder
  /// References to objects.
  case array(ElementType)
  case matrix(ElementType)
  /// Of keys to values.
  case map(ElementType, ElementType)
  /// A user type, by its number; 0 is `chart.point`.
  case record(Int32)
  /// A line, label, box, linefill, polyline or table.
  case figure(DrawingKind)
  /// A plot or a horizontal line: accepted, without effect, without a value.
  case drawing
  case void
  case tuple
  /// A value with an error of its own: agrees with every type.
  case unknown

  package var spelling: String {
    switch self {
    case .int: "int"
    case .float: "float"
    case .bool: "bool"
    case .text: "string"
    case .color: "color"
    case .na: "na"
    case .direction: "strategy direction"
    case .oca: "OCA type"
    case .enumeration: "enum"
    case .sortOrder: "sort order"
    case .array(let element): "array<\(element.type.spelling)>"
    case .matrix(let element): "matrix<\(element.type.spelling)>"
    case .map(let key, let value): "map<\(key.type.spelling), \(value.type.spelling)>"
    case .record(0): "chart.point"
    case .record: "object"
    case .figure(let kind): "\(kind)"
    case .drawing: "drawing"
    case .void: "void"
    case .tuple: "tuple"
    case .unknown: "unknown"
    }
  }

  package var isNumber: Bool { self == .int || self == .float || self == .na || self == .unknown }

  /// The type that carries the value.
  package var valueType: ValueType {
    switch self {
    case .int, .direction, .oca, .sortOrder: .int
    case .bool: .bool
    case .text, .enumeration: .text
    case .color: .color
    case .array, .matrix, .map, .record, .figure: .reference
    default: .float
    }
  }

  /// The types that can be written in a declaration.
  package static let written: [String: StaticType] = [
    "int": .int, "float": .float, "bool": .bool, "string": .text, "color": .color,
    "label": .figure(.label), "line": .figure(.line), "box": .figure(.box), "table": .figure(.table),
    "linefill": .figure(.linefill), "polyline": .figure(.polyline), "chart.point": .record(0),
    "plot": .drawing, "hline": .drawing,
  ]

  /// Whether its values are references.
  package var isReference: Bool { valueType == .reference }
}

/// The type of a collection's elements: anything that has a value but collections.
package struct ElementType: Hashable, Sendable {
  private var code: Int32

  /// nil for a type that cannot be in a collection.
  package init?(_ type: StaticType) {
    switch type {
    case .int: code = 0
    case .float: code = 1
    case .bool: code = 2
    case .text: code = 3
    case .color: code = 4
    case .figure(let kind): code = 8 + Int32(kind.rawValue)
    case .enumeration(let number) where number < 1 << 20: code = (1 << 20) + number
    case .record(let number) where number < 1 << 20: code = (1 << 21) + number
    default: return nil
    }
  }

  package static let int = ElementType(code: 0)
  package static let float = ElementType(code: 1)
  package static let bool = ElementType(code: 2)
  package static let text = ElementType(code: 3)

  private init(code: Int32) { self.code = code }

  package var type: StaticType {
    switch code {
    case 0: .int
    case 1: .float
    case 2: .bool
    case 3: .text
    case 4: .color
    case (1 << 21)...: .record(code - (1 << 21))
    case (1 << 20)...: .enumeration(code - (1 << 20))
    default: .figure(DrawingKind(rawValue: UInt8(truncatingIfNeeded: code - 8)) ?? .line)
    }
  }

  package var isNumber: Bool { code <= 1 }
}

/// When a value is known. An expression has the latest qualifier among its parts.
package enum Qualifier: UInt8, Comparable, Sendable {
  case const, input, simple, series
  /// In a requested context: the result of another request, which is not there.
  case foreign

  package static func < (left: Qualifier, right: Qualifier) -> Bool { left.rawValue < right.rawValue }

  package var spelling: String {
    switch self {
    case .const: "const"
    case .input: "input"
    case .simple: "simple"
    case .series, .foreign: "series"
    }
  }
}
