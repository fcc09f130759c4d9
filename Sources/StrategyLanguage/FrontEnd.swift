import StrategyIR

/// What became of a script: diagnostics in the order of the text, and the program when none of
/// them is an error.
public struct Compilation: Sendable {
  public let source: SourceText
  public let program: Program?
  public let diagnostics: [Diagnostic]

  public var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }

  /// All diagnostics as a person reads them.
  public var report: String {
    diagnostics.map { $0.rendered(in: source) }.joined()
  }

  /// All diagnostics as one JSON array.
  public var json: String {
    "[" + diagnostics.map { $0.json(in: source) }.joined(separator: ",") + "]"
  }
}

/// The front end: source text ▶ tokens ▶ layout ▶ syntax tree ▶ checked, typed IR.
///
/// Any bytes end in a program or in diagnostics: work and depth are bounded, nothing traps.
public enum FrontEnd {
  /// Larger texts are refused unread.
  public static let longestSource = 4 << 20

  public static func compile(_ text: String, name: String = "script") -> Compilation {
    compile(SourceText(name: name, text: text))
  }

  public static func compile(_ source: SourceText) -> Compilation {
    guard source.bytes.count <= longestSource else {
      let tooLong = Diagnostic(.error, "the script is larger than 4 MiB", at: 0..<0)
      return Compilation(source: source, program: nil, diagnostics: [tooLong])
    }
    var (tree, diagnostics) = parse(source)
    if !tree.isVersionWritten { diagnostics.add(noVersion) }
    let lowering = Lowering(tree, source: source, diagnostics: diagnostics)
    let program = lowering.run()
    diagnostics = lowering.diagnostics
    return Compilation(
      source: source, program: diagnostics.hasErrors ? nil : program,
      diagnostics: diagnostics.sorted())
  }

  private static let noVersion = Diagnostic(
    .warning,
    "the script has no //@version line: TradingView takes it for version 1, here it is read as "
      + "version 6",
    at: 0..<0, expected: "//@version=6 or //@version=5 as a line of the script")

  static func parse(_ source: SourceText) -> (SyntaxTree, DiagnosticBag) {
    var lexer = Lexer(source, diagnostics: DiagnosticBag())
    lexer.run()
    if let version = lexer.version, version != 5, version != 6 {
      lexer.diagnostics.error(
        "version \(version) of the language is not supported", at: lexer.versionRange,
        expected: "//@version=6 or //@version=5")
    }
    var layout = Layout(lexer.tokens, diagnostics: lexer.diagnostics)
    layout.run()
    var parser = Parser(
      source: source, tokens: layout.tokens, names: lexer.names, diagnostics: layout.diagnostics)
    parser.tree.version = lexer.version == 5 ? 5 : 6
    parser.tree.isVersionWritten = lexer.version != nil
    parser.run()
    return (parser.tree, parser.diagnostics)
  }
}
