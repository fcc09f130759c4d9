import StrategyIR
import Testing

@testable import StrategyLanguage

@Suite struct BuiltinTableTests {
  @Test func `Every row of the tables is a signature`() {
    for (name, rows) in Builtins.functions {
      for row in rows { #expect(Signature(row.text)?.name == name, "\(row.text)") }
    }
    #expect(Builtins.functions.count > 200)
  }

  @Test func `Every kernel and function of the IR can be called`() {
    let kernels = Set(Builtins.kernelRows.map(\.0)).union(Builtins.kernelVariables.values)
    #expect(Set(Kernel.allCases).subtracting(kernels).isEmpty)
    let functions = Set(Builtins.functionRows.map(\.0))
    let special: Set<Function> = [
      .nz, .concatenate, .textOfNumber, .textOfNumberFormatted, .textOfBool, .textFormat, .time,
      .timeClose, .timestamp, .timeframeSeconds, .timestampOfText,
    ]
    #expect(Set(Function.allCases).subtracting(functions).subtracting(special).isEmpty)
  }

  @Test func `A kernel's row gives the kernel's arguments, or all but the source`() throws {
    for (kernel, row) in Builtins.kernelRows {
      let signature = try #require(Signature(row))
      let missing = kernel.arguments.count - signature.parameters.count
      #expect(missing == 0 || missing == 1 && kernel.arguments[0] == "source", "\(row)")
    }
  }

  @Test func `A function's row has as many parameters as the function takes`() throws {
    for (function, row) in Builtins.functionRows {
      let signature = try #require(Signature(row))
      #expect(signature.isVariadic == function.isVariadic, "\(row)")
      #expect(signature.parameters.count == function.arity, "\(row)")
    }
  }

  @Test func `Every field of bar, symbol, timeframe, book and trade has a name`() {
    #expect(Set(Builtins.barFields.values) == Set(BarField.allCases))
    #expect(Set(Builtins.symbolFields.values) == Set(SymbolField.allCases))
    let fields = Set(Builtins.timeframeFields.values)
    #expect(Set(TimeframeField.allCases).subtracting(fields) == [.seconds, .shortPeriod])
    // What convert_to_account multiplies by has no name of its own.
    #expect(Set(BookField.allCases).subtracting(Builtins.bookFields.values) == [.accountRate])
    #expect(Set(Builtins.tradeFields.values) == Set(TradeField.allCases))
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
