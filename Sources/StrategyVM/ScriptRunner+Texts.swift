import StrategyIR

extension ScriptRunner {
  /// The number of a text, which is new or known; nil when there are too many. O(length).
  public func textNumber(of text: String) -> TextRef? { texts.arena.intern(text) }
}
