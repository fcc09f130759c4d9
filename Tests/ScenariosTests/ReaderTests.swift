import CFxaot
import Foundation
import Testing

@testable import Scenarios

extension fxaot_account_terms {
  /// As a new engine has them.
  static let usual = fxaot_account_terms(
    leverage: 50, mode: 0, margin_mode: 0, margin_price: 0, conversion: 0, liquidation: 0,
    negative_balance_protection: 0, fifo: 0, new_orders: 1_000_000_000, margin_call: 500_000_000,
    stop_out: 200_000_000)
}

@Suite struct ReaderTests {
  private func steps(_ text: String) throws -> [Scenario.Step] { try read(text).lines.flatMap(\.steps) }

  @Test func `blank lines and comments are skipped`() throws {
    let scenario = try read("# a\n\n  \r\n{\"comment\": {\"any\": [1, null]}}\n{\"state\": \"halted\"}\r\n")
    #expect(scenario.lines.map(\.number) == [5])
    #expect(scenario.lines.map(\.text) == ["{\"state\": \"halted\"}"])
  }

  @Test func `account keeps the defaults that it does not name`() throws {
    let text = #"{"account": {"balance": 0.1, "stop_out": 0.5, "mode": "hedging", "fifo": true}}"#
    guard case .account(let currency, let balance, let terms)? = try steps(text).first else {
      Issue.record("no account")
      return
    }
    #expect(currency == "USD")
    #expect(balance == 100_000)
    #expect(terms.leverage == 50)
    #expect(terms.mode == 1)
    #expect(terms.fifo == 1)
    #expect(terms.stop_out == 500_000_000)
    #expect(terms.margin_call == 500_000_000)
    #expect(terms.new_orders == 1_000_000_000)
  }

  @Test func `a built-in instrument is added before its first quote`() throws {
    let quote = #"{"quote": {"time": 1709546400000000001, "symbol": "USDJPY", "bid": 150.0005, "ask": 150.0015}}"#
    let steps = try steps(quote + "\n" + quote)
    #expect(steps.count == 3)
    guard case .add(0, let raw)? = steps.first, case .quote(0, let first) = steps[1] else {
      Issue.record("no instrument and quote")
      return
    }
    #expect(raw.price_decimals == 3)
    #expect(first.time == 1_709_546_400_000_000_001)
    // Halves go to the even step.
    #expect(first.bid == 150)
    #expect(first.ask == 150.002)
  }

  @Test func `a price never passes through a binary double`() throws {
    // 1.100015 × 100,000 in doubles is 110,001.49999999999, which would round down.
    let text =
      #"{"order": {"id": "a", "symbol": "EURUSD", "side": "buy", "type": "limit", "quantity": 1, "price": 1.100015}}"#
    guard case .order(let order)? = try steps(text).last else {
      Issue.record("no order")
      return
    }
    #expect(order.price == 1.10002)
    #expect(order.limit.isNaN)
    #expect(order.type == 1)
  }

  @Test func `a time is a text or nanoseconds`() throws {
    let texts = [
      "\"2024-03-04T10:00:00Z\"", "\"2024-03-04T11:00:00.000+01:00\"", "1709546400000000000", "\"2024-03-04 10:00\"",
    ]
    for text in texts {
      guard case .advance(let time)? = try steps("{\"advance\": {\"time\": \(text)}}").first else {
        Issue.record("no advance")
        return
      }
      #expect(time == 1_709_546_400_000_000_000)
    }
  }

  @Test func `an instrument line keeps what earlier ones have set`() throws {
    let text = """
      {"instrument": {"symbol": "US500", "base": "SPX", "quote": "USD", "step": 0.250, "lot": 50, "swap_long": -6.5}}
      {"instrument": {"symbol": "US500", "margin_rate": 0.05, "commission": {"per_lot": 2.25, "currency": "EUR"}}}
      """
    let steps = try steps(text)
    guard case .add(0, let raw) = steps[0], case .terms(0, let terms, _)? = steps.last else {
      Issue.record("no instrument")
      return
    }
    #expect(raw.price_decimals == 2)
    #expect(raw.step_units == 25)
    #expect(raw.lot == 50)
    #expect(raw.minimum_quantity == 1)
    #expect(raw.maximum_quantity == 50_000)
    #expect(terms.swap_long == -6_500_000)
    #expect(terms.margin_rate == 50_000_000)
    #expect(terms.commission == 2_250_000)
  }

  @Test func `risk lines add up`() throws {
    let text = """
      {"risk": {"max_quote_age_ms": 0.5, "collar": 0.01, "max_position": {"EURUSD": 5}}}
      {"risk": {"max_orders": 3, "max_position": 9, "halt_keeps_protection": false, "order_rate": {"count": 2, "per_ms": 100}}}
      """
    let steps = try steps(text)
    guard case .terms(0, let terms, _) = steps[1], case .risk(let risk)? = steps.last else {
      Issue.record("no risk")
      return
    }
    #expect(terms.max_position == 5)
    #expect(risk.max_quote_age_ns == 500_000)
    #expect(risk.collar == 10_000_000)
    #expect(risk.max_orders == 3)
    #expect(risk.max_position == 9)
    #expect(risk.halt_cancels_protection == 1)
    #expect(risk.order_rate_ns == 100_000_000)
  }

  @Test func `an order for no instrument is read, for the gate to refuse`() throws {
    let text = #"{"order": {"id": "a", "symbol": "EURSEK", "side": "buy", "quantity": 1, "stop_loss": 11.25}}"#
    guard case .order(let order)? = try steps(text).first else {
      Issue.record("no order")
      return
    }
    #expect(order.symbol_ref == ScenarioReader.noSymbol)
    #expect(order.stop_loss == 11.25)
  }

  @Test func `bytes that are no UTF-8 are a fault of their line`() {
    let bytes = Array("{\"comment\": \"a\"}\n{\"comment\": \"".utf8) + [0xC3, 0x28] + Array("\"}\n".utf8)
    #expect(throws: ScenarioFault(2, "the line is not valid UTF-8")) {
      try ScenarioReader.read(bytes, defaults: .usual)
    }
  }

  @Test func `a line of more than a MiB is a fault`() {
    let text = "# " + String(repeating: "a", count: 1 << 20)
    #expect(throws: ScenarioFault(1, "the line is longer than 1 MiB")) { try read(text) }
  }

  @Test func `escapes are read`() throws {
    let text = #"{"order": {"id": "\u0061\n\"\ud83d\ude00", "symbol": "EURUSD", "side": "buy", "quantity": 1}}"#
    guard case .order(let order)? = try steps(text).last else {
      Issue.record("no order")
      return
    }
    #expect(order.id.name == "a\n\"😀")
  }

  @Test func `every example can be read`() throws {
    let names = try Examples.names
    #expect(names.count >= 60)
    for name in names {
      let scenario = try ScenarioReader.read(try Examples.bytes(name), defaults: .usual)
      #expect(scenario.expectations > 0, "\(name)")
    }
  }
}

/// The files of examples/scenarios.
enum Examples {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../examples/scenarios").standardized

  static var names: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".jsonl") }.sorted()
    }
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appendingPathComponent(name)))
  }
}
