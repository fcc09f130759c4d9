import Testing

@testable import StrategyLanguage

/// The bools of version 5: true, false and na. Closes 10 12 11 15 14 18 17 16 20 19, each bar opens
/// at the last close, so `up` is 0 1 0 1 0 1 0 0 1 0.
@Suite struct ThreeStateTests {
  private static let na = Double.nan
  private static let up: [Double] = [0, 1, 0, 1, 0, 1, 0, 0, 1, 0]
  private static let down = up.map { 1 - $0 }
  private static let first: [Double] = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
  private static let never = [Double](repeating: 0, count: 10)
  private static let always = [Double](repeating: 1, count: 10)

  /// A bool's state as a number: 1, 0, or 2 for na.
  private func states(_ body: String, of name: String, version: Int = 5) throws -> [Double] {
    let isNA = "na(\(name)) ? 2 : \(name) ? 1 : 0"
    return try ScriptRun.plotted("up = close > open\n\(body)\nplot(\(isNA), \"x\")", version: version)
  }

  private static let setUp =
    "var bool b = na\nbool c = up ? true : na\nd = up ? na : false\nbool q = if up\n    true\n"

  @Test(arguments: [
    ("na(b)", always), ("na(c)", down), ("na(d)", up), ("nz(b)", never), ("nz(b, true)", always),
    ("nz(c, true)", always), ("up and b", never), ("na(up and b)", up), ("na(b and up)", always),
    ("b == false", never), ("b != false", never), ("c == true", up), ("d == false", down),
    ("na((close > close[1])[1])", first), ("na(up[1])", first), ("na(up[1]) or up[1]", [1, 0, 1, 0, 1, 0, 1, 0, 0, 1]),
    ("not b", always), ("not c", down), ("b", never), ("b or up", up), ("na(b or up)", never),
    ("na(up or b)", down), ("na(false and b)", never), ("na(b and false)", always),
    ("na(false or b)", always), ("na(true or b)", never), ("na(bool(na))", always),
    ("bool(bar_index)", [0, 1, 1, 1, 1, 1, 1, 1, 1, 1]), ("na(bool(close[1]))", first),
    ("na(q)", down), ("q == false", never), ("na(barstate.isfirst[1])", first),
    ("barstate.isfirst[1]", [0, 1, 0, 0, 0, 0, 0, 0, 0, 0]),
    ("na(ta.crossover(close, 11)[1])", first), ("na(ta.valuewhen(up, up, 0))", first),
    ("fixnan(c)", [0, 1, 1, 1, 1, 1, 1, 1, 1, 1]), ("na(fixnan(c))", first),
    ("str.tostring(b) == \"NaN\"", always), ("str.tostring(up) == \"true\"", up),
    ("str.format(\"{0}\", c) == \"true\"", up), ("ta.barssince(c) == 0", up),
    ("up == 1", up), ("up[1] == 0", [0, 1, 0, 1, 0, 1, 0, 1, 1, 0]), ("up and up[1] == 0", up),
    ("1 == up", up), ("close[1] and true", [0, 1, 1, 1, 1, 1, 1, 1, 1, 1]),
    ("na(close[1] and true)", first), ("na(b and close[1])", always),
  ])
  func `A bool of version 5 keeps its third state`(expression: String, expected: [Double]) throws {
    let body = "up = close > open\n\(Self.setUp)plot(\(expression) ? 1 : 0, \"x\")"
    let plotted = try ScriptRun.plotted(body, version: 5)
    #expect(plotted == expected, "\(plotted)")
  }

  @Test(arguments: [5, 6]) func `A number is false within the comparisons' tolerance of 0`(
    version: Int
  ) throws {
    let sizes = ["1e-10", "-1e-10", "1.000001e-10", "-1.000001e-10"]
    for (size, isTrue) in zip(sizes, [0.0, 0, 1, 1]) {
      let body = "x = close > 0 ? \(size) : close\nplot(bool(x) ? 1 : 0, \"x\")"
      #expect(try ScriptRun.plotted(body, version: version) == [Double](repeating: isTrue, count: 10))
    }
    #expect(try ScriptRun.plotted("plot(close - 10 ? 1 : 0, \"x\")", version: 5).first == 0)
  }

  @Test func `if, switch and loops without a value give na`() throws {
    #expect(
      try states("q = if close > 1e9\n    true\nelse if close < 12\n    false", of: "q")
        == [0, 2, 0, 2, 2, 2, 2, 2, 2, 2])
    #expect(
      try states("q = switch bar_index\n    0 => true\n    1 => false", of: "q")
        == [1, 0, 2, 2, 2, 2, 2, 2, 2, 2])
    #expect(
      try states("q = for i = 1 to bar_index - 5\n    true", of: "q")
        == [1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    #expect(
      try states("[p, q] = if up\n    [1, false]\nelse\n    [2, na]", of: "q")
        == Self.up.map { $0 == 1 ? 0 : 2 })
  }

  @Test func `A bool that changes keeps na until it is given a value, in functions too`() throws {
    #expect(
      try states("var bool s = na\nif bar_index == 2\n    s := true\nif bar_index == 4\n    s := na", of: "s")
        == [2, 2, 1, 1, 2, 2, 2, 2, 2, 2])
    #expect(
      try states("f(bool x, n) => x[n]\ns = f(up, 2)", of: "s") == [2, 2, 0, 1, 0, 1, 0, 1, 0, 0])
    #expect(
      try states("f(x) =>\n    bool r = na\n    if x\n        r := false\n    r\ns = f(up)", of: "s")
        == Self.up.map { $0 == 1 ? 0 : 2 })
    #expect(
      try states("n = bar_index == 3 ? 1 : 0\ns = up[n]", of: "s") == [0, 1, 0, 0, 0, 1, 0, 0, 1, 0])
  }

  @Test func `A request without a value is na`() throws {
    #expect(
      try states("s = request.security(syminfo.tickerid, \"60\", close > open)", of: "s").prefix(3)
        == [2, 2, 2])
    #expect(
      try states("[p, s] = request.security(syminfo.tickerid, \"60\", [close, up])", of: "s").prefix(3)
        == [2, 2, 2])
  }

  @Test func `na decides as false`() throws {
    let run = try ScriptRun(
      "//@version=5\nstrategy(\"t\")\nvar bool b = na\nif b\n    strategy.entry(\"A\", strategy.long)\n"
        + "else\n    strategy.entry(\"B\", strategy.long)\n"
        + "strategy.entry(\"C\", strategy.long, when = b)\nwhile b\n    b := b\n"
        + "strategy.entry(b ? \"D\" : \"E\", strategy.long)\n")
    #expect(run.failure == nil)
    #expect(run.orders.allSatisfy { $0.map { run.texts($0.id) } == ["B", "E"] })
  }

  @Test func `Version 6 has two states`() throws {
    #expect(try states("q = if close > 1e9\n    true", of: "q", version: 6) == Self.never)
    #expect(try states("s = up[1]", of: "s", version: 6) == [0, 0, 1, 0, 1, 0, 1, 0, 0, 1])
    #expect(
      try states("s = request.security(syminfo.tickerid, \"60\", close > open)", of: "s", version: 6)
        .prefix(3) == [0, 0, 0])
    #expect(
      try states("w = ta.valuewhen(close > 11, up, 0)\ns = w == false", of: "s", version: 6)
        == [1, 0, 0, 0, 1, 0, 1, 1, 0, 1])
    #expect(try states("s = bool(close[1])", of: "s", version: 6) == [0, 1, 1, 1, 1, 1, 1, 1, 1, 1])
  }
}
