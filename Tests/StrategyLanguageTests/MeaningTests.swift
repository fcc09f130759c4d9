import Testing

@testable import StrategyLanguage

/// What scripts compute, on closes 10 12 11 15 14 18 17 16 20 19; the expected values are worked
/// out by hand.
@Suite struct MeaningTests {
  private let na = Double.nan

  @Test func `History of fields, variables, calls and expressions`() throws {
    try check("plot(close[1], \"x\")", [na, 10, 12, 11, 15, 14, 18, 17, 16, 20])
    try check("a = close + 1\nplot(a[2], \"x\")", [na, na, 11, 13, 12, 16, 15, 19, 18, 17])
    try check("plot((close - open)[1], \"x\")", [na, 0, 2, -1, 4, -1, 4, -1, -1, 4])
    try check("plot(math.max(close, 15)[3], \"x\")", [na, na, na, 15, 15, 15, 15, 15, 18, 17])
    try check("plot(close[1][1], \"x\")", [na, na, 10, 12, 11, 15, 14, 18, 17, 16])
    try check("n = bar_index % 3\nplot(close[n], \"x\")", [10, 10, 10, 15, 15, 15, 17, 17, 17, 19])
  }

  @Test func `A var keeps its value, a plain declaration starts anew`() throws {
    try check("var n = 0\nn += 2\nplot(n, \"x\")", [2, 4, 6, 8, 10, 12, 14, 16, 18, 20])
    try check("n = 0\nn += 2\nplot(n, \"x\")", [2, 2, 2, 2, 2, 2, 2, 2, 2, 2])
    try check(
      "var float p = na\nold = p\np := close\nplot(old, \"x\")",
      [na, 10, 12, 11, 15, 14, 18, 17, 16, 20])
    try check("var f = close\nplot(f, \"x\")", [Double](repeating: 10, count: 10))
  }

  @Test func `if, switch and loops yield values`() throws {
    try check(
      "x = if close > open\n    1\nelse if close < open\n    -1.5\nelse\n    0\nplot(x, \"x\")",
      [0, 1, -1.5, 1, -1.5, 1, -1.5, -1.5, 1, -1.5])
    try check(
      "x = switch bar_index % 3\n    0 => close\n    1 =>\n        y = close * 2\n        y + 1\n"
        + "plot(x, \"x\")",
      [10, 25, na, 15, 29, na, 17, 33, na, 19])
    try check(
      "x = switch\n    close > 16 => 2\n    close > 12 => 1\n    => 0\nplot(x, \"x\")",
      [0, 0, 0, 1, 1, 2, 2, 1, 2, 2])
    try check(
      "s = 0\nfor i = 1 to 4\n    if i == 2\n        continue\n    s += i\nplot(s, \"x\")",
      [Double](repeating: 8, count: 10))
    try check(
      "x = for i = 0 to 10 by 5\n    i + bar_index\nplot(x, \"x\")",
      [10, 11, 12, 13, 14, 15, 16, 17, 18, 19])
    try check(
      "n = 0\nwhile n < 100\n    n += 7\n    if n > bar_index\n        break\nplot(n, \"x\")",
      [7, 7, 7, 7, 7, 7, 7, 14, 14, 14])
    try check(
      "x = 0\nfor i = 3 to 1\n    x := x * 10 + i\nplot(x, \"x\")",
      [Double](repeating: 321, count: 10))
  }

  @Test(arguments: [5, 6]) func `if and switch with hundreds of branches`(version: Int) throws {
    let patterns = (1...300).map { "    \($0) => \($0 * 10)\n" }.joined()
    try check(
      "x = switch bar_index\n\(patterns)    => -1\nplot(x, \"x\")",
      [-1, 10, 20, 30, 40, 50, 60, 70, 80, 90], version: version)
    // The last test counts how often it is evaluated: where none before it held.
    let tests = (1...150).map { "else if bar_index == -\($0)\n    n := \($0)\n" }.joined()
    try check(
      "ticks() =>\n    var c = 0\n    c += 1\n    c\nn = 7\nif bar_index % 2 == 0\n    n := 0\n"
        + "\(tests)else if ticks() >= 3\n    n := 500\nelse\n    n := -1\nplot(n, \"x\")",
      [0, -1, 0, -1, 0, 500, 0, 500, 0, 500], version: version)
    let many = (0...149).map {
      "\($0 == 0 ? "if" : "else if") close == \($0)\n    \($0)\n"
    }.joined()
    try check("x = \(many)plot(x, \"x\")", ScriptRun.closes, version: version)
    let loops =
      "s = 0\nfor i = 0 to 3\n    \(many.replacing("\n", with: "\n    "))\n    s += close == i + 10 ? 1 : 0\nplot(s, \"x\")"
    try check(loops, [1, 1, 1, 0, 0, 0, 0, 0, 0, 0], version: version)
  }

  @Test func `Tuples from functions, switches and built-in functions`() throws {
    try check(
      "f(a, b) => [a + b, a - b]\n[s, d] = f(close, open)\nplot(s * 100 + d, \"x\")",
      [2000, 2202, 2299, 2604, 2899, 3204, 3499, 3299, 3604, 3899])
    try check(
      "[a, b] = if close > open\n    [1, 2]\nelse\n    [3, 4]\nplot(a * 10 + b, \"x\")",
      [34, 12, 34, 12, 34, 12, 34, 34, 12, 34])
    try check(
      "[_, d] = ta.supertrend(1, 1)\nplot(d, \"x\")", [1, 1, 1, -1, -1, -1, -1, -1, -1, -1])
  }

