import CFxaot

/// {"expect": …}: what the state must be after all lines before it.
struct Expectation {
  var checks: [Check] = []

  enum Check {
    case money(AccountField, ExactDecimal)
    /// nil: infinite, since no margin is used.
    case marginLevel(ExactDecimal?)
    /// The symbol's place.
    case position(Int, HoldingField)
    case ticket(String, HoldingField)
    case order(String, UInt32)
    case rejected(String, String)
    case cancelled(String, String)
    case events([String], isExact: Bool)
  }

  enum AccountField: String, CaseIterable {
    case balance, equity
    case marginUsed = "margin_used"
    case freeMargin = "free_margin"
  }

  /// A field of a position or of a ticket.
  enum HoldingField {
    case side(UInt32)
    case quantity(Int64)
    case price(ExactDecimal)
    case unrealised(ExactDecimal)
  }
}

extension ScenarioReader {
  private static let known =
    Expectation.AccountField.allCases.map(\.rawValue) + [
      "margin_level", "positions", "tickets", "orders", "rejected", "cancelled", "events", "events_exact",
    ]

  mutating func expect(_ value: JSONValue, _ line: Int) throws(ScenarioFault) -> [Scenario.Step] {
    let fields = try Fields(value, "expect", line: line, known: Self.known)
    var expected = Expectation()
    var steps: [Scenario.Step] = []
    for field in Expectation.AccountField.allCases {
      if let wanted = try fields.decimal(field.rawValue) { expected.checks.append(.money(field, wanted)) }
    }
    if let level = fields.value("margin_level") {
      let wanted = level.content == .null ? nil : try fields.decimal("margin_level")
      expected.checks.append(.marginLevel(wanted))
    }
    for member in try fields.members("positions") {
      guard let place = use(member.name, line, &steps) else {
        throw ScenarioFault(line, member.column, unknown(member.name))
      }
      let position = try Fields(
        member.value, "positions.\(member.name)", line: line, known: ["quantity", "price", "unrealised"])
      expected.checks += try position.holding().map { .position(place, $0) }
    }
    for member in try fields.members("tickets") {
      let ticket = try Fields(
        member.value, "tickets.\(member.name)", line: line, known: ["side", "quantity", "price", "unrealised"])
      expected.checks += try ticket.holding().map { .ticket(member.name, $0) }
    }
    let orders = try fields.object("orders")
    for member in orders.all {
      let state = try orders.required(member.name, try orders.choice(member.name, Names.orderStates))
      expected.checks.append(.order(member.name, state))
    }
    expected.checks += try fields.codes("rejected", Names.rejects) { .rejected($0, $1) }
    // A venue's refusal is in both: the gate's word, or the cancel's.
    expected.checks += try fields.codes("cancelled", Names.cancels) { .cancelled($0, $1) }
    for (name, isExact) in [("events", false), ("events_exact", true)] {
      if let events = try fields.events(name) { expected.checks.append(.events(events, isExact: isExact)) }
    }
    return steps + [.expect(expected)]
  }
}

extension Fields {
  /// An object of the field; without names where it is absent.
  fileprivate func object(_ name: String) throws(ScenarioFault) -> Fields {
    let absent = JSONValue(column: 0, content: .object([]))
    return try Fields(value(name) ?? absent, "expect.\(name)", line: line)
  }

  fileprivate func members(_ name: String) throws(ScenarioFault) -> [JSONMember] { try object(name).all }

  fileprivate func holding() throws(ScenarioFault) -> [Expectation.HoldingField] {
    var fields: [Expectation.HoldingField] = []
    if let side = try choice("side", Names.sides) { fields.append(.side(side)) }
    if let quantity = try whole("quantity") { fields.append(.quantity(quantity)) }
    if let price = try decimal("price") { fields.append(.price(price)) }
    if let unrealised = try decimal("unrealised") { fields.append(.unrealised(unrealised)) }
    return fields
  }

  fileprivate func codes(
    _ name: String, _ words: KeyValuePairs<String, Int>,
    _ check: (String, String) -> Expectation.Check
  ) throws(ScenarioFault) -> [Expectation.Check] {
    let fields = try object(name)
    var checks: [Expectation.Check] = []
    for member in fields.all {
      let code = try fields.required(member.name, try fields.choice(member.name, words))
      checks.append(check(member.name, Names.word(code, words)))
    }
    return checks
  }

  fileprivate func events(_ name: String) throws(ScenarioFault) -> [String]? {
    guard let value = value(name) else { return nil }
    guard case .array(let values) = value.content else { throw wrong(name, "an array of texts") }
    var events: [String] = []
    for value in values {
      guard case .text(let event) = value.content else {
        throw ScenarioFault(line, value.column, "an event must be a text, not \(value.kind)")
      }
      let word = String(event.prefix { $0 != " " })
      guard EventText.words.contains(word) else {
        let member = JSONMember(name: word, column: value.column, value: value)
        throw Fields.unknown(member, "there is no event '\(word)'", EventText.words, line)
      }
      events.append(event)
    }
    return events
  }
}
