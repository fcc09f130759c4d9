import StrategyIR
import Testing

@testable import StrategyLanguage

/// What TradingView has added to version 6 since its first day.
struct Version6AdditionTests {
  // MARK: Strings in three quotes

  private func text(of body: String) throws -> String {
    let script = "//@version=6\nstrategy(\"t\")\n\(body)\nstrategy.entry(s, strategy.long)\n"
    let run = try ScriptRun(script)
    return try run.texts(#require(run.orders.first?.first).id)
  }

  @Test func `a string in three quotes keeps its lines and their blanks`() throws {
    #expect(try text(of: "s = \"\"\"a\n    b \"c\"\n\nd\"\"\"") == "a\n    b \"c\"\n\nd")
    #expect(try text(of: "s = '''a\r\n\tb'''") == "a\n\tb")
    #expect(try text(of: "if close > 0\n    s = 1\ns = \"\"\"x\\ty\\\"\"\"\"") == "x\ty\"")
    #expect(try text(of: "s = \"\"\"\"\"\" + '''a'''") == "a")
  }

  @Test func `a string in three quotes is no line of its own`() throws {
    try check(
      "f(x) =>\n    y = \"\"\"\nno block\n\"\"\" + x\n    str.length(y)\nplot(f(\"\"\"a\nb\"\"\"), \"x\")",
      Array(repeating: 13, count: 10))
  }

  // MARK: once

  @Test func `once runs its block on the first bar on which its condition holds`() throws {
    let found = "var float x = na\nonce close > 13\n    x := bar_index\nplot(x, \"x\")"
    try check(found, [.nan, .nan, .nan, 3, 3, 3, 3, 3, 3, 3])
    try check("var x = 0\nonce\n    x += 1\nplot(x, \"x\")", Array(repeating: 1, count: 10))
    // Each call of a function has its own.
    let each = "f(c) =>\n    var n = 0\n    once (c)\n        n += 1\n    n\n"
    try check(
      each + "plot(f(close > 11) + f(close > 14), \"x\")",
      [0, 1, 1, 2, 2, 2, 2, 2, 2, 2])
  }

  @Test func `once is a name like any other where it heads no block`() throws {
    let body = "once = close\nonce := once + 1\nif once > 0\n    once -= 1\nplot(once, \"x\")"
    try check(body, ScriptRun.closes)
    try check(body, ScriptRun.closes, version: 5)
    try check("once(x) =>\n    x\nplot(once(close), \"x\")", ScriptRun.closes)
    try check("once = if close > 0\n    close\nplot(once, \"x\")", ScriptRun.closes, version: 5)
  }

  // MARK: sort_field

  private static let points = """
    type P
        float price
        string name
        int number = 0
    a = array.from(P.new(2, "b", 7), P.new(1, "c", 8), P.new(3, "a", 9))

    """

  @Test func `objects are sorted by a field, the first one without sort_field`() throws {
    for (call, numbers) in [
      ("a.sort()", 879.0), ("a.sort(order.descending)", 978), ("array.sort(a, sort_field = \"name\")", 978),
      ("a.sort(order.descending, 2)", 987), ("a.sort(sort_field = \"number\")", 789),
    ] {
      let plot = "plot(a.get(0).number * 100 + a.get(1).number * 10 + a.get(2).number, \"x\")"
      try check(Self.points + call + "\n" + plot, Array(repeating: numbers, count: 10))
    }
  }

  @Test func `places of sorted objects, and searches`() throws {
    let join = "plot(str.tonumber(a.sort_indices(order.descending, \"name\").join(\"\")), \"x\")"
    try check(Self.points + join, Array(repeating: 102, count: 10))
    for (call, place) in [
      ("a.binary_search(8, \"number\")", 1.0), ("a.binary_search(5, sort_field = 2)", -1),
      ("array.binary_search_leftmost(a, 8.5, \"number\")", 1), ("a.binary_search_rightmost(8, 2)", 1),
    ] {
      try check(Self.points + "plot(\(call), \"x\")", Array(repeating: place, count: 10))
    }
  }

  // MARK: Times

  @Test func `a time of the timeframe's bars before`() throws {
    // Ten bars of 15 minutes from midnight on.
    let hours = "plot((time(\"60\", timeframe_bars_back = 1) - timestamp(2024, 1, 1)) / 3600000, \"x\")"
    try check(hours, [.nan, .nan, .nan, .nan, 0, 0, 0, 0, 1, 1])
    let both = "time_close(\"60\", bars_back = 1, timeframe_bars_back = 1)"
    try check(
      "plot((\(both) - timestamp(2024, 1, 1)) / 3600000, \"x\")", [.nan, .nan, .nan, .nan, .nan, 1, 1, 1, 1, 2])
    let forms = "a = time(\"\", 2) == time[2]\nb = time_close(\"\", \"\", 1) == time_close[1]\n"
    try check(forms + "plot(a and b ? 1 : 0, \"x\")", [0, 0] + Array(repeating: 1, count: 8))
    try check("plot((time(\"\", timeframe_bars_back = 0) - time) + 1, \"x\")", Array(repeating: 1, count: 10))
    let session = "time(\"60\", \"0000-0030,0100-0200\", \"UTC\", 0, 1)"
    try check(
      "plot((\(session) - timestamp(2024, 1, 1)) / 3600000, \"x\")", [.nan, .nan, .nan, .nan, 0, 0, 0, 0, .nan, .nan])
  }

  // MARK: Declarations

  @Test func `a strategy may want to run on every tick of history`() {
    let compilation = FrontEnd.compile("//@version=6\nstrategy(\"t\", calc_on_every_history_tick = true)\n")
    #expect(compilation.errors.isEmpty)
    #expect(compilation.program != nil)
  }

  @Test func `a strategy may say what its ratios count as free of risk`() {
    func rate(_ argument: String) -> Double? {
      FrontEnd.compile("//@version=6\nstrategy(\"t\"\(argument))\n").program?.settings.riskFreeRate
    }
    #expect(rate("") == 2)
    #expect(rate(", risk_free_rate = 4.5") == 4.5)
    #expect(rate(", risk_free_rate = 0") == 0)
  }

  @Test func `a program's bytes tell varip from var`() throws {
    let script = "//@version=6\nindicator(\"t\")\nvarip x = 0\nvar y = 0\nx += 1\ny += 1\nplot(x + y)\n"
    let program = try #require(FrontEnd.compile(script).program)
    #expect(program.variables.filter(\.staysWithinBar).map(\.name) == ["x"])
    #expect(Program(encoded: program.encoded())?.encoded() == program.encoded())
  }
}
