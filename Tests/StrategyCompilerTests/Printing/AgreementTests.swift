import Artifacts
import Calendar
import Foundation
import RandomPrograms
import StrategyIR
import StrategyLanguage
import Testing

@testable import StrategyCompiler
@testable import StrategyVM

@Suite(
  "Native code and the VM", .serialized,
  .enabled(if: Checkout.toolchain != nil, "no Swift compiler is installed"))
struct AgreementTests {
  static let environment = ScriptEnvironment(timeframe: Period(seconds: 900))
  /// Programs of a batch. The first one is optimized, which takes the compiler some 15 s; in the others
  /// the printed code is not, but its kernels are. FXAOT_BATCHES=40 runs 2,000 programs.
  static let size = 50
  static let batches = Int(ProcessInfo.processInfo.environment["FXAOT_BATCHES"] ?? "") ?? 1

  private func runner(_ seed: UInt64) throws -> ScriptRunner {
    try ScriptRunner(RandomPrograms.program(seed: seed), environment: Self.environment)
  }

  @Test(arguments: 0..<batches)
  func `give the same on random programs, also when the tier changes at random bars`(batch: Int) throws {
    let seeds = (0..<Self.size).map { UInt64(batch * Self.size + $0) }
    let plans = try seeds.map { try runner($0).plan }
    var compiler = try InstalledCompiler.make()
    compiler.isOptimized = batch == 0
    let code = try NativeBatch(plans, with: compiler)
    for (number, seed) in seeds.enumerated() {
      let bars = RandomPrograms.bars(seed: seed, count: 60)
      let foresee = seed % 3 == 0
      let expected = try trace(runner(seed), bars, foresee: foresee)
      let native = try runner(seed)
      try code.attach(number, to: native)
      #expect(native.isNative)
      compare(try trace(native, bars, foresee: foresee), expected, "seed \(seed)")
      #expect(native.failure == nil)

      var random = Randomness(seed: seed)
      let mixed = try runner(seed)
      let switched = try trace(mixed, bars, foresee: foresee) { _ in
        guard random.below(5) == 0 else { return }
        if mixed.isNative { mixed.detach() } else { try code.attach(number, to: mixed) }
      }
      compare(switched, expected, "seed \(seed), switching")
    }
  }

  @Test func `give the same on random programs with objects, and stop them alike`() throws {
    let programs = (0..<20).map { RandomPrograms.objects(seed: $0) }
    let runners = { try programs.map { try ScriptRunner($0, environment: Self.environment) } }
    let native = try runners()
    var compiler = try InstalledCompiler.make()
    compiler.isOptimized = false
    let code = try NativeBatch(native.map(\.plan), with: compiler)
    var stopped = 0
    for (number, vm) in try runners().enumerated() {
      let bars = RandomPrograms.bars(seed: UInt64(number), count: 120)
      let expected = try trace(vm, bars)
      var random = Randomness(seed: UInt64(number))
      let switched = try trace(native[number], bars) { _ in
        if !native[number].isNative { try code.attach(number, to: native[number]) }
        if number % 2 == 1, random.below(5) == 0 { native[number].detach() }
      }
      compare(switched, expected, "objects \(number)")
      // As texts: an index may be nan.
      #expect(String(describing: native[number].failure) == String(describing: vm.failure))
      stopped += vm.failure == nil ? 0 : 1
    }
    #expect(stopped > 0 && stopped < programs.count)
  }

  @Test func `give the same on the shipped scripts, the conformance cases and those of Tests/Agreement`() throws {
    let programs = try ["priv/strategies", "Tests/Conformance", "Tests/Agreement"].flatMap {
      try Self.programs(in: $0)
    }
    #expect(programs.count > 30)
    let minute = ScriptEnvironment(timeframe: Period(seconds: 60))
    let runners = { try programs.map { try ScriptRunner($0, environment: minute) } }
    let native = try runners()
    let code = try NativeBatch(native.map(\.plan), with: InstalledCompiler.make())
    let bars = RandomPrograms.bars(seed: 5, count: 800)
    for (number, vm) in try runners().enumerated() {
      try code.attach(number, to: native[number])
      let title = programs[number].settings.title
      let expected = try trace(vm, bars, foresee: vm.needsHistory)
      compare(try trace(native[number], bars, foresee: vm.needsHistory), expected, title)
      #expect(native[number].failure == vm.failure)
    }
  }

  private static func programs(in folder: String) throws -> [Program] {
    let path = Checkout.root + "/" + folder
    let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    return try names.filter { $0.hasSuffix(".pine") }.map { name in
      let text = try String(contentsOfFile: path + "/" + name, encoding: .utf8)
      return try #require(FrontEnd.compile(text, name: name).program, "\(name)")
    }
  }

  @Test func `stop a script on the same bar and line, for the same reason`() throws {
    let programs = [
      Self.failing { b in
        let x = b.variable("x", .float)
        b.declare(x, b.float(0))
        b.whileLoop(b.binary(.greater, b.bar(.index), b.int(20))) { b in
          b.assign(x, b.binary(.add, b.read(x), b.float(1)))
        }
        b.plot("x", b.read(x))
      },
      Self.failing { b in
        let ago = b.binary(.subtract, b.int(25), b.bar(.index))
        b.plot("x", b.bar(.close, ago: ago))
      },
      Self.failing { b in
        let length = b.binary(.subtract, b.int(30), b.bar(.index))
        b.plot("x", b.kernel(.sma, [b.bar(.close), length]))
      },
      Self.failing { b in
        b.branch(b.binary(.equal, b.bar(.index), b.int(17))) { b in
          b.fail(
            b.function(.concatenate, [b.text("on "), b.function(.textOfNumber, [b.bar(.index)])]))
        }
      },
      Self.failing { b in
        let i = b.variable("i", .int)
        b.forLoop(i, from: b.int(1), to: b.int(20_000)) { b in
          var call = OrderCall(.cancel)
          call.id = b.text("a")
          b.order(call)
        }
      },
    ]
    let runners = { try programs.map { try ScriptRunner($0, environment: Self.environment) } }
    let native = try runners()
    let code = try NativeBatch(native.map(\.plan), with: InstalledCompiler.make())
    let bars = RandomPrograms.bars(seed: 6, count: 60)
    for (number, vm) in try runners().enumerated() {
      try code.attach(number, to: native[number])
      let expected = try trace(vm, bars)
      compare(try trace(native[number], bars), expected, "program \(number)")
      #expect(vm.failure != nil)
      #expect(native[number].failure == vm.failure)
    }
  }

  private static func failing(_ body: (inout ProgramBuilder) -> Void) -> Program {
    var b = ProgramBuilder()
    b.line = 7
    body(&b)
    return b.finish()
  }

  @Test func `do not go together when they are of different plans`() throws {
    let code = try NativeBatch([try runner(1).plan], with: InstalledCompiler.make())
    let other = try runner(2)
    #expect(throws: ArtifactError.otherPlan) { try code.attach(0, to: other) }
    #expect(!other.isNative)
  }
}
