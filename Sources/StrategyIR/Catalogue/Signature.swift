/// The values that a parameter of a built-in function accepts.
package enum ParameterType: Equatable, Sendable {
  case one(StaticType)
  /// int or float; results of type `number` are int when all such arguments are int.
  case number
  /// int, float or color, for `na`, `nz`, `fixnan` and `ta.valuewhen`; the result has the argument's
  /// type.
  case value
  case any
  /// A collection; its elements settle what `element`, `key` and `mapValue` of the same call are.
  case array(ElementRule)
  case matrix(ElementRule)
  case map
  case element, key, mapValue
}

/// The elements that a collection may have.
package enum ElementRule: Equatable, Sendable {
  case any
  /// int or float
  case number
  case one(ElementType)
  /// Those of the call's first collection.
  case element
}

package struct SignatureParameter: Sendable {
  package enum Default: Equatable, Sendable {
    case required, absent
    case number(Double)
    case bool(Bool)
    case text(String)
  }

  package var name: String
  package var type: ParameterType
  package var qualifier: Qualifier
  package var fallback: Default
  /// Whether the int is from 1 to the longest history.
  package var isLength: Bool

  package init(
    name: String, type: ParameterType, qualifier: Qualifier, fallback: Default, isLength: Bool = false
  ) {
    (self.name, self.type, self.qualifier) = (name, type, qualifier)
    (self.fallback, self.isLength) = (fallback, isLength)
  }
}

extension SignatureParameter {
  package var typeText: String {
    switch type {
    case .one(let type): type.spelling
    case .number: "number"
    case .value: "value"
    case .any: "any"
    case .array(let rule): "array" + rule.spelling
    case .matrix(let rule): "matrix" + rule.spelling
    case .map: "map"
    case .element: "element"
    case .key: "key"
    case .mapValue: "mapvalue"
    }
  }

  /// The default as a script writes it; nil without one.
  package var fallbackText: String? {
    switch fallback {
    case .required, .absent: nil
    case .number(let x): x != x ? "na" : x == x.rounded() ? "\(Int(x))" : "\(x)"
    case .bool(let value): "\(value)"
    case .text(let text): "'\(text)'"
    }
  }

  fileprivate var declaration: String {
    let known = qualifier == .series ? "" : qualifier.spelling + " "
    let rest = fallbackText.map { " = " + $0 } ?? ""
    return "\(name)\(fallback == .absent ? "?" : ""): \(known)\(typeText)\(rest)"
  }
}

package enum ResultType: Equatable, Sendable {
  case one(StaticType)
  /// The common type of the `number` or `value` arguments.
  case common
  case tuple([StaticType])
  /// Collections, and elements of the call's first collection.
  case collection(CollectionResult)
}

package enum CollectionResult: String, Sendable {
  case element, key
  case mapValue = "mapvalue"
  /// The type of the first collection.
  case array, matrix, map
  case arrayOfElements = "array<element>"
  case arrayOfKeys = "array<key>"
  case arrayOfValues = "array<mapvalue>"
  case arrayOfInts = "array<int>"
  case arrayOfFloats = "array<float>"
  case arrayOfTexts = "array<string>"
  case matrixOfFloats = "matrix<float>"
}

extension ElementRule {
  /// As in a row: nothing, `<number>`, `<int>`.
  package var spelling: String {
    switch self {
    case .any: ""
    case .number: "<number>"
    case .one(let type): "<\(type.type.spelling)>"
    case .element: "<element>"
    }
  }

  fileprivate init?(_ text: Substring) {
    switch text {
    case "": self = .any
    case "number": self = .number
    case "element": self = .element
    default:
      guard let type = StaticType.written[String(text)].flatMap(ElementType.init) else { return nil }
      self = .one(type)
    }
  }
}

