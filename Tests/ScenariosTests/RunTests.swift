import CFxaot
import Testing

@testable import Scenarios

@Suite struct RunTests {
  private func failures(_ text: String) throws -> [String] {
    try ScenarioRun.run(try read(text)).map { "\($0.line): \($0.text)" }
  }

  private let quote = """
    {"quote": {"time": "2024-03-04T10:00:00Z", "symbol": "EURUSD", "bid": 1.1, "ask": 1.1001}}
    """

  @Test(arguments: try Examples.names)
  func `every example holds`(name: String) throws {
    let scenario = try ScenarioReader.read(try Examples.bytes(name), defaults: ScenarioRun.defaultTerms)
    #expect(try ScenarioRun.run(scenario) == [])
  }

  @Test func `all failures of a line are shown, and no later line is run`() throws {
    let text = """
      {"account": {"balance": 100}}
      {"expect": {"balance": 100, "margin_level": null}}
      {"expect": {"balance": 100.004, "equity": 1, "margin_level": 0.5, "positions": {"EURUSD": {"quantity": 5}}}}
      {"expect": {"balance": 3}}
      """
    #expect(
      try failures(text) == [
        "3: balance: wanted 100.004, got 100.000", "3: equity: wanted 1.00, got 100.00",
        "3: margin_level: wanted 0.5000, got infinite", "3: positions EURUSD quantity: wanted 5, got 0",
      ])
  }

  @Test func `what is not there is said`() throws {
    let text = """
      {"expect": {"tickets": {"t": {"side": "buy", "quantity": 1, "price": 1.1, "unrealised": 2}}, "orders": {"o": "filled"}, "rejected": {"r": "margin"}, "cancelled": {"c": "user"}, "positions": {"EURUSD": {"price": 1.1, "unrealised": 0.5}}}}
      """
    #expect(
      try failures(text) == [
        "1: positions EURUSD price: wanted 1.10000, got none",
        "1: positions EURUSD unrealised: wanted 0.50, got 0.00",
        "1: tickets t side: wanted buy, got no ticket", "1: tickets t quantity: wanted 1, got 0",
        "1: tickets t price: wanted 1.1, got none", "1: tickets t unrealised: wanted 2.00, got 0.00",
        "1: orders o: wanted filled, got no such order", "1: rejected r: wanted margin, got no refusal",
        "1: cancelled c: wanted user, got no cancel",
      ])
  }

  @Test func `late quotes are an event`() throws {
    let earlier = #"{"quote": {"time": "2024-03-04T09:59:59Z", "symbol": "EURUSD", "bid": 1.1, "ask": 1.1}}"#
    let expected = #"{"expect": {"events_exact": ["late EURUSD"]}}"#
    #expect(try failures([quote, earlier, expected].joined(separator: "\n")) == [])
  }

  @Test func `events begin anew after each expect`() throws {
    let late = #"{"quote": {"time": "2024-03-04T09:59:59Z", "symbol": "EURUSD", "bid": 1.1, "ask": 1.1}}"#
    let text = [quote, late, #"{"expect": {"balance": 10000}}"#, #"{"expect": {"events": ["late EURUSD"]}}"#]
    #expect(try failures(text.joined(separator: "\n")) == ["4: events: wanted 'late EURUSD', got none"])
  }

  @Test(arguments: [
    (#"{"cancel": {"id": "x"}}"#, "cancel: there is no such order, or an order may not have this id"),
    (#"{"close": {"symbol": "EURUSD"}}"#, "close: there is nothing to close"),
    (#"{"close": {"ticket": "x"}}"#, "close: there is no such ticket, or it is not of the other side"),
    (#"{"close_by": {"ticket": "x", "by": "y"}}"#, "close_by: there is no such ticket, or it is not of the other side"),
    (#"{"cash": {"amount": -20000}}"#, "cash: no more than the free margin can be withdrawn"),
    (
      #"{"order": {"id": "a", "symbol": "EURUSD", "side": "buy", "quantity": 1, "price": 1.1}}"#,
      "order: the price is missing, is not wanted here, or is no price"
    ),
    (
      #"{"order": {"id": "a", "symbol": "EURUSD", "side": "buy", "type": "stop_limit", "quantity": 1, "price": 1.1}}"#,
      "order: the limit is missing, is not wanted here, or is no price"
    ),
    (
      #"{"order": {"id": "a", "symbol": "EURUSD", "side": "buy", "quantity": 1, "after": "x"}}"#,
      "order: the order that it comes after does not exist, or has ended"
    ),
  ])
  func `a line that the engine cannot carry out is a fault`(line: String, sentence: String) throws {
    let scenario = try read(quote + "\n" + line)
    #expect(throws: ScenarioFault(2, sentence)) { try ScenarioRun.run(scenario) }
  }

  @Test func `a refusal of the gate is no fault`() throws {
    let order = #"{"order": {"id": "a", "symbol": "EURUSD", "side": "buy", "quantity": 900000}}"#
    let expected = #"{"expect": {"rejected": {"a": "margin"}, "orders": {"a": "rejected"}}}"#
    #expect(try failures([quote, order, expected].joined(separator: "\n")) == [])
  }

  @Test func `the trace has each line, its events and the account`() throws {
    let text = """
      {"account": {"balance": 5000}}
      \(quote)
      {"order": {"id": "a", "symbol": "EURUSD", "side": "buy", "quantity": 1000}}
      {"quote": {"time": "2024-03-04T10:00:01Z", "symbol": "EURUSD", "bid": 1.1, "ask": 1.1001}}
      """
    var lines: [String] = []
    _ = try ScenarioRun.run(try read(text)) { lines.append($0) }
    #expect(lines.contains { $0.hasPrefix("3  {\"order\"") })
    #expect(lines.contains("    accepted a"))
    #expect(lines.contains("    fill a 1000 @ 1.10010  (buy, profit 0.00, commission 0.00)"))
    #expect(lines.contains("    EURUSD 1000 @ 1.10010  unrealised -0.10"))
    #expect(
      lines.contains("    balance 5000.00  equity 4999.90  margin used 22.00  free 4977.90  level 227.2579"))
  }

  @Test func `numbers are compared at the digits written and no fewer than the least`() {
    let got = ExactDecimal(-2_345_000, places: 6)
    func difference(_ coefficient: Int128, _ places: Int, _ digits: Int) -> String? {
      ScenarioRun.difference("x", ExactDecimal(coefficient, places: places), got, digits: digits)
    }
    #expect(difference(-2_345, 3, 2) == nil)
    #expect(difference(-235, 2, 2) == nil)
    #expect(difference(-234, 2, 2) == "x: wanted -2.34, got -2.35")
    #expect(difference(-23, 1, 2) == "x: wanted -2.30, got -2.35")
    #expect(difference(-23, 1, 1) == nil)
    #expect(difference(-2_345_000, 6, 2) == nil)
    #expect(difference(-23_450_001, 7, 2) == "x: wanted -2.3450001, got -2.3450000")
  }

  @Test func `events are looked for in their order`() {
    let got = ["accepted a", "fill a 5 @ 1.1", "accepted b", "fill b 5 @ 1.1"]
    #expect(ScenarioRun.events([], got) == nil)
    #expect(ScenarioRun.events(["accepted a", "fill b 5 @ 1.1"], got) == nil)
    #expect(
      ScenarioRun.events(["accepted b", "fill a 5 @ 1.1"], got)
        == "events: wanted 'fill a 5 @ 1.1' after 'accepted b', got 'fill b 5 @ 1.1'")
    #expect(
      ScenarioRun.events(["accepted a", "accepted a"], got)
        == "events: wanted 'accepted a' after 'accepted a', got 'fill a 5 @ 1.1', 'accepted b', 'fill b 5 @ 1.1'")
    #expect(ScenarioRun.exactEvents(got, got) == nil)
    #expect(ScenarioRun.exactEvents(["late X"], []) == "events_exact: wanted 'late X', got none")
  }
}
