import StrategyIR

/// What a parameter of a built-in function accepts.
enum ParameterType: Equatable {
  case one(StaticType)
  /// int or float; results of type `number` are int when all such arguments are int.
  case number
  /// int, float or color: what `na`, `nz`, `fixnan` and `ta.valuewhen` take; the result is the
  /// argument's.
  case value
  case any
}

struct SignatureParameter {
  enum Default: Equatable { case required, absent, number(Double), bool(Bool), text(String) }

  var name: String
  var type: ParameterType
  var qualifier: Qualifier
  var fallback: Default
}

enum ResultType: Equatable {
  case one(StaticType)
  /// The common type of the `number` or `value` arguments.
  case common
  case tuple([StaticType])
}

/// One form of a built-in function, as in the reference manual, in one line:
///
///     ta.bb(series: float, length: int, mult: simple float) (float, float, float)
///
/// A parameter's type may be narrowed by a qualifier, `= value` gives a default, `?` says that it
/// may be left out, and `...` after the last type that it repeats.
struct Signature {
  var name: String
  var parameters: [SignatureParameter]
  var result: ResultType
  var isVariadic: Bool

  /// Reads a row of the tables; nil where the row is malformed (a test reads them all).
  init?(_ row: String) {
    guard let open = row.firstIndex(of: "("), let close = Self.closing(row, after: open)
    else { return nil }
    name = String(row[..<open])
    parameters = []
    isVariadic = false
    for part in row[row.index(after: open)..<close].split(separator: ",") {
      guard let parameter = Self.parameter(trimmed(part), variadic: &isVariadic)
      else { return nil }
      parameters.append(parameter)
    }
    guard let result = Self.result(trimmed(row[row.index(after: close)...])) else { return nil }
    self.result = result
  }

  var required: Int { parameters.filter { $0.fallback == .required }.count }

  /// For a sentence: `ta.sma(source, length)`.
  var spelling: String {
    let names = parameters.map { $0.fallback == .required ? $0.name : "[\($0.name)]" }
    return name + "(" + names.joined(separator: ", ") + (isVariadic ? ", …" : "") + ")"
  }

  private static func closing(_ row: String, after open: String.Index) -> String.Index? {
    row[open...].firstIndex(of: ")")
  }

  private static func parameter(_ text: Substring, variadic: inout Bool) -> SignatureParameter? {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    var name = text[..<colon]
    var rest = trimmed(text[text.index(after: colon)...])
    var fallback = SignatureParameter.Default.required
    if name.hasSuffix("?") {
      name = name.dropLast()
      fallback = .absent
    }
    if let equal = rest.firstIndex(of: "=") {
      guard let value = self.fallback(trimmed(rest[rest.index(after: equal)...]))
      else { return nil }
      fallback = value
      rest = trimmed(rest[..<equal])
    }
    if rest.hasSuffix("...") {
      variadic = true
      rest = rest.dropLast(3)
    }
    let words = rest.split(separator: " ")
    guard let last = words.last, let type = parameterType(last) else { return nil }
    let qualifier = words.count > 1 ? qualifiers[String(words[0])] : .series
    guard let qualifier else { return nil }
    return SignatureParameter(name: String(name), type: type, qualifier: qualifier, fallback: fallback)
  }

  private static let qualifiers: [String: Qualifier] = [
    "const": .const, "input": .input, "simple": .simple,
  ]

  private static func fallback(_ text: Substring) -> SignatureParameter.Default? {
    if text == "true" || text == "false" { return .bool(text == "true") }
    if text == "na" { return .number(.nan) }
    if text.hasPrefix("'") { return .text(String(text.dropFirst().dropLast())) }
    return Double(text).map { .number($0) }
  }

  private static func parameterType(_ text: Substring) -> ParameterType? {
    switch text {
    case "number": .number
    case "value": .value
    case "any": .any
    default: staticType(text).map { .one($0) }
    }
  }

  private static func staticType(_ text: Substring) -> StaticType? {
    switch text {
    case "direction": .direction
    case "oca": .oca
    case "drawing": .drawing
    case "void": .void
    case "tuple": .tuple
    default: StaticType.written[String(text)]
    }
  }

  private static func result(_ text: Substring) -> ResultType? {
    if text == "number" || text == "value" { return .common }
    guard text.hasPrefix("(") else { return staticType(text).map { .one($0) } }
    var types: [StaticType] = []
    for part in text.dropFirst().dropLast().split(separator: ",") {
      guard let type = staticType(trimmed(part)) else { return nil }
      types.append(type)
    }
    return .tuple(types)
  }
}

/// Without spaces at either end.
func trimmed(_ text: Substring) -> Substring {
  var text = text
  while text.first == " " { text.removeFirst() }
  while text.last == " " { text.removeLast() }
  return text
}
