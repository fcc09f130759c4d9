import ArgumentParser

/// `fxaot strategies`: what `fxaot run --strategy` takes.
struct StrategiesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "strategies",
    abstract: "List the strategies with their parameters, defaults and limits.",
    discussion: """
      Example:
        fxaot strategies
        fxaot strategies ma_crossover
      """)

  @Argument(help: "Only this strategy.")
  var name: String?

  func run() throws {
    let entries = try name.map { [try StrategyCatalog.find($0)] } ?? StrategyCatalog.all
    let output = try OutputFile(nil)
    for entry in entries {
      try output.write("\(entry.name)\n")
      for (parameter, name) in zip(entry.parameters, entry.parameterNames) {
        let label = "  \(name) = \(PlainNumber.text(parameter.default_value))"
        let padding = String(repeating: " ", count: max(1, 42 - label.count))
        try output.write("\(label)\(padding)\(entry.limits(parameter))\n")
      }
    }
    try output.finish()
  }
}
