import StrategyIR

/// What became of a script: diagnostics in the order of the text, and the program when none of
/// them is an error.
public struct Compilation: Sendable {
  public let source: SourceText
  public let program: Program?
  public let diagnostics: [Diagnostic]
  /// The timeframes of requests that are known, an input's by its default, and where they stand.
  public var requestedTimeframes: [(text: String, range: Range<Int>)] = []
  /// What draws bar by bar, where that was asked for.
  public var drawn: [DrawnCall] = []
  /// The script wants to be drawn among the prices.
  public var isOverlay = false

  /// The same with further warnings.
  public func warned(_ warnings: [Diagnostic]) -> Compilation {
    if warnings.isEmpty { return self }
    var warned = Compilation(source: source, program: program, diagnostics: diagnostics + warnings)
    warned.requestedTimeframes = requestedTimeframes
    warned.drawn = drawn
    warned.isOverlay = isOverlay
    return warned
  }

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

  public static func compile(
    _ text: String, name: String = "script", libraries: @escaping LibrarySource = { _ in nil }
  ) -> Compilation {
    compile(SourceText(name: name, text: text), libraries: libraries)
  }

  /// - Parameters:
  ///   - libraries: finds the texts that the script imports.
  ///   - recordsDrawn: `plotshape`, `bgcolor` and their like have no effect on a run. With this they are plots of the
  ///     program, for whoever draws them.
  public static func compile(
    _ source: SourceText, libraries: @escaping LibrarySource = { _ in nil }, recordsDrawn: Bool = false
  ) -> Compilation {
    guard source.bytes.count <= longestSource else {
      let tooLong = Diagnostic(.error, "the script is larger than 4 MiB", at: 0..<0)
      return Compilation(source: source, program: nil, diagnostics: [tooLong])
    }
    var (tree, diagnostics) = parse(source)
    guard tree.version > 0 else {
      return Compilation(source: source, program: nil, diagnostics: diagnostics.sorted(in: source))
    }
    if !tree.isVersionWritten { diagnostics.add(noVersion) }
    if !tree.imports.isEmpty {
      var loader = LibraryLoader(libraries)
      loader.run(&tree, &diagnostics)
    }
    let lowering = Lowering(tree, source: source, diagnostics: diagnostics)
    lowering.recordsDrawn = recordsDrawn
    let program = lowering.run()
    diagnostics = lowering.diagnostics
    var compilation = Compilation(
      source: source, program: diagnostics.hasErrors ? nil : program,
      diagnostics: diagnostics.sorted(in: source))
    compilation.requestedTimeframes = lowering.requestedTimeframes
    compilation.drawn = lowering.drawn
    compilation.isOverlay = lowering.isOverlay
    return compilation
  }

  private static let noVersion = Diagnostic(
    .warning,
    "the script has no //@version line; fxaot reads it as version 6, TradingView as version 1",
    at: 0..<0, expected: "a line //@version=6 or //@version=5")

  /// Of a version whose words would all be errors one error is enough; the tree is of version 0.
  private static func unread(_ lexer: Lexer) -> (SyntaxTree, DiagnosticBag) {
    var tree = SyntaxTree()
    tree.version = 0
    var diagnostics = DiagnosticBag()
    let version = lexer.version ?? 0
    diagnostics.error(
      "version \(version) of the language is not supported", at: lexer.versionRange,
      expected: version < 5
        ? "//@version=5 or //@version=6; TradingView's Pine Editor converts older scripts"
        : "//@version=6 or //@version=5")
    return (tree, diagnostics)
  }

  static func parse(_ source: SourceText) -> (SyntaxTree, DiagnosticBag) { parse(source, into: SyntaxTree()) }

  /// A text's nodes behind those of a tree, which is empty for a script and has one for a library.
  static func parse(_ source: SourceText, into tree: SyntaxTree) -> (SyntaxTree, DiagnosticBag) {
    var lexer = Lexer(source, diagnostics: DiagnosticBag())
    lexer.names = tree.names
    lexer.run()
    if let version = lexer.version, version != 5, version != 6 { return unread(lexer) }
    var layout = Layout(lexer.tokens, diagnostics: lexer.diagnostics)
    layout.run()
    var all = tree
    all.names = lexer.names
    var parser = Parser(source: source, tokens: layout.tokens, into: all, diagnostics: layout.diagnostics)
    parser.tree.version = lexer.version == 5 ? 5 : 6
    parser.tree.isVersionWritten = lexer.version != nil
    parser.run()
    return (parser.tree, parser.diagnostics)
  }
}
