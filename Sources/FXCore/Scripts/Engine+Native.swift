import Artifacts
import CFxaot
import StrategyVM

/// Native code of running scripts.
extension Engine {
  /// What native code of a running script is made from. O(program). FXAOT_NOT_FOUND, FXAOT_BAD_SCRIPT
  /// where the ref is no script's.
  public borrowing func plan(ref: UInt64) throws(ScriptRefusal) -> NativePlan {
    try script(ref).version.runner.plan
  }

  private borrowing func script(_ ref: UInt64) throws(ScriptRefusal) -> LiveScript {
    let slot = byStrategyRef.slot(of: ref)
    guard slot >= 0 else { throw ScriptRefusal(FXAOT_NOT_FOUND, "") }
    guard let script = strategies.base[slot].script else { throw .noScript }
    return script
  }
}

extension PreparedVersion {
  /// As `Engine.plan`; FXAOT_STALE after the swap.
  public func plan() throws(ScriptRefusal) -> NativePlan { try scriptVersion().runner.plan }

  private func scriptVersion() throws(ScriptRefusal) -> ScriptVersion {
    guard version == 0 else { throw ScriptRefusal(FXAOT_STALE, "") }
    guard case .script(let script) = content else { throw .noScript }
    return script.version
  }
}

extension ScriptRefusal {
  static var noScript: ScriptRefusal {
    ScriptRefusal(FXAOT_BAD_SCRIPT, "strategies of the library are native already")
  }

  public static var outOfMemory: ScriptRefusal { ScriptRefusal(FXAOT_OUT_OF_MEMORY, "") }
}
