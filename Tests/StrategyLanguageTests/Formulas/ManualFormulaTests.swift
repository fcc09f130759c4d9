import Testing

@testable import StrategyLanguage

/// Each built-in beside its formula written out in Pine, as the language's manual has it, over 400
/// uneven bars: equal within 1e-9 on every bar, and na on the same bars.
///
/// Where TradingView's own results leave the manual's text, the formula follows the results: ta.ema
/// starts with the mean of its first values, ta.hma cuts √n.
@Suite struct ManualFormulaTests {
  @Test(arguments: ManualFormula.all)
  func `a built-in equals its formula`(_ formula: ManualFormula) throws {
    let run = try ScriptRun(formula.script, bars: UnevenBars.bars)
    #expect(run.failure == nil)
    try expectEqual(run, formula.name)
    let values = try #require(run.plots["a"])
    #expect(values.contains { $0 == $0 && $0 != 0 }, "\(formula.name) says something")
  }

  /// What is read of the bar before is the chart's in both, what adds up counts calls in both.
  @Test(arguments: ManualFormula.ofBars)
  func `on two bars of three a built-in equals its formula called there, too`(_ formula: ManualFormula) throws {
    let run = try ScriptRun(formula.scriptOfSomeBars, bars: UnevenBars.bars)
    #expect(run.failure == nil)
    try expectEqual(run, formula.name)
  }

  private func expectEqual(_ run: ScriptRun, _ name: String) throws {
    let (left, right) = (try #require(run.plots["a"]), try #require(run.plots["b"]))
    #expect(left.count == UnevenBars.bars.count && right.count == left.count)
    for (bar, (a, b)) in zip(left, right).enumerated() {
      let isEqual = a.isNaN && b.isNaN || (a - b).magnitude <= 1e-9 * max(1, b.magnitude)
      guard !isEqual else { continue }
      Issue.record("\(name), bar \(bar): \(a), by the formula \(b)")
      return
    }
  }
}

/// A built-in, and a function `f` that calculates the same.
struct ManualFormula: CustomTestStringConvertible {
  let name: String
  /// The built-in's call, and the formula's.
  let builtIn, own: String
  /// What defines the formula.
  let definition: String

  init(_ builtIn: String, _ own: String, _ definition: String) {
    name = String(builtIn.prefix { $0 != "(" })
    (self.builtIn, self.own, self.definition) = (builtIn, own, definition)
  }

  var testDescription: String { builtIn }

  var script: String {
    """
    //@version=6
    indicator("t")
    \(definition)
    plot(\(builtIn), "a")
    plot(\(own), "b")

    """
  }

  var scriptOfSomeBars: String {
    """
    //@version=6
    indicator("t")
    \(definition)
    float a = na
    float b = na
    if bar_index % 3 != 2
        a := \(builtIn)
        b := \(own)
    plot(a, "a")
    plot(b, "b")

    """
  }

  static let all = averages + windows + oscillators + ofBars + events
}
