import CFxaot
import Market

/// A scenario file, read and checked: what happens, line by line, and what is expected then.
public struct Scenario {
  public struct Line {
    public let number: Int
    public let text: String
    let steps: [Step]
  }

  public let lines: [Line]
  let symbols: [ScenarioSymbol]

  /// What a line asks of the engine. Symbols are places in `symbols`.
  enum Step {
    case account(currency: String, balanceMicro: Int64, fxaot_account_terms)
    case add(Int, fxaot_instrument)
    /// With the holidays of its currencies.
    case terms(Int, fxaot_terms, [Int32])
    case risk(fxaot_risk)
    case venue(fxaot_venue)
    case quote(Int, ScenarioQuote)
    case advance(Int64)
    case order(fxaot_order_request)
    case modify(fxaot_id, fxaot_order_change)
    case cancel(fxaot_id)
    case closeSymbol(Int, Int64)
    case closeTicket(fxaot_id, Int64)
    case closeBy(fxaot_id, fxaot_id)
    case cash(Int64)
    case state(UInt32)
    case expect(Expectation)
  }

  /// How many lines expect something.
  public var expectations: Int {
    lines.count { $0.steps.contains { if case .expect = $0 { true } else { false } } }
  }
}

struct ScenarioQuote {
  var time: Int64
  var bid, ask: Double
  var bidSize, askSize: Double
}

/// An instrument of a scenario. The engine knows it by its place from 1 on.
struct ScenarioSymbol {
  let name: String
  var raw: fxaot_instrument
  var terms = fxaot_terms()
  var holidays: [Int32] = []
  /// The line that has brought it in.
  let line: Int

  /// Digits after the point of its prices.
  var digits: Int { Int(raw.price_decimals) }

  /// The price on the grid as the nearest double; nil for a number that no price can be.
  func price(_ decimal: ExactDecimal) -> Double? {
    let grid = PriceGrid(decimals: raw.price_decimals, stepUnits: raw.step_units)
    return decimal.steps(decimals: digits, stepUnits: Int64(raw.step_units)).map { grid.price($0) }
  }
}

extension fxaot_id {
  /// nil for a text that is empty or longer than FXAOT_ID_BYTES, or, of an attached order, that and its end.
  init?(_ name: String) {
    self.init()
    var bytes = Array(name.utf8)
    if bytes.count > Int(FXAOT_ID_BYTES) {
      if name.hasSuffix(".sl") { end = UInt32(FXAOT_NAME_STOP_LOSS) }
      if name.hasSuffix(".tp") { end = UInt32(FXAOT_NAME_TAKE_PROFIT) }
      if end != 0 { bytes.removeLast(3) }
    }
    guard (1...Int(FXAOT_ID_BYTES)).contains(bytes.count) else { return nil }
    withUnsafeMutableBytes(of: &text) { $0.copyBytes(from: bytes) }
    length = UInt32(bytes.count)
  }

  var name: String {
    withUnsafeBytes(of: text) { String(decoding: $0.prefix(Int(length)), as: UTF8.self) }
  }
}
