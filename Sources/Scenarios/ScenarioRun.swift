import CFxaot
import FXCore

/// Runs a scenario against an engine of its own.
public struct ScenarioRun: ~Copyable {
  /// An expectation that failed.
  public struct Failure: Equatable {
    public let line: Int
    /// `balance: wanted 1.00, got 2.00`.
    public let text: String
  }

  var engine: Engine
  let scenario: Scenario
  var history = ScenarioHistory()
  private let trace: ((String) -> Void)?

  /// Runs all lines, or up to the first expectation that fails: its failures are returned. `trace` gets lines of
  /// text: each line of the file, its events, and the account after it.
  public static func run(
    _ scenario: Scenario, trace: ((String) -> Void)? = nil
  ) throws(ScenarioFault) -> [Failure] {
    var run = try ScenarioRun(scenario, trace)
    for line in scenario.lines {
      let failures = try run.take(line)
      if !failures.isEmpty { return failures }
    }
    return []
  }

  /// The terms of an account that has none of its own.
  public static var defaultTerms: fxaot_account_terms { Engine.defaultAccountTerms }

  private init(_ scenario: Scenario, _ trace: ((String) -> Void)?) throws(ScenarioFault) {
    engine = try Self.engine(of: scenario)
    self.scenario = scenario
    self.trace = trace
  }

  private static func engine(of scenario: Scenario) throws(ScenarioFault) -> Engine {
    var config = Engine.defaultConfig
    config.balance_micro = AccountLine.balanceMicro
    config.max_time_jump_ns = .max
    var terms = Engine.defaultAccountTerms
    let first = scenario.lines.first
    if case .account(let currency, let balance, let given)? = first?.steps.first {
      _ = currency.set(&config.account_currency)
      config.balance_micro = balance
      terms = given
    }
    do throws(EngineError) {
      var engine = try Engine(config)
      try engine.setAccount(terms)
      return engine
    } catch {
      throw ScenarioFault(first?.number ?? 0, error.status.sentence)
    }
  }

  private mutating func take(_ line: Scenario.Line) throws(ScenarioFault) -> [Failure] {
    trace?("\(line.number)  \(line.text)")
    var failures: [Failure] = []
    for step in line.steps {
      if case .expect(let expected) = step {
        failures += check(expected).map { Failure(line: line.number, text: $0) }
        history.recent = []
      } else {
        try carryOut(step, line.number)
        collectEvents()
      }
    }
    if let trace { accountText.forEach(trace) }
    return failures
  }

  private mutating func carryOut(_ step: Scenario.Step, _ line: Int) throws(ScenarioFault) {
    do {
      switch step {
      case .account, .expect: break
      case .add(let place, let raw): try engine.addInstrument(raw, ref: UInt64(place + 1))
      case .terms(let place, let terms, let holidays): try setTerms(terms, holidays, place)
      case .risk(let risk): try engine.setRisk(risk)
      case .venue(let venue): try engine.setVenue(venue)
      case .quote(let place, let quote): try give(quote, place, line)
      case .advance(let time): _ = engine.advance(to: time)
      case .order(let order): try submit(order, line)
      case .modify(let id, let change): try answer(engine.modify(id, change), line, "modify")
      case .cancel(let id): try answer(engine.cancel(id), line, "cancel")
      case .closeSymbol(let place, let quantity):
        try answer(engine.close(symbolRef: UInt64(place + 1), quantity: quantity), line, "close")
      case .closeTicket(let id, let quantity):
        try answer(engine.close(ticket: id, quantity: quantity), line, "close")
      case .closeBy(let id, let other): try answer(engine.close(ticket: id, by: other), line, "close_by")
      case .cash(let micro): try answer(engine.cash(micro), line, "cash")
      case .state(let state):
        engine.setState(state)
        let status = engine.applyState()
        guard status == FXAOT_OK else { throw ScenarioFault(line, status.sentence) }
      }
    } catch let fault as ScenarioFault {
      throw fault
    } catch let error as EngineError {
      throw ScenarioFault(line, error.status.sentence)
    } catch {
      throw ScenarioFault(line, "\(error)")
    }
  }

  private mutating func setTerms(_ terms: fxaot_terms, _ holidays: [Int32], _ place: Int) throws {
    var terms = terms
    terms.holiday_count = UInt32(holidays.count)
    try holidays.withUnsafeBufferPointer {
      terms.holidays = $0.baseAddress
      try engine.setTerms(terms, symbolRef: UInt64(place + 1))
    }
  }

  private mutating func give(_ quote: ScenarioQuote, _ place: Int, _ line: Int) throws(ScenarioFault) {
    let events = engine.tick(
      ref: UInt64(place + 1), time: quote.time, bid: quote.bid, ask: quote.ask, bidSize: quote.bidSize,
      askSize: quote.askSize, entry: 0)
    guard events < 0 else { return }
    let status = fxaot_status(UInt32(clamping: -events))
    guard status == FXAOT_TIME_BACKWARDS else { throw ScenarioFault(line, "quote: " + status.sentence) }
    record("late \(scenario.symbols[place].name)")
  }

  private mutating func submit(_ order: fxaot_order_request, _ line: Int) throws(ScenarioFault) {
    let answer = engine.submit(order)
    if answer.status == FXAOT_UNKNOWN_SYMBOL {
      history.refuse(order.id.name, Names.word(FXAOT_REJECT_UNKNOWN_SYMBOL.rawValue, Names.rejects))
    } else {
      try self.answer(answer, line, "order")
    }
  }

  /// A request that the engine cannot read is a fault of the line; one that the gate refuses is not.
  private mutating func answer(
    _ answer: (status: fxaot_status, answer: fxaot_order_answer), _ line: Int, _ kind: String
  ) throws(ScenarioFault) {
    switch answer.status {
    case FXAOT_OK, FXAOT_REJECTED: break
    case FXAOT_BAD_ORDER: throw ScenarioFault(line, "\(kind): " + answer.answer.sentence)
    default: throw ScenarioFault(line, "\(kind): " + answer.status.sentence)
    }
  }

  // MARK: Events

  private mutating func collectEvents() {
    for index in engine.events.indices {
      let event = engine.events[index]
      history.take(event, scenario.symbols)
      if let trace, let text = EventText.trace(event, scenario.symbols) { trace("    " + text) }
    }
    engine.clearEvents()
  }

  private mutating func record(_ text: String) {
    history.recent.append(text)
    trace?("    " + text)
  }
}

/// What the events have said.
struct ScenarioHistory {
  /// Since the last expectation.
  var recent: [String] = []
  private(set) var rejected: [String: String] = [:]
  private(set) var cancelled: [String: String] = [:]

  /// An order that the engine has refused without an event.
  mutating func refuse(_ name: String, _ code: String) {
    if rejected[name] != nil { return }
    rejected[name] = code
    recent.append("rejected \(name) \(code)")
  }

  mutating func take(_ event: fxaot_event, _ symbols: [ScenarioSymbol]) {
    if let text = EventText.text(event, symbols) { recent.append(text) }
    let name = EventText.name(event)
    if event.kind == UInt32(FXAOT_EVENT_REJECT) {
      rejected[name] = Names.word(event.code, Names.rejects)
    } else if event.kind == UInt32(FXAOT_EVENT_ORDER), event.code == FXAOT_ORDER_CANCELLED.rawValue {
      cancelled[name] = Names.word(UInt32(event.reason), Names.cancels)
    }
  }
}
