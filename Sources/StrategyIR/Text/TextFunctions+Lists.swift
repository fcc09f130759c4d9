/// Many values in one text, and a text in parts.
extension TextFunctions {
  /// `array.join`.
  package func joined(_ values: UnsafeBufferPointer<Double>, _ type: ValueType, separator: Double) -> Double {
    out.removeAll(keepingCapacity: true)
    for (i, value) in values.enumerated() where out.count <= TextArena.longestText {
      if i > 0, separator == separator { append(text: separator) }
      append(value, type, format: .nan)
    }
    return made()
  }

  /// `[1, 2]`, with a line for each so many values.
  package func listed(
    _ values: UnsafeBufferPointer<Double>, _ type: ValueType, columns: Int, format: Double
  ) -> Double {
    out.removeAll(keepingCapacity: true)
    out.append(UInt8(ascii: "["))
    for (i, value) in values.enumerated() where out.count <= TextArena.longestText {
      if i > 0 { out.append(contentsOf: (i % columns == 0 ? "]\n[" : ", ").utf8) }
      append(value, type, format: format)
    }
    out.append(UInt8(ascii: "]"))
    return made()
  }

  private func append(_ value: Double, _ type: ValueType, format: Double) {
    switch type {
    case .text: append(text: value)
    case .bool: out.append(contentsOf: (value == 1 ? "true" : value == value ? "false" : "NaN").utf8)
    default: appendNumber(value, format: format)
    }
  }

  /// `str.split`: the texts between separators; without a separator the characters. None of na.
  package func parts(of text: Double, separator: Double) -> [Double] {
    guard text == text else { return [] }
    load(text, into: &source)
    load(separator, into: &other)
    let (all, mark) = (source, other)
    var parts: [Double] = []
    var start = 0
    if mark.isEmpty {
      for i in all.indices.dropFirst() where Self.startsCharacter(all[i]) {
        parts.append(made(all[start..<i]))
        start = i
      }
    } else {
      var i = 0
      while i + mark.count <= all.count {
        if all[i..<i + mark.count].elementsEqual(mark) {
          parts.append(made(all[start..<i]))
          i += mark.count
          start = i
        } else {
          i += 1
        }
      }
    }
    parts.append(made(all[start...]))
    return parts
  }

  private func made(_ bytes: ArraySlice<UInt8>) -> Double {
    out.removeAll(keepingCapacity: true)
    out.append(contentsOf: bytes)
    return made()
  }
}
