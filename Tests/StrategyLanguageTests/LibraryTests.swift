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

  private static func shipped() throws -> SourceText {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../priv/libraries/TradingView/ta.pine").standardized
    return SourceText(name: "ta.pine", text: try String(contentsOf: path, encoding: .utf8))
  }

  @Test func `The library that comes with fxaot has no errors, and its functions are theirs`() throws {
    let shipped = try Self.shipped()
    #expect(FrontEnd.compile(shipped).errors.map(\.message) == [])
    let script = """
      //@version=6
      indicator("t")
      import TradingView/ta/7 as lib
      e = ta.ema(close, 3)
      [up, down] = lib.aroon(2)
      plot(lib.dema(close, 3) - (2 * e - ta.ema(e, 3)), "x")
      """
    let compilation = FrontEnd.compile(script) { _ in shipped }
    #expect(compilation.report == "")
    #expect(compilation.program != nil)
  }

  /// What the library's call plots, on closes 10 12 11 15 14 18 17 16 20 19, volumes 1 to 10.
  private func plotted(_ body: String, version: Int = 10) throws -> [Double] {
    let script = "//@version=6\nindicator(\"t\")\nimport TradingView/ta/\(version) as lib\n" + body + "\n"
    return try ScriptRun(script, library: try Self.shipped()).plots["x"] ?? []
  }

  private let na = Double.nan

  @Test func `Relative volume compares a bar with the bars as far into the periods before`() throws {
    let parts = "[now, mean, ratio] = lib.relativeVolume(2, \"60\")\n"
    #expect(try plotted(parts + "plot(now, \"x\")") == [1, 3, 6, 10, 5, 11, 18, 26, 9, 19])
    #expect(same(try plotted(parts + "plot(mean, \"x\")"), [na, na, na, na, 1, 3, 6, 10, 3, 7]))
    let ratios = [na, na, na, na, 5, 11 / 3.0, 3, 2.6, 3, 19 / 7.0]
    #expect(same(try plotted(parts + "plot(ratio, \"x\")"), ratios))
    let single = "[now, mean, ratio] = lib.relativeVolume(1, \"60\", false)\nplot(mean, \"x\")"
    #expect(same(try plotted(single), [na, na, na, na, 1, 2, 3, 4, 5, 6]))
  }

  @Test func `Volume of shorter bars by their direction`() throws {
    // Bars of the chart's own timeframe: closes 10 12 11 15 14 18 17 16 20 19, opens at the close before, volumes 1 to 10.
    let parts = "[up, down, sum] = lib.requestUpAndDownVolume(timeframe.period)\nplot(up * 100 + down, \"x\")"
    #expect(try plotted(parts) == [100, 200, -3, 400, -5, 600, -7, -8, 900, -10])
    let delta = "[a, b, c, d] = lib.requestVolumeDelta(timeframe.period, \"60\")\n"
    #expect(try plotted(delta + "plot(d, \"x\")") == [1, 3, 0, 4, -5, 1, -6, -14, 9, -1])
    #expect(
      try plotted(delta + "plot(a * 100 + b * 10 + c, \"x\")") == [10, 131, 330, 40, -5, -495, 104, -674, 90, 989])
  }

  @Test func `A supertrend is that of the language; with wicks, highs and lows break its bands`() throws {
    let parts = "[a, d] = lib.supertrend(0.5, 2)\n[b, e] = ta.supertrend(0.5, 2)\n"
    #expect(try plotted(parts + "plot(nz(a - b) + d - e, \"x\")") == Array(repeating: 0, count: 10))
    #expect(try plotted(parts + "plot(d, \"x\")") == [1, 1, 1, -1, -1, -1, -1, 1, -1, -1])
    let wicks = "[a, d] = lib.supertrend(0.5, 2, true)\nplot(d, \"x\")"
    #expect(try plotted(wicks) == [1, 1, 1, -1, 1, -1, 1, 1, -1, 1])
    let shorter = "[a, d] = lib.supertrend2(1, 1)\nplot(a, \"x\")"
    #expect(try plotted(shorter) == [12, 12, 12, 10, 12, 13, 15, 15, 15, 17])
  }

  @Test func `Averages with changing lengths, the wave period and the Hilbert transform`() throws {
    #expect(try plotted("plot(lib.t3Alt(close, 1, 0.5), \"x\")") == ScriptRun.closes)
    let threefold = "e = lib.ema2(lib.ema2(lib.ema2(close, 3), 3), 3)\n"
    #expect(
      try plotted(threefold + "plot(lib.t3Alt(close, 3, 0) - e, \"x\")") == Array(repeating: 0, count: 10))
    #expect(
      same(
        try plotted("plot(lib.trima2(close, 3.9), \"x\")"),
        [na, na, 11.25, 12.25, 13.75, 15.25, 16.75, 17, 17.25, 18.75]))
    let periods = try plotted("plot(lib.wpo(1), \"x\")")
    #expect(periods[2] == -2 * Double.pi / asin(11.0 / 13))
    #expect(periods[3] == 2 * Double.pi / asin(15.0 / 16))
    #expect(try plotted("plot(lib.ht(close), \"x\")", version: 4)[6] == 0.0962 * 7 + 0.5769 * 3)
  }
}
