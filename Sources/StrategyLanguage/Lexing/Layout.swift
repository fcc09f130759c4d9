/// Adds newline, indent and dedent to the lexer's tokens and pairs the brackets.
///
/// A line continues the one before it inside brackets, when it is indented further by a number of
/// columns that is no multiple of four, or when an operator at its beginning or at the end of
/// the line before needs it: then it may also be indented less, by no multiple of four. Any other line is a new one;
/// blocks are deeper by four columns.
struct Layout {
  var diagnostics: DiagnosticBag
  private let input: [Token]
  private(set) var tokens: [Token] = []
  private var indents: [Int32] = [0]
  private var open: [Int32] = []
  private var lineIndent: Int32 = 0
  /// Of each token of the input: an opening bracket that is closed somewhere. One that is not
  /// does not swallow the lines below it.
  private var isClosed: [Bool]

  init(_ input: [Token], diagnostics: DiagnosticBag) {
    self.input = input
    self.diagnostics = diagnostics
    isClosed = Self.closedBrackets(input)
    tokens.reserveCapacity(input.count + input.count / 4)
  }

  mutating func run() {
    for (index, token) in input.enumerated() {
      if token.kind == .end { break }
      if token.startsLine { startLine(token) }
      add(token, isClosed: isClosed[index])
    }
    closeAll()
  }

  private static func closedBrackets(_ input: [Token]) -> [Bool] {
    var closed = [Bool](repeating: false, count: input.count)
    var open: [Int] = []
    for (index, token) in input.enumerated() {
      switch token.kind {
      case .leftParen, .leftBracket: open.append(index)
      case .rightParen, .rightBracket:
        let wanted: TokenKind = token.kind == .rightParen ? .leftParen : .leftBracket
        guard let last = open.last, input[last].kind == wanted else { break }
        closed[last] = true
        open.removeLast()
      default: break
      }
    }
    return closed
  }

  private mutating func startLine(_ token: Token) {
    if tokens.isEmpty {
      lineIndent = token.indent
      if token.indent > 0 {
        diagnostics.error(
          "the first line of the script is indented", at: token.range, expected: "no indentation")
      }
      return
    }
    if !open.isEmpty {
      guard Self.startsStatement(token.kind), token.indent <= lineIndent else { return }
      open.removeAll()
    } else if continues(token) {
      return
    }
    insert(.newline, at: token)
    lineIndent = token.indent
    if token.indent > indents[indents.count - 1] {
      indents.append(token.indent)
      insert(.indent, at: token)
      return
    }
    while token.indent < indents[indents.count - 1] {
      indents.removeLast()
      insert(.dedent, at: token)
    }
    if token.indent != indents[indents.count - 1] {
      diagnostics.error(
        "the indentation matches no block above", at: token.range,
        expected: "\(indents[indents.count - 1]) columns")
    }
  }

  private func continues(_ token: Token) -> Bool {
    guard let last = tokens.last else { return false }
    let isNeeded = Self.needsMore(last.kind) || Self.needsLeft(token.kind)
    let isOdd = token.indent % 4 != 0
    return token.indent > lineIndent ? isNeeded || isOdd : isNeeded && isOdd
  }

  private mutating func add(_ token: Token, isClosed: Bool) {
    let index = Int32(truncatingIfNeeded: tokens.count)
    tokens.append(token)
    switch token.kind {
    case .leftParen, .leftBracket: if isClosed { open.append(index) }
    case .rightParen, .rightBracket:
      let wanted: TokenKind = token.kind == .rightParen ? .leftParen : .leftBracket
      guard let last = open.last, tokens[Int(last)].kind == wanted else { return }
      open.removeLast()
      tokens[Int(last)].partner = index
      tokens[Int(index)].partner = last
    default: break
    }
  }

  private mutating func closeAll() {
    guard let last = input.last else { return }
    insert(.newline, at: last)
    while indents.count > 1 {
      indents.removeLast()
      insert(.dedent, at: last)
    }
    insert(.end, at: last)
  }

  /// A layout token stands where the line before it ended.
  private mutating func insert(_ kind: TokenKind, at token: Token) {
    let place = kind == .newline ? (tokens.last?.end ?? token.start) : token.start
    tokens.append(Token(kind: kind, start: place, end: place))
  }

  private static func startsStatement(_ kind: TokenKind) -> Bool {
    switch kind {
    case .if, .for, .while, .switch, .var, .varip, .export, .import, .break, .continue, .else:
      true
    default: false
    }
  }

  /// A token after which an expression must follow.
  private static func needsMore(_ kind: TokenKind) -> Bool {
    switch kind {
    case .plus, .minus, .star, .slash, .percent, .less, .lessEqual, .greater, .greaterEqual,
      .equalEqual, .notEqual, .question, .colon, .and, .or, .not, .comma, .declare, .assign,
      .plusAssign, .minusAssign, .starAssign, .slashAssign, .percentAssign:
      true
    default: false
    }
  }

  /// A token that cannot begin a statement.
  private static func needsLeft(_ kind: TokenKind) -> Bool {
    switch kind {
    case .plus, .star, .slash, .percent, .less, .lessEqual, .greater, .greaterEqual,
      .equalEqual, .notEqual, .question, .colon, .and, .or, .comma, .dot:
      true
    default: false
    }
  }
}
