import StrategyCompiler
import Testing

@Suite struct CompilerErrorTests {
  @Test func `what the compiler said is told`() {
    #expect(CompilerError.failed("no room").sentence == "no room")
  }
}
