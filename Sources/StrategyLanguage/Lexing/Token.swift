/// A name or a text of the script, by its number in the lexer's table.
typealias NameID = Int32

/// The kinds of tokens. Layout (newline, indent, dedent) is added by `Layout`.
enum TokenKind: UInt8 {
  case integer, float, text, color, name
  case newline, indent, dedent, end
  case leftParen, rightParen, leftBracket, rightBracket, comma, dot
  case plus, minus, star, slash, percent
  case less, lessEqual, greater, greaterEqual, equalEqual, notEqual
  case question, colon, arrow
  case assign, declare, plusAssign, minusAssign, starAssign, slashAssign, percentAssign
  case and, or, not, `true`, `false`
  case `if`, `else`, `switch`, `for`, to, by, `in`, `while`, `break`, `continue`
  case `var`, varip, export, `import`
  case invalid

  /// How a reader writes it, for sentences.
  var spelling: String {
    switch self {
    case .integer, .float: "number"
    case .text: "string"
    case .color: "colour"
    case .name: "name"
    case .newline: "end of the line"
    case .indent: "indentation"
    case .dedent: "end of the block"
    case .end: "end of the script"
    case .invalid: "character"
    default: "'\(symbol)'"
    }
  }

  private var symbol: String {
    for (text, kind) in Self.keywords where kind == self { return text }
    return Self.symbols[self] ?? "?"
  }

  static let keywords: [String: TokenKind] = [
    "and": .and, "or": .or, "not": .not, "true": .true, "false": .false, "if": .if,
    "else": .else, "switch": .switch, "for": .for, "to": .to, "by": .by, "in": .in,
    "while": .while, "break": .break, "continue": .continue, "var": .var, "varip": .varip,
    "export": .export, "import": .import,
  ]

  private static let symbols: [TokenKind: String] = [
    .leftParen: "(", .rightParen: ")", .leftBracket: "[", .rightBracket: "]", .comma: ",",
    .dot: ".", .plus: "+", .minus: "-", .star: "*", .slash: "/", .percent: "%", .less: "<",
    .lessEqual: "<=", .greater: ">", .greaterEqual: ">=", .equalEqual: "==", .notEqual: "!=",
    .question: "?", .colon: ":", .arrow: "=>", .assign: ":=", .declare: "=", .plusAssign: "+=",
    .minusAssign: "-=", .starAssign: "*=", .slashAssign: "/=", .percentAssign: "%=",
  ]
}

/// One token: its kind, place and value.
struct Token {
  var kind: TokenKind
  /// The first token on its line (only before layout).
  var startsLine = false
  /// Columns before the first token of a line, a tab counted as four.
  var indent: Int32 = 0
  var start: Int32
  var end: Int32
  /// A name's or text's number; a colour's 0xRRGGBBAA.
  var name: NameID = 0
  var number = 0.0
  /// Of a bracket: the index of its partner in the laid out tokens, −1 without one.
  var partner: Int32 = -1

  var range: Range<Int> { Int(start)..<Int(max(start, end)) }
}
