extension Lexer {
  /// `1`, `1.`, `.5`, `1e5`, `2.5E-3`. An integer that no Double holds exactly is still a number.
  mutating func number() {
    let start = at
    var isFloat = false
    while Self.isDigit(byte()) { at += 1 }
    if byte() == UInt8(ascii: "."), !Self.isNameStart(byte(1)) || isExponent(1) {
      isFloat = true
      at += 1
      while Self.isDigit(byte()) { at += 1 }
    }
    if isExponent(0) {
      isFloat = true
      at += byte(1) == UInt8(ascii: "+") || byte(1) == UInt8(ascii: "-") ? 2 : 1
      while Self.isDigit(byte()) { at += 1 }
    }
    let digits = at
    while Self.isNamePart(byte()) { at += 1 }
    if at > digits {
      diagnostics.error("'\(source.text(start..<at))' is not a number", at: start..<at)
    }
    let value = parsedNumber(start..<digits)
    add(isFloat ? .float : .integer, from: start, number: value)
  }

  private func parsedNumber(_ range: Range<Int>) -> Double {
    var text = source.text(range)
    if text.hasPrefix(".") { text = "0" + text }
    if text.hasSuffix(".") { text += "0" }
    if let dot = text.range(ofFirst: ".e") ?? text.range(ofFirst: ".E") {
      text.replaceSubrange(dot, with: ".0e")
    }
    return Double(text) ?? .nan
  }

  private func isExponent(_ offset: Int) -> Bool {
    guard byte(offset) | 32 == UInt8(ascii: "e") else { return false }
    let next = byte(offset + 1)
    if Self.isDigit(next) { return true }
    let isSigned = next == UInt8(ascii: "+") || next == UInt8(ascii: "-")
    return isSigned && Self.isDigit(byte(offset + 2))
  }

  /// A text in single or double quotes, with `\` escapes; it ends on its line. One in three quotes may have several.
  mutating func text(quote: UInt8) {
    let start = at
    let isLong = byte(1) == quote && byte(2) == quote
    at += isLong ? 3 : 1
    let body = at
    var content: [UInt8] = []
    while at < source.bytes.count, !isAtEnd(of: quote, isLong: isLong) {
      if let byte = character() { content.append(byte) }
    }
    if at < source.bytes.count, byte() == quote {
      at += isLong ? 3 : 1
    } else {
      // What follows the first line is read as if the text had ended there.
      if isLong { at = source.bytes[body...].firstIndex(of: UInt8(ascii: "\n")) ?? at }
      let closing = quote == UInt8(ascii: "'") ? "'" : "\""
      diagnostics.error(
        isLong ? "the string has no closing quotes" : "the string has no closing quote on its line",
        at: start..<at, expected: isLong ? closing + closing + closing : closing)
    }
    add(.text, from: start, name: names.intern(String(decoding: content, as: UTF8.self)))
  }

  private func isAtEnd(of quote: UInt8, isLong: Bool) -> Bool {
    if isLong { return byte() == quote && byte(1) == quote && byte(2) == quote }
    return byte() == quote || byte() == UInt8(ascii: "\n")
  }

  /// The next byte of a text, or what an escape stands for. A line ends with a newline alone, also in a file
  /// whose lines end otherwise.
  private mutating func character() -> UInt8? {
    defer { at += 1 }
    if byte() == UInt8(ascii: "\r"), byte(1) == UInt8(ascii: "\n") { return nil }
    guard byte() == UInt8(ascii: "\\"), at + 1 < source.bytes.count, byte(1) != UInt8(ascii: "\n") else {
      return byte()
    }
    at += 1
    return Self.escaped(byte())
  }

