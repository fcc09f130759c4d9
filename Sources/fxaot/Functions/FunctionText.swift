import StrategyIR
import StrategyVM

/// Entries of the catalogue for people, and as JSON.
enum FunctionText {
  static func list(_ entries: [Catalogue.Entry]) -> String {
    let nameWidth = (entries.map(\.name.count).max() ?? 0) + 2
    let kindWidth = (entries.map { kinds($0).count }.max() ?? 0) + 2
    return entries.map { entry in
      column(entry.name, nameWidth) + column(kinds(entry), kindWidth) + (entry.about.first ?? "") + "\n"
    }.joined()
  }

  private static func kinds(_ entry: Catalogue.Entry) -> String {
    entry.kinds.map(\.rawValue).joined(separator: ", ")
  }

  private static func column(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.count, 0))
  }

  static func explanation(_ entry: Catalogue.Entry) -> String {
    var lines = entry.forms.map(\.declaration)
    if let variable = entry.variable { lines.append(declaration(variable)) }
    lines += entry.about.map { "  " + $0 } + [""]
    if let kernel = entry.kernel {
      let row = kernel.row
      lines += [
        "  formula       \(row.formula)", "  look-back     \(row.lookbackText)",
        "  na            \(row.na)", "  skipped bars  \(skipped(kernel))",
      ]
      if !row.lengths.isEmpty {
        lines.append("  lengths       1 to \(Program.longestHistory)")
      }
    }
    if entry.isIgnored { lines.append("  Has no effect here.") }
    lines.append("  versions      \(entry.versions.map(String.init).joined(separator: ", "))")
    return lines.joined(separator: "\n") + "\n"
  }

  /// `math.pi: const float`
  private static func declaration(_ variable: Catalogue.Variable) -> String {
    "\(variable.name): \(variable.qualifier.spelling) \(variable.type.spelling)"
  }

  /// How a call in a branch treats the bars on which the branch is not taken.
  static func skipped(_ kernel: Kernel) -> String {
    if kernel.repeatsSkippedBars { return "counted, with the last call's values" }
    return kernel.row.chart.isEmpty ? "left out" : "left out, but the bar before is the chart's"
  }

  static func json(_ entries: [Catalogue.Entry]) -> String {
    "[" + entries.map(object).joined(separator: ",\n ") + "]\n"
  }

  private static func object(_ entry: Catalogue.Entry) -> String {
    var fields = [
      ("name", quoted(entry.name)), ("kinds", array(entry.kinds.map { quoted($0.rawValue) })),
      ("about", quoted(entry.about.joined(separator: " "))), ("versions", array(entry.versions.map(String.init))),
      ("ignored", "\(entry.isIgnored)"), ("forms", array(entry.forms.map(form))),
    ]
    if let variable = entry.variable {
      fields += [
        ("type", quoted(variable.type.spelling)), ("qualifier", quoted(variable.qualifier.spelling)),
      ]
    }
    if let kernel = entry.kernel {
      fields += [
        ("formula", quoted(kernel.row.formula)), ("lookback", quoted(kernel.row.lookbackText)),
        ("na", quoted(kernel.row.na)), ("repeats_skipped_bars", "\(kernel.repeatsSkippedBars)"),
      ]
    }
    return object(fields)
  }

  private static func form(_ form: Signature) -> String {
    object([
      ("text", quoted(form.declaration)), ("variadic", "\(form.isVariadic)"),
      ("parameters", array(form.parameters.map(parameter))),
    ])
  }

  private static func parameter(_ parameter: SignatureParameter) -> String {
    var fields = [
      ("name", quoted(parameter.name)), ("type", quoted(parameter.typeText)),
      ("qualifier", quoted(parameter.qualifier.spelling)),
      ("required", "\(parameter.fallback == .required)"),
    ]
    if let text = parameter.fallbackText { fields.append(("default", quoted(text))) }
    if parameter.isLength {
      fields += [("min", "1"), ("max", "\(Program.longestHistory)")]
    }
    return object(fields)
  }

  private static func object(_ fields: [(String, String)]) -> String {
    "{" + fields.map { "\(quoted($0.0)):\($0.1)" }.joined(separator: ",") + "}"
  }

  private static func array(_ values: [String]) -> String {
    "[" + values.joined(separator: ",") + "]"
  }

  private static func quoted(_ text: String) -> String { JSONText.quoted(text) }
}
