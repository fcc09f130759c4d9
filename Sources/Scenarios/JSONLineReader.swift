/// Reads the one value of a line of JSON (RFC 8259). A name may stand once in an object; values are nested at
/// most `deepest` levels. O(length).
struct JSONLineReader {
  static let deepest = 16

  private let bytes: ArraySlice<UInt8>
  private let line: Int
  private var at: Int

  /// The value of a line, which is valid UTF-8 and has no newline.
  static func read(_ bytes: ArraySlice<UInt8>, line: Int) throws(ScenarioFault) -> JSONValue {
    var reader = JSONLineReader(bytes: bytes, line: line, at: bytes.startIndex)
    let value = try reader.value(depth: 0)
    reader.skipBlanks()
    guard reader.next == nil else { throw reader.fault("nothing may follow the object") }
    return value
  }

  private var next: UInt8? { at < bytes.endIndex ? bytes[at] : nil }

  /// The character of a byte's place: bytes that continue a character do not count.
  private func column(_ place: Int) -> Int {
    bytes[..<place].count { $0 & 0xC0 != 0x80 } + 1
  }

  private func fault(_ sentence: String, at place: Int? = nil) -> ScenarioFault {
    ScenarioFault(line, column(place ?? at), sentence)
  }

  private mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0D { at += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    at += 1
    return true
  }

  private mutating func value(depth: Int) throws(ScenarioFault) -> JSONValue {
    skipBlanks()
    guard depth < Self.deepest else { throw fault("more than \(Self.deepest) levels of brackets") }
    let column = column(at)
    switch next {
    case UInt8(ascii: "{"): return JSONValue(column: column, content: try object(depth))
    case UInt8(ascii: "["): return JSONValue(column: column, content: try array(depth))
    case UInt8(ascii: "\""): return JSONValue(column: column, content: .text(try text()))
    case nil: throw fault("the line ends where a value must follow")
    case let byte? where byte == UInt8(ascii: "-") || Self.isDigit(byte):
      return JSONValue(column: column, content: .number(try number()))
    default: return JSONValue(column: column, content: try word())
    }
  }

  private mutating func word() throws(ScenarioFault) -> JSONValue.Content {
    let start = at
    while let byte = next, byte > 0x20, !Self.ends.contains(byte) { at += 1 }
    switch String(decoding: bytes[start..<at], as: UTF8.self) {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "null": return .null
    case "": throw fault("a value must stand here")
    case let other: throw fault("'\(other.prefix(40))' is no value of JSON", at: start)
    }
  }

  private static let ends = Array(",:{}[]\"".utf8)

  // MARK: Arrays and objects

  private mutating func array(_ depth: Int) throws(ScenarioFault) -> JSONValue.Content {
    at += 1
    var values: [JSONValue] = []
    skipBlanks()
    if take(UInt8(ascii: "]")) { return .array(values) }
    while true {
      values.append(try value(depth: depth + 1))
      skipBlanks()
      if take(UInt8(ascii: "]")) { return .array(values) }
      guard take(UInt8(ascii: ",")) else { throw fault("',' or ']' must follow") }
    }
  }

  private mutating func object(_ depth: Int) throws(ScenarioFault) -> JSONValue.Content {
    at += 1
    var members: [JSONMember] = []
    var names: Set<String> = []
    skipBlanks()
    if take(UInt8(ascii: "}")) { return .object(members) }
    while true {
      skipBlanks()
      let start = at
      guard next == UInt8(ascii: "\"") else { throw fault("a name in quotation marks must follow") }
      let name = try text()
      guard names.insert(name).inserted else {
        throw fault("'\(name)' stands here for the second time", at: start)
      }
      skipBlanks()
      guard take(UInt8(ascii: ":")) else { throw fault("':' must follow the name '\(name)'") }
      let value = try value(depth: depth + 1)
      members.append(JSONMember(name: name, column: column(start), value: value))
      skipBlanks()
      if take(UInt8(ascii: "}")) { return .object(members) }
      guard take(UInt8(ascii: ",")) else { throw fault("',' or '}' must follow") }
    }
  }

  // MARK: Numbers

  private mutating func number() throws(ScenarioFault) -> ExactDecimal {
    let start = at
    _ = take(UInt8(ascii: "-"))
    let whole = at
    let digits = takeDigits()
    var isWritten = digits > 0 && (digits == 1 || bytes[whole] != UInt8(ascii: "0"))
    if take(UInt8(ascii: ".")) { isWritten = takeDigits() > 0 && isWritten }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      isWritten = takeDigits() > 0 && isWritten
    }
    let text = bytes[start..<at]
    guard isWritten else {
      throw fault("'\(String(decoding: text.prefix(40), as: UTF8.self))' is no number of JSON", at: start)
    }
    guard let number = ExactDecimal(json: text) else {
      throw fault("a number may have at most \(ExactDecimal.mostDigits) digits", at: start)
    }
    return number
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private mutating func takeDigits() -> Int {
    let start = at
    while let byte = next, Self.isDigit(byte) { at += 1 }
    return at - start
  }

  // MARK: Texts

  private mutating func text() throws(ScenarioFault) -> String {
    let start = at
    at += 1
    var text: [UInt8] = []
    while let byte = next {
      at += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text.append(contentsOf: String(try escaped()).utf8)
      case ..<0x20: throw fault("a control character must be written as \\u00\(hex(byte))", at: at - 1)
      default: text.append(byte)
      }
    }
    throw fault("the text that begins here has no end", at: start)
  }

  private func hex(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }

  /// What follows a backslash.
  private mutating func escaped() throws(ScenarioFault) -> Unicode.Scalar {
    let start = at - 1
    guard let byte = next else { throw fault("the text that begins here has no end", at: start) }
    at += 1
    if byte != UInt8(ascii: "u") {
      guard let scalar = Self.escapes[byte] else { throw fault("no such escape", at: start) }
      return scalar
    }
    let first = try codeUnit(start)
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
      throw fault("half of a surrogate pair", at: start)
    }
    let second = try codeUnit(start)
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw fault("half of a surrogate pair", at: start) }
    return scalar
  }

  private mutating func codeUnit(_ start: Int) throws(ScenarioFault) -> UInt32 {
    let digits = bytes[at...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw fault("\\u needs four hexadecimal digits", at: start) }
    at += 4
    return unit
  }

  private static let escapes: [UInt8: Unicode.Scalar] = [
    UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/",
    UInt8(ascii: "b"): "\u{8}", UInt8(ascii: "f"): "\u{C}", UInt8(ascii: "n"): "\n",
    UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
  ]
}
