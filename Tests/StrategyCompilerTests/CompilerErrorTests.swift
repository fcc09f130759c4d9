import StrategyCompiler
import Testing

@Suite struct CompilerErrorTests {
  @Test func whatTheCompilerSaidIsTold() {
    #expect(CompilerError.failed("no room").sentence == "no room")
  }
}
