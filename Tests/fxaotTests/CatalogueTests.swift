import ArgumentParser
import Foundation
import StrategyIR
import Testing

@testable import fxaot

@Suite struct CatalogueTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private func file(_ path: String) throws -> String {
    try String(contentsOf: Self.root.appendingPathComponent(path), encoding: .utf8)
  }

  private func output(_ arguments: String...) throws -> String {
    let command = try Fxaot.parseAsRoot(["functions"] + arguments)
    return try #require(command as? FunctionsCommand).text()
  }

  @Test func `The names of the evaluator in Erlang are the catalogue's: see scripts/catalogue`() throws {
    #expect(try file("erlang/src/eval/fxaot_eval_names.erl") == output("--emit", "erlang"))
  }

  @Test(arguments: [
    ("docs/indicators.md", "indicators"), ("docs/script-language.md", "language"),
    ("docs/script-language.md", "variables"), ("docs/script-language.md", "constants"),
  ])
  func `The tables of the documents are the catalogue's: see scripts/catalogue`(
    path: String, table: String
  ) throws {
    let parts = try file(path).components(separatedBy: "<!-- scripts/catalogue: \(table) -->\n")
    try #require(parts.count == 2)
    let written = parts[1].components(separatedBy: "<!-- scripts/catalogue: end -->")[0]
    #expect(try written == output("--emit", table))
  }

  @Test func `Every entry has forms or is a variable, and has a sentence`() {
    for entry in Catalogue.entries {
      #expect(!entry.kinds.isEmpty, "\(entry.name)")
      #expect(entry.forms.allSatisfy { $0.name == entry.name }, "\(entry.name)")
      #expect(entry.about.allSatisfy { $0.hasSuffix(".") || $0.hasSuffix("…") }, "\(entry.name)")
    }
    #expect(Set(Catalogue.entries.map(\.name)).count == Catalogue.entries.count)
  }

  @Test func `Every function over objects has a form, and a sentence`() {
    for function in ObjectFunction.allCases {
      #expect(!function.row.forms.isEmpty, "\(function)")
      #expect(function.row.about.hasSuffix("."), "\(function)")
    }
    #expect(ObjectFunction.recordNew.arity == 1 && ObjectFunction.recordNew.isVariadic)
    #expect(ObjectFunction.recordSet.arity == 3 && !ObjectFunction.recordSet.isVariadic)
  }

  @Test func `A function is explained by its name, with or without its namespace`() throws {
    let text = """
      ta.rci(source: float, length: int) float
        Rank correlation index, −100 to 100.

        formula       100·Pearson of time and rank; values within 1e-10 of the smallest of them tie and have their mean rank
        look-back     n
        na            in
        skipped bars  left out
        lengths       1 to 5000
        versions      5, 6

      """
    #expect(try output("ta.rci") == text)
    #expect(try output("rci") == text)
  }

  @Test func `A namespace lists its functions`() throws {
    let lines = try output("strategy.risk").split(separator: "\n")
    #expect(lines.count == 6)
    #expect(lines.first == "strategy.risk.allow_entry_in              function  Allows entries in one direction only.")
  }

  @Test func `A variable and a constant are explained with type and qualifier`() throws {
    #expect(
      try output("syminfo.mintick") == """
        syminfo.mintick: simple float
          Smallest step of prices.

          versions      5, 6

        """)
    #expect(
      try output("ta.tr") == """
        ta.tr(handle_na: simple bool = false) float
        ta.tr: series float
          True range.

          formula       max(h − l, abs(h − c[1]), abs(l − c[1]))
          look-back     0 with handle_na, else 1
          na            in
          skipped bars  left out, but the bar before is the chart's
          versions      5, 6

        """)
    let lines = try output("strategy.oca").split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines.first == "strategy.oca.none    constant  What a fill does to the other orders of its group.")
  }

  @Test func `JSON has kind, type and qualifier of a variable`() throws {
    let json = try JSONSerialization.jsonObject(with: Data(output("time", "--json").utf8))
    let time = try #require((json as? [[String: Any]])?.first)
    #expect(time["kinds"] as? [String] == ["function", "variable"])
    #expect(time["type"] as? String == "int")
    #expect(time["qualifier"] as? String == "series")
  }

  @Test func `An unknown name is answered with the nearest one`() throws {
    #expect(throws: ToolError.failed("the language has no 'ta.rcy'; did you mean ta.rci?")) {
      try output("ta.rcy")
    }
    #expect(throws: ToolError.failed("the language has no 'syminfo.mintik'; did you mean syminfo.mintick?")) {
      try output("syminfo.mintik")
    }
    #expect(throws: ToolError.failed("the language has no 'supertrent'; did you mean supertrend?")) {
      try output("supertrent")
    }
    #expect(throws: ToolError.failed("the language has no 'xyzzyxyzzy'; 'fxaot functions' lists all names")) {
      try output("xyzzyxyzzy")
    }
  }

  @Test func `JSON has the forms with types, qualifiers, defaults and bounds`() throws {
    let json = try JSONSerialization.jsonObject(with: Data(output("ta.alma", "--json").utf8))
    let alma = try #require((json as? [[String: Any]])?.first)
    #expect(alma["lookback"] as? String == "n − 1")
    #expect(alma["repeats_skipped_bars"] as? Bool == true)
    let form = try #require((alma["forms"] as? [[String: Any]])?.first)
    let parameters = try #require(form["parameters"] as? [[String: Any]])
    #expect(parameters.map { $0["name"] as? String } == ["series", "length", "offset", "sigma", "floor"])
    #expect(parameters[1]["max"] as? Int == 5000)
    #expect(parameters[2]["qualifier"] as? String == "simple")
    #expect(parameters[4]["default"] as? String == "false")
    let all = try JSONSerialization.jsonObject(with: Data(output("--json").utf8))
    #expect((all as? [[String: Any]])?.count == Catalogue.entries.count)
  }
}
