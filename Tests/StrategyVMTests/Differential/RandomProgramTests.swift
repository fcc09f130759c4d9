import RandomPrograms
import StrategyIR
import Testing

@testable import StrategyVM

@Suite("Random programs with the full vocabulary")
struct RandomProgramTests {
  static let seeds: Range<UInt64> = 0..<300

  @Test func `are valid and run to the end of any bars`() throws {
    let bars = RandomPrograms.bars(seed: 1, count: 120)
    for seed in Self.seeds {
      let program = RandomPrograms.program(seed: seed)
      try #require(program.isValid, "seed \(seed)")
      let outcome = try run(program, bars, foresee: seed % 2 == 0)
      #expect(outcome.failure == nil, "seed \(seed)")
    }
  }

  @Test func `have all instructions, kernels and order calls between them`() throws {
    var opcodes = Set<Opcode>()
    var kernels = Set<Kernel>()
    var orders = Set<OrderCommand.Kind>()
    for seed in Self.seeds {
      let program = RandomPrograms.program(seed: seed)
      let runner = try ScriptRunner(
        program, environment: ScriptEnvironment(timeframe: try #require(.init("15"))))
      opcodes.formUnion(runner.world.code.instructions.map(\.opcode))
      kernels.formUnion(program.sites.map(\.kernel))
      orders.formUnion(program.orders.map(\.kind))
    }
    // Functions over objects have programs of their own (ObjectProgramGenerator).
    #expect(Set(Opcode.allCases).subtracting(opcodes) == [.fail, .object])
    #expect(Set(Kernel.allCases).subtracting(kernels) == [])
    #expect(orders.count == 7)
  }
}
