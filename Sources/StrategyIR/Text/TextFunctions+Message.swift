/// `str.format`: a message with arguments in braces, by the rules of Java's MessageFormat.
///
///     {0}   {1,number,#.##}   {2,number,currency}   {3,date,yyyy-MM-dd}
///
/// Two apostrophes are one; a single one begins or ends a text in which braces are plain. In braces
/// they belong to the format.
extension TextFunctions {
  func appendMessage(_ a: UnsafeBufferPointer<Double>, texts: UInt32) {
    load(a[0], into: &source)
    var i = 0
    var isQuoted = false
    while i < source.count {
      let byte = source[i]
      if byte == UInt8(ascii: "'") {
        if i + 1 < source.count, source[i + 1] == byte {
          out.append(byte)
          i += 1
        } else {
          isQuoted.toggle()
        }
      } else if byte == UInt8(ascii: "{"), !isQuoted, let parts = placeholder(from: i + 1) {
        appendArgument(parts, a, texts: texts)
        i = parts.end
      } else {
        out.append(byte)
      }
      i += 1
    }
  }

  /// The parts of `{number,kind,style}` in `source`, and where its brace closes.
  private struct Placeholder {
    var number: Range<Int>
    var kind: Range<Int>
    var style: Range<Int>
    var end: Int
  }

  /// nil where no brace closes it.
  private func placeholder(from start: Int) -> Placeholder? {
    var commas: [Int] = []
    var depth = 0
    var isQuoted = false
    for i in start..<source.count {
      switch source[i] {
      case UInt8(ascii: "'"): isQuoted.toggle()
      case _ where isQuoted: break
      case UInt8(ascii: ","): if depth == 0, commas.count < 2 { commas.append(i) }
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}"):
        if depth > 0 {
          depth -= 1
          continue
        }
        let first = commas.first ?? i
        let second = commas.count > 1 ? commas[1] : i
        return Placeholder(
          number: start..<first, kind: min(first + 1, i)..<max(second, min(first + 1, i)),
          style: min(second + 1, i)..<i, end: i)
      default: break
      }
    }
    return nil
  }

  private func appendArgument(
    _ parts: Placeholder, _ a: UnsafeBufferPointer<Double>, texts: UInt32
  ) {
    guard !parts.number.isEmpty, parts.number.count < 6,
      source[parts.number].allSatisfy({ (48...57).contains($0) }),
      let number = Int(String(decoding: source[parts.number], as: UTF8.self))
    else {
      return out.append(contentsOf: source[parts.number.lowerBound - 1...parts.end])
    }
    guard number + 1 < a.count else { return out.append(contentsOf: "{\(number)}".utf8) }
    let value = a[number + 1]
    if number < 31, texts >> UInt32(number + 1) & 1 == 1 { return append(text: value) }
    let style = Array(source[parts.style])
    switch word(source[parts.kind]) {
    case "number": format(style).append(value, to: &out)
    case "date": appendTime(value, MomentStyle.date(word(style[...])), style)
    case "time": appendTime(value, MomentStyle.time(word(style[...])), style)
    default: NumberFormat.message.append(value, to: &out)
    }
  }

  /// Without the blanks around it, in small letters.
  private func word(_ text: ArraySlice<UInt8>) -> String {
    let bytes = text.drop { $0 == 32 }.reversed().drop { $0 == 32 }.reversed()
    return String(decoding: bytes.map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self)
  }

  private func format(_ style: [UInt8]) -> NumberFormat {
    switch word(style[...]) {
    case "": .message
    case "integer": .integer
    case "currency": .currency
    case "percent": .percent
    default: style.withUnsafeBufferPointer { NumberFormat(pattern: $0) }.ofMessage
    }
  }

  /// In UTC.
  private func appendTime(_ time: Double, _ named: String?, _ style: [UInt8]) {
    guard let fields = ClockFields(local: time) else {
      return out.append(contentsOf: "NaN".utf8)
    }
    fields.append(pattern: named.map { Array($0.utf8) } ?? style, to: &out)
  }
}

/// The named forms of dates and times, as Java writes them in English; nil for any other style,
/// which is a pattern.
private enum MomentStyle {
  static func date(_ style: String) -> String? {
    switch style {
    case "short": "M/d/yy"
    case "", "medium": "MMM d, yyyy"
    case "long": "MMMM d, yyyy"
    case "full": "EEEE, MMMM d, yyyy"
    default: nil
    }
  }

  static func time(_ style: String) -> String? {
    switch style {
    case "short": "h:mm a"
    case "", "medium": "h:mm:ss a"
    case "long", "full": "h:mm:ss a z"
    default: nil
    }
  }
}

extension TextFunctions {
  /// `str.format_time`: milliseconds since 1970 by the wanted zone's clocks, which are `offset`
  /// milliseconds ahead of UTC.
  public func timeText(_ local: Double, offset: Int64 = 0, format: Double) -> Double {
    guard let fields = ClockFields(local: local, offset: offset) else { return .nan }
    out.removeAll(keepingCapacity: true)
    load(format, into: &source)
    if source.isEmpty { source.append(contentsOf: "yyyy-MM-dd'T'HH:mm:ssZ".utf8) }
    fields.append(pattern: source, to: &out)
    return made()
  }
}
