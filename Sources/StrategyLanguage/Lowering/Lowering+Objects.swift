import StrategyIR

/// A user type, or `chart.point`.
struct RecordType {
  struct Field {
    var name: String
    var type: StaticType
    /// nil: na.
    var defaultValue: NodeID?
  }

  var name: String
  var fields: [Field]

  static let point = RecordType(
    name: "chart.point",
    fields: [
      Field(name: "time", type: .int), Field(name: "index", type: .int), Field(name: "price", type: .float),
    ])
}

/// Collections, user types and their fields.
extension Lowering {
  // MARK: Calls

  /// A function over objects, done here: its effect and its value cannot move.
  func object(_ function: ObjectFunction, _ arguments: [ExpressionRef], _ type: StaticType?) -> Value {
    guard let type else {
      b.evaluate(b.object(function, arguments, .float))
      return .void
    }
    let made = b.variable("", carried(type))
    b.declare(made, b.object(function, arguments, carried(type)))
    return Value(b.read(made), type, .series)
  }

  /// A call in a form of the catalogue.
  func object(_ function: ObjectFunction, _ bound: BoundArguments) -> Value {
    if bound.values.contains(where: { $0?.isUnknown == true || $0?.type == .unknown }) { hasUsedUnknown = true }
    let given = bound.values + bound.rest.map { $0 }
    let references = given.map { value in value.flatMap { $0.ref.isNone ? nil : $0.ref } ?? b.na(.float) }
    let type = answerType(bound)
    // A missing value of a map is na, which no bool of version 6 is.
    if type == .bool, tree.version >= 6, [.mapGet, .mapPut, .mapRemove].contains(function) {
      let made = b.variable("", .float)
      b.declare(made, b.object(function, references, .float))
      return Value(b.unary(.truth, b.read(made)), .bool, .series)
    }
    return object(function, references, type)
  }

  /// nil: none.
  private func answerType(_ bound: BoundArguments) -> StaticType? {
    let elements = bound.elements
    switch bound.signature.result {
    case .one(.void): return nil
    case .one(let type): return type
    case .common, .tuple: return .float
    case .collection(let result):
      switch result {
      case .array, .matrix, .map: return elements.collection ?? .unknown
      case .element: return elements.element?.type ?? .unknown
      case .key: return elements.key?.type ?? .unknown
      case .mapValue: return elements.value?.type ?? .unknown
      case .arrayOfElements: return elements.element.map { .array($0) } ?? .unknown
      case .arrayOfKeys: return elements.key.map { .array($0) } ?? .unknown
      case .arrayOfValues: return elements.value.map { .array($0) } ?? .unknown
      case .arrayOfInts: return .array(.int)
      case .arrayOfFloats: return .array(.float)
      case .arrayOfTexts: return .array(.text)
      case .matrixOfFloats: return .matrix(.float)
      }
    }
  }

  // MARK: Making collections

  /// The number of a type, as the functions that make collections take it.
  private func number(of type: ElementType) -> ExpressionRef { b.int(Int(carried(type.type).rawValue)) }

  /// The value of elements that are not given.
  private func blank(_ type: ElementType) -> ExpressionRef {
    carried(type.type) == .bool ? b.bool(false) : b.na(carried(type.type))
  }

  private func initial(_ bound: BoundArguments, _ type: ElementType) -> ExpressionRef? {
    guard let value = bound["initial_value"] else { return blank(type) }
    if value.type == .na { return blank(type) }
    return convert(value, to: type.type, at: bound.range("initial_value")) {
      "elements of \(type.type.spelling) cannot be \(value.described)"
    }.ref
  }

  /// `array.new_float(…)`, `array.new<float>(…)`: the types stand in the name.
  func newCollection(_ special: SpecialFunction, _ name: String, _ bound: BoundArguments, at range: Range<Int>) -> Value
  {
    guard let types = typeArguments(of: name, count: special == .newMap ? 2 : 1, at: range) else { return .unknown }
    switch special {
    case .newArray:
      guard let size = bound["size"], let value = initial(bound, types[0]), !value.isNone else { return .unknown }
      return object(.arrayNew, [number(of: types[0]), size.ref, value], .array(types[0]))
    case .newMatrix:
      guard let rows = bound["rows"], let columns = bound["columns"], let value = initial(bound, types[0]),
        !value.isNone
      else { return .unknown }
      return object(.matrixNew, [number(of: types[0]), rows.ref, columns.ref, value], .matrix(types[0]))
    default:
      return object(.mapNew, types.map(number(of:)), .map(types[0], types[1]))
    }
  }

