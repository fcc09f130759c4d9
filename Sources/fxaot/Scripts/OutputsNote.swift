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
    let lost = others.isEmpty ? "" : "; \(listed(others)) would not"
    return titles.isEmpty
      ? "the indicator plots nothing that could be recorded" + lost
      : "no output is recorded: --plots FILE would record \(listed(titles))" + lost
  }

  private static func listed(_ names: [String]) -> String { names.joined(separator: ", ") }
}
