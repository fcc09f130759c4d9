/// Numbers as text in CSV files, added to a buffer of bytes.
enum NumberText {
  /// The shortest text that reads back to the same bits.
  static func append(_ value: Double, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: value.description.utf8)
  }

  static func append(_ value: Int64, to bytes: inout [UInt8]) {
    if value < 0 { bytes.append(0x2D) }
    digits(value.magnitude, decimals: 0, to: &bytes)
  }

  /// `value`, which lies on the grid of 1/`scale` = 10^−`decimals`, with exactly so many places;
  /// another value in its shortest form.
  static func append(_ value: Double, decimals: Int, scale: Double, to bytes: inout [UInt8]) {
    let steps = (value * scale).rounded()
    guard steps >= 0, steps < 0x1p53, steps / scale == value else {
      append(value, to: &bytes)
      return
    }
    digits(UInt64(steps), decimals: decimals, to: &bytes)
  }

  /// All digits of `value`, a point before the last `decimals` (0 to 9) of them and at least one
  /// digit before it; 31 bytes are enough.
  private static func digits(_ value: UInt64, decimals: Int, to bytes: inout [UInt8]) {
    var text = InlineArray<32, UInt8>(repeating: 0x30)
    var rest = value
    var place = 0
    var at = 32
    while rest > 0 || place <= decimals, at > 1 {
      if place == decimals, decimals > 0 {
        at -= 1
        text[at] = 0x2E
      }
      at -= 1
      text[at] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
      place += 1
    }
    text.span.withUnsafeBytes { bytes.append(contentsOf: $0[at...]) }
  }
}
