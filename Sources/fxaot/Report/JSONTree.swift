/// JSON to write. NaN and infinities are null. Texts have no character that could end a script element of HTML, whatever
/// they are.
indirect enum JSONTree {
  case object([(String, JSONTree)])
  case array([JSONTree])
  case text(String)
  case number(Double)
  case whole(Int)
  case flag(Bool)
  case null

  /// `#rrggbbaa` of 0xRRGGBBAA.
  static func color(_ bits: UInt32?) -> JSONTree {
    guard let bits else { return .null }
    let digits = String(bits, radix: 16)
    return .text("#" + String(repeating: "0", count: 8 - digits.count) + digits)
  }

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  private func append(to bytes: inout [UInt8]) {
    switch self {
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (place, member) in members.enumerated() {
        if place > 0 { bytes.append(UInt8(ascii: ",")) }
        Self.append(text: member.0, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        member.1.append(to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    case .array(let items):
      bytes.append(UInt8(ascii: "["))
      for (place, item) in items.enumerated() {
        if place > 0 { bytes.append(UInt8(ascii: ",")) }
        item.append(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .text(let text): Self.append(text: text, to: &bytes)
    case .number(let number):
      bytes.append(contentsOf: (number.isFinite ? PlainNumber.text(number) : "null").utf8)
    case .whole(let number): bytes.append(contentsOf: String(number).utf8)
    case .flag(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
    case .null: bytes.append(contentsOf: "null".utf8)
    }
  }

  private static func append(text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22, 0x26, 0x27, 0x3C, 0x3E, 0x5C, 0x00..<0x20, 0x7F..<0xA0, 0x2028, 0x2029:
        let digits = String(scalar.value, radix: 16)
        bytes.append(contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
      default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

extension JSONTree: Decodable {
  /// What was read, to be written again.
  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let flag = try? value.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let items = try? value.decode([JSONTree].self) {
      self = .array(items)
    } else {
      let members = try value.decode([String: JSONTree].self)
      self = .object(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }
  }

  subscript(name: String) -> JSONTree? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.0 == name }?.1
  }
}

/// Many numbers as one text: base64 of little-endian whole numbers of 32 bits where all are such over `scale` (the smallest
/// one is nan), else of doubles.
enum NumberColumn {
  static func tree(_ values: some Collection<Double>, decimals: Int = 0) -> JSONTree {
    let scale = (0..<min(max(decimals, 0), 8)).reduce(1.0) { power, _ in power * 10 }
    var whole: [Int32] = []
    whole.reserveCapacity(values.count)
    for value in values {
      let steps = (value * scale).rounded()
      if value.isNaN {
        whole.append(.min)
      } else if abs(steps) < 0x1p31, steps / scale == value {
        whole.append(Int32(steps).littleEndian)
      } else {
        return doubles(values)
      }
    }
    let text = whole.withUnsafeBytes { Data($0).base64EncodedString() }
    return .object([("type", .text("i32")), ("scale", .number(scale)), ("data", .text(text))])
  }

  private static func doubles(_ values: some Collection<Double>) -> JSONTree {
    let text = values.map { $0.bitPattern.littleEndian }.withUnsafeBytes { Data($0).base64EncodedString() }
    return .object([("type", .text("f64")), ("scale", .number(1)), ("data", .text(text))])
  }
}
