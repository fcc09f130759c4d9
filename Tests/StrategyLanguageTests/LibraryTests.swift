import Foundation
import StrategyIR
import Testing

@testable import StrategyLanguage

/// Scripts that import libraries.
@Suite struct LibraryTests {
  private static let tools = """
    //@version=6
    library("tools")
    export const float HALF = 0.5
    int hidden = bar_index
    export enum Side
        up = "Up"
        down = "Down"
    export type State
        float value = 1
        int count
    export method add(State this, float x) =>
        this.value += x * HALF
        this
    twice(float x) => 2 * x
    export smooth(float source, int length) => twice(ta.sma(source, length)) / 2
    export smooth(float source) => ta.sma(source, hidden)
    export name(Side side) => side == Side.up ? "u" : "d"
    inner() => close
    plot(smooth(close, 3))
    """

  private static func compile(_ body: String, tools: String = tools) -> Compilation {
    FrontEnd.compile("//@version=6\nindicator(\"t\")\nimport me/tools/1 as t\n" + body + "\n") { name in
      name.description == "me/tools/1" ? SourceText(name: "tools.pine", text: tools) : nil
    }
  }

  private static func said(_ body: String, tools: String = tools) -> [String] {
    let compilation = compile(body, tools: tools)
    return compilation.diagnostics.map {
      let place = compilation.source.position(of: $0.range.lowerBound)
      return "\(place.line):\(place.column) \($0.message)"
    }
  }

  @Test(arguments: [
    "plot(t.smooth(close, 5) + t.HALF)",
    "t.State s = t.State.new(2)\nplot(s.add(close).value)",
    "s = t.add(t.State.new(), 1)\nplot(s.count)",
    "plot(t.name(t.Side.down) == \"d\" ? 1 : 0)",
    "f(t.State s) => s.value\nplot(f(t.State.new()))",
    "array<t.State> a = array.new<t.State>()\na.push(t.State.new())\nplot(a.get(0).value)",
    "smooth(x) => x\nplot(smooth(1) + t.smooth(close, 2))",
  ])
  func `Functions, methods, types, enums and constants of a library are there`(body: String) {
    #expect(Self.said(body) == [])
    #expect(Self.compile(body).program != nil)
  }

  @Test(arguments: [
    ("plot(t.inner())", "4:6 the library 'me/tools/1' exports no function 'inner'"),
    ("plot(t.none(1))", "4:6 the library 'me/tools/1' exports no function 'none'"),
    ("plot(twice(1))", "4:6 unknown function 'twice'"),
    ("plot(t.smooth(\"x\", 1))", "4:15 'source' of 'smooth' cannot be a const string"),
    // The library's own variable is no constant.
    ("plot(t.smooth(close))", "1:1 the script uses a value of unknown type"),
  ])
  func `What a library does not have is said`(body: String, expected: String) {
    let first = Self.said(body).first
    #expect(first == expected)
  }

  @Test func `An error in a library is said at the import, with its place there`() {
    #expect(
      Self.said("plot(1)", tools: "//@version=6\nlibrary(\"x\")\nexport f( => 1")
        == ["3:1 the library 'me/tools/1' has an error at 3:11: unexpected '=>'"])
  }

  @Test func `Libraries that import each other end`() {
    let compilation = FrontEnd.compile("//@version=6\nindicator(\"t\")\nimport a/a/1\nplot(a.f(1))\n") { name in
      let other = name.user == "a" ? "b" : "a"
      return SourceText(
        name: "x",
        text: "//@version=6\nlibrary(\"\(name.name)\")\nimport \(other)/\(other)/1\nexport f(float x) => x\n")
    }
    #expect(compilation.diagnostics.map(\.message) == [])
    #expect(compilation.program != nil)
  }

  @Test func `The library that comes with fxaot has no errors, and its functions are theirs`() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../priv/libraries/TradingView/ta.pine").standardized
    let text = try String(contentsOf: path, encoding: .utf8)
    #expect(FrontEnd.compile(text).errors.map(\.message) == [])
    let script = """
      //@version=6
      indicator("t")
      import TradingView/ta/7 as lib
      e = ta.ema(close, 3)
      [up, down] = lib.aroon(2)
      plot(lib.dema(close, 3) - (2 * e - ta.ema(e, 3)), "x")
      """
    let compilation = FrontEnd.compile(script) { _ in SourceText(name: "ta.pine", text: text) }
    #expect(compilation.report == "")
    #expect(compilation.program != nil)
  }
}
