/// `str.format`: the pattern of a message with arguments in braces. Apostrophes quote.
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
      } else if byte == UInt8(ascii: "{"), !isQuoted,
        let close = source[i...].firstIndex(of: UInt8(ascii: "}"))
      {
        appendArgument(i + 1..<close, a, texts: texts)
        i = close
      } else {
        out.append(byte)
      }
      i += 1
    }
  }

  /// `0` or `0,number,#.##` of `source`.
  private func appendArgument(
    _ range: Range<Int>, _ a: UnsafeBufferPointer<Double>, texts: UInt32
  ) {
    let comma = UInt8(ascii: ",")
    let parts = source[range]
      .split(separator: comma, maxSplits: 2, omittingEmptySubsequences: false)
    guard let first = parts.first, let number = Int(String(decoding: first, as: UTF8.self)),
      number >= 0, number + 1 < a.count
    else {
      out.append(contentsOf: source[range.lowerBound - 1...range.upperBound])
      return
    }
    let value = a[number + 1]
    if number < 31, texts >> UInt32(number + 1) & 1 == 1 { return append(text: value) }
    let style = parts.count > 2 ? Array(parts[2]) : []
    let kind = parts.count > 1 ? parts[1] : []
    if kind.elementsEqual("date".utf8) || kind.elementsEqual("time".utf8) {
      return appendTime(value, kind: kind.elementsEqual("date".utf8), style: style)
    }
    format(style).append(value, to: &out)
  }

  private func format(_ style: [UInt8]) -> NumberFormat {
    if style.isEmpty { return .message }
    if style.elementsEqual("integer".utf8) {
      return NumberFormat(fewest: 0, most: 0, isGrouped: true)
    }
    if style.elementsEqual("currency".utf8) {
      return NumberFormat(fewest: 2, most: 2, isGrouped: true)
    }
    if style.elementsEqual("percent".utf8) {
      var percent = NumberFormat(fewest: 0, most: 0, isGrouped: true)
      percent.isPercent = true
      return percent
    }
    return style.withUnsafeBufferPointer { NumberFormat(pattern: $0) }
  }

  /// In UTC.
  private func appendTime(_ time: Double, kind isDate: Bool, style: [UInt8]) {
    guard let fields = ClockFields(local: time) else {
      return out.append(contentsOf: "NaN".utf8)
    }
    let plain = isDate ? "yyyy-MM-dd" : "HH:mm:ss"
    fields.append(pattern: style.isEmpty ? Array(plain.utf8) : style, to: &out)
  }
}

extension TextFunctions {
  /// `str.format_time`: milliseconds since 1970 by the wanted zone's clocks.
  public func timeText(_ local: Double, format: Double) -> Double {
    guard let fields = ClockFields(local: local) else { return .nan }
    out.removeAll(keepingCapacity: true)
    load(format, into: &source)
    if source.isEmpty { source.append(contentsOf: "yyyy-MM-dd'T'HH:mm:ssZ".utf8) }
    fields.append(pattern: source, to: &out)
    return made()
  }
}
