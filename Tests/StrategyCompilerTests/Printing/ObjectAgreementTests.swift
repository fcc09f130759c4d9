import Foundation
import RandomPrograms
import ScriptOracle
import StrategyIR
import StrategyLanguage
import Testing

@testable import StrategyCompiler
@testable import StrategyVM

/// Programs that use arrays, slices, maps, matrices, user types and methods.
@Suite(
  "Native code and the VM on objects", .serialized,
  .enabled(if: Checkout.toolchain != nil, "no Swift compiler is installed"))
struct ObjectAgreementTests {
  /// Programs of a batch. FXAOT_OBJECT_BATCHES=100 compares 2,000 programs and 2,000 scripts.
  static let size = 20
  static let batches = Int(ProcessInfo.processInfo.environment["FXAOT_OBJECT_BATCHES"] ?? "") ?? 1
  /// What compiling one program may take; a batch has so much for each.
  static let secondsOfProgram = 15.0

  private func compiler(isOptimized: Bool) throws -> NativeCompiler {
    var compiler = try InstalledCompiler.make()
    compiler.isOptimized = isOptimized
    compiler.seconds = Self.secondsOfProgram * Double(Self.size)
    return compiler
  }

  /// A compiler takes more than twice as long for twice as many calls: of the long run's programs one in ten is long.
  private func runner(_ seed: UInt64) throws -> ScriptRunner {
    let isLong = seed < Self.size || seed % 10 == 0
    var program = RandomPrograms.objects(seed: seed, calls: isLong ? 40 : 10)
    program.settings.languageVersion = seed % 3 == 0 ? 5 : 6
    return try ScriptRunner(program, environment: AgreementTests.environment)
  }

  @Test(arguments: 0..<batches)
  func `give the same on random programs, and stop for the same reason`(batch: Int) throws {
    let seeds = (0..<Self.size).map { UInt64(batch * Self.size + $0) }
    let plans = try seeds.map { try runner($0).plan }
    let code = try NativeBatch(plans, with: compiler(isOptimized: batch == 0))
    var stops = 0
    for (number, seed) in seeds.enumerated() {
      let bars = RandomPrograms.bars(seed: seed, count: 80)
      let vm = try runner(seed)
      let expected = try trace(vm, bars)
      let native = try runner(seed)
      try code.attach(number, to: native)
      compare(try trace(native, bars), expected, "seed \(seed)")
      #expect("\(String(describing: native.failure))" == "\(String(describing: vm.failure))", "seed \(seed)")
      if vm.failure != nil { stops += 1 }
    }
    #expect(stops < Self.size / 2)
  }

  @Test(arguments: 0..<batches)
  func `give what the interpreter of syntax trees gives on random scripts`(batch: Int) throws {
    let seeds = (0..<Self.size).map { UInt64(batch * Self.size + $0) }
    let scripts = seeds.compactMap { try? ScriptCase(seed: $0, hasObjects: true) }
    #expect(scripts.count > Self.size / 2)
    let runners = try scripts.map {
      try ScriptRunner($0.program, environment: ScriptCase.environment, parameters: $0.parameters)
    }
    let code = try NativeBatch(runners.map(\.plan), with: compiler(isOptimized: false))
    for (number, (script, runner)) in zip(scripts, runners).enumerated() {
      try code.attach(number, to: runner)
      guard let difference = script.difference(runner) else { continue }
      Issue.record("script of seed \(script.seed), \(difference)\n\(script.script.text)")
    }
  }

  @Test func `stop a script that allocates for ever, or takes an element that is not there, at its line`() throws {
    let scripts = [
      ("5: array.new: the script's objects exceed 16 MiB", "while true\n    a := array.new<float>(100000)"),
      ("4: array.get: the index 2 is outside of 2 elements", "plot(a.get(bar_index))"),
    ]
    let programs = try scripts.map { _, body in
      let text = "//@version=6\nindicator(\"t\")\nvar a = array.new<float>(2)\n" + body + "\n"
      return try #require(FrontEnd.compile(text).program)
    }
    let runners = { try programs.map { try ScriptRunner($0, environment: AgreementTests.environment) } }
    let native = try runners()
    let code = try NativeBatch(native.map(\.plan), with: compiler(isOptimized: false))
    for (number, vm) in try runners().enumerated() {
      try code.attach(number, to: native[number])
      for runner in [vm, native[number]] {
        _ = try trace(runner, RandomPrograms.bars(seed: 1, count: 9))
        guard case .object(let line, let fault)? = runner.failure else {
          Issue.record("\(number): \(String(describing: runner.failure))")
          continue
        }
        #expect("\(line): \(fault.sentence)" == scripts[number].0)
      }
    }
  }
}
