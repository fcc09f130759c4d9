import Calendar
import StrategyLanguage
import Testing

@testable import fxaot

/// What the tool says of a script beyond what the language says.
struct ScriptSourceTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func warnings(_ body: String, on chart: String?) throws -> [String] {
    let path = try scratch.file("s.pine", "//@version=6\nindicator(\"I\")\n" + body)
    let period = try chart.map { try ChartPeriod.parse($0) }
    let compilation = try ScriptSource(path, chart: period).compilation
    #expect(compilation.program != nil)
    return compilation.diagnostics.map {
      let place = compilation.source.position(of: $0.range.lowerBound)
      return "\(place.line):\(place.column) \($0.message)"
    }
  }

  private let requests =
    "a = request.security(syminfo.tickerid, \"5\", close)\n"
    + "tf = input.timeframe(\"30\")\nb = request.security(syminfo.tickerid, tf, close)\n"
    + "c = request.security(syminfo.tickerid, \"\", close)\n"
    + "d = request.security(syminfo.tickerid, \"D\", close)\nplot(a + b + c + d)\n"

  @Test func `A request below the chart's timeframe is a warning where that is known`() throws {
    #expect(try warnings(requests, on: nil) == [])
    #expect(try warnings(requests, on: "5m") == [])
    #expect(
      try warnings(requests, on: "15m")
        == ["3:40 the request's timeframe \"5\" is shorter than the chart's, \"15\": na without bars of it"])
    #expect(
      try warnings(requests, on: "1h") == [
        "3:40 the request's timeframe \"5\" is shorter than the chart's, \"60\": na without bars of it",
        "5:40 the request's timeframe \"30\" is shorter than the chart's, \"60\": na without bars of it",
      ])
    #expect(try warnings(requests, on: "1w").count == 3)
  }

  @Test func `An indicator's outputs are named where none are written`() throws {
    func note(_ body: String, _ declaration: String = "indicator(\"I\")") throws -> String? {
      let path = try scratch.file("n.pine", "//@version=6\n\(declaration)\n" + body)
      return OutputsNote.text(try ScriptSource(path).program())
    }
    #expect(
      try note("plot(close, \"Close\")\nplot(open)\n")
        == "nothing is recorded; --plots FILE records \"Close\", \"Plot\"")
    #expect(
      try note("plot(close, \"C\")\nplotshape(true)\nplotshape(false)\nbgcolor(color.red)\n")
        == "nothing is recorded; --plots FILE records \"C\" (not recorded: plotshape, bgcolor)")
    #expect(
      try note("plotchar(true)\n")
        == "the indicator has no plot to record (not recorded: plotchar)")
    #expect(try note("plot(close)\n", "strategy(\"S\")") == nil)
  }
}