/// One form of a built-in function, as in the reference manual, in one line:
///
///     ta.bb(series: float, length: int, mult: simple float) (float, float, float)
///
/// A parameter's type may be narrowed by a qualifier, `= value` gives a default, `?` says that it
/// may be left out, and `...` after the last type that it repeats. The type `length` is an int from 1
/// to the longest history.
package struct Signature: Sendable {
  package var name: String
  package var parameters: [SignatureParameter]
  package var result: ResultType
  package var isVariadic: Bool

  /// Reads a row of the tables; nil where the row is malformed (a test reads them all). Works on
  /// bytes: a script needs dozens of rows before its first bar.
  package init?(_ row: String) {
    let bytes = Array(row.utf8)[...]
    guard let open = bytes.firstIndex(of: UInt8(ascii: "(")),
      let close = bytes[open...].firstIndex(of: UInt8(ascii: ")"))
    else { return nil }
    name = text(bytes[..<open])
    parameters = []
    isVariadic = false
    for part in bytes[(open + 1)..<close].split(separator: UInt8(ascii: ",")) {
      guard let parameter = Self.parameter(trimmed(part), variadic: &isVariadic)
      else { return nil }
      parameters.append(parameter)
    }
    guard let result = Self.result(trimmed(bytes[(close + 1)...])) else { return nil }
    self.result = result
  }

  /// The name at the beginning of a row.
  package static func name(_ row: String) -> String { String(row.prefix { $0 != "(" && $0 != " " }) }

  /// As in a row: `ta.bb(series: float, length: int, mult: float) (float, float, float)`.
  package var declaration: String {
    let last = parameters.count - 1
    let written = parameters.enumerated().map { $1.declaration + (isVariadic && $0 == last ? "..." : "") }
    return "\(name)(\(written.joined(separator: ", "))) \(resultText)"
  }

  private var resultText: String {
    switch result {
    case .one(let type): type.spelling
    case .common: parameters.contains { $0.type == .value } ? "value" : "number"
    case .tuple(let types): "(\(types.map(\.spelling).joined(separator: ", ")))"
    case .collection(let result): result.rawValue
    }
  }

  package var required: Int { parameters.filter { $0.fallback == .required }.count }

  /// For a sentence: `ta.sma(source, length)`.
  package var spelling: String {
    let names = parameters.map { $0.fallback == .required ? $0.name : "[\($0.name)]" }
    return name + "(" + names.joined(separator: ", ") + (isVariadic ? ", …" : "") + ")"
  }

  private static func parameter(
    _ row: ArraySlice<UInt8>, variadic: inout Bool
  ) -> SignatureParameter? {
    guard let colon = row.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    var name = row[..<colon]
    var rest = trimmed(row[(colon + 1)...])
    var fallback = SignatureParameter.Default.required
    if name.last == UInt8(ascii: "?") {
      name = name.dropLast()
      fallback = .absent
    }
    if let equal = rest.firstIndex(of: UInt8(ascii: "=")) {
      guard let value = self.fallback(text(trimmed(rest[(equal + 1)...]))) else { return nil }
      fallback = value
      rest = trimmed(rest[..<equal])
    }
    if rest.last == UInt8(ascii: ".") {
      variadic = true
      rest = rest.dropLast(3)
    }
    let words = rest.split(separator: UInt8(ascii: " "))
    guard let last = words.last, let type = parameterType(text(last)) else { return nil }
    let qualifier = words.count > 1 ? qualifiers[text(words[0])] : .series
    guard let qualifier else { return nil }
    return SignatureParameter(
      name: text(name), type: type, qualifier: qualifier, fallback: fallback,
      isLength: text(last) == "length")
  }

  private static let qualifiers: [String: Qualifier] = [
    "const": .const, "input": .input, "simple": .simple,
  ]

  private static func fallback(_ text: String) -> SignatureParameter.Default? {
    if text == "true" || text == "false" { return .bool(text == "true") }
    if text == "na" { return .number(.nan) }
    if text.utf8.first == UInt8(ascii: "'") { return .text(String(text.dropFirst().dropLast())) }
    return Double(text).map { .number($0) }
  }

  private static func parameterType(_ text: String) -> ParameterType? {
    switch text {
    case "number": .number
    case "value": .value
    case "any": .any
    case "length": .one(.int)
    case "map": .map
    case "element": .element
    case "key": .key
    case "mapvalue": .mapValue
    default: collection(text) ?? staticType(text).map { .one($0) }
    }
  }

  /// `array`, `array<number>`, `matrix` …
  private static func collection(_ text: String) -> ParameterType? {
    for (word, make) in [("array", ParameterType.array), ("matrix", ParameterType.matrix)] where text.hasPrefix(word) {
      return ElementRule(text.dropFirst(word.count).drop { $0 == "<" }.prefix { $0 != ">" }).map(make)
    }
    return nil
  }

  private static func staticType(_ text: String) -> StaticType? {
    switch text {
    case "direction": .direction
    case "oca": .oca
    case "sortorder": .sortOrder
    case "drawing": .drawing
    case "void": .void
    case "tuple": .tuple
    default: StaticType.written[text]
    }
  }

  private static func result(_ row: ArraySlice<UInt8>) -> ResultType? {
    guard row.first == UInt8(ascii: "(") else {
      let type = text(row)
      if type == "number" || type == "value" { return .common }
      return CollectionResult(rawValue: type).map { .collection($0) } ?? staticType(type).map { .one($0) }
    }
    var types: [StaticType] = []
    for part in row.dropFirst().dropLast().split(separator: UInt8(ascii: ",")) {
      guard let type = staticType(text(trimmed(part))) else { return nil }
      types.append(type)
    }
    return .tuple(types)
  }
}

private func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

/// Without spaces at either end.
private func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
  var bytes = bytes
  while bytes.first == UInt8(ascii: " ") { bytes.removeFirst() }
  while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
  return bytes
}
