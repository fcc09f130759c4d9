import StrategyIR

/// An indicator is run for its outputs: which there are, where none are written.
enum OutputsNote {
  /// nil for a strategy, which has trades.
  static func text(_ program: Program) -> String? {
    if program.settings.isStrategy { return nil }
    let titles = program.plots.map { "\"\($0.title)\"" }
    var others: [String] = []
    for call in program.settings.ignoredCalls where !others.contains(call.name) {
      others.append(call.name)
    }
    let lost = others.isEmpty ? "" : " (not recorded: \(listed(others)))"
    return titles.isEmpty
      ? "the indicator has no plot to record" + lost
      : "nothing is recorded; --plots FILE records \(listed(titles))" + lost
  }

  private static func listed(_ names: [String]) -> String { names.joined(separator: ", ") }
}
