import CFxaot
import Calendar
import StrategyIR

/// The fields of an object in a scenario. Every name must be a known one; every read checks the type.
struct Fields {
  /// The line's key, or the object's name in it.
  let owner: String
  let line: Int
  private let column: Int
  private let members: [JSONMember]

  /// Fails where the value is no object, or has a name that is not `known`.
  init(_ value: JSONValue, _ owner: String, line: Int, known: [String]) throws(ScenarioFault) {
    try self.init(value, owner, line: line)
    for member in members where !known.contains(member.name) {
      throw Self.unknown(member, "\(owner) has no field '\(member.name)'", known, line)
    }
  }

  /// An object whose names are its own, such as symbols.
  init(_ value: JSONValue, _ owner: String, line: Int) throws(ScenarioFault) {
    guard case .object(let members) = value.content else {
      throw ScenarioFault(line, value.column, "\(owner) must be an object, not \(value.kind)")
    }
    self.owner = owner
    self.line = line
    self.members = members
    column = value.column
  }

  static func unknown(
    _ member: JSONMember, _ sentence: String, _ known: [String], _ line: Int
  ) -> ScenarioFault {
    let hint = NearMiss.hint(member.name, among: known)
    let all = "; known are " + known.joined(separator: ", ")
    return ScenarioFault(line, member.column, sentence + (hint.isEmpty ? all : hint))
  }

  var all: [JSONMember] { members }
  var isEmpty: Bool { members.isEmpty }
  func has(_ name: String) -> Bool { value(name) != nil }
  func value(_ name: String) -> JSONValue? { members.first { $0.name == name }?.value }

  /// At the value of a field, or at the whole object.
  func fault(_ sentence: String, at name: String? = nil) -> ScenarioFault {
    ScenarioFault(line, members.first { $0.name == name }?.value.column ?? column, sentence)
  }

  private func path(_ name: String) -> String { owner.isEmpty ? name : "\(owner).\(name)" }

  func wrong(_ name: String, _ wanted: String) -> ScenarioFault {
    fault("\(path(name)) must be \(wanted)" + (value(name).map { ", not \($0.kind)" } ?? ""), at: name)
  }

  /// The value of a field that must be there.
  func required<Value>(_ name: String, _ value: Value?) throws(ScenarioFault) -> Value {
    guard let value else { throw fault("\(owner) needs '\(name)'") }
    return value
  }

  // MARK: Values by type; nil where the field is absent

  func text(_ name: String) throws(ScenarioFault) -> String? {
    guard let value = value(name) else { return nil }
    guard case .text(let text) = value.content else { throw wrong(name, "a text") }
    return text
  }

  func bool(_ name: String) throws(ScenarioFault) -> UInt32? {
    guard let value = value(name) else { return nil }
    guard case .bool(let bool) = value.content else { throw wrong(name, "true or false") }
    return bool ? 1 : 0
  }

  func decimal(_ name: String) throws(ScenarioFault) -> ExactDecimal? {
    guard let value = value(name) else { return nil }
    guard case .number(let number) = value.content else { throw wrong(name, "a number") }
    return number
  }

  /// A number × 10^places, which must be whole.
  func scaled(_ name: String, places: Int) throws(ScenarioFault) -> Int64? {
    guard let number = try decimal(name) else { return nil }
    if let scaled = number.scaled(to: places) { return scaled }
    let isTooLarge = number.rounded(to: places).map { Int64(exactly: $0) == nil } ?? true
    let wanted = places == 0 ? "a whole number" : "a number with at most \(places) places after the point"
    throw fault("\(path(name)) " + (isTooLarge ? "is too large" : "must be \(wanted)"), at: name)
  }

  func whole(_ name: String) throws(ScenarioFault) -> Int64? { try scaled(name, places: 0) }
  func money(_ name: String) throws(ScenarioFault) -> Int64? { try scaled(name, places: 6) }
  func fraction(_ name: String) throws(ScenarioFault) -> Int64? { try scaled(name, places: 9) }

  /// A count that fits into 32 bits.
  func count(_ name: String) throws(ScenarioFault) -> UInt32? {
    guard let number = try whole(name) else { return nil }
    guard let count = UInt32(exactly: number) else { throw outOfRange(name) }
    return count
  }

  func outOfRange(_ name: String) -> ScenarioFault {
    fault("\(path(name)) is out of range", at: name)
  }

  /// One of some words, as its number.
  func choice(_ name: String, _ words: KeyValuePairs<String, Int>) throws(ScenarioFault) -> UInt32? {
    guard let text = try text(name) else { return nil }
    if let found = words.first(where: { $0.key == text }) { return UInt32(found.value) }
    let known = words.map(\.key)
    let hint = NearMiss.hint(text, among: known)
    let list = known.dropLast().joined(separator: ", ") + " or " + (known.last ?? "")
    throw fault("\(path(name)) must be \(list), not '\(text)'" + hint, at: name)
  }

  /// Nanoseconds since 1970: a number, or a date with the time of day, of UTC without a zone.
  func time(_ name: String) throws(ScenarioFault) -> Int64? {
    guard let value = value(name) else { return nil }
    let time: Int64?
    switch value.content {
    case .number(let number): time = number.scaled(to: 0)
    case .text(let text): time = Self.nanoseconds(text)
    default: throw wrong(name, "a time such as \"2024-03-04T10:00:00Z\", or nanoseconds since 1970")
    }
    guard let time, (FXAOT_MIN_TIME_NS...FXAOT_MAX_TIME_NS).contains(time) else {
      throw fault(
        "\(path(name)) must be a time from 1990 to 2200, such as \"2024-03-04T10:00:00Z\", "
          + "or nanoseconds since 1970", at: name)
    }
    return time
  }

  /// Of a date in ISO 8601 to the millisecond.
  private static func nanoseconds(_ text: String) -> Int64? {
    guard text.utf8.count >= 10, text.utf8.prefix(4).allSatisfy({ (48...57).contains($0) }),
      text.drop(while: { $0 != "." }).dropFirst().prefix(while: \.isNumber).count <= 3,
      let milliseconds = DateText.milliseconds(of: text)
    else { return nil }
    return milliseconds.multipliedReportingOverflow(by: 1_000_000).overflow ? nil : milliseconds * 1_000_000
  }
}
