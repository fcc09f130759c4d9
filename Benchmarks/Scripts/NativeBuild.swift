import Artifacts
import Calendar
import Foundation
import StrategyCompiler
import StrategyIR
import StrategyLanguage
import StrategyVM

/// Scripts to native code, as the tool does it.
struct NativeBuild {
  let maker: ArtifactMaker

  /// An empty cache of its own. Answers nil, and says why on the standard error, where nothing can
  /// be compiled.
  static func find() -> NativeBuild? {
    var environment = ProcessInfo.processInfo.environment
    // The compiler runs in another folder.
    let here = FileManager.default.currentDirectoryPath
    environment["FXAOT_CACHE"] = here + "/_build/bench/cache"
    environment["FXAOT_KERNELS"] = here + "/priv/kernels"
    do {
      let maker = try ArtifactMaker(environment: environment, tool: CommandLine.arguments[0])
      _ = try maker.cache.clear()
      try maker.check()
      return NativeBuild(maker: maker)
    } catch {
      FileHandle.standardError.write(Data("no native code: \(error.sentence)\n".utf8))
      return nil
    }
  }

  /// From a text to a runner and to code that it can be given, with the code for whole histories and
  /// lanes or without.
  func make(
    _ text: String, timeframe: String,
    _ parameters: [(name: String, value: ParameterValue)] = [], vectors: Bool = true
  ) throws -> (runner: ScriptRunner, code: NativeCode) {
    let front = FrontEnd.compile(text)
    guard let program = front.program, let period = Period(timeframe) else {
      throw BenchFailure(why: front.report)
    }
    let environment = ScriptEnvironment(timeframe: period)
    let runner = try ScriptRunner(program, environment: environment, parameters: parameters)
    let sections =
      vectors
      ? try PrintedSections(program, environment: environment, parameters: parameters)
      : PrintedSections()
    let made = try maker.make(runner.plan, sections: sections, for: .thisMachine)
    return (runner, try NativeCode.load(manifest: made.manifest))
  }

  static func shipped(_ name: String) throws -> String {
    try String(contentsOfFile: "priv/strategies/\(name).pine", encoding: .utf8)
  }
}
