@testable import StrategyLanguage

/// Types by the text, as far as overloads, the elements of arrays and the names of functions over na need them: "int",
/// "array<float>", "map<string,int>", "line", "record:3", "enum:0". nil: not known.
extension Interpreter {
  /// A type as it is written, in the module at hand.
  func written(_ syntax: TypeSyntax?) -> String? {
    guard let syntax, syntax.name != 0 else { return nil }
    return written(tree.names[syntax.name])
  }

  func written(_ name: String) -> String? {
    if let (number, rest) = imported(name), !name.contains("<") { return inModule(number) { written(rest) } }
    if name == "chart.point" { return "record:-1" }
    if let number = modules[module].records[name] { return "record:\(number)" }
    if let number = modules[module].enumerations[name] { return "enum:\(number)" }
    if name.hasSuffix("[]") { return written(String(name.dropLast(2))).map { "array<\($0)>" } }
    guard name.hasSuffix(">") else { return name }
    let parts = Self.parts(name).compactMap { written($0) }
    return "\(name.prefix { $0 != "<" })<\(parts.joined(separator: ","))>"
  }

  /// The types between the brackets.
  static func parts(_ type: String) -> [String] {
    guard let open = type.firstIndex(of: "<") else { return [] }
    return type[type.index(after: open)...].dropLast().split(separator: ",").map(String.init)
  }

  func type(of id: NodeID) -> String? {
    switch tree[id] {
    case .integer: return "int"
    case .float: return "float"
    case .boolean: return "bool"
    case .text: return "string"
    case .color: return "color"
    case .name(let name): return type(named: tree.names[name])
    case .unary(.not, _): return "bool"
    case .unary(_, let x), .history(let x, _): return type(of: x)
    case .binary(let operation, let x, let y):
      switch operation {
      case .divide: return "float"
      case .add, .subtract, .multiply, .remainder: return common(type(of: x), type(of: y))
      default: return "bool"
      }
    case .ternary(_, let x, let y): return common(type(of: x), type(of: y))
    case .call(let name, let list): return type(ofCall: tree.names[name], list)
    case .methodCall(let x, let name, _): return type(ofMethod: tree.names[name], of: type(of: x))
    case .field(let x, let path): return type(ofField: tree.names[path], of: type(of: x))
    default: return nil
    }
  }

  private func common(_ x: String?, _ y: String?) -> String? {
    guard let x, let y, x != y else { return x ?? y }
    return "float"
  }

  func type(named path: String) -> String? {
    if let name = tree.names.find(path), let series = lookup(name) { return series.type }
    if let constant = constant(path) { return constant.type }
    if ["bar_index", "time", "time_close", "hour", "minute", "timeframe.multiplier"].contains(path) { return "int" }
    if ["open", "high", "low", "close", "hl2", "volume"].contains(path) { return "float" }
    guard let dot = path.lastIndex(of: ".") else { return nil }
    let owner = String(path[..<dot])
    if path.hasSuffix(".all") { return "array<\(owner)>" }
    return type(ofField: String(path[path.index(after: dot)...]), of: type(named: owner))
  }

  func type(ofField path: String, of owner: String?) -> String? {
    var type = owner
    for name in path.split(separator: ".") {
      guard let number = type.flatMap({ Int($0.dropFirst("record:".count)) }), type?.hasPrefix("record:") == true
      else { return nil }
      if number < 0 {
        type = name == "price" ? "float" : "int"
        continue
      }
      let field = tree.records[number].fields.first { tree.names[$0.name] == name }
      type = inModule(modules.firstIndex { $0.records.values.contains(number) } ?? 0) { written(field?.type) }
    }
    return type
  }

  func type(ofCall name: String, _ list: NodeList) -> String? {
    let first = tree.arguments[list.indices].first.map(\.value)
    if name.hasSuffix(".new"), let type = written(String(name.dropLast(4))), type != String(name.dropLast(4)) {
      return type
    }
    if name.hasPrefix("chart.point.") { return "record:-1" }
    if name == "array.from" {
      let types = tree.arguments[list.indices].map { type(of: $0.value) }
      return types.reduce(types.first ?? nil, common).map { "array<\($0)>" }
    }
    if name.contains(".new<") { return written(name.replacing(".new", with: "", maxReplacements: 1)) }
    if name.hasPrefix("array.new_") { return "array<\(name.dropFirst("array.new_".count))>" }
    switch name {
    case "int", "math.floor", "math.ceil", "input.int", "str.length": return "int"
    case "float", "input.float": return "float"
    case "str.tostring", "input.string", "array.join", "str.upper": return "string"
    case "line.new", "label.new", "box.new", "linefill.new", "polyline.new", "table.new":
      return String(name.dropLast(4))
    case "nz", "math.abs", "input.enum": return first.flatMap { type(of: $0) }
    default: break
    }
    guard let dot = name.lastIndex(of: "."), functions(name).isEmpty else { return nil }
    let (owner, method) = (String(name[..<dot]), String(name[name.index(after: dot)...]))
    if ["array", "map", "matrix", "line", "label", "box"].contains(owner) {
      return type(ofMethod: method, of: first.flatMap { type(of: $0) })
    }
    return type(named: owner).flatMap { type(ofMethod: method, of: $0) }
  }

  /// Of a built-in method.
  private func type(ofMethod name: String, of owner: String?) -> String? {
    guard let owner, methods(name, of: owner).isEmpty else { return nil }
    let parts = Self.parts(owner)
    switch (owner.prefix { $0 != "<" }, name) {
    case (_, "copy"), (_, "slice"), (_, "concat"), ("matrix", "transpose"), ("matrix", "submatrix"): return owner
    case ("array", "get"), ("array", "first"), ("array", "last"), ("array", "pop"), ("array", "shift"),
      ("array", "remove"), ("array", "max"), ("array", "min"), ("array", "sum"), ("matrix", "get"):
      return parts.first
    case (_, "size"), (_, "rows"), (_, "columns"), (_, "indexof"): return "int"
    case ("map", "get"), ("map", "put"), ("map", "remove"): return parts.last
    case ("map", "keys"): return "array<\(parts[0])>"
    case ("map", "values"): return "array<\(parts[1])>"
    case ("matrix", "row"), ("matrix", "col"): return "array<\(parts[0])>"
    case ("matrix", "inv"), ("matrix", "pinv"), ("matrix", "pow"), ("matrix", "kron"): return "matrix<float>"
    case ("label", "get_text"): return "string"
    case ("linefill", "get_line1"), ("linefill", "get_line2"): return "line"
    default: return nil
    }
  }

  /// What a value alone tells.
  func type(of value: OracleValue) -> String? {
    switch value {
    case .truth: "bool"
    case .text: "string"
    case .choice(let number, _): "enum:\(number)"
    case .object(let record as OracleRecord): "record:\(record.type)"
    case .object(let drawing as OracleDrawing): drawing.kind
    case .object(let array as OracleArray): "array<\(array.held)>"
    case .object(let slice as OracleSlice): "array<\(slice.array.held)>"
    case .object(let map as OracleMap): "map<\(map.types.key),\(map.types.value)>"
    case .object(let matrix as OracleMatrix): "matrix<\(matrix.held)>"
    default: nil
    }
  }
}