  private static func escaped(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "n"): UInt8(ascii: "\n")
    case UInt8(ascii: "t"): UInt8(ascii: "\t")
    default: byte
    }
  }

  /// `#RRGGBB` or `#RRGGBBAA`.
  mutating func color() {
    let start = at
    at += 1
    var value: UInt32 = 0
    var count = 0
    while Self.isNamePart(byte()) {
      if count < 8, let digit = Self.hexDigit(byte()) {
        value = value << 4 | digit
      } else {
        count = 8
      }
      count += 1
      at += 1
    }
    if count == 6 { value = value << 8 | 0xFF }
    if count != 6 && count != 8 {
      diagnostics.error(
        "'\(source.text(start..<at))' is not a colour", at: start..<at,
        expected: "#RRGGBB or #RRGGBBAA")
    }
    add(.color, from: start, number: Double(value))
  }

  private static func hexDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 48...57: UInt32(byte - 48)
    case 65...70: UInt32(byte - 55)
    case 97...102: UInt32(byte - 87)
    default: nil
    }
  }

  mutating func symbol() {
    let start = at
    if let (kind, word, length) = Self.foreign(byte(), byte(1)) {
      at += length
      let text = source.text(start..<at)
      diagnostics.errorOnce(
        "'\(text)' is not an operator", at: start..<at, suggestion: word)
      return add(kind, from: start)
    }
    let kind = Self.symbol(byte(), byte(1))
    at += kind.length
    if kind.kind == .invalid {
      while byte() & 0xC0 == 0x80 { at += 1 }
      let character = source.text(start..<at)
      diagnostics.error("unexpected character '\(character)'", at: start..<at, expected: Self.instead[character])
      return
    }
    add(kind.kind, from: start)
  }

  /// What stands for a character of other languages.
  private static let instead = [
    ";": "a new line, or a comma between statements",
    "{": "a block of lines indented by 4 more columns", "}": "a block of lines indented by 4 more columns",
  ]

  /// Operators of other languages, read with their meaning there.
  private static func foreign(_ first: UInt8, _ second: UInt8) -> (TokenKind, String, Int)? {
    switch (first, second) {
    case (UInt8(ascii: "&"), UInt8(ascii: "&")): (.and, "and", 2)
    case (UInt8(ascii: "|"), UInt8(ascii: "|")): (.or, "or", 2)
    case (UInt8(ascii: "!"), let next) where next != UInt8(ascii: "="): (.not, "not", 1)
    default: nil
    }
  }

  private static func symbol(_ first: UInt8, _ second: UInt8) -> (kind: TokenKind, length: Int) {
    if second == UInt8(ascii: "="), let kind = withEqual[first] { return (kind, 2) }
    if first == UInt8(ascii: "="), second == UInt8(ascii: ">") { return (.arrow, 2) }
    return (single[first] ?? .invalid, 1)
  }

  private static let withEqual: [UInt8: TokenKind] = [
    UInt8(ascii: "="): .equalEqual, UInt8(ascii: "!"): .notEqual, UInt8(ascii: "<"): .lessEqual,
    UInt8(ascii: ">"): .greaterEqual, UInt8(ascii: ":"): .assign, UInt8(ascii: "+"): .plusAssign,
    UInt8(ascii: "-"): .minusAssign, UInt8(ascii: "*"): .starAssign,
    UInt8(ascii: "/"): .slashAssign, UInt8(ascii: "%"): .percentAssign,
  ]

  private static let single: [UInt8: TokenKind] = [
    UInt8(ascii: "("): .leftParen, UInt8(ascii: ")"): .rightParen,
    UInt8(ascii: "["): .leftBracket, UInt8(ascii: "]"): .rightBracket,
    UInt8(ascii: ","): .comma, UInt8(ascii: "."): .dot, UInt8(ascii: "+"): .plus,
    UInt8(ascii: "-"): .minus, UInt8(ascii: "*"): .star, UInt8(ascii: "/"): .slash,
    UInt8(ascii: "%"): .percent, UInt8(ascii: "<"): .less, UInt8(ascii: ">"): .greater,
    UInt8(ascii: "?"): .question, UInt8(ascii: ":"): .colon, UInt8(ascii: "="): .declare,
  ]
}

extension String {
  /// Where `other` first occurs. O(n · m) on short texts.
  func range(ofFirst other: String) -> Range<String.Index>? {
    var index = startIndex
    while index < endIndex {
      if self[index...].hasPrefix(other) {
        return index..<self.index(index, offsetBy: other.count)
      }
      index = self.index(after: index)
    }
    return nil
  }
}
