import Testing

@testable import StrategyLanguage

@Suite struct DiagnosticTests {
  /// Line:column and message of each diagnostic of a script's body.
  static func messages(_ body: String, declaration: String = "indicator(\"t\")") -> [String] {
    let compilation = FrontEnd.compile("//@version=6\n\(declaration)\n\(body)\n", name: "t.pine")
    return compilation.diagnostics.map {
      let place = compilation.source.position(of: $0.range.lowerBound)
      return "\(place.line - 2):\(place.column) \($0.message)"
    }
  }

  @Test func `A diagnostic shows file, line, column, caret, expectation and a near miss`() {
    let compilation = FrontEnd.compile(
      "//@version=6\nindicator(\"t\")\nx = ta.sma(close, lenght = 5)\n", name: "my.pine")
    let expected = """
      my.pine:3:19: error: 'ta.sma' has no parameter 'lenght'
        x = ta.sma(close, lenght = 5)
                          ^^^^^^
        expected: ta.sma(source, length)
        did you mean 'length'?

      """
    #expect(compilation.report == expected)
    #expect(compilation.program == nil)
  }

  @Test func `The caret stands under the place behind tabs and wide characters`() {
    let compilation = FrontEnd.compile("indicator('é', x\t= 1)", name: "t")
    #expect(compilation.report.contains("  indicator('é', x = 1)\n                 ^\n"))
  }

  @Test func `JSON has the same, escaped`() {
    let compilation = FrontEnd.compile("//@version=6\nindicator(\"t\")\na = \"\\\"x\\\"\" * 2\n", name: "a\"b")
    let expected =
      "[{\"severity\":\"error\",\"file\":\"a\\\"b\",\"line\":3,\"column\":5,\"endLine\":3,"
      + "\"endColumn\":16,\"message\":\"'*' cannot take a const string\","
      + "\"expected\":\"two numbers\"}]"
    #expect(compilation.json == expected)
  }

  @Test func `All errors of a file are reported at once`() {
    let found = Self.messages(
      """
      a = closee
      b = (1 + 2
      c = ta.smaa(close, 3)
      if close
          d = 1 +
          e = open +* 2
      for i = 0 to
          a
      g = b + a
      h = zz
      """)
    #expect(
      found == [
        "1:5 'closee' is not declared",
        "2:11 unexpected end of the line after an expression in parentheses",
        "3:5 unknown function 'ta.smaa'",
        "4:4 a series float is not a condition",
        "5:12 unexpected end of the line",
        "6:15 unexpected '*'",
        "7:13 unexpected end of the line",
        "10:5 'zz' is not declared",
      ])
  }

  @Test(arguments: [
    ("enum E\n    1", "2:5 unexpected '1' in an enum"),
    ("import a/b/1", "1:1 the library 'a/b/1' is not there"),
    ("x = ticker.renko(\"\")", "1:5 not supported: other chart types"),
  ])
  func `What is not supported is named with its place`(script: String, expected: String) {
    #expect(Self.messages(script) == [expected])
  }

  @Test func `A block that is not indented by four columns is explained`() {
    #expect(Self.messages("if true\n  a = 1") == ["2:3 'if' needs a block"])
  }

  @Test func `A name whose declaration failed is not reported again`() {
    #expect(Self.messages("a = 1 +* 2\nb = a + a\nc = b * 2") == ["1:8 unexpected '*'"])
  }

  @Test func `At most a hundred errors are kept`() {
    #expect(Self.messages(String(repeating: "x = y\n", count: 500)).count == 100)
  }
}
