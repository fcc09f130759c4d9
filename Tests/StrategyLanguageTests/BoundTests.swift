import Testing

@testable import StrategyLanguage

/// Scripts made to cost too much: each is answered with the diagnostic that names the bound.
@Suite struct BoundTests {
  private func first(_ body: String) -> String? {
    FrontEnd.compile("indicator(\"t\")\n" + body).errors.first?.message
  }

  private func times(_ text: String, _ count: Int) -> String {
    String(repeating: text, count: count)
  }

  @Test func `Nesting is bounded, whatever it is made of`() {
    let deep = "more than 200 levels of nesting"
    #expect(first("a = " + times("(", 10_000) + "1" + times(")", 10_000)) == deep)
    #expect(first("a = " + times("-", 10_000) + "1") == deep)
    #expect(first("a = " + times("not ", 10_000) + "true") == deep)
    #expect(first("a = " + times("math.abs(", 10_000) + "1" + times(")", 10_000)) == deep)
    #expect(first("a = " + times("close > 1 ? 1 : ", 10_000) + "1") == deep)
    #expect(first("a = " + times("[", 10_000)) == deep)
    let blocks = (0..<300).map { times("    ", $0) + "if close > open\n" }.joined()
    #expect(first(blocks + times("    ", 300) + "a = 1") == deep)
  }

  @Test func `Long chains are computed without depth, and bounded`() {
    #expect(first("a = close" + times(" + close", 900)) == nil)
    #expect(first("a = true" + times(" and close > open", 900)) == nil)
    #expect(
      first("a = 1" + times(" + 1", 5_000))
        == "the expression has more than 1000 terms in a row")
    #expect(
      first("a = close" + times("[1]", 5_000))
        == "the expression has more than 1000 terms in a row")
    #expect(
      first("if close > 1\n    a = 1\n" + times("else if close > 2\n    a = 2\n", 5_000)) == nil)
  }

  @Test func `A function that expands to too much is refused`() {
    let doubling = (1...40).map { "f\($0)(x) => f\($0 - 1)(x) + f\($0 - 1)(x + 1)\n" }.joined()
    #expect(
      first("f0(x) => ta.sma(x, 3)\n" + doubling + "plot(f40(close))")
        == "the script is too large when its functions are expanded")
    let chain = (1...2_000).map { "f\($0)(x) => f\($0 - 1)(x)\n" }.joined()
    #expect(
      first("f0(x) => x\n" + chain + "plot(f2000(close))")
        == "nested too deeply, with the functions it calls")
  }

  @Test func `Requests and forms of a function are counted`() {
    #expect(
      first(times("request.security(\"\", \"D\", close)\n", 65))
        == "the script makes more than 64 requests")
    let forms = (0...32).map { "f(int a\($0)) => a\($0)\n" }.joined()
    #expect(first(forms) == "'f' has more than 32 forms")
  }

  @Test func `A script of a megabyte is answered`() {
    let lines = (0..<15_000).map {
      "v\($0) = ta.sma(close, \($0 % 50 + 1)) + math.abs(close - open) * \($0)\n"
    }
    #expect(first(lines.joined()) == nil)
    #expect(first(times("x = = (\n", 130_000)) != nil)
    #expect(
      FrontEnd.compile(times("a", 5 << 20)).errors.map(\.message)
        == ["the script is larger than 4 MiB"])
  }
}
