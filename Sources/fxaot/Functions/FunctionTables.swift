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
      Catalogue.entries.filter { !$0.forms.isEmpty && $0.kernel == nil && !$0.isIgnored }.map { entry in
        [
          entry.forms.map { "`\($0.spelling)`" }.joined(separator: "<br>"),
          entry.about.joined(separator: " "),
        ]
      })
  }

  static var variables: String {
    table(
      ["variable", "type", "meaning"],
      Catalogue.variables.map { ["`\($0.name)`", "\($0.qualifier.spelling) \($0.type.spelling)", $0.about] })
  }

  /// A row for each family.
  static var constants: String {
    table(
      ["constants", "type", "what they are"],
      Catalogue.families.map { family in
        let names = family.members.map { "`\($0.name)`" }.joined(separator: " ")
        return ["`\(family.prefix)` " + names, family.type.spelling, family.about]
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
