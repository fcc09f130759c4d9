import StrategyCompiler
import Testing

@Suite struct CompilerErrorTests {
  @Test func `an error contains what the compiler said`() {
    #expect(CompilerError.failed("no room").sentence == "no room")
  }
}
