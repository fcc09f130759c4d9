import ArgumentParser
import StrategyIR
import StrategyLanguage

/// `fxaot check`: what is wrong with a script, and what of it has no effect.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check scripts and print all errors with line, column and expectation.",
    discussion: """
      Calls that are accepted but have no effect here (drawing, alerts) are listed. The exit code \
      is 1 if any script has an error. A template (.pine.stencil) is rendered first.

      Example:
        fxaot check strategies/*.pine
        fxaot check --timeframe 1h cross.pine
        fxaot check --emit ir cross.pine
        fxaot check --emit binary cross.pine -o cross.fxir
      """)

  enum Emission: String, ExpressibleByArgument, CaseIterable { case ir, binary }

  @Argument(help: ArgumentHelp("Scripts.", valueName: "file"))
  var files: [String]

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "A value for templates; see fxaot render. May be repeated.", valueName: "name=value"))
  var settings: [String] = []

  @Option(
    help: """
      The chart's timeframe, as of fxaot run: requests of a shorter one are errors then (an \
      input's by its default).
      """)
  var timeframe: String?

  @OptionGroup var libraryOptions: LibraryOptions

  @Flag(help: "Write everything to standard output as one JSON array, one object per file.")
  var json = false

  @Option(
    help: """
      Write a script in another form: ir, the intermediate representation as text; binary, the \
      same as an engine takes it (with --json, errors are written as JSON in its place).
      """)
  var emit: Emission?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where --emit writes to instead of standard output.", valueName: "file"))
  var output: String?

  func run() throws {
    try ScriptSource.check(settings, for: files)
    if emit == .binary { return try writeBinary() }
    guard !(json && emit != nil) else {
      throw ToolError.failed("give either --json or --emit ir, not both")
    }
    guard output == nil || emit != nil else {
      throw ToolError.failed("--output goes with --emit")
    }
    let chart = try timeframe.map { (text) throws(ToolError) in try ChartPeriod.parse(text) }
    let output = try OutputFile(output)
    var failed: [String] = []
    if json { try output.write("[") }
    for (index, path) in files.enumerated() {
      let source = try ScriptSource(path, settings: settings(for: path), chart: chart, libraries: libraryOptions.all())
      if source.compilation.program == nil { failed.append(path) }
      if json {
        try output.write((index > 0 ? "," : "") + object(source))
      } else {
        try report(source, output)
      }
    }
    if json { try output.write("]\n") }
    try output.finish()
    guard failed.isEmpty else {
      let names = failed.count == 1 ? failed[0] : "\(failed.count) of \(files.count) scripts"
      throw ToolError.failed("\(names) cannot be compiled")
    }
  }

  /// One script's program, or what is wrong with the script.
  private func writeBinary() throws {
    guard files.count == 1 else {
      throw ToolError.failed("--emit binary takes one script at a time")
    }
    let source = try ScriptSource(files[0], settings: settings(for: files[0]), libraries: libraryOptions.all())
    guard let program = source.compilation.program else {
      if json {
        let messages = try OutputFile(nil)
        try messages.write(source.compilation.json + "\n")
        try messages.finish()
      } else {
        StandardError.write(source.report())
      }
      throw ToolError.failed("\(files[0]) cannot be compiled")
    }
    let file = try OutputFile(output)
    try file.append { $0 += program.encoded() }
    try file.finish()
  }

  /// A script among templates has no values.
  private func settings(for path: String) -> [String] {
    path.hasSuffix(ScriptSource.templateSuffix) ? settings : []
  }

  private func report(_ source: ScriptSource, _ output: OutputFile) throws(ToolError) {
    let (path, compilation) = (source.path, source.compilation)
    if emit == .ir {
      StandardError.write(source.report())
      if let program = compilation.program { try output.write(program.text) }
      return
    }
    try output.write(source.report())
    guard let program = compilation.program else { return }
    let kind = program.settings.isStrategy ? "strategy" : "indicator"
    try output.write("\(path): \(kind) \"\(program.settings.title)\"")
    try output.write(", \(count(program.parameters.count, "input"))")
    try output.write(", \(count(program.plots.count, "plot")): no errors\n")
    for call in program.settings.ignoredCalls {
      try output.write("  \(path):\(call.line):\(call.column): \(call.name) has no effect here\n")
    }
  }

  private func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  private func object(_ source: ScriptSource) -> String {
    let compilation = source.compilation
    var fields = [
      "\"file\":\(JSONText.quoted(source.path))", "\"ok\":\(compilation.program != nil)",
      "\"diagnostics\":\(compilation.json)",
    ]
    if source.rendered != nil {
      // As many as there are diagnostics.
      let lines = compilation.diagnostics.map {
        source.templateLine(of: $0).map(String.init) ?? "null"
      }
      fields.append("\"template_lines\":[\(lines.joined(separator: ","))]")
    }
    if let program = compilation.program {
      fields.append("\"title\":\(JSONText.quoted(program.settings.title))")
      let calls = program.settings.ignoredCalls.map {
        "{\"name\":\(JSONText.quoted($0.name)),\"line\":\($0.line),\"column\":\($0.column)}"
      }
      fields.append("\"ignored\":[\(calls.joined(separator: ","))]")
    }
    return "{" + fields.joined(separator: ",") + "}"
  }
}

/// Texts in JSON (RFC 8259).
enum JSONText {
  static func quoted(_ text: String) -> String {
    let data = try? JSONEncoder().encode(text)
    return data.map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
  }
}
