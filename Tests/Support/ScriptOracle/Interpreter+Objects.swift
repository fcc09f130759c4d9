@testable import StrategyLanguage

/// Types of the script, their fields and methods. What cannot be done stops the script; the stop's
/// message is the name of the function that cannot.
extension Interpreter {
  // MARK: Fields

  /// The value of a path `x.field.field`; nil where it begins with no name of the script.
  func path(_ text: String) throws -> OracleValue? {
    if let name = tree.names.find(text), let series = lookup(name) { return series.value }
    guard let dot = text.lastIndex(of: "."), let owner = try path(String(text[..<dot])) else { return nil }
    return try field(String(text[text.index(after: dot)...]), of: owner)
  }

  /// A field, or a path of fields.
  func field(_ path: String, of owner: OracleValue) throws -> OracleValue {
    var value = owner
    for name in path.split(separator: ".") {
      guard let record = value.object as? OracleRecord else { throw OracleStop.missing("T.get") }
      guard let field = record.fields[String(name)] else { throw OracleGap(what: "field \(name)") }
      value = field
    }
    return value
  }

  /// The right side first, then the object.
  func assign(
    path: String, of start: () throws -> OracleValue?, _ operation: InfixOperator?, _ value: NodeID
  ) throws -> OracleValue {
    let right = try evaluate(value)
    guard var owner = try start() else { throw OracleGap(what: "name \(path)") }
    var names = path.split(separator: ".").map(String.init)
    let last = names.removeLast()
    if !names.isEmpty { owner = try field(names.joined(separator: "."), of: owner) }
    let made = try operation.map { combine($0, try field(last, of: owner), right) } ?? right
    guard let record = owner.object as? OracleRecord else { throw OracleStop.missing("T.set") }
    record.fields[last] = made
    return made
  }

  // MARK: Calls

  /// `T.new(…)`, `T.copy(x)`, `array.get(…)`, `line.set_x1(…)`, a method of a name's value; nil: none of these.
  func objectCall(_ id: NodeID, _ name: String, _ list: NodeList) throws -> OracleValue? {
    guard let dot = name.lastIndex(of: "."), functions(name).isEmpty else { return nil }
    let (owner, method) = (String(name[..<dot]), String(name[name.index(after: dot)...]))
    if let type = written(owner), type.hasPrefix("record:"), let number = Int(type.dropFirst("record:".count)) {
      let given = try arguments(list)
      if number < 0 { return try point(method, given) }
      return try method == "new" ? new(number, given) : copy(given.values[0].value)
    }
    if Self.drawingKinds.contains(owner) { return try drawing(owner, method, try arguments(list)) }
    if ["array", "map", "matrix"].contains(owner) || name.contains("<") {
      return try collection(name, try arguments(list).values.map(\.value), made: type(ofNew: name, list))
    }
    guard let receiver = try path(owner) ?? allDrawings(owner) else { return nil }
    return try self.method(id, method, of: receiver, type(named: owner), list)
  }

  /// - Parameter type: Of the receiver, by the text.
  func method(
    _ id: NodeID, _ path: String, of owner: OracleValue, _ ownType: String?, _ list: NodeList
  ) throws -> OracleValue {
    var (name, receiver, type) = (path, owner, ownType)
    if let dot = path.lastIndex(of: ".") {
      let fields = String(path[..<dot])
      receiver = try field(fields, of: owner)
      type = self.type(ofField: fields, of: ownType)
      name = String(path[path.index(after: dot)...])
    }
    var given = try arguments(list)
    given.values.insert(("", receiver), at: 0)
    type = type ?? self.type(of: receiver)
    let candidates = methods(name, of: type)
    if !candidates.isEmpty {
      let function = try chosen(candidates, [("", type, false)] + types(of: list, Array(given.values.dropFirst())))
      return try callUser(id, function, given, list, isMethod: true)
    }
    let values = given.values.map(\.value)
    let namespace = String((type ?? self.type(of: receiver) ?? "").prefix { $0 != "<" })
    if Self.drawingKinds.contains(namespace) { return try drawing(namespace, name, given) }
    if namespace.hasPrefix("record:"), name == "copy" { return try copy(receiver) }
    guard ["array", "map", "matrix"].contains(namespace) else {
      throw OracleGap(what: "method \(name) of \(type ?? "a value of this type")")
    }
    return try collection("\(namespace).\(name)", values, made: "")
  }