  private func typeArguments(of name: String, count: Int, at range: Range<Int>) -> [ElementType]? {
    var texts: [Substring] = []
    if let open = name.firstIndex(of: "<"), name.hasSuffix(">") {
      texts = name[name.index(after: open)...].dropLast().split(separator: ",", omittingEmptySubsequences: false)
    } else if name.hasPrefix("array.new_") {
      texts = [name.dropFirst("array.new_".count)]
    }
    var types: [ElementType] = []
    for text in texts {
      guard let written = writtenType(String(text)) else {
        reportUnknownType(String(text), at: range)
        return nil
      }
      guard let type = ElementType(written) else {
        error("a collection cannot hold values of type \(written.spelling)", at: range)
        return nil
      }
      types.append(type)
    }
    guard types.count == count else {
      let base = name.prefix { $0 != "<" }
      error(
        "'\(base)' needs \(counted(count, "type"))", at: range,
        expected: count == 1 ? "\(base)<float>(…)" : "\(base)<string, float>(…)")
      return nil
    }
    if count == 2, types[0].type.isReference {
      error("the keys of a map cannot be \(types[0].type.spelling)", at: range, expected: "a number, string or color")
      return nil
    }
    return types
  }

  func arrayFrom(_ bound: BoundArguments, at range: Range<Int>) -> Value {
    let given = bound.values.compactMap { $0 } + bound.rest
    var type = StaticType.na
    for value in given {
      guard let met = common(type, value.type) else {
        error(
          "the elements have different types: \(type.spelling) and \(value.described)", at: range, expected: "one type")
        return .unknown
      }
      type = met
    }
    if type == .unknown { return .unknown }
    guard let element = ElementType(type == .na ? .float : type) else {
      error("a collection cannot hold values of type \(type.spelling)", at: range)
      return .unknown
    }
    let references = given.compactMap { converted($0, to: element.type)?.ref }
    return object(.arrayFrom, [number(of: element)] + references, .array(element))
  }

  // MARK: Types

  /// A type by its written name: built in, an enum or a type of the script, a collection.
  func writtenType(_ name: String) -> StaticType? {
    if let known = StaticType.written[name] { return known }
    if let number = enumerations[name] { return .enumeration(number) }
    if let number = recordNumbers[name] { return .record(number) }
    if let (number, rest) = imported(name), !name.contains("<") { return inModule(number) { writtenType(rest) } }
    if name.hasSuffix("[]") { return elementType(name.dropLast(2)).map { .array($0) } }
    guard let open = name.firstIndex(of: "<"), name.hasSuffix(">") else { return nil }
    let parts = name[name.index(after: open)...].dropLast().split(separator: ",")
    let types = parts.compactMap { elementType($0) }
    guard types.count == parts.count else { return nil }
    switch (name[..<open], types.count) {
    case ("array", 1): return .array(types[0])
    case ("matrix", 1): return .matrix(types[0])
    case ("map", 2): return .map(types[0], types[1])
    default: return nil
    }
  }

  private func elementType(_ name: Substring) -> ElementType? { writtenType(String(name)).flatMap(ElementType.init) }

  func define(record index: Int32) {
    let syntax = tree.records[Int(index)]
    let name = tree.names[syntax.name]
    guard recordNumbers[name] == nil, enumerations[name] == nil, StaticType.written[name] == nil, scopes.count == 1
    else {
      error("'\(name)' must be declared once, at the top level", at: syntax.nameRange)
      return
    }
    let number = records.count
    recordNumbers[name] = Int32(number)
    records.append(RecordType(name: name, fields: []))
    for field in syntax.fields {
      guard let written = field.type else { continue }
      let typeName = tree.names[written.name]
      guard let type = writtenType(typeName) else {
        reportUnknownType(typeName, at: written.range)
        records[number].fields.append(
          RecordType.Field(name: tree.names[field.name], type: .unknown, defaultValue: nil))
        continue
      }
      if records[number].fields.contains(where: { $0.name == tree.names[field.name] }) {
        error("the type '\(name)' has the field '\(tree.names[field.name])' twice", at: field.range)
      }
      records[number].fields.append(
        RecordType.Field(name: tree.names[field.name], type: type, defaultValue: field.defaultValue))
    }
  }

