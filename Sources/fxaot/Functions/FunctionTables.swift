import StrategyIR
import StrategyVM

/// The tables of docs/indicators.md and docs/script-language.md.
enum FunctionTables {
  static var indicators: String {
    table(
      ["function", "here", "formula", "look-back", "na", "skipped bars count"],
      Kernel.allCases.map { kernel in
        let row = kernel.row
        return [
          name(row), KernelText.type(of: kernel).map { "`Pine.\($0)`" } ?? "–", row.formula,
          row.lookbackText, row.na, row.repeatsSkippedBars ? "yes" : row.chart.isEmpty ? "no" : "chart",
        ]
      })
  }

  static var language: String {
    table(
      ["function", "what it does"],
      Catalogue.entries.filter { $0.kernel == nil && !$0.isIgnored }.map { entry in
        [
          entry.forms.map { "`\($0.spelling)`" }.joined(separator: "<br>"),
          entry.about.joined(separator: " "),
        ]
      })
  }

  private static func name(_ row: KernelRow) -> String {
    guard let form = row.signatures.last else { return "`\(row.name)`" }
    return "`\(form.spelling)`"
  }

  private static func table(_ head: [String], _ rows: [[String]]) -> String {
    let lines = [head, head.map { _ in "---" }] + rows
    return lines.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
  }
}
