import ArgumentParser

/// `fxaot render`: the script that a template becomes.
struct RenderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Print the script made from a template.",
    discussion: """
      A template is a script with holes in the language of Stencil, in a file whose name ends in \
      .pine.stencil; see docs/templates.md. What it becomes is checked like any script, and each \
      error tells its place in the script and in the template. fxaot check, run and compile take \
      templates too.

      Example:
        fxaot render priv/templates/signal.pine.stencil --set kind=momentum --set lookback=30
      """)

  @Argument(help: ArgumentHelp("The template.", valueName: "file"))
  var file: String

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "A value for the template: a number, true, false or a text; may be repeated.",
      valueName: "name=value"))
  var settings: [String] = []

  @OptionGroup var libraryOptions: LibraryOptions

  @Flag(inversion: .prefixedNo, help: "Check the script, and print it only if it has no error.")
  var check = true

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where to write to instead of standard output.", valueName: "file"))
  var output: String?

  func run() throws {
    let source = try ScriptSource(file, settings: settings, libraries: libraryOptions.all())
    guard let rendered = source.rendered else {
      throw ToolError.failed(
        "\(file) is not a template: its name does not end in \(ScriptSource.templateSuffix)")
    }
    if check { _ = try source.program() }
    let file = try OutputFile(output)
    try file.write(rendered.text)
    try file.finish()
  }
}
