extension Program {
  /// The same program with what it says itself worked out: constants folded and followed through
  /// variables, branches decided, statements without effect gone, values that stand in several
  /// places calculated once. Parameters stay open.
  public func optimized() -> Program {
    let arena = TextArena(texts)
    let known = ArithmeticKnowledge(arena: arena)
    var folding = Rewriter(self, world: .whole, known: known)
    var folded = folding.run().program
    folded.texts = (0..<arena.count).map { arena.string(TextRef($0)) }
    return folded.pruned(known, results: []).program
  }

  /// Leaves out code without effect and calculates common values once; nothing else changes.
  ///
  /// - Returns: also, for each of its requests, the number it has in this program.
  public func pruned(
    _ known: some Knowledge, results: [VariableRef], isOfRequest: Bool = false
  ) -> (program: Program, requests: [RequestRef]) {
    var pruning = Rewriter(
      self, world: .whole, known: known,
      liveness: Liveness(self, results: results, isOfRequest: isOfRequest))
    let lean = pruning.run().program
    var sharing = Rewriter(
      lean, world: .whole, known: known, liveness: nil, common: CommonExpressions(lean))
    let shared = sharing.run().program
    return (shared, sharing.origins.map { pruning.origins[$0.index] })
  }
}
