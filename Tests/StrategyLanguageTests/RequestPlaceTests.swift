import StrategyIR
import StrategyVM
import Testing

@testable import StrategyLanguage

/// Requests in branches, in called functions and in each other, on a chart of 15 minutes with
/// closes 10 12 11 15 14 18 17 16 20 19 and volumes 1 … 10, from midnight on.
@Suite struct RequestPlaceTests {
  private let na = Double.nan

  private func check(
    _ body: String, _ expected: [Double], _ location: SourceLocation = #_sourceLocation
  ) throws {
    let plotted = try ScriptRun.plotted(body + "\nplot(x, \"x\")")
    #expect(same(plotted, expected), "\(plotted)", sourceLocation: location)
  }

  private func request(_ timeframe: String, _ expression: String) -> String {
    "request.security(syminfo.tickerid, \"\(timeframe)\", \(expression))"
  }

  @Test func `A branch decides only whether a result is read, at the chart's own timeframe too`()
    throws
  {
    for timeframe in ["15", ""] {
      let count = request(timeframe, "ta.cum(1)")
      try check(
        "float x = na\nif bar_index % 3 == 0\n    x := \(count)",
        [1, na, na, 4, na, na, 7, na, na, 10])
      try check("x = bar_index % 3 == 0 ? \(count) : -1", [1, -1, -1, 4, -1, -1, 7, -1, -1, 10])
      try check(
        "x = switch\n    bar_index % 3 == 0 => \(count)\n    => -1",
        [1, -1, -1, 4, -1, -1, 7, -1, -1, 10])
      try check(
        "f() => \(count)\ny = bar_index % 3 == 0 and f() > 3\nx = y ? 1 : 0",
        [0, 0, 0, 1, 0, 0, 1, 0, 0, 1])
      try check(
        "f() => \(count)\nfloat x = na\nif bar_index > 1\n    if bar_index % 3 == 0\n"
          + "        x := f()", [na, na, na, 4, na, na, 7, na, na, 10])
    }
  }

  @Test func `At a longer timeframe the same`() throws {
    let count = request("30", "ta.cum(1)")
    try check(
      "float x = na\nif bar_index % 3 == 0\n    x := \(count)",
      [na, na, na, 2, na, na, 3, na, na, 5])
    try check("x = bar_index % 3 == 0 ? \(count) : -1", [na, -1, -1, 2, -1, -1, 3, -1, -1, 5])
    try check(
      "f() => \(count)\nx = bar_index % 3 == 0 and f() > 2 ? 1 : 0",
      [0, 0, 0, 0, 0, 0, 1, 0, 0, 1])
  }

  @Test func `The variables on the way to the call are calculated with it, on each bar`() throws {
    try check(
      "g(s) => \(request("30", "ta.cum(s)"))\nx = bar_index % 3 == 0 ? g(volume) : 0.0",
      [na, 0, 0, 10, 0, 0, 21, 0, 0, 55])
    try check(
      "float x = na\nif bar_index % 3 == 0\n    d = volume * 2\n    e = d + 1\n"
        + "    x := \(request("30", "ta.cum(e)"))", [na, na, na, 22, na, na, 45, na, na, 115])
    try check(
      "g() =>\n    var n = 0\n    n += 1\n    \(request("15", "n"))\n"
        + "x = bar_index % 3 == 0 ? g() : -1", [1, -1, -1, 4, -1, -1, 7, -1, -1, 10])
    // What the script itself does in the branch goes on by its own bars.
    try check(
      "var n = 0\nif bar_index % 3 == 0\n    n += 1\n    y = \(request("15", "n"))\nx = n",
      [1, 1, 1, 2, 2, 2, 3, 3, 3, 4])
  }

  @Test func `A var takes a request's result on the first bar`() throws {
    try check("var x = \(request("15", "close"))", [Double](repeating: 10, count: 10))
  }

  @Test func `A request within a request is the same by a call, a variable and directly`() throws {
    let hours: [Double] = [na, na, na, 15, 15, 15, 15, 16, 16, 16]
    let inner = "inner() => \(request("60", "close"))\n"
    try check("x = " + request("30", request("60", "close")), hours)
    try check("v = \(request("60", "close"))\nx = " + request("30", "v"), hours)
    try check(inner + "x = " + request("30", "inner()"), hours)
    try check(inner + "f() => inner()\nx = " + request("30", "f()"), hours)
    try check(inner + "x = " + request("30", "close > 0 ? inner() : 0.0"), hours)
    let differences: [Double] = [na, na, na, 0, 0, 3, 3, 0, 0, 3]
    try check(inner + "x = " + request("30", "close - inner()"), differences)
    try check("v = \(request("60", "close"))\nx = " + request("30", "close - v"), differences)
    try check(
      inner + "x = bar_index > 4 ? \(request("30", "close - inner()")) : na",
      [na, na, na, na, na, 3, 3, 0, 0, 3])
    try check("x = " + request("30", request("15", "close")), [na, 12, 12, 15, 15, 18, 18, 16, 16, 19])
    try check("x = " + request("15", request("60", "close")), hours)
  }

  @Test func `A request may be shorter than the one it stands in, not than the chart`() throws {
    try check(
      "v = \(request("30", "close"))\nx = " + request("60", "v"),
      [na, na, na, 15, 15, 15, 15, 16, 16, 16])
    #expect(throws: (any Error).self) {
      try ScriptRun.plotted("x = \(request("5", "close"))\nplot(x, \"x\")")
    }
  }

  @Test(arguments: ["15", "30"])
  func `A period whose last bar is missing shows a request inside nothing of later bars`(
    timeframe: String
  ) throws {
    // Quarters of an hour with closes 1 to 8; the first hour's last one is missing.
    let bars = [0, 1, 2, 4, 5, 6, 7, 8].enumerated().map { index, quarter in
      let close = Double(index + 1)
      return ScriptBar(
        time: Int64(quarter) * 900_000, timeClose: Int64(quarter + 1) * 900_000, open: close,
        high: close, low: close, close: close, volume: 1)
    }
    let hour = request("60", request(timeframe, "close"))
    let run = try ScriptRun(
      "//@version=6\nindicator(\"t\")\nplot(\(hour), \"x\")\n", bars: bars)
    #expect(same(run.plots["x"] ?? [], [na, na, na, 3, 3, 3, 7, 7]))
  }
}
