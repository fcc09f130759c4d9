import StrategyVM
import Testing

@testable import StrategyLanguage

/// Arrays and objects as results of requests, on closes 10 12 11 15 14 18 17 16 20 19 of 15 minutes; an hour is seen
/// from its last bar on.
@Suite("Objects as results of requests") struct CarriedObjectTests {
  private let na = Double.nan

  private static let hour = "request.security(syminfo.tickerid, \"60\", "

  @Test func `an array comes by its elements`() throws {
    let request = "a = \(Self.hour)array.from(open, close))\n"
    try check(
      request + "plot(na(a) ? na : a.get(0) * 100 + a.get(1), \"x\")",
      [na, na, na, 1015, 1015, 1015, 1015, 1516, 1516, 1516])
    try check(
      "a = \(Self.hour)array.from(high), lookahead = barmerge.lookahead_on)\nplot(a.first(), \"x\")",
      [16, 16, 16, 16, 19, 19, 19, 19, 21, 21])
    try check(
      "a = \(Self.hour)array.from(high), barmerge.gaps_on)\nplot(na(a) ? 0 : a.size(), \"x\")",
      [0, 0, 0, 1, 0, 0, 0, 1, 0, 0])
  }

  @Test func `what the request's world does to its array later is not seen, nor the other way round`() throws {
    let grown = "var all = array.new<float>()\nall.push(close)\na = \(Self.hour)all)\n"
    try check(
      grown + "plot(na(a) ? 0 : a.size(), \"x\")", [0, 0, 0, 1, 1, 1, 1, 2, 2, 2])
    try check(
      grown + "if not na(a)\n    a.push(0)\n    a.push(0)\nplot(na(a) ? 0 : a.size(), \"x\")",
      [0, 0, 0, 3, 3, 3, 3, 4, 4, 4])
    try check(grown + "plot(all.size(), \"x\")", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    let own =
      "var all = array.new<float>()\nall.push(close)\na = request.security(\"\", timeframe.period, all)\na.push(0)\n"
    try check(own + "plot(all.size() * 100 + a.size(), \"x\")", [102, 203, 304, 405, 506, 607, 708, 809, 910, 1011])
  }

  @Test func `an object comes by its fields, na as na`() throws {
    let type = """
      type Inner
          float x
          array<float> all
      type Bar
          float top
          bool isUp
          string name = "n"
          Inner inner
      make() => Bar.new(high, close > open, str.tostring(close), Inner.new(low, array.from(open, close)))

      """
    let request = type + "b = \(Self.hour)make())\n"
    try check(request + "plot(na(b) ? na : b.top, \"x\")", [na, na, na, 16, 16, 16, 16, 19, 19, 19])
    try check(
      request + "plot(na(b) ? na : b.inner.x + (b.isUp ? 100 : 0), \"x\")",
      [na, na, na, 109, 109, 109, 109, 113, 113, 113])
    try check(
      request + "plot(na(b) ? na : b.inner.all.last() + str.tonumber(b.name), \"x\")",
      [na, na, na, 30, 30, 30, 30, 32, 32, 32])
    try check(
      type + "b = \(Self.hour)close > 15 ? make() : na)\nplot(na(b) ? 0 : b.top, \"x\")",
      [0, 0, 0, 0, 0, 0, 0, 19, 19, 19])
    try check(
      type + "[b, c, a] = \(Self.hour)[make(), close, array.from(2, 3)])\n"
        + "plot(na(b) ? 0 : b.top + c + a.sum(), \"x\")",
      [0, 0, 0, 36, 36, 36, 36, 40, 40, 40])
    try check(
      type + "b = request.security(\"\", timeframe.period, make())\nb.top := 1\nplot(b.top + b.inner.x, \"x\")",
      [10, 12, 11, 15, 14, 18, 17, 16, 20, 19])
  }

  @Test func `arrays that are known beforehand have a bound`() throws {
    let script = """
      //@version=6
      indicator("t")
      a = request.security("", "60", array.new<float>(90000, close), lookahead = barmerge.lookahead_on)
      plot(a.size(), "x")
      """
    let run = try ScriptRun(script, closes: Array(repeating: 1, count: 400))
    #expect(
      "\(String(describing: run.failure))".contains("the arrays of request.security with lookahead exceed 64 MiB"))
  }

  @Test func `a look at an unfinished period leaves no objects behind`() throws {
    let script = """
      //@version=6
      indicator("t")
      var all = array.new<float>()
      all.push(close)
      plot(request.security("", "60", all.size(), lookahead = barmerge.lookahead_on), "x")
      """
    let run = try ScriptRun(script, isLive: true)
    #expect(run.plots["x"] == [1, 1, 1, 1, 2, 2, 2, 2, 3, 3])
  }

  @Test(arguments: [
    ("map.new<string, float>()", "values of the type map<string, float>"),
    ("line.new(0, close, 1, close)", "values of the type line"),
    ("array.from(array.from(close).size() > 0 ? label.new(0, close) : na)", "values of the type array<label>"),
  ])
  func `other objects are refused`(expression: String, described: String) {
    let script = "//@version=6\nindicator(\"t\")\na = request.security(\"\", \"60\", \(expression))\n"
    #expect(
      FrontEnd.compile(script).errors.map(\.message) == ["'request.security' cannot answer \(described)"])
  }
}
