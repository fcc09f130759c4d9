import Calendar
import Foundation
import Market
import Research
import StrategyIR
import StrategyLanguage
import StrategyVM
import Testing

@testable import ScriptTemplates

/// The templates of priv/templates, against the scripts of priv/strategies.
struct ShippedTemplateTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private func text(_ path: String) throws -> String {
    try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
  }

  private func rendered(
    _ name: String, _ values: [String: TemplateValue] = [:]
  ) throws -> RenderedScript {
    try ScriptTemplate(text("priv/templates/\(name).pine.stencil")).render(values)
  }

  private func program(_ text: String) throws -> Program {
    let compilation = FrontEnd.compile(text)
    return try #require(compilation.program, "\(compilation.report)")
  }

  /// A market with trends, turns and bursts of volume.
  private static let bars: [ScriptBar] = (0..<3_000).map { index in
    let time = Int64(index) * 60_000
    let i = Double(index)
    let price = 1.1 + 0.03 * sin(i / 40) + 0.01 * sin(i / 7) + 0.004 * sin(i * 1.7)
    return ScriptBar(
      time: time, timeClose: time + 60_000, open: price, high: price + 0.001, low: price - 0.001,
      close: price + 0.0005 * sin(i * 3), volume: 100 + 80 * sin(i * 2.3))
  }

  /// All plots of all bars, by their bits, and the trades.
  private func run(_ program: Program) throws -> (plots: [UInt64], trades: [String]) {
    let period = try #require(Period(1, .minute))
    let environment = ScriptEnvironment(timeframe: period) { _ in nil }
    let backtest = try Backtest(program, environment: environment, parameters: [])
    backtest.begin(Self.bars, from: nil, to: nil)
    var plots: [UInt64] = []
    while backtest.step() { plots += backtest.plots.map(\.bitPattern) }
    #expect(backtest.failure == nil)
    let trades = backtest.broker.listTrades { backtest.text($0) }
    return (
      plots,
      trades.map {
        "\($0.entryTime) \($0.entryPrice) \($0.exitTime ?? 0) \($0.exitPrice) \($0.profit)"
      }
    )
  }

  @Test(arguments: [
    ("crossover", "ma_crossover"), ("momentum", "momentum_breakout"),
    ("reversion", "mean_reversion"),
  ])
  func `one template gives the built in strategies`(kind: String, script: String) throws {
    let template = try run(program(rendered("signal", ["kind": .text(kind)]).text))
    let shipped = try run(program(text("priv/strategies/\(script).pine")))
    #expect(template.plots == shipped.plots)
    #expect(template.trades == shipped.trades)
    #expect(shipped.trades.count > 3)
  }

  @Test func `the first kind is the default`() throws {
    let plain = try rendered("signal")
    let named = try rendered("signal", ["kind": .text("crossover")])
    #expect(plain == named)
    #expect(throws: TemplateError("'other' is not one of crossover, momentum, reversion", line: 15)) {
      try rendered("signal", ["kind": .text("other")])
    }
  }

  @Test(arguments: ["signal", "trend", "ribbon"])
  func `defaults make a script that trades`(name: String) throws {
    #expect(try run(program(rendered(name).text)).trades.count > 3)
  }

  @Test func `each setting of the others makes a valid script`() throws {
    for average in ["sma", "ema", "rma", "wma", "hma", "vwma"] {
      for stop in [nil, TemplateValue.number(2.5)] {
        for isLongOnly in [false, true] {
          var values: [String: TemplateValue] = [
            "average": .text(average), "long_only": .bool(isLongOnly),
          ]
          values["stop"] = stop
          _ = try program(rendered("trend", values).text)
        }
      }
    }
    for count in 1...8 {
      let script = try rendered("ribbon", ["count": .integer(count)])
      #expect(script.text.contains("average_\(count) = "))
      _ = try program(script.text)
    }
  }

  @Test func `a mistake in what was rendered is found in the template`() throws {
    let script = try rendered("trend", ["source": .text("clsoe")])
    let compilation = FrontEnd.compile(script.text)
    let error = try #require(compilation.errors.first)
    let line = compilation.source.position(of: error.range.lowerBound).line
    let place = try #require(script.templateLine(of: line))
    let lines = try text("priv/templates/trend.pine.stencil").split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[place - 1].hasPrefix("fast_average = "))
  }
}