  /// `T.new(…)`, `T.copy(x)` of a module's type; nil where the path begins with no type's name.
  func recordCall(
    _ path: String, _ given: [EvaluatedArgument], in number: Int, at range: Range<Int>, place: Range<Int>
  ) -> Value? {
    inModule(number) {
      guard let dot = path.lastIndex(of: "."), let type = recordNumbers[String(path[..<dot])] else { return nil }
      switch path[path.index(after: dot)...] {
      case "new": return newRecord(type, given, at: range, place: place)
      case "copy":
        guard let first = given.first?.value, first.type == .record(type) else { return nil }
        return object(.recordCopy, [first.ref], first.type)
      default: return nil
      }
    }
  }

  private func newRecord(
    _ number: Int32, _ given: [EvaluatedArgument], at range: Range<Int>, place: Range<Int>
  ) -> Value {
    let record = records[Int(number)]
    guard var signature = Signature("f() void") else { return .unknown }
    signature.name = record.name + ".new"
    for field in record.fields {
      signature.parameters.append(
        SignatureParameter(name: field.name, type: .one(field.type), qualifier: .series, fallback: .absent))
    }
    switch bind(given, to: signature, at: range, place: place) {
    case .failure(let failure):
      error(failure.message, at: failure.range, expected: failure.expected, suggestion: failure.suggestion)
      return .unknown
    case .success(let bound):
      var references = [b.int(Int(number))]
      for (field, value) in zip(record.fields, bound.values) {
        let given = value ?? defaultValue(of: field)
        references.append(given.ref.isNone ? blank(of: field.type) : given.ref)
      }
      return object(.recordNew, references, .record(number))
    }
  }

  private func blank(of type: StaticType) -> ExpressionRef {
    carried(type) == .bool ? b.bool(false) : b.na(carried(type))
  }

  private func defaultValue(of field: RecordType.Field) -> Value {
    guard let id = field.defaultValue else { return Value(blank(of: field.type), field.type, .const) }
    let value = single(id)
    return convert(value, to: field.type, at: tree.range(of: id)) {
      "the field '\(field.name)' is \(field.type.spelling), but its default is \(value.described)"
    }
  }

  // MARK: Fields

  /// The value of a path `x.field.field` that begins with a name of the script; nil where it does not.
  func fieldPath(_ path: String, at range: Range<Int>) -> Value? {
    var end = path.lastIndex(of: ".")
    while let dot = end {
      if let name = tree.names.find(path[..<dot]), let binding = lookup(name) {
        return field(String(path[path.index(after: dot)...]), of: value(of: binding), at: range)
      }
      end = path[..<dot].lastIndex(of: ".")
    }
    return nil
  }

  /// A field, or a path of fields.
  func field(_ path: String, of value: Value, at range: Range<Int>) -> Value {
    var value = value
    for name in path.split(separator: ".") {
      guard let (number, field) = fieldPlace(String(name), of: value, at: range) else { return .unknown }
      value = object(.recordGet, [value.ref, b.int(number)], field.type)
    }
    return value
  }

  /// The number of a field.
  private func fieldPlace(_ name: String, of value: Value, at range: Range<Int>) -> (Int, RecordType.Field)? {
    switch value.type {
    case .unknown: return nil
    case .record(let number):
      let fields = records[Int(number)].fields
      if let place = fields.firstIndex(where: { $0.name == name }) {
        return fields[place].type == .unknown ? nil : (place, fields[place])
      }
      error(
        "the type '\(records[Int(number)].name)' has no field '\(name)'", at: range,
        suggestion: NearMiss.find(name, among: fields.map(\.name)))
    default: error("\(value.described) has no field '\(name)'", at: range)
    }
    return nil
  }

  /// `x.field := v`, where the path begins with a name of the script; nil where it does not.
  func assignField(
    _ path: String, _ operation: InfixOperator?, _ right: Value, at range: Range<Int>
  ) -> Value? {
    guard let dot = path.lastIndex(of: ".") else { return nil }
    let prefix = String(path[..<dot])
    let known = tree.names.find(prefix).flatMap(lookup).map(value(of:)) ?? fieldPath(prefix, at: range)
    guard let owner = known else { return nil }
    return assign(String(path[path.index(after: dot)...]), of: owner, operation, right, at: range)
  }

