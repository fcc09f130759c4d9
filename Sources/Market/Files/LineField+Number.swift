/// How the numbers of a text are written.
struct NumberStyle {
  /// `.` or `,`.
  var decimal: UInt8 = 0x2E
  /// Between thousands; 0 for nothing.
  var grouping: UInt8 = 0

  @inline(__always) var isPlain: Bool { decimal == 0x2E && grouping == 0 }
}

extension LineField {
  /// The whole field as a number without a sign, rounded correctly. nil for anything else.
  @inline(__always)
  func number(_ style: NumberStyle) -> Double? {
    if style.isPlain {
      var cursor = cursor
      guard !isEmpty, let value = cursor.decimal(), cursor.isAtEnd else { return nil }
      return value
    }
    return styledNumber(style)
  }

  @inline(never)
  private func styledNumber(_ style: NumberStyle) -> Double? {
    guard !isEmpty, count <= 48 else { return nil }
    var plain = InlineArray<48, UInt8>(repeating: 0)
    var length = 0
    var grouped = -1
    for byte in bytes {
      if byte == style.grouping, byte != 0 {
        // Groups have three digits, and none follows the decimal mark.
        guard length > 0, grouped == -1 || grouped == 3 else { return nil }
        grouped = 0
        continue
      }
      if byte == style.decimal {
        guard grouped == -1 || grouped == 3 else { return nil }
        grouped = -2
        plain[length] = 0x2E
      } else {
        guard byte != 0x2E else { return nil }
        if grouped >= 0 { grouped += 1 }
        plain[length] = byte
      }
      length += 1
    }
    guard grouped <= 0 ? grouped != 0 : grouped == 3 else { return nil }
    return withUnsafeBytes(of: &plain) { bytes -> Double? in
      guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return nil }
      return LineField(start: base, end: base + length).number(NumberStyle())
    }
  }

  /// A volume: blank is 0, and `1.5K`, `2M` and `3B` are thousands, millions and milliards.
  func volume(_ style: NumberStyle) -> Double? {
    if let value = number(style) { return value }
    if isBlank { return 0 }
    let scale: Double
    switch end[-1] | 0x20 {
    case 0x6B: scale = 1e3
    case 0x6D: scale = 1e6
    case 0x62: scale = 1e9
    default: return nil
    }
    return LineField(start: start, end: end - 1).number(style).map { $0 * scale }
  }
}
