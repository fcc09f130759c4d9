import StrategyIR
import Testing

@testable import StrategyLanguage

@Suite struct BuiltinTableTests {
  @Test func `Every row of the tables is a signature`() {
    for (name, rows) in Builtins.functions {
      for row in rows { #expect(row.overload?.signature.name == name, "\(row.form)") }
    }
    #expect(Builtins.functions.count > 200)
  }

  @Test func `Every kernel and function of the IR can be called`() {
    for kernel in Kernel.allCases { #expect(!kernel.row.name.isEmpty, "\(kernel)") }
    for function in Function.allCases { #expect(function.row.signature != nil, "\(function)") }
  }

  @Test func `What a form or variable of a kernel leaves out has a default or stands in the row`() {
    for kernel in Kernel.allCases {
      let row = kernel.row
      let given = row.signatures.map { Set($0.parameters.map(\.name)) } + (row.variable == nil ? [] : [[]])
      for parameter in row.signatures.last?.parameters ?? [] {
        let isKnown = row.omitted[parameter.name] != nil || parameter.fallbackText != nil
        #expect(isKnown || given.allSatisfy { $0.contains(parameter.name) }, "\(row.name) \(parameter.name)")
      }
    }
  }

  @Test func `Every field of bar, symbol, timeframe and book has a name, but for three`() {
    #expect(BarField.allCases.filter(\.row.names.isEmpty) == [])
    #expect(SymbolField.allCases.filter(\.row.names.isEmpty) == [])
    #expect(TimeframeField.allCases.filter(\.row.names.isEmpty) == [.seconds, .shortPeriod])
    // What convert_to_account multiplies by has no name of its own.
    #expect(BookField.allCases.filter(\.row.names.isEmpty) == [.accountRate])
  }

  @Test func `No variable or constant stands in two rows`() {
    let names = (Catalogue.variables + Catalogue.constants).map(\.name)
    #expect(Set(names).count == names.count)
    #expect(Builtins.variables.count == 362)
  }

  @Test func `Constants are carried as numbers, as the text of their names or as their whole names`() {
    func value(_ name: String) -> ConstantFamily.Value? {
      if case .constant(let value) = Builtins.variables[name]?.meaning { value } else { nil }
    }
    #expect(value("strategy.short") == .number(-1))
    #expect(value("color.red") == .number(0xF236_45FF))
    #expect(value("strategy.commission.percent") == .text("percent"))
    #expect(value("format.mintick") == .text("mintick"))
    #expect(value("plot.style_line") == .text("plot.style_line"))
    #expect(value("close") == nil)
  }

  @Test func `A signature is read with types, qualifiers and defaults`() throws {
    let row = "ta.x(a: float, n: simple int = 3, s?: const string, r: number...) (float, int)"
    let signature = try #require(Signature(row))
    #expect(signature.parameters.map(\.name) == ["a", "n", "s", "r"])
    #expect(signature.parameters.map(\.qualifier) == [.series, .simple, .const, .series])
    #expect(signature.parameters[1].fallback == .number(3))
    #expect(signature.parameters[2].fallback == .absent)
    #expect(signature.result == .tuple([.float, .int]))
    #expect(signature.isVariadic)
    #expect(signature.spelling == "ta.x(a, [n], [s], r, …)")
    #expect(Signature("nonsense") == nil)
    #expect(Signature("f(a: what) float") == nil)
  }
}
