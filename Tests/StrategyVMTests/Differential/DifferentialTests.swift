import RandomPrograms
import StrategyIR
import Testing

@testable import StrategyVM

@Suite("Random programs in the VM and in a tree evaluator")
struct DifferentialTests {
  static let bars: [ScriptBar] = {
    var random = Randomness(seed: 11)
    return StrategyVMTests.bars((0..<30).map { _ in Double(random.below(40)) / 4 + 1 })
  }()

  @Test(arguments: 0..<8)
  func `give the same plots, to the bit`(batch: Int) throws {
    for seed in UInt64(batch) * 25..<UInt64(batch + 1) * 25 {
      let program = RandomPrograms.program(seed: seed, .plain)
      try #require(program.isValid)
      let expected = TreeEvaluator(program, Self.bars).run()
      try compare(program, expected, "seed \(seed)")
    }
  }

  @Test(arguments: 0..<4)
  func `also after optimizing, and after encoding and decoding`(batch: Int) throws {
    for seed in UInt64(batch) * 15..<UInt64(batch + 1) * 15 {
      let program = RandomPrograms.program(seed: 1_000_000 + seed, .plain)
      let expected = TreeEvaluator(program, Self.bars).run()
      let lean = program.optimized()
      #expect(lean.isValid)
      try compare(lean, expected, "optimized, seed \(seed)")
      let bytes = lean.encoded()
      let decoded = try #require(Program(encoded: bytes))
      #expect(decoded.encoded() == bytes)
      #expect(decoded.text == lean.text)
      try compare(decoded, expected, "decoded, seed \(seed)")
    }
  }

  @Test func `and are worth comparing: their plots change from bar to bar`() {
    var changing = 0
    for seed in UInt64(0)..<20 {
      let program = RandomPrograms.program(seed: seed, .plain)
      let plots = TreeEvaluator(program, Self.bars).run()
      for k in plots[0].indices {
        let values = Set(plots.map { $0[k] }.filter { $0 == $0 })
        if values.count > 2 { changing += 1 }
      }
    }
    #expect(changing > 30)
  }

  private func compare(_ program: Program, _ expected: [[Double]], _ what: String) throws {
    let outcome = try run(program, Self.bars)
    #expect(outcome.failure == nil, "\(what)")
    for (i, plots) in expected.enumerated() {
      let ours = i < outcome.plots.count ? outcome.plots[i] : []
      if !StrategyVMTests.same(ours, plots) {
        let k = zip(ours, plots).enumerated()
          .first { $1.0 != $1.1 && !($1.0 != $1.0 && $1.1 != $1.1) }?.offset
        Issue.record("\(what), bar \(i), plot \(k ?? -1): \(ours) is not \(plots)")
        return
      }
    }
  }
}
