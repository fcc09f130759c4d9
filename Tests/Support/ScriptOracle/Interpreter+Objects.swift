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
      guard let record = value.object as? OracleRecord else { throw OracleStop(message: "T.get") }
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
    guard let record = owner.object as? OracleRecord else { throw OracleStop(message: "T.set") }
    record.fields[last] = made
    return made
  }

  // MARK: Calls

  /// `T.new(…)`, `T.copy(x)`, a method of a name's value; nil: none of these.
  func objectCall(_ id: NodeID, _ name: String, _ list: NodeList) throws -> OracleValue? {
    guard let dot = name.lastIndex(of: ".") else { return nil }
    let (owner, method) = (String(name[..<dot]), String(name[name.index(after: dot)...]))
    if let record = tree.records.first(where: { tree.names[$0.name] == owner }) {
      let given = try arguments(list)
      return try method == "new" ? new(record, given) : copy(given.values[0].value)
    }
    if ["array", "map", "matrix"].contains(owner) || name.contains("<") {
      return try collection(name, try arguments(list).values.map(\.value))
    }
    guard let receiver = try path(owner) else { return nil }
    return try self.method(id, method, of: receiver, list)
  }

  func method(_ id: NodeID, _ name: String, of receiver: OracleValue, _ list: NodeList) throws -> OracleValue {
    var given = try arguments(list)
    given.values.insert(("", receiver), at: 0)
    if let function = tree.functions.first(where: { $0.isMethod && tree.names[$0.name] == name }) {
      return try callUser(id, function, given, list, isMethod: true)
    }
    let values = given.values.map(\.value)
    switch receiver.object {
    case is OracleRecord where name == "copy": return try copy(receiver)
    case is OracleArray, is OracleSlice: return try collection("array.\(name)", values)
    case is OracleMap: return try collection("map.\(name)", values)
    case is OracleMatrix: return try collection("matrix.\(name)", values)
    default: throw OracleStop(message: OracleRun.missingObject)
    }
  }

  private func new(_ syntax: RecordSyntax, _ given: Arguments) throws -> OracleValue {
    var fields: [String: OracleValue] = [:]
    for (position, field) in syntax.fields.enumerated() {
      let name = tree.names[field.name]
      if let value = given.value(name, at: position) {
        fields[name] = value
      } else if let fallback = field.defaultValue {
        fields[name] = try evaluate(fallback)
      } else {
        fields[name] = field.type.map { tree.names[$0.name] } == "bool" ? .truth(false) : .na
      }
    }
    return .object(OracleRecord(tree.names[syntax.name], fields))
  }

  private func copy(_ value: OracleValue) throws -> OracleValue {
    guard let record = value.object as? OracleRecord else { throw OracleStop(message: "T.copy") }
    return .object(OracleRecord(record.type, record.fields))
  }

  private func collection(_ name: String, _ values: [OracleValue]) throws -> OracleValue {
    let plain = String(name.prefix { $0 != "<" })
    if plain.hasPrefix("array.") { return try array(plain, values) }
    return try plain.hasPrefix("map.") ? map(plain, values) : matrix(plain, values)
  }

  // MARK: Indices

  /// A negative index counts from the end where `countsBack`, in version 6.
  func place(
    _ index: Double, of count: Int, _ function: String, countsBack: Bool = false, mayEnd: Bool = false
  ) throws -> Int {
    var place = index.rounded(.towardZero)
    if place < 0, countsBack, tree.version >= 6 { place += Double(count) }
    guard place >= 0, place < Double(mayEnd ? count + 1 : count) else { throw OracleStop(message: function) }
    return Int(place)
  }

  // MARK: Loops

  /// `for x in …`: elements that are added while it runs are seen.
  func elements(_ syntax: LoopBody, _ collection: NodeID) throws -> OracleValue {
    let value = try evaluate(collection)
    var result = OracleValue.none
    var place = 0
    while let names = try element(place, of: value, syntax.names.count) {
      for ((name, _), value) in zip(syntax.names, names) {
        let series = Series()
        series.declare(value, at: bar)
        bind(name, series)
      }
      guard try round(syntax.block, &result) else { break }
      place += 1
    }
    return result
  }

  /// What the loop's names stand for; nil behind the last element.
  private func element(_ place: Int, of value: OracleValue, _ names: Int) throws -> [OracleValue]? {
    let number = OracleValue.number(Double(place))
    switch value.object {
    case let map as OracleMap:
      return place < map.pairs.count ? [.number(map.pairs[place].key), map.pairs[place].value] : nil
    case let matrix as OracleMatrix:
      guard place < matrix.rows.count else { return nil }
      let row = OracleValue.object(OracleArray(matrix.rows[place]))
      return names == 2 ? [number, row] : [row]
    case nil: throw OracleStop(message: OracleRun.missingObject)
    default:
      let window = try self.window(value, "array.size")
      guard place < window.count else { return nil }
      return names == 2 ? [number, window.elements[place]] : [window.elements[place]]
    }
  }
}
