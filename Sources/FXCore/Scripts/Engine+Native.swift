import Artifacts
import CFxaot
import StrategyVM

/// Native code of running scripts.
extension Engine {
  /// The plan from which native code of a running script is compiled. O(program). FXAOT_NOT_FOUND;
  /// FXAOT_BAD_SCRIPT if the ref is not a script's.
  public borrowing func plan(ref: UInt64) throws(EngineRefusal) -> NativePlan {
    try script(ref).version.runner.plan
  }

  /// Its bytes and their hash, which attaching then need not compute. As `plan`.
  public borrowing func encodedPlan(
    ref: UInt64
  ) throws(EngineRefusal) -> (bytes: [UInt8], hash: [UInt8]) {
    try script(ref).version.runner.encodedPlan()
  }

  /// Runs a running script in native code from its next bar on. FXAOT_NOT_FOUND, FXAOT_BAD_SCRIPT if the ref
  /// is not a script's, FXAOT_BAD_ARTIFACT for code of another plan. O(worlds) if the plan's bytes have been
  /// read before, else O(program).
  public mutating func attachNative(ref: UInt64, _ code: NativeCode) throws(EngineRefusal) {
    try script(ref).version.attach(code)
  }

  /// Returns the script to the VM from its next bar on. FXAOT_NOT_FOUND, FXAOT_BAD_SCRIPT.
  public mutating func detachNative(ref: UInt64) throws(EngineRefusal) {
    try script(ref).version.detach()
  }

  private borrowing func script(_ ref: UInt64) throws(EngineRefusal) -> LiveScript {
    let slot = byStrategyRef.slot(of: ref)
    guard slot >= 0 else { throw EngineRefusal(FXAOT_NOT_FOUND, "") }
    guard let script = script(of: strategies.base[slot]) else { throw .noScript }
    return script
  }
}

extension PreparedVersion {
  /// As `Engine.plan`; FXAOT_STALE after the swap.
  public func plan() throws(EngineRefusal) -> NativePlan { try scriptVersion().runner.plan }

  /// As `Engine.encodedPlan`; FXAOT_STALE after the swap.
  public func encodedPlan() throws(EngineRefusal) -> (bytes: [UInt8], hash: [UInt8]) {
    try scriptVersion().runner.encodedPlan()
  }

  /// As `Engine.attachNative`; FXAOT_STALE after the swap.
  public func attachNative(_ code: NativeCode) throws(EngineRefusal) {
    try scriptVersion().attach(code)
  }

  private func scriptVersion() throws(EngineRefusal) -> ScriptVersion {
    guard version == 0 else { throw EngineRefusal(FXAOT_STALE, "") }
    guard case .script(let script) = content else { throw .noScript }
    return script.version
  }
}

extension EngineRefusal {
  static var noScript: EngineRefusal {
    EngineRefusal(FXAOT_BAD_SCRIPT, "built-in strategies are already native")
  }

  init(_ error: ArtifactError) { self.init(FXAOT_BAD_ARTIFACT, error.sentence) }

  public static var outOfMemory: EngineRefusal { EngineRefusal(FXAOT_OUT_OF_MEMORY, "") }
}
