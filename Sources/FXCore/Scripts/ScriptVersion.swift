import Artifacts
import CFxaot
import Research
import StrategyIR
import StrategyVM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One version of a live script: a program with its inputs, and how far it has come. The book that
/// it trades on is not its own, so that the next version can go on with it.
final class ScriptVersion {
  let runner: ScriptRunner
  let inputs: [VersionInput]
  var outputs: [String] { runner.program.plots.map(\.title) }
  var settings: BrokerSettings { runner.program.settings.broker }
  /// The script's title.
  let name: UnsafeMutablePointer<CChar>?
  /// Why it has stopped, for people; nil while it runs.
  private(set) var reason: UnsafeMutablePointer<CChar>?
  @exclusivity(unchecked) private(set) var bars: Int64 = 0
  @exclusivity(unchecked) private(set) var nativeSteps: UInt64 = 0
  var isNative: Bool { runner.isNative }
  /// The newest rules of each kind that bars of the past have set.
  private(set) var rules: [RiskRule] = []

  /// Fails as `ScriptRunner` does.
  init(
    _ program: Program, environment: ScriptEnvironment,
    parameters: [(name: String, value: ParameterValue)]
  ) throws(ScriptError) {
    let account = environment.account(of: program)
    guard account == environment.symbol.currency else {
      throw .noRate(from: environment.symbol.currency, to: account)
    }
    runner = try ScriptRunner(program, environment: environment, parameters: parameters)
    inputs = VersionInput.list(program, given: parameters)
    name = strdup(program.settings.title)
  }

  deinit {
    free(name)
    free(reason)
  }

  var hasStopped: Bool { reason != nil }

  func stop(_ why: String) { reason = strdup(why) ?? strdup("") }

  /// The source line on which it has stopped; 0 while it runs.
  var failedLine: Int { runner.failure?.line ?? 0 }

  /// One bar; false when the script has failed on it.
  func step(_ bar: ScriptBar, book: BookView) -> Bool {
    let place = BarPlace(lastIndex: Int(bars), lastTime: bar.time, isHistory: false)
    bars &+= 1
    if isNative { nativeSteps &+= 1 }
    return runner.step(bar, place: place, book: book)
  }

  /// The next steps are the code's. FXAOT_BAD_ARTIFACT where it was made from another plan.
  func attach(_ code: NativeCode) throws(ScriptRefusal) {
    do throws(ArtifactError) {
      try runner.attach(code)
    } catch {
      throw ScriptRefusal(error)
    }
    nativeSteps = 0
  }

  /// The next steps are the VM's.
  func detach() { runner.detach() }

  /// A bar of the past: what it orders is forgotten, its rules are kept. The script sees it as it
  /// would have seen it then, with a book that never changes.
  func warm(_ raw: fxaot_bar, book: BookView) -> Bool {
    guard step(ScriptBar(raw), book: book) else { return false }
    for rule in runner.risks {
      rules.removeAll { $0.kind == rule.kind }
      rules.append(rule)
    }
    return true
  }
}
