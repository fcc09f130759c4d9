/// Tokens ▶ syntax tree, by recursive descent with operator precedence. Each statement that does
/// not parse is diagnosed and skipped, so one pass finds the errors of the whole text.
/// O(tokens); nesting is bounded by `deepest`.
struct Parser {
  /// Levels of nested expressions and blocks: several times what people write, and little stack.
  static let deepest = 200
  /// Terms of one chain `a + b + c …`, which nests to the left without costing the parser depth.
  static let longestChain = 1000

  let source: SourceText
  let tokens: [Token]
  var tree = SyntaxTree()
  var diagnostics: DiagnosticBag
  var at = 0
  var depth = 0
  /// Longest way from an expression to a leaf, per expression.
  var heights: [Int32] = []
  /// The statement being parsed already has its diagnostic.
  var failed = false
  /// The names that the line at hand declares.
  var declaring: [NameID] = []
  /// Names assigned to in the function at hand, or outside of functions.
  var assigned: Set<NameID> = []

  /// Goes on in a tree.
  init(source: SourceText, tokens: [Token], into tree: SyntaxTree, diagnostics: DiagnosticBag) {
    self.source = source
    self.tokens = tokens
    self.diagnostics = diagnostics
    self.tree = tree
    heights = Array(repeating: 0, count: tree.expressions.count)
  }

  mutating func run() {
    var items: [NodeID] = []
    while kind != .end {
      if diagnostics.isFull { break }
      let before = at
      if kind == .newline || kind == .dedent {
        at += 1
      } else if kind == .indent {
        fail("unexpected indentation: no block starts here", expected: nil)
        recover()
      } else {
        line(into: &items)
      }
      if at == before { at += 1 }
    }
    tree.body = list(items)
    tree.assigned = assigned
  }

  // MARK: Tokens

  var token: Token { tokens[min(at, tokens.count - 1)] }
  var kind: TokenKind { token.kind }

  func kind(_ offset: Int) -> TokenKind {
    let index = at + offset
    return index < tokens.count ? tokens[index].kind : .end
  }

  var lastEnd: Int32 { at > 0 ? tokens[min(at, tokens.count) - 1].end : 0 }

  mutating func take(_ wanted: TokenKind) -> Bool {
    guard kind == wanted else { return false }
    at += 1
    return true
  }

  mutating func expect(_ wanted: TokenKind, _ where: String) -> Bool {
    if take(wanted) { return true }
    fail("unexpected \(found) \(`where`)", expected: wanted.spelling)
    return false
  }

  /// The token at hand, for a sentence.
  var found: String {
    switch kind {
    case .name: "'\(tree.names[token.name])'"
    case .integer, .float, .color: "'\(source.text(token.range))'"
    default: kind.spelling
    }
  }

  // MARK: Failing

  /// One diagnostic per statement: later ones mostly follow from the first.
  mutating func fail(_ message: String, expected: String?, suggestion: String? = nil) {
    guard !failed else { return }
    failed = true
    let range = token.range
    let shown = range.isEmpty ? range.lowerBound..<range.lowerBound + 1 : range
    diagnostics.error(message, at: shown, expected: expected, suggestion: suggestion)
  }

  /// Skips the rest of the line and a block that hangs below it.
  mutating func recover() {
    failed = false
    while kind != .newline && kind != .end && kind != .indent && kind != .dedent { at += 1 }
    _ = take(.newline)
    guard kind == .indent else { return }
    var level = 0
    repeat {
      if kind == .indent { level += 1 }
      if kind == .dedent { level -= 1 }
      at += 1
    } while level > 0 && kind != .end
  }

  // MARK: Building

  mutating func list(_ items: [NodeID]) -> NodeList {
    let start = Int32(truncatingIfNeeded: tree.blockItems.count)
    tree.blockItems.append(contentsOf: items)
    return NodeList(start: start, count: Int32(truncatingIfNeeded: items.count))
  }

  mutating func expression(
    _ syntax: ExpressionSyntax, from start: Int32, height: Int32 = 0
  ) -> NodeID {
    let id = NodeID(truncatingIfNeeded: tree.expressions.count)
    tree.expressions.append(syntax)
    tree.expressionRanges.append(start..<max(start, lastEnd))
    heights.append(height)
    return id
  }

  func height(_ expression: NodeID) -> Int32 { heights[Int(expression)] }

  func start(_ expression: NodeID) -> Int32 { tree.expressionRanges[Int(expression)].lowerBound }

  mutating func statement(_ syntax: StatementSyntax, from start: Int32) -> NodeID {
    let id = NodeID(truncatingIfNeeded: tree.statements.count)
    tree.statements.append(syntax)
    tree.statementRanges.append(start..<max(start, lastEnd))
    return id
  }

  /// Runs `body` one level deeper, or fails when the script is nested too deeply.
  mutating func nested(_ body: (inout Parser) -> NodeID?) -> NodeID? {
    guard depth < Self.deepest else {
      fail("more than \(Self.deepest) levels of nesting", expected: nil)
      return nil
    }
    depth += 1
    defer { depth -= 1 }
    return body(&self)
  }
}
