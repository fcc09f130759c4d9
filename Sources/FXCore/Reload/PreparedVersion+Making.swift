import CFxaot
import Market
import StrategyIR
import StrategyVM
import Trading

/// Building a version and running it on the kept bars: on any thread, as long as it takes.
extension PreparedVersion {
  /// A script, given as `Program.encoded`; damaged bytes are refused. Fails as `Engine.addScript`
  /// does, with FXAOT_BAD_RELOAD where the running one is no script, and with FXAOT_BAD_SCRIPT where
  /// this one stops on a bar of the past. O(kept bars × script).
  public static func script(
    _ bytes: UnsafeRawBufferPointer, parameters: [(name: String, value: ParameterValue)],
    on basis: ReloadBasis
  ) throws(EngineRefusal) -> PreparedVersion {
    guard basis.isScript else {
      throw EngineRefusal(
        FXAOT_BAD_RELOAD, "a script cannot replace a built-in strategy; undeploy it")
    }
    let program = try Engine.program(bytes)
    guard let period = basis.timeframe.period else {
      throw EngineRefusal(FXAOT_BAD_TIMEFRAME, "")
    }
    let environment = ScriptEnvironment(basis.instrument, period, others: basis.others)
    let version: ScriptVersion
    do throws(ScriptError) {
      version = try ScriptVersion(
        program, encoded: bytes, environment: environment, others: basis.others, parameters: parameters)
    } catch {
      throw EngineRefusal(error)
    }
    let broker = BarBroker(version.settings, environment)
    // The rate of that time is not known.
    if version.account != nil { broker.convert(at: .nan) }
    var script = Script(
      version: version, broker: broker)
    for (number, text) in basis.predecessor.texts.all {
      guard script.numbers.add(number, text, of: version) else { throw noRoom }
    }
    return try PreparedVersion(
      basis, .script(script), feeds: [1], changes: basis.changes(version.inputs, version.outputs))
  }

  static var noRoom: EngineRefusal {
    EngineRefusal(FXAOT_BAD_SCRIPT, "it has no room for the strings in the running script's book")
  }

  /// A strategy with a table, by its name; symbol, timeframe and price are the basis's. Fails as
  /// `Engine.addStrategy` does, with FXAOT_BAD_RELOAD where the running one is a script.
  public static func table(
    _ deployment: fxaot_deployment, on basis: ReloadBasis
  ) throws(EngineRefusal) -> PreparedVersion {
    guard !basis.isScript else {
      throw EngineRefusal(
        FXAOT_BAD_RELOAD, "a built-in strategy cannot replace a script; undeploy it")
    }
    guard let name = deployment.strategy else { throw EngineRefusal(FXAOT_BAD_ARGUMENT, "") }
    guard let table = StrategyRegistry.find(name) else {
      throw EngineRefusal(FXAOT_UNKNOWN_STRATEGY, "")
    }
    let version: TableVersion
    do throws(EngineError) {
      version = try TableVersion(table, deployment)
    } catch {
      throw EngineRefusal(error)
    }
    let inputs = VersionInput.list(table, version.params)
    return try PreparedVersion(
      basis, .table(version), feeds: Array(Engine.feeds(table)),
      changes: basis.changes(inputs, []))
  }
}
