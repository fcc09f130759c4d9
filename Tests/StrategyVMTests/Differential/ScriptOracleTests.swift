import Foundation
import RandomScripts
import ScriptOracle
import StrategyIR
import Testing

@testable import StrategyVM

/// On the code before "Right results" 106 of the first 300 scripts went wrong: arms of a choice with
/// known results that lost their orders and assignments, a `var`'s call that was never made,
/// constants compared without tolerance, `for` with fractional steps, the past of constants in a
/// branch.
///
/// FXAOT_SCRIPTS=10000 runs so many scripts of each kind; FXAOT_SCRIPT=7 begins with that seed.
@Suite("Random scripts in the VM and in an interpreter of their syntax trees")
struct ScriptOracleTests {
  static let first = number("FXAOT_SCRIPT") ?? 0
  static let count = number("FXAOT_SCRIPTS") ?? 300
  static let size = 25
  static let batches = (Int(count) + size - 1) / size

  private static func number(_ name: String) -> UInt64? {
    ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
  }

  /// Each way of running a script in the VM.
  static let ways: [(name: String, make: @Sendable (ScriptCase) throws -> ScriptRunner)] = [
    ("all passes", { try runner($0, $0.program) }),
    ("without dropping and sharing", { try runner($0, $0.program, isPruned: false) }),
    ("optimized beforehand", { try runner($0, $0.program.optimized()) }),
  ]

  private static func runner(
    _ script: ScriptCase, _ program: Program, isPruned: Bool = true
  ) throws -> ScriptRunner {
    try ScriptRunner(
      program, environment: ScriptCase.environment, parameters: script.parameters,
      isPruned: isPruned)
  }

  @Test(arguments: 0..<batches)
  func `give the same plots, orders and stops, whatever passes run`(batch: Int) throws {
    try compare(batch, hasObjects: false)
  }

  @Test(arguments: 0..<batches)
  func `give the same with collections, user types, enums, drawings and libraries`(batch: Int) throws {
    try compare(batch, hasObjects: true)
  }

  private func compare(_ batch: Int, hasObjects: Bool) throws {
    var refusals: [String] = []
    var isFirst = true
    let start = Self.first + UInt64(batch * Self.size)
    for seed in start..<min(start + UInt64(Self.size), Self.first + Self.count) {
      let script: ScriptCase
      do {
        script = try ScriptCase(seed: seed, hasObjects: hasObjects)
      } catch {
        refusals.append("seed \(seed): \(error)")
        continue
      }
      for way in Self.ways {
        guard let difference = script.difference(try way.make(script)) else { continue }
        // One is made smaller; it takes seconds.
        let report = isFirst ? script.report(difference, way.make) : "seed \(seed), \(difference)"
        Issue.record("\(way.name): \(report)")
        isFirst = false
        break
      }
    }
    #expect(refusals.count <= Self.size / 5, "scripts that do not compile test nothing: \(refusals.first ?? "")")
  }
}