  /// `f(x).field := v`.
  func fieldAssignment(
    _ target: NodeID, _ operation: InfixOperator?, _ syntax: NodeID, at range: Range<Int>
  ) -> Value {
    guard case .field(let node, let name) = tree[target] else { return .unknown }
    let right = anyValue(syntax, wanted: true)
    let path = tree.names[name]
    var owner = single(node)
    var last = path
    if let dot = path.lastIndex(of: ".") {
      owner = field(String(path[..<dot]), of: owner, at: range)
      last = String(path[path.index(after: dot)...])
    }
    return assign(last, of: owner, operation, right, at: range)
  }

  private func assign(
    _ name: String, of owner: Value, _ operation: InfixOperator?, _ right: Value, at range: Range<Int>
  ) -> Value {
    guard let (number, field) = fieldPlace(name, of: owner, at: range) else { return .unknown }
    var value = right
    if let operation {
      let before = object(.recordGet, [owner.ref, b.int(number)], field.type)
      value = binary(operation, before, right, at: range)
    }
    value = convert(value, to: field.type, at: range) {
      "the field '\(name)' is \(field.type.spelling) and cannot hold \(value.described)"
    }
    if value.ref.isNone { return .unknown }
    _ = object(.recordSet, [owner.ref, b.int(number), value.ref], nil)
    return value
  }

  // MARK: Loops

  /// `for x in collection`, `for [i, x] in collection`: elements that are added while it runs are seen.
  func collectionLoop(
    _ names: [(NameID, Range<Int>)], _ collection: NodeID, _ list: NodeList, wanted: Bool
  ) -> Value {
    let range = tree.range(of: collection)
    let value = single(collection)
    guard let parts = loopParts(value, names, at: range) else {
      for (name, range) in names { bind(name, .value(.unknown), at: range) }
      _ = block { _ = self.scoped(list, wanted: false) }
      return wanted ? .unknown : .void
    }
    let kept = b.eager(value.ref)
    let counter = b.variable("", .int)
    let size = { [self] in object(parts.size, [kept], .int).ref }
    let end = lazily { Value(b.binary(.subtract, size(), b.int(1)), .int, .series) }
    var arms = Arms()
    let body = block {
      for (part, name) in zip(parts.values, names) {
        let value =
          part.function.map { object($0, [kept, b.read(counter)], part.type) }
          ?? Value(b.read(counter), .int, .series)
        declare(name.0, value, mode: .plain, at: name.1)
      }
      arm(list, &arms, wanted: wanted)
    }
    let result = wanted ? self.result(&arms, at: range) : .void
    let loop = ForLoop(counter: counter, from: b.int(0), to: end.ref, body: body)
    b.program.loops.append(loop)
    let number = Int32(truncatingIfNeeded: b.program.loops.count - 1)
    let isThere = b.binary(.greater, size(), b.int(0))
    b.branch(isThere, block { b.append(.forLoop(number)) })
    return result
  }

  private struct LoopParts {
    var size: ObjectFunction
    /// What each name stands for; without a function the counter.
    var values: [(function: ObjectFunction?, type: StaticType)]
  }

  private func loopParts(_ value: Value, _ names: [(NameID, Range<Int>)], at range: Range<Int>) -> LoopParts? {
    let counter: [(function: ObjectFunction?, type: StaticType)] = names.count == 2 ? [(nil, .int)] : []
    switch value.type {
    case .unknown: return nil
    case .array(let element) where names.count <= 2:
      return LoopParts(size: .arraySize, values: counter + [(.arrayGet, element.type)])
    case .matrix(let element) where names.count <= 2:
      return LoopParts(size: .matrixRows, values: counter + [(.matrixRow, .array(element))])
    case .map(let key, let held) where names.count == 2:
      return LoopParts(size: .mapSize, values: [(.mapKeyAt, key.type), (.mapValueAt, held.type)])
    case .array, .matrix, .map:
      error("'for' over \(value.type.spelling) takes other names", at: range, expected: "for [key, value] in …")
    default:
      error("\(value.described) is no collection", at: range, expected: "an array, a matrix or a map")
    }
    return nil
  }
}
