import StrategyIR
import Testing

@testable import StrategyLanguage

/// Shapes as plots, for reports.
struct ShapeTests {
  private func compile(_ body: String, recordsShapes: Bool) -> Compilation {
    FrontEnd.compile(
      SourceText(name: "script", text: "//@version=6\nindicator(\"S\")\n" + body), recordsShapes: recordsShapes)
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
    let compilation = compile(body, recordsShapes: true)
    let program = try #require(compilation.program)
    #expect(program.plots.map(\.title) == ["Close", "Up", "High", "plotarrow", "Level"])
    #expect(compilation.shapes.map(\.call) == ["plotshape", "plotchar", "plotarrow", "hline"])
    #expect(compilation.shapes.map(\.plot) == [1, 2, 3, 4])
    #expect(compilation.shapes[0].style.hasSuffix("triangleup"))
    #expect(compilation.shapes[0].location.hasSuffix("belowbar"))
    #expect(compilation.shapes[0].text == "U")
    #expect(compilation.shapes[1].text == "H")
  }

  @Test func `a plot's constant colour and style are known`() {
    let text = """
      plot(close, "A", color = #11223344, style = plot.style_histogram)
      plot(open, "B", color = close > open ? color.red : color.blue)

      """
    let looks = compile(text, recordsShapes: true).looks
    #expect(looks[0]?.color == 0x1122_3344)
    #expect(looks[0]?.style.hasSuffix("style_histogram") == true)
    #expect(looks[1]?.color == nil)
    #expect(looks[1]?.style == "")
    #expect(compile(text, recordsShapes: false).looks.isEmpty)
  }

  @Test func `they stay without effect where they are not`() throws {
    let compilation = compile(body, recordsShapes: false)
    #expect(try #require(compilation.program).plots.map(\.title) == ["Close"])
    #expect(compilation.shapes.isEmpty)
    #expect(compilation.program?.settings.ignoredCalls.count == 4)
  }
}
