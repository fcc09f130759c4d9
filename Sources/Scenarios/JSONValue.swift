/// A value of one line of JSON with its place. Numbers keep their digits.
struct JSONValue: Equatable {
  /// In characters, from 1 on.
  let column: Int
  let content: Content

  indirect enum Content: Equatable {
    case null
    case bool(Bool)
    case number(ExactDecimal)
    case text(String)
    case array([JSONValue])
    case object([JSONMember])
  }

  /// For messages: what stands there.
  var kind: String {
    switch content {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number: "a number"
    case .text: "a text"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

struct JSONMember: Equatable {
  let name: String
  let column: Int
  let value: JSONValue
}
