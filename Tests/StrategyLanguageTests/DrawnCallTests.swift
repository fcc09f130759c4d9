import StrategyIR
import Testing

@testable import StrategyLanguage

/// What draws bar by bar, as plots for reports.
struct DrawnCallTests {
  private func compile(_ body: String, recordsDrawn: Bool = true) -> Compilation {
    FrontEnd.compile(
      SourceText(name: "script", text: "//@version=6\nindicator(\"S\", overlay = true)\n" + body + "\n"),
      recordsDrawn: recordsDrawn)
  }

  private let body = """
    plot(close, "Close")
    plotshape(close > open, "Up", shape.triangleup, location.belowbar, text = "U")
    plotchar(high, "High", "H", location.absolute)
    plotarrow(close - open)
    hline(1.5, "Level")
    if close > open
        label.new(bar_index, high)
    """

  @Test func `shapes are plots of their own where they are asked for`() throws {
    let compilation = compile(body)
    let program = try #require(compilation.program)
    #expect(program.plots.map(\.title) == ["Close", "Up series", "High series", "plotarrow series"])
    let drawn = compilation.drawn
    #expect(drawn.map(\.name) == ["plot", "plotshape", "plotchar", "plotarrow", "hline"])
    #expect(drawn.map { $0.values["series"] } == [.plot(0), .plot(1), .plot(2), .plot(3), nil])
    #expect(drawn.map(\.recorded) == [[], [1], [2], [3], []])
    #expect(drawn[1].texts["style"]?.hasSuffix("triangleup") == true)
    #expect(drawn[1].texts["location"]?.hasSuffix("belowbar") == true)
    #expect(drawn[1].texts["text"] == "U")
    #expect(drawn[2].texts["char"] == "H")
    #expect(drawn[4].values["price"] == .constant(1.5))
    #expect(compilation.isOverlay)
  }

  @Test func `a constant colour is known and another one is a plot`() throws {
    let compilation = compile(
      """
      plot(close, "A", color = #11223344, style = plot.style_histogram, linewidth = 3)
      plot(open, "B", color = close > open ? color.red : na)
      bgcolor(close > open ? #11223344 : na, offset = 2)
      barcolor(na)
      """)
    let drawn = compilation.drawn
    #expect(drawn[0].colors == ["color": .constant(0x1122_3344)])
    #expect(drawn[0].texts["style"]?.hasSuffix("style_histogram") == true)
    #expect(drawn[0].values == ["series": .plot(0), "linewidth": .constant(3)])
    #expect(drawn[1].colors == ["color": .plot(2)])
    #expect(drawn[2].colors == ["color": .plot(3)])
    #expect(drawn[2].values == ["offset": .constant(2)])
    guard case .constant(let none)? = drawn[3].colors["color"] else {
      Issue.record("na is a constant")
      return
    }
    #expect(none.isNaN)
    #expect(try #require(compilation.program).plots.map(\.title) == ["A", "B", "B color", "bgcolor color"])
  }

  @Test func `a fill knows what it lies between`() throws {
    let compilation = compile(
      """
      a = plot(close)
      b = hline(1)
      c = plot(open)
      fill(a, c, color.red)
      fill(c, a, high, low, #00ff00ff, color.new(color.red, close))
      fill(a, close > open ? a : c)
      """)
    #expect(compilation.errors.isEmpty)
    #expect(compilation.drawn.map(\.name) == ["plot", "hline", "plot", "fill", "fill"])
    #expect(compilation.drawn.map(\.between) == [[], [], [], [0, 2], [2, 0]])
    #expect(compilation.drawn[4].values == ["top_value": .plot(2), "bottom_value": .plot(3)])
    #expect(compilation.drawn[4].colors == ["top_color": .constant(0x00FF_00FF), "bottom_color": .plot(4)])
  }

  @Test func `candles are plots of their four prices`() {
    let call = compile("plotcandle(open, high, low, close, \"C\", color = color.red, wickcolor = na)").drawn[0]
    #expect(call.values == ["open": .plot(0), "high": .plot(1), "low": .plot(2), "close": .plot(3)])
    #expect(call.colors.keys.sorted() == ["color", "wickcolor"])
  }

  @Test func `they stay without effect where they are not asked for`() throws {
    let compilation = compile(body, recordsDrawn: false)
    #expect(try #require(compilation.program).plots.map(\.title) == ["Close"])
    #expect(compilation.drawn.isEmpty)
    #expect(compilation.program?.settings.ignoredCalls.count == 4)
  }
}
