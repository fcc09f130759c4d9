import StrategyIR

extension ScriptRunner {
  /// How many texts there are: those of the program, of its inputs, and those that it has made.
  public var textCount: Int { texts.arena.count }

  /// All of them, as they are now. O(1).
  public var textList: TextList { texts.arena.list }

  /// The number of a text, which is new or known; nil when there are too many. O(length).
  public func textNumber(of text: String) -> TextRef? { texts.arena.intern(text) }
}
