import Libc
import StrategyIR
import Testing

@testable import StrategyLanguage

/// Mutated scripts: each must end in a valid program or in a diagnostic. `FXAOT_FUZZ=1000000` in
/// the environment sets how many (a minute for 300,000 in a release build).
@Suite struct FuzzTests {
  private static let library = """
    //@version=6
    library("tools")
    export const float HALF = 0.5
    export type State
        float value = 1
    export method add(State this, float x) =>
        this.value += x * HALF
        this
    export smooth(float source, int length) => ta.sma(source, length)
    """

  @Test func `Any text ends in a program or a diagnostic`() {
    let count = getenv("FXAOT_FUZZ").flatMap { Int(String(cString: $0)) } ?? 1_000
    var mutation = Mutation(seed: 0x5EED)
    var programs = 0
    for round in 0..<count {
      let bytes = mutation.script()
      let compilation = FrontEnd.compile(SourceText(name: "fuzz", bytes: bytes)) {
        $0.description == "me/tools/1" ? SourceText(name: "tools", text: Self.library) : nil
      }
      if let program = compilation.program {
        programs += 1
        #expect(program.isValid, "round \(round)")
      } else {
        #expect(!compilation.errors.isEmpty, "round \(round)")
        #expect(!compilation.report.isEmpty)
      }
    }
    #expect(programs > count / 50)
  }
}
