import Testing

@testable import StrategyLanguage

/// Built-ins that some bars pass over: what they read of the bar before is the chart's, what they
/// add up is of their own calls. Bars of `ScriptRun`: high and low 1 above and below the close,
/// volumes 1, 2, 3 …
@Suite struct SkippedCallTests {
  private let nan = Double.nan

  @Test func `ta.tr and ta.atr read the close of the chart's bar before`() throws {
    // Closes 10 12 11 15 14 18 17 16 20 19; every other bar.
    let body = "float x = na\nif bar_index % 2 == 0\n    x := CALL\nplot(x, \"x\")"
    let bare = body.replacing("CALL", with: "ta.tr")
    let called = body.replacing("CALL", with: "ta.tr(true)")
    let mean = body.replacing("CALL", with: "ta.atr(2)")
    try #expect(
      same(ScriptRun.plotted(bare), [nan, nan, 2, nan, 2, nan, 2, nan, 5, nan]))
    try #expect(
      same(ScriptRun.plotted(called), [2, nan, 2, nan, 2, nan, 2, nan, 5, nan]))
    try #expect(
      same(ScriptRun.plotted(mean), [nan, nan, 2, nan, 2, nan, 2, nan, 3.5, nan]))
  }

  @Test func `ta.tr in a loop and behind 'and' reads the close of the chart's bar before`() throws {
    let loop = """
      x = 0.0
      for i = 1 to bar_index % 4 == 0 ? 1 : 0
          x := bar_index % 4 == 0 ? ta.tr(true) : 0
      plot(x, "x")
      """
    try #expect(
      same(ScriptRun.plotted(loop), [2, 0, 0, 0, 2, 0, 0, 0, 5, 0]))
    let lazy = "plot(bar_index == 8 and ta.tr(true) == 5 ? 1 : 0, \"x\")"
    try #expect(
      same(ScriptRun.plotted(lazy), [0, 0, 0, 0, 0, 0, 0, 0, 1, 0]))
  }

  @Test(arguments: [
    "for i = 1 to 2\n    if bar_index % 3 == 0\n        x := ta.change(close, 3)",
    "if bar_index % 3 == 0\n    for i = 1 to 2\n        x := ta.change(close, 3)",
    "n = bar_index % 3 == 0 ? 1 : 0\nwhile n > 0\n    x := ta.change(close, 3)\n    n -= 1",
    "for i = 1 to 2\n    if bar_index % 3 > 0\n        break\n    x := ta.change(close, 3)",
  ])
  func `ta.change counts the bars on which a loop does not reach it`(loop: String) throws {
    // 15 − 10, 17 − 15, 19 − 17: closes of the bars 0, 3, 6, 9.
    try #expect(
      same(ScriptRun.plotted("x = 0.0\n\(loop)\nplot(x, \"x\")"), [nan, 0, 0, 5, 0, 0, 2, 0, 0, 2]))
  }

  @Test func `ta.sar that does not run on the second bar stays na, one that does goes on`() throws {
    let body = "float x = na\nif CONDITION\n    x := ta.sar(0.1, 0.1, 0.2)\nplot(x, \"x\")"
    let never = try ScriptRun.plotted(body.replacing("CONDITION", with: "bar_index != 1"))
    #expect(never.allSatisfy { $0.isNaN })
    // Bar 1: 9 + 0.1·(13 − 9), but not above the low of bar 0: 9. Bar 4: 9 + 0.1·(13 − 9) = 9.4;
    // a new high of 15 quickens it to 0.2. Bar 7: 9.4 + 0.2·(15 − 9.4) = 10.52.
    let rare = try ScriptRun.plotted(body.replacing("CONDITION", with: "bar_index % 3 == 1"))
    for (bar, value) in rare.enumerated() {
      let expected = bar == 1 ? 9 : bar == 4 ? 9.4 : bar == 7 ? 10.52 : nan
      #expect((value - expected).magnitude < 1e-9 || value.isNaN && expected.isNaN, "bar \(bar)")
    }
  }

  @Test func `ta.accdist and ta.obv add up the bars that reach them, each place for itself`() throws {
    // Closes lie in the middle of their bars: the line is that of a body of its own.
    let bars = UnevenBars.bars
    func plotted(_ name: String) throws -> [Double] {
      let script = """
        //@version=6
        indicator("t")
        float x = na
        if bar_index % 2 == 1
            x := \(name)
        plot(x, "x")
        """
      return try #require(ScriptRun(script, bars: bars).plots["x"])
    }
    var (distribution, balance, last) = (0.0, 0.0, nan)
    let (accdist, obv) = (try plotted("ta.accdist"), try plotted("ta.obv"))
    for (i, bar) in bars.enumerated() where i % 2 == 1 {
      if bar.high > bar.low {
        distribution += (2 * bar.close - bar.low - bar.high) / (bar.high - bar.low) * bar.volume
      }
      if bar.close > last { balance += bar.volume }
      if bar.close < last { balance -= bar.volume }
      #expect((accdist[i] - distribution).magnitude < 1e-8, "bar \(i)")
      #expect(last.isNaN ? obv[i].isNaN : obv[i] == balance, "bar \(i)")
      last = bar.close
    }
  }

  @Test func `na on the first bar: ta.obv and ta.pvt; not ta.wad, ta.nvi, ta.pvi, ta.accdist, ta.vwap`() throws {
    for (name, isNA) in [
      ("obv", true), ("pvt", true), ("wad", false), ("nvi", false), ("pvi", false),
      ("accdist", false), ("vwap", false),
    ] {
      let values = try ScriptRun.plotted("plot(ta.\(name), \"x\")")
      #expect(values[0].isNaN == isNA && !values[1].isNaN, "ta.\(name)")
    }
  }

  @Test func `ta.vwap starts on the chart's first bar, before any anchor`() throws {
    let values = try ScriptRun.plotted("plot(ta.vwap(close, bar_index == 2), \"x\")")
    #expect(same(Array(values.prefix(4)), [10, 34.0 / 3, 11, 93.0 / 7]))
  }

  @Test func `ta.rci: values within 1e-10 of each other have one rank`() throws {
    let body = "plot(ta.rci(10 + (bar_index % 2) * STEP, 4), \"x\")"
    try #expect(ScriptRun.plotted(body.replacing("STEP", with: "5e-11"))[6].isNaN)
    try #expect(!ScriptRun.plotted(body.replacing("STEP", with: "5e-9"))[6].isNaN)
  }
}
