import CFxaot
import Market
import StrategyIR

/// Reads a scenario file line by line. Prices are on their instruments' grids when it is done, amounts and
/// fractions are integers.
public struct ScenarioReader {
  public static let longestFile = 64 << 20
  static let longestLine = 1 << 20

  private var lines: [Scenario.Line] = []
  var symbols: [ScenarioSymbol] = []
  private var places: [String: Int] = [:]
  /// The symbol of each order so far.
  var symbolOfOrder: [String: Int] = [:]
  var risk = fxaot_risk()
  var venue = fxaot_venue()
  private let defaultTerms: fxaot_account_terms

  /// - Parameter defaults: an account's terms where a file does not say them.
  public static func read(
    _ bytes: [UInt8], defaults: fxaot_account_terms
  ) throws(ScenarioFault) -> Scenario {
    guard bytes.count <= longestFile else { throw ScenarioFault(0, "the file is larger than 64 MiB") }
    var reader = ScenarioReader(defaultTerms: defaults)
    var number = 0
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      try reader.take(line, number)
    }
    return Scenario(lines: reader.lines, symbols: reader.symbols)
  }

  private init(defaultTerms: fxaot_account_terms) { self.defaultTerms = defaultTerms }

  private static let kinds = [
    "account", "instrument", "risk", "venue", "quote", "advance", "order", "modify", "cancel", "close",
    "close_by", "cash", "state", "expect", "comment",
  ]

  private mutating func take(_ bytes: ArraySlice<UInt8>, _ number: Int) throws(ScenarioFault) {
    guard bytes.count <= Self.longestLine else { throw ScenarioFault(number, "the line is longer than 1 MiB") }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ScenarioFault(number, "the line is not valid UTF-8")
    }
    guard let first = bytes.first(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { return }
    if bytes.first == UInt8(ascii: "#") { return }
    guard first == UInt8(ascii: "{") else {
      throw ScenarioFault(number, "a line must be an object, a comment that begins with #, or blank")
    }
    let value = try JSONLineReader.read(bytes, line: number)
    guard case .object(let members) = value.content, members.count == 1 else {
      throw ScenarioFault(number, value.column, "a line must be an object with one key")
    }
    let steps = try steps(members[0], number)
    if members[0].name == "comment" { return }
    lines.append(Scenario.Line(number: number, text: text.trimmed, steps: steps))
  }

  private mutating func steps(_ member: JSONMember, _ line: Int) throws(ScenarioFault) -> [Scenario.Step] {
    let value = member.value
    switch member.name {
    case "comment": return []
    case "account":
      guard lines.isEmpty else {
        throw ScenarioFault(line, member.column, "account must stand before all other lines, and only once")
      }
      return try account(value, line)
    case "instrument": return try instrument(value, line)
    case "risk": return try risk(value, line)
    case "venue": return try venue(value, line)
    case "quote": return try quote(value, line)
    case "advance": return try advance(value, line)
    case "order": return try order(value, line)
    case "modify": return try modify(value, line)
    case "cancel": return try cancel(value, line)
    case "close": return try close(value, line)
    case "close_by": return try closeBy(value, line)
    case "cash": return try cash(value, line)
    case "state": return try state(value, line)
    case "expect": return try expect(value, line)
    default:
      throw Fields.unknown(member, "there is no line '\(member.name)'", Self.kinds, line)
    }
  }

  private func account(_ value: JSONValue, _ line: Int) throws(ScenarioFault) -> [Scenario.Step] {
    try AccountLine.steps(value, line, defaults: defaultTerms)
  }

  // MARK: Symbols

  func place(of symbol: String) -> Int? { places[symbol] }

  /// The place of a symbol; a built-in one is added at its first use. nil for an unknown symbol.
  mutating func use(_ symbol: String, _ line: Int, _ steps: inout [Scenario.Step]) -> Int? {
    if let place = places[symbol] { return place }
    let found = Array(symbol.utf8).withUnsafeBytes { BuiltInInstruments.find($0) }
    guard let found else { return nil }
    return add(ScenarioSymbol(name: symbol, raw: found, line: line), &steps)
  }

  mutating func add(_ symbol: ScenarioSymbol, _ steps: inout [Scenario.Step]) -> Int {
    let place = symbols.count
    symbols.append(symbol)
    places[symbol.name] = place
    steps.append(.add(place, symbol.raw))
    return place
  }

  /// Gives a symbol another name; false where another one has it, or is built in under it.
  mutating func use(alias: String, for place: Int) -> Bool {
    if let known = places[alias] { return known == place }
    guard Array(alias.utf8).withUnsafeBytes({ BuiltInInstruments.find($0) }) == nil else { return false }
    places[alias] = place
    return true
  }

  /// The same, for a line that needs one.
  mutating func symbol(_ fields: Fields, _ steps: inout [Scenario.Step]) throws(ScenarioFault) -> Int {
    let name = try fields.required("symbol", try fields.text("symbol"))
    if let place = use(name, fields.line, &steps) { return place }
    throw fields.fault(unknown(name), at: "symbol")
  }

  func unknown(_ symbol: String) -> String {
    let known = symbols.map(\.name) + BuiltInInstruments.symbols.map(\.description)
    return "'\(symbol)' is not built in and has no instrument line before this one"
      + NearMiss.hint(symbol, among: known)
  }

  // MARK: Quotes and time

  private mutating func quote(_ value: JSONValue, _ line: Int) throws(ScenarioFault) -> [Scenario.Step] {
    let fields = try Fields(
      value, "quote", line: line, known: ["time", "symbol", "bid", "ask", "bid_size", "ask_size"])
    var steps: [Scenario.Step] = []
    let time = try fields.required("time", try fields.time("time"))
    let symbol = try symbol(fields, &steps)
    let quote = ScenarioQuote(
      time: time, bid: try fields.positive("bid", symbols[symbol]), ask: try fields.positive("ask", symbols[symbol]),
      bidSize: try size(fields, "bid_size"), askSize: try size(fields, "ask_size"))
    return steps + [.quote(symbol, quote)]
  }

  private func size(_ fields: Fields, _ name: String) throws(ScenarioFault) -> Double {
    guard let size = try fields.decimal(name) else { return 0 }
    guard size.coefficient >= 0 else { throw fields.outOfRange(name) }
    return size.double
  }

  private func advance(_ value: JSONValue, _ line: Int) throws(ScenarioFault) -> [Scenario.Step] {
    let fields = try Fields(value, "advance", line: line, known: ["time"])
    return [.advance(try fields.required("time", try fields.time("time")))]
  }

  // MARK: Cash and trading state

  private func cash(_ value: JSONValue, _ line: Int) throws(ScenarioFault) -> [Scenario.Step] {
    let fields = try Fields(value, "cash", line: line, known: ["amount"])
    return [.cash(try fields.required("amount", try fields.money("amount")))]
  }

  private func state(_ value: JSONValue, _ line: Int) throws(ScenarioFault) -> [Scenario.Step] {
    // The line's value is the word itself.
    let member = JSONMember(name: "state", column: value.column, value: value)
    let object = JSONValue(column: value.column, content: .object([member]))
    let fields = try Fields(object, "", line: line)
    return [.state(try fields.required("state", try fields.choice("state", Names.tradingStates)))]
  }
}

extension Fields {
  /// A price that must be there and above zero.
  func positive(_ name: String, _ symbol: ScenarioSymbol) throws(ScenarioFault) -> Double {
    let decimal = try required(name, try decimal(name))
    guard let price = symbol.price(decimal), price > 0 else {
      throw fault("\(owner).\(name) must be a price above 0", at: name)
    }
    return price
  }
}

extension String {
  /// Without blanks at its ends.
  var trimmed: String {
    let isBlank = { (character: Character) in character == " " || character == "\t" || character == "\r" }
    let start = drop(while: isBlank)
    return String(start.reversed().drop(while: isBlank).reversed())
  }
}
