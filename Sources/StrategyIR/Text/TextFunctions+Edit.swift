import Calendar

/// Texts made of texts, and questions about them. Places and lengths count characters
/// (Unicode scalars).
extension TextFunctions {
  func edit(_ function: Function, _ a: UnsafeBufferPointer<Double>) {
    switch function {
    case .textSubstring:
      let from = bytePlace(place(a[1], otherwise: 0))
      let to = bytePlace(place(a[2], otherwise: source.count))
      if from < to { out.append(contentsOf: source[from..<to]) }
    case .textReplace: replace(a[1], by: a[2], occurrence: place(a[3], otherwise: 0))
    case .textReplaceAll: replace(a[1], by: a[2], occurrence: nil)
    case .textUpper: changeCase(Self.upper) { $0.uppercaseMapping }
    case .textLower: changeCase(Self.lower) { $0.lowercaseMapping }
    case .textTrim: trim()
    case .textRepeat: repeatSource(times: a[1], separator: a[2])
    case .textMatch: match(a[1])
    default: break
    }
  }

  /// nil: no question about texts.
  func inspect(_ function: Function, _ a: UnsafeBufferPointer<Double>) -> Double? {
    switch function {
    case .textLength, .textContains, .textPosition, .textStartsWith, .textEndsWith, .textToNumber,
      .timestampOfText:
      load(a[0], into: &source)
    default: return nil
    }
    if a.count > 1 { load(a[1], into: &other) }
    switch function {
    case .textLength: return a[0] == a[0] ? Double(Self.characters(source[...])) : .nan
    case .textContains: return find(from: 0) == nil ? 0 : 1
    case .textPosition: return find(from: 0).map { Double(Self.characters(source[..<$0])) } ?? .nan
    case .textStartsWith: return source.starts(with: other) ? 1 : 0
    case .textEndsWith: return source.reversed().starts(with: other.reversed()) ? 1 : 0
    case .timestampOfText:
      return DateText.milliseconds(of: String(decoding: source, as: UTF8.self)).map(Double.init) ?? .nan
    default: return number() ?? .nan
    }
  }

  /// Bytes that begin a character.
  private static func characters(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $0 + (startsCharacter($1) ? 1 : 0) }
  }

  static func startsCharacter(_ byte: UInt8) -> Bool { byte & 0xC0 != 0x80 }

  /// Where the character of `source` begins that has so many before it.
  private func bytePlace(_ number: Int) -> Int {
    var left = number
    for (index, byte) in source.enumerated() where Self.startsCharacter(byte) {
      if left == 0 { return index }
      left -= 1
    }
    return source.count
  }

  /// `12`, `-1.5`, `.5`, `1e3`, with blanks around it; nil for any other text, such as `0x1` or `inf`.
  private func number() -> Double? {
    let text = source.drop { $0 <= 32 }.reversed().drop { $0 <= 32 }.reversed()
    let isPlain = text.allSatisfy { byte in
      (48...57).contains(byte) || "+-.eE".utf8.contains(byte)
    }
    return isPlain ? Double(String(decoding: text, as: UTF8.self)) : nil
  }

  private func place(_ x: Double, otherwise: Int) -> Int {
    x == x ? Int(min(max(x, 0), Double(source.count))) : otherwise
  }

  /// Where `other` begins in `source`, at `start` or later.
  private func find(from start: Int) -> Int? {
    guard source.count >= other.count else { return nil }
    var i = start
    while i + other.count <= source.count {
      if source[i..<i + other.count].elementsEqual(other) { return i }
      i += 1
    }
    return nil
  }

  /// The numbered occurrence of a text, or (nil) each.
  private func replace(_ target: Double, by replacement: Double, occurrence: Int?) {
    load(target, into: &other)
    var from = 0
    var number = 0
    while !other.isEmpty, let found = find(from: from) {
      out.append(contentsOf: source[from..<found])
      if occurrence == nil || occurrence == number {
        append(text: replacement)
      } else {
        out.append(contentsOf: other)
      }
      number += 1
      from = found + other.count
    }
    out.append(contentsOf: source[from...])
  }

  /// The front end has checked the expression; a program with another finds nothing.
  private func match(_ regex: Double) {
    load(regex, into: &other)
    if expression?.pattern != other {
      let made = try? RegularExpression(String(decoding: other, as: UTF8.self))
      expression = made.map { (pattern: other, made: $0) }
    }
    guard let made = expression?.made else { return }
    let text = Array(String(decoding: source, as: UTF8.self).unicodeScalars)
    guard let found = made.firstMatch(in: text) else { return }
    for scalar in text[found] { out.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped) }
  }

  private func trim() {
    let isSpace = { (byte: UInt8) in byte == 32 || (9...13).contains(byte) }
    guard let first = source.firstIndex(where: { !isSpace($0) }),
      let last = source.lastIndex(where: { !isSpace($0) })
    else { return }
    out.append(contentsOf: source[first...last])
  }

  private func repeatSource(times: Double, separator: Double) {
    let most = Double(TextArena.longestText)
    let count = times == times ? Int(min(max(times, 0), most)) : 0
    for i in 0..<count where out.count < TextArena.longestText {
      if i > 0, separator == separator { append(text: separator) }
      out.append(contentsOf: source)
    }
  }

  private func changeCase(
    _ ascii: (UInt8) -> UInt8, _ mapping: (Unicode.Scalar.Properties) -> String
  ) {
    if source.allSatisfy({ $0 < 128 }) { return out.append(contentsOf: source.lazy.map(ascii)) }
    for scalar in String(decoding: source, as: UTF8.self).unicodeScalars {
      out.append(contentsOf: mapping(scalar.properties).utf8)
    }
  }

  private static func upper(_ byte: UInt8) -> UInt8 {
    (97...122).contains(byte) ? byte - 32 : byte
  }

  private static func lower(_ byte: UInt8) -> UInt8 {
    (65...90).contains(byte) ? byte + 32 : byte
  }
}