  /// The arguments' types, by the text or else by their values.
  func types(
    of list: NodeList, _ values: [(name: String, value: OracleValue)]
  ) -> [(name: String, type: String?, isKnown: Bool)] {
    zip(tree.arguments[list.indices], values).map { argument, value in
      (value.name, type(of: argument.value) ?? type(of: value.value), isKnown(argument.value))
    }
  }

  /// Of a call that makes a collection: its type.
  private func type(ofNew name: String, _ list: NodeList) -> String { type(ofCall: name, list) ?? "" }

  private func new(_ number: Int, _ given: Arguments) throws -> OracleValue {
    var fields: [String: OracleValue] = [:]
    let home = modules.firstIndex { $0.records.values.contains(number) } ?? 0
    for (position, field) in tree.records[number].fields.enumerated() {
      let name = tree.names[field.name]
      if let value = given.value(name, at: position) {
        fields[name] = value
      } else if let fallback = field.defaultValue {
        fields[name] = try inModule(home) { try evaluate(fallback) }
      } else {
        fields[name] = field.type.map { tree.names[$0.name] } == "bool" ? .truth(false) : .na
      }
    }
    return .object(OracleRecord(number, fields))
  }

  private func copy(_ value: OracleValue) throws -> OracleValue {
    guard let record = value.object as? OracleRecord else { throw OracleStop.missing("T.copy") }
    return .object(record.copy)
  }

  /// - Parameter made: The type of what the call makes.
  private func collection(_ name: String, _ values: [OracleValue], made: String) throws -> OracleValue {
    let plain = String(name.prefix { $0 != "<" })
    let types = Self.parts(made)
    if plain.hasPrefix("array.") { return try array(plain, values, types.first ?? "float") }
    if plain.hasPrefix("map.") { return try map(plain, values, types) }
    return try matrix(plain, values, types.first ?? "float")
  }

  // MARK: Indices

  /// A negative index counts from the end where `countsBack`, in version 6.
  func place(
    _ index: Double, of count: Int, _ function: String, countsBack: Bool = false, mayEnd: Bool = false
  ) throws -> Int {
    var place = index.rounded(.towardZero)
    if place < 0, countsBack, version >= 6 { place += Double(count) }
    guard place >= 0, place < Double(mayEnd ? count + 1 : count) else {
      throw OracleStop(
        message: function, reason: "the index \(Self.text(.number(index))) is outside of \(count) elements")
    }
    return Int(place)
  }

  // MARK: Loops

  /// `for x in …`: elements that are added while it runs are seen.
  func elements(_ syntax: LoopBody, _ collection: NodeID) throws -> OracleValue {
    let value = try evaluate(collection)
    let types = self.types(ofElements: type(of: collection) ?? type(of: value), syntax.names.count)
    var result = OracleValue.none
    var place = 0
    while let names = try element(place, of: value, syntax.names.count) {
      for (number, ((name, _), value)) in zip(syntax.names, names).enumerated() {
        let series = Series()
        series.type = number < types.count ? types[number] : nil
        series.declare(value, at: bar)
        bind(name, series)
      }
      guard try round(syntax.block, &result) else { break }
      place += 1
    }
    return result
  }

  private func types(ofElements type: String?, _ names: Int) -> [String] {
    let parts = Self.parts(type ?? "")
    if type?.hasPrefix("map<") == true { return parts }
    let element = type?.hasPrefix("matrix<") == true ? parts.first.map { "array<\($0)>" } : parts.first
    return (names == 2 ? ["int"] : []) + (element.map { [$0] } ?? [])
  }

  /// What the loop's names stand for; nil behind the last element.
  private func element(_ place: Int, of value: OracleValue, _ names: Int) throws -> [OracleValue]? {
    let number = OracleValue.number(Double(place))
    switch value.object {
    case let map as OracleMap:
      return place < map.pairs.count ? [map.pairs[place].key, map.pairs[place].value] : nil
    case let matrix as OracleMatrix:
      guard place < matrix.rows.count else { return nil }
      let row = OracleValue.object(OracleArray(matrix.rows[place], of: matrix.held))
      return names == 2 ? [number, row] : [row]
    case nil: throw OracleStop.missing(OracleRun.missingObject)
    default:
      let window = try self.window(value, "array.size")
      guard place < window.count else { return nil }
      return names == 2 ? [number, window.elements[place]] : [window.elements[place]]
    }
  }
}
