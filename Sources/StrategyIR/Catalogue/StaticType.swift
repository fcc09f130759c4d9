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
  /// A plot, line, label, box, table …: accepted, without effect, without a value.
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
    case .int, .direction, .oca: .int
    case .bool: .bool
    case .text, .enumeration: .text
    case .color: .color
    default: .float
    }
  }

  /// The types that can be written in a declaration.
  package static let written: [String: StaticType] = [
    "int": .int, "float": .float, "bool": .bool, "string": .text, "color": .color,
    "label": .drawing, "line": .drawing, "box": .drawing, "table": .drawing,
    "linefill": .drawing, "polyline": .drawing, "plot": .drawing, "hline": .drawing,
  ]
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
