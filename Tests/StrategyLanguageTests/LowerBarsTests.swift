import Calendar
import StrategyVM
import Testing

@testable import StrategyLanguage

/// Requests of timeframes below the chart's. The chart has ten bars of 15 minutes; there are 5-minute bars with the
/// closes 1 to 30, but for those of the second chart bar and the last one of the third.
@Suite("Requests of bars within the chart's bars") struct LowerBarsTests {
  private let na = Double.nan
  private static let missing: Set<Int> = [3, 4, 5, 8]

  private static func history(
    _ ticker: String, _ timeframe: String = "5", missing: Set<Int> = Self.missing
  ) -> SymbolBars {
    let period = Period(timeframe) ?? .day
    let length = Int64(period.seconds) * 1_000
    var symbol = ScriptSymbol()
    symbol.ticker = ticker
    let all = 0..<Int(10 * 900_000 / length)
    return SymbolBars(
      symbol: symbol, period: period,
      bars: all.filter { !missing.contains($0) }.map { i in
        let time = 1_704_067_200_000 + Int64(i) * length
        let close = Double(i + 1)
        return ScriptBar(
          time: time, timeClose: time + length, open: close - 1, high: close + 1, low: close - 2, close: close,
          volume: 1)
      })
  }

  private func run(
    _ body: String, version: Int = 6, histories: [SymbolBars] = [Self.history("T")], mayLack: Bool = false
  ) throws -> ScriptRun {
    try ScriptRun("//@version=\(version)\nindicator(\"t\")\n\(body)\n") {
      $0.symbol.ticker = "T"
      $0.mayLackShorterBars = mayLack
      for history in histories { $0.data.add(history) }
    }
  }

  private func check(
    _ body: String, _ expected: [Double], histories: [SymbolBars] = [Self.history("T")],
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let run = try run(body, histories: histories)
    #expect(run.failure == nil, sourceLocation: location)
    let plotted = run.plots["x"] ?? []
    #expect(same(plotted, expected), "\(plotted)", sourceLocation: location)
  }

  @Test func `an array has the values of the bars that lie in a bar, in the order of time`() throws {
    let request = "a = request.security_lower_tf(syminfo.tickerid, \"5\", close)\n"
    try check(request + "plot(a.size(), \"x\")", [3, 0, 2, 3, 3, 3, 3, 3, 3, 3])
    try check(request + "plot(a.sum(), \"x\")", [6, na, 15, 33, 42, 51, 60, 69, 78, 87])
    try check(
      request + "plot(a.size() > 0 ? a.first() * 100 + a.last() : na, \"x\")",
      [103, na, 708, 1012, 1315, 1618, 1921, 2224, 2527, 2830])
    try check(request + "b = a[1]\nplot(na(b) ? na : b.size(), \"x\")", [na, 3, 0, 2, 3, 3, 3, 3, 3, 3])
  }

  @Test func `the expression is calculated on each of them`() throws {
    try check(
      "a = request.security_lower_tf(\"\", \"5\", ta.change(close))\nplot(a.sum(), \"x\")",
      [2, na, 5, 4, 3, 3, 3, 3, 3, 3])
    try check(
      "mean = ta.sma(close, 2)\na = request.security_lower_tf(\"\", \"5\", mean)\n"
        + "plot(a.size() > 1 ? a.get(1) : na, \"x\")",
      [1.5, na, 7.5, 10.5, 13.5, 16.5, 19.5, 22.5, 25.5, 28.5])
  }

  @Test func `tuples, bools, strings and colours`() throws {
    try check(
      "[o, v] = request.security_lower_tf(\"\", \"5\", [open, volume])\nplot(o.sum() + 100 * v.sum(), \"x\")",
      [303, na, 213, 330, 339, 348, 357, 366, 375, 384])
    try check(
      "a = request.security_lower_tf(\"\", \"5\", close % 2 == 0)\nn = 0\nfor x in a\n    n += x ? 1 : 0\nplot(n, \"x\")",
      [1, 0, 1, 2, 1, 2, 1, 2, 1, 2])
    try check(
      "array<string> a = request.security_lower_tf(\"\", \"5\", str.tostring(close))\n"
        + "plot(str.tonumber(a.join(\"\")), \"x\")",
      [123, na, 78, 101_112, 131_415, 161_718, 192_021, 222_324, 252_627, 282_930])
    try check(
      "a = request.security_lower_tf(\"\", \"5\", close > 8 ? color.red : color.blue)\n"
        + "plot(a.size() > 0 and a.last() == color.red ? 1 : 0, \"x\")",
      [0, 0, 0, 1, 1, 1, 1, 1, 1, 1])
  }

