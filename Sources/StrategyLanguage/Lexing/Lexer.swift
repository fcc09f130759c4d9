/// Source bytes ▶ tokens. Every byte sequence gives tokens; other bytes get a diagnostic.
/// O(n).
struct Lexer {
  let source: SourceText
  var diagnostics: DiagnosticBag
  var names = NameTable()
  var tokens: [Token] = []
  /// From `//@version=N`.
  var version: Int?
  var versionRange = 0..<0
  var at = 0
  private var lineIndent: Int32 = 0
  private var atLineStart = true

  init(_ source: SourceText, diagnostics: DiagnosticBag) {
    self.source = source
    self.diagnostics = diagnostics
    tokens.reserveCapacity(source.bytes.count / 4 + 1)
  }

  mutating func run() {
    if source.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
    while at < source.bytes.count { next() }
    add(.end, from: at)
  }

  func byte(_ offset: Int = 0) -> UInt8 {
    let index = at + offset
    return index < source.bytes.count ? source.bytes[index] : 0
  }

  mutating func add(_ kind: TokenKind, from start: Int, name: NameID = 0, number: Double = 0) {
    var token = Token(
      kind: kind, start: Int32(truncatingIfNeeded: start), end: Int32(truncatingIfNeeded: at))
    token.startsLine = atLineStart
    token.indent = lineIndent
    token.name = name
    token.number = number
    atLineStart = false
    tokens.append(token)
  }

  private mutating func next() {
    let current = byte()
    switch current {
    case UInt8(ascii: "\n"):
      at += 1
      atLineStart = true
      lineIndent = 0
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), 0x0C:
      if atLineStart { lineIndent &+= current == UInt8(ascii: "\t") ? 4 : 1 }
      at += 1
    case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "/"): comment()
    case UInt8(ascii: "0")...UInt8(ascii: "9"): number()
    case UInt8(ascii: ".") where Self.isDigit(byte(1)): number()
    case UInt8(ascii: "\""), UInt8(ascii: "'"): text(quote: current)
    case UInt8(ascii: "#"): color()
    case _ where Self.isNameStart(current): name()
    case 0xC2 where byte(1) == 0xA0:  // a no-break space pasted from a web page
      if atLineStart { lineIndent &+= 1 }
      at += 2
    default: symbol()
    }
  }

  private mutating func comment() {
    let start = at
    while at < source.bytes.count, byte() != UInt8(ascii: "\n") { at += 1 }
    guard version == nil, at - start < 64 else { return }
    let body = source.text(start + 2..<at).filter { $0 != " " && $0 != "\r" && $0 != "\t" }
    guard body.hasPrefix("@version=") else { return }
    version = Int(body.dropFirst(9).prefix { $0.isASCII && $0.isNumber }) ?? 0
    versionRange = start..<at
  }

  /// A name, or a path of names joined by dots, as one token.
  private mutating func name() {
    let start = at
    while Self.isNamePart(byte()) { at += 1 }
    while byte() == UInt8(ascii: "."), Self.isNameStart(byte(1)) {
      at += 1
      while Self.isNamePart(byte()) { at += 1 }
    }
    let text = source.text(start..<at)
    if let keyword = TokenKind.keywords[text] {
      add(keyword, from: start)
    } else {
      add(.name, from: start, name: names.intern(text))
    }
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }

  static func isNameStart(_ byte: UInt8) -> Bool {
    (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || byte == 95
  }

  static func isNamePart(_ byte: UInt8) -> Bool { isNameStart(byte) || isDigit(byte) }
}

/// Texts by number; equal texts have equal numbers. Number 0 is the empty text.
struct NameTable {
  private(set) var texts: [String] = [""]
  private var numbers: [String: NameID] = ["": 0]

  mutating func intern(_ text: String) -> NameID {
    if let number = numbers[text] { return number }
    let number = NameID(truncatingIfNeeded: texts.count)
    texts.append(text)
    numbers[text] = number
    return number
  }

  func find(_ text: some StringProtocol) -> NameID? { numbers[String(text)] }

  subscript(id: NameID) -> String {
    id >= 0 && Int(id) < texts.count ? texts[Int(id)] : ""
  }
}
