import Testing

@testable import StrategyLanguage

@Suite struct ParserTests {
  @Test(arguments: [
    ("a = 1 + 2 * 3 - 4", "a = ((1 + (2 * 3)) - 4)"),
    ("a = not b == c", "a = ((not b) == c)"),
    ("a = b or c and d == e", "a = (b or (c and (d == e)))"),
    ("a = b ? c : d ? e : f", "a = (b ? c : (d ? e : f))"),
    ("a = b > c == d < e", "a = ((b > c) == (d < e))"),
    ("a = -b[1] * 2", "a = ((minus b[1]) * 2)"),
    ("a = (b + c)[2] % 3", "a = ((b + c)[2] % 3)"),
    ("a = f(x, n=2)[1][3]", "a = f(x, n=2)[1][3]"),
    ("a = 1.5e3 + .5 + 2. - 0xff", "error: '0xff' is not a number"),
    ("a = 1e3", "a = 1000.0"),
    ("a = #ff0000 == #00FF0080", "a = (#ff0000ff == #ff0080)"),
    ("a = 'it''s'", "error: unexpected string after a statement"),
    ("a = \"x\\\"y\\n\"", "a = \"x\"y\n\""),
    ("ta.sma(close, 5).foo(1)", "ta.sma(close, 5).foo(1)"),
  ])
  func `Operators bind as in the manual`(script: String, expected: String) {
    #expect(SyntaxText.of(script) == expected)
  }

  @Test(arguments: [
    ("x = 1", "x = 1"), ("var x = 1", "var x = 1"), ("varip int x = 1", "varip int x = 1"),
    ("series float x = na", "series float x = na"), ("simple x = 1", "simple x = 1"),
    ("float[] x = na", "float[] x = na"), ("map<string, int> x = na", "map<string,int> x = na"),
    ("[a, _, c] = f()", "[a, _, c] = f()"), ("[a, b]", "[a, b]"),
    ("x := 1, y += 2, z %= 3", "x := 1; y += 2; z %= 3"),
    ("f(x, int y = 2) => x + y", "f(x, int y = 2) => {(x + y)}"),
    ("f() => a = 1, a + 1", "f() => {a = 1; (a + 1)}"),
    ("f(simple int n, series float s) => [n, s]", "f(simple int n, series float s) => {[n, s]}"),
  ])
  func `Declarations, assignments and functions`(script: String, expected: String) {
    #expect(SyntaxText.of(script) == expected)
  }

  @Test func `Blocks hang on indentation, and an if yields a value`() {
    let script = """
      x = if a
          1
      else if b
          y = 2
          y
      else
          3
      z = 4
      """
    #expect(SyntaxText.of(script) == "x = if a {1} else if b {y = 2; y} else {3}; z = 4")
  }

  @Test func `Loops and jumps`() {
    let script = """
      for i = 0 to 10 by 2
          if i == 4
              continue
          while a
              break
      b
      """
    let expected =
      "for i = 0 to 10 by 2 {if (i == 4) {continue}; while a {break}}; b"
    #expect(SyntaxText.of(script) == expected)
  }

  @Test func `A switch with a subject, without one, and with blocks`() {
    let script = """
      x = switch mode
          "A" => 1
          "B" =>
              y = 2
              y
          => 3
      switch
          a > b => f(), g()
          c => h()
      """
    let expected =
      "x = switch mode {\"A\" => {1}, \"B\" => {y = 2; y}, => {3}}; "
      + "switch {(a > b) => {f(); g()}, c => {h()}}"
    #expect(SyntaxText.of(script) == expected)
  }

  @Test(arguments: [
    "a = b +\n  c", "a = b\n  + c", "a = b +\n    c", "a = b\n    + c", "a = b\n     + c",
    "a =\n  b + c", "a = (b\n+\n    c)", "a = b // why\n  + c", "a = b\r\n  + c",
    "a = b\n\n// between\n  + c",
  ])
  func `A statement goes on where its next line is indented by no multiple of four`(
    script: String
  ) {
    let expected = script.contains("(") ? "a = (b + c)" : "a = (b + c)"
    #expect(SyntaxText.of(script) == expected)
  }

  @Test func `Inside brackets lines may begin anywhere`() {
    #expect(SyntaxText.of("f(a,\nb = 1,\n        c = 2\n)\nd") == "f(a, b=1, c=2); d")
  }

  @Test func `Tabs count as four columns, blank lines and comments as nothing`() {
    let script = "if a\n\tb\n\n  // c\n\tif d\n\t    e\nf"
    #expect(SyntaxText.of(script) == "if a {b; if d {e}}; f")
  }

  @Test func `The version is read from its annotation`() {
    let five = FrontEnd.parse(SourceText(name: "t", text: "// x\n//@version=5\na = 1"))
    #expect(five.0.version == 5)
    let four = FrontEnd.parse(SourceText(name: "t", text: "//@version=4\na = 1"))
    #expect(four.1.items.first?.message == "version 4 of the language is not supported")
  }
}