  @Test func `Each call of a function has state of its own`() throws {
    try check(
      "count() =>\n    var n = 0\n    n += 1\n    n\na = count()\nb = close > open ? count() : 0\n"
        + "plot(a * 100 + b, \"x\")",
      [100, 201, 300, 402, 500, 603, 700, 800, 904, 1000])
    try check(
      "prev(src) => src[1]\nplot(prev(close) - prev(open), \"x\")",
      [na, 0, 2, -1, 4, -1, 4, -1, -1, 4])
    try check(
      "twice(s) => ta.cum(s)\nf(s) => twice(s) + twice(s * 2)\nplot(f(1), \"x\")",
      [3, 6, 9, 12, 15, 18, 21, 24, 27, 30])
  }

  @Test func `History inside a branch sees the bars on which it was taken`() throws {
    try check(
      "prev(src) => src[1]\nfloat x = na\nif bar_index % 3 == 0\n    x := prev(bar_index)\n"
        + "plot(x, \"x\")",
      [na, na, na, 0, na, na, 3, na, na, 6])
  }

  @Test func `and, or are lazy in version 6 and not in version 5`() throws {
    let body =
      "count() =>\n    var n = 0\n    n += 1\n    n > 0\nvar t = 0\n"
      + "mark() =>\n    var n = 0\n    n += 1\n    n\n"
      + "x = close > open and mark() > 2\nplot(x ? 1 : 0, \"x\")"
    try check(body, [0, 0, 0, 0, 0, 1, 0, 0, 1, 0])
    try check(body, [0, 0, 0, 1, 0, 1, 0, 0, 1, 0], version: 5)
  }

  @Test func `Division of ints has a fraction; version 5 cuts it off between constants`() throws {
    try check("plot(7 / 2, \"x\")", [Double](repeating: 3.5, count: 10))
    try check("plot(7 / 2, \"x\")", [Double](repeating: 3, count: 10), version: 5)
    try check(
      "n = input.int(7)\nplot(n / 2, \"x\")", [Double](repeating: 3.5, count: 10), version: 5)
    try check(
      "n = input.int(5)\nplot(ta.sma(close, n / 2), \"x\")",
      [na, 11, 11.5, 13, 14.5, 16, 17.5, 16.5, 18, 19.5])
  }

  @Test func `na compares false, nz and na see it`() throws {
    try check("plot(close[1] > 0 ? 1 : 0, \"x\")", [0, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    try check("plot(na(close[1]) ? 1 : 0, \"x\")", [1, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    try check("plot(nz(close[1], 5) - nz(close[1]), \"x\")", [5, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    try check("float a = na\nplot(a + 1, \"x\")", [Double](repeating: na, count: 10))
  }
}

/// Enums, methods and built-in series that do not depend on where they are named.
@Suite struct ScriptTypesTests {
  @Test func `An enum's fields are compared, chosen by an input and have titles`() throws {
    let script = """
      enum Side
          long = "Go long"
          short
      Side s = input.enum(Side.short, "Side")
      f(Side x) => x == Side.long ? 1 : 2
      n = switch s
          Side.long => 10
          Side.short => 20
      plot(n + f(s) + str.length(str.tostring(Side.long)), "x")
      """
    #expect(try ScriptRun.plotted(script) == [Double](repeating: 29, count: 10))
    let program = try #require(FrontEnd.compile("indicator(\"t\")\n" + script).program)
    #expect(program.parameters[0].kind == .enumeration)
    #expect(program.parameters[0].options.map { program.texts[Int($0)] } == ["Go long", "short"])
  }

  @Test func `An enum is no string and has no other fields`() {
    let body = "enum A\n    x\n    y\na = A.x == \"x\"\nb = A.z\nstring c = A.x"
    #expect(
      DiagnosticTests.messages(body) == [
        "4:5 a const enum cannot be compared with a const string",
        "5:5 the enum 'A' has no field 'z'",
        "6:12 'c' is declared as string, but its value is a const enum",
      ])
  }

  @Test func `A method is called on a variable, a built-in series or any value`() throws {
    let body =
      "method half(float x, int n = 2) => x / n\na = close.half()\n"
      + "plot(a.half() + (close + 2).half(n = 1) + half(close), \"x\")"
    let expected = ScriptRun.closes.map { $0 / 4 + $0 + 2 + $0 / 2 }
    #expect(try ScriptRun.plotted(body) == expected)
  }

  @Test func `A built-in series has its history wherever it is named`() throws {
    let body =
      "float x = na\nif bar_index % 4 == 3\n    x := ta.tr[1]\nplot(x, \"x\")"
    let plotted = try ScriptRun.plotted(body)
    #expect(plotted[3] == 2 && plotted[7] == 2 && plotted[2].isNaN)
  }

  @Test func `A compound assignment reads its left side before the arms on its right run`() throws {
    let arms = [
      "x += if true\n    x := 5\n    1\nelse\n    2",
      "x += switch\n    bar_index >= 0 =>\n        x := 5\n        1\n    => 2",
      "x += for i = 1 to 1\n    x := 5\n    1",
    ]
    for arm in arms {
      try #expect(ScriptRun.plotted("x = 10.0\n\(arm)\nplot(x, \"x\")") == Array(repeating: 11, count: 10))
    }
  }
}