  @Test func `an array of a bar is an object of the script: it can be changed and kept`() throws {
    try check(
      "var all = array.new<float>()\na = request.security_lower_tf(\"\", \"5\", close)\na.push(0)\nall.concat(a)\n"
        + "plot(all.size(), \"x\")",
      [4, 5, 8, 12, 16, 20, 24, 28, 32, 36])
  }

  @Test func `bars are joined from shorter ones`() throws {
    let minutes = Self.history("T", "1", missing: [15, 16, 17, 18, 19, 44])
    let request = "a = request.security_lower_tf(\"\", \"5\", close)\n"
    // The second bar lacks its first five minutes, the third one its last minute.
    try check(
      request + "plot(a.size(), \"x\")", [3, 2, 3, 3, 3, 3, 3, 3, 3, 3], histories: [minutes])
    try check(
      request + "plot(a.last(), \"x\")", [15, 30, 44, 60, 75, 90, 105, 120, 135, 150], histories: [minutes])
    // Of several histories the one with the longest bars that serve.
    try check(
      request + "plot(a.last(), \"x\")", [3, 6, 9, 12, 15, 18, 21, 24, 27, 30],
      histories: [minutes, Self.history("T", "5", missing: []), Self.history("T", "15", missing: [])])
  }

  @Test func `a bar counts where it closes, if its period does not divide the chart's`() throws {
    let tens = Self.history("T", "10", missing: [])
    try check(
      "a = request.security_lower_tf(\"\", \"10\", close)\nplot(a.sum(), \"x\")", [1, 5, 4, 11, 7, 17, 10, 23, 13, 29],
      histories: [tens])
  }

  @Test func `another symbol, and the chart's own timeframe`() throws {
    try check(
      "a = request.security_lower_tf(\"AAPL\", \"5\", close)\nplot(a.size(), \"x\")", [3, 0, 2, 3, 3, 3, 3, 3, 3, 3],
      histories: [Self.history("AAPL")])
    try check(
      "a = request.security_lower_tf(\"\", timeframe.period, close)\nplot(a.size() * 100 + a.first(), \"x\")",
      [110, 112, 111, 115, 114, 118, 117, 116, 120, 119])
  }

  @Test func `a request of longer bars gets those of its own bar`() throws {
    try check(
      "n = request.security_lower_tf(\"\", \"5\", close).size()\nplot(request.security(\"\", \"60\", n), \"x\")",
      [na, na, na, 8, 8, 8, 8, 12, 12, 12])
  }

  @Test func `request.security below the chart's timeframe: the last of a bar, with lookahead the first`() throws {
    try check(
      "plot(request.security(\"\", \"5\", close), \"x\")", [3, 3, 8, 12, 15, 18, 21, 24, 27, 30])
    try check(
      "plot(request.security(\"\", \"5\", close, barmerge.gaps_on), \"x\")", [3, na, 8, 12, 15, 18, 21, 24, 27, 30])
    try check(
      "plot(request.security(\"\", \"5\", close, lookahead = barmerge.lookahead_on), \"x\")",
      [1, 1, 7, 10, 13, 16, 19, 22, 25, 28])
    try check(
      "plot(request.security(\"\", \"5\", close, barmerge.gaps_on, barmerge.lookahead_on), \"x\")",
      [1, na, 7, 10, 13, 16, 19, 22, 25, 28])
  }

  @Test func `without bars the script does not start, or goes on with none where that is allowed`() throws {
    let body = "a = request.security_lower_tf(\"\", \"5\", close)\nplot(a.size(), \"x\")\n"
    let last = "plot(request.security(\"\", \"1\", close), \"y\")"
    #expect(throws: ScriptError.shorterTimeframe("5")) { try self.run(body, histories: []) }
    let run = try run(body + last, histories: [], mayLack: true)
    #expect(run.plots["x"] == [Double](repeating: 0, count: 10))
    #expect(same(run.plots["y"] ?? [], [Double](repeating: na, count: 10)))
    #expect(run.missing == ["T at 5", "T at 1"])
    #expect(run.missingTimeframes == ["5", "1"])
  }

  @Test func `a longer timeframe is refused, or empty with ignore_invalid_timeframe`() throws {
    #expect(throws: ScriptError.longerTimeframe("60")) {
      try self.run("a = request.security_lower_tf(\"\", \"60\", close)\nplot(a.size(), \"x\")")
    }
    try check(
      "a = request.security_lower_tf(\"\", \"60\", close, ignore_invalid_timeframe = true)\nplot(a.size(), \"x\")",
      [Double](repeating: 0, count: 10))
  }

  @Test func `objects within the bars are refused with their place`() {
    let script = "//@version=6\nindicator(\"t\")\na = request.security_lower_tf(\"\", \"5\", array.from(close))\n"
    #expect(
      FrontEnd.compile(script).errors.map(\.message)
        == ["'request.security_lower_tf' cannot answer values of the type array<float>"])
  }
}
