import Foundation
import ScriptOracle
import StrategyIR
import Testing

@testable import StrategyCompiler
@testable import StrategyVM

/// FXAOT_SCRIPT_BATCHES=20 compiles so many times 20 scripts.
@Suite(
  "Native code and an interpreter of syntax trees", .serialized,
  .enabled(if: Checkout.toolchain != nil, "no Swift compiler is installed"))
struct ScriptAgreementTests {
  static let size = 20
  static let batches =
    Int(ProcessInfo.processInfo.environment["FXAOT_SCRIPT_BATCHES"] ?? "") ?? 1

  private static func runner(_ script: ScriptCase) throws -> ScriptRunner {
    try ScriptRunner(
      script.program, environment: ScriptCase.environment, parameters: script.parameters)
  }

  @Test(arguments: 0..<batches)
  func `give the same on random scripts`(batch: Int) throws {
    let seeds = (0..<Self.size).map { UInt64(batch * Self.size + $0) }
    // Every other one with objects.
    let scripts = seeds.compactMap { try? ScriptCase(seed: $0, hasObjects: $0 % 2 == 1) }
    #expect(scripts.count > Self.size / 2)
    let runners = try scripts.map { try Self.runner($0) }
    var compiler = try InstalledCompiler.make()
    compiler.isOptimized = false
    let code = try NativeBatch(runners.map(\.plan), with: compiler)
    for (number, (script, runner)) in zip(scripts, runners).enumerated() {
      try code.attach(number, to: runner)
      #expect(runner.isNative)
      guard let difference = script.difference(runner) else { continue }
      Issue.record("script of seed \(script.seed), \(difference)\n\(script.script.text)")
    }
  }
}
