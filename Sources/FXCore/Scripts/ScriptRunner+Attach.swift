import Artifacts
import StrategyVM

extension ScriptRunner {
  /// No plan's code fits a runner that takes all of its steps by itself.
  func attach(_ code: NativeCode) throws(ArtifactError) { throw .otherPlan }
  func detach() {}
}
