import Artifacts
import CFxaot
import Libc
import Market
import Records
import StrategyIR
import StrategyVM

/// One version of a live script: a program with its inputs and its state. It does not own its book, so the
/// next version can continue with it.
final class ScriptVersion {
  let runner: ScriptRunner
  let source: ScriptSource
  /// The currency of the script's account where it is not the instrument's quote currency.
  let account: UInt64?
  let accountName: String
  /// Other instruments whose bars it reads: their numbers in the runner's data, and their keys.
  let sources: [(number: Int, key: UInt64)]
  let inputs: [VersionInput]
  /// The titles of its plots.
  let outputs: [String]
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
  /// - Parameter others: the instruments of the environment's data, in its order.
  /// - Parameter encoded: the program's bytes.
  init(
    _ program: Program, encoded: UnsafeRawBufferPointer, environment: ScriptEnvironment, others: [Instrument] = [],
    parameters: [(name: String, value: ParameterValue)]
  ) throws(ScriptError) {
    source = ScriptSource(program: encoded, parameters, others: program.requests.isEmpty ? [] : others)
    let currency = environment.account(of: program)
    accountName = currency
    account = currency == environment.symbol.currency ? nil : SymbolKey.make(currency)
    runner = try ScriptRunner(program, environment: environment, parameters: parameters)
    sources = runner.histories.filter { $0 < others.count }.map { ($0, others[$0].key) }
    inputs = VersionInput.list(program, given: parameters)
    outputs = program.plots.map(\.title)
    name = strdup(program.settings.title)
  }

  deinit {
    free(name)
    free(reason)
  }

  var hasStopped: Bool { reason != nil }

  func stop(_ why: String) { reason = strdup(why) ?? strdup("") }

  /// The source line on which it has stopped; 0 while it runs.
  var failedLine: Int { runner.failure?.line ?? loadedLine }
  /// Where it had stopped before a snapshot.
  private var loadedLine = 0

  /// One bar; false when the script has failed on it.
  func step(_ bar: ScriptBar, book: BookView) -> Bool {
    let place = BarPlace(lastIndex: Int(bars), lastTime: bar.time, isHistory: false)
    bars &+= 1
    if isNative { nativeSteps &+= 1 }
    return runner.step(bar, place: place, book: book)
  }

  func reads(_ key: UInt64) -> Bool { sources.contains { $0.key == key } }

  /// A bar of another instrument.
  func take(_ bar: ScriptBar, of key: UInt64) {
    for source in sources where source.key == key {
      runner.append(bar, toHistory: source.number)
    }
  }

  /// Whether another version reads the same other instruments.
  func hasSameSources(as other: ScriptVersion) -> Bool {
    sources.allSatisfy { other.reads($0.key) } && other.sources.allSatisfy { reads($0.key) }
  }

  /// The next steps are the code's. FXAOT_BAD_ARTIFACT where it was made from another plan.
  func attach(_ code: NativeCode) throws(EngineRefusal) {
    do throws(ArtifactError) {
      try runner.attach(code)
    } catch {
      throw EngineRefusal(error)
    }
    nativeSteps = 0
  }

  /// Takes the next steps on the VM.
  func detach() { runner.detach() }

  /// Runs on a past bar: drops the orders, keeps the rules. The script sees the values of that time, with a
  /// book that never changes.
  func warm(_ raw: fxaot_bar, book: BookView) -> Bool {
    guard step(ScriptBar(raw), book: book) else { return false }
    for rule in runner.risks {
      rules.removeAll { $0.kind == rule.kind }
      rules.append(rule)
    }
    return true
  }

  // MARK: Snapshots

  /// All that its source does not tell.
  func persist(_ archive: inout some StateArchive) {
    archive(&bars)
    archive(&nativeSteps)
    archive.list(&rules, fresh: RiskRule(kind: .allowEntryIn, value: 0)) { archive, rule in
      archive(&rule.kind)
      archive(&rule.value)
      archive(&rule.isPercent)
      archive(&rule.message)
    }
    var isStopped = hasStopped
    archive(&isStopped)
    if isStopped {
      var (text, line) = (reason.map { String(cString: $0) } ?? "", failedLine)
      archive(&text)
      archive(&line)
      if archive.isLoading {
        stop(text)
        loadedLine = line
      }
    }
    var state = archive.isLoading ? [] : runner.snapshot()
    archive(&state)
    if !archive.isLoading { return }
    if bars < 0 || rules.count > RiskRule.Kind.kinds || !archive.isValid || !runner.restore(state) { archive.fail() }
  }
}

extension RiskRule.Kind {
  /// A version keeps one rule of each.
  fileprivate static var kinds: Int { 6 }
}
