extension LineCursor {
  /// A price: above zero and finite.
  @inline(__always) mutating func price() -> Double? {
    guard let value = decimal(), value > 0 else { return nil }
    return value
  }

  /// A number without a sign, rounded correctly to the nearest double.
  ///
  /// Up to 15 digits the mantissa is below 2^53 and the power of ten is exact, so that the one
  /// division rounds correctly (Clinger, "How to read floating point numbers accurately", 1990).
  @inline(__always) mutating func decimal() -> Double? {
    skipBlanks()
    let start = at
    var mantissa = run()
    var count = at - start
    var places = 0
    if take(0x2E) {
      let point = at
      while at < end {
        let digit = at.pointee &- 0x30
        guard digit < 10 else { break }
        mantissa = mantissa &* 10 &+ UInt64(digit)
        at += 1
      }
      places = at - point
      count += places
    }
    let exponent = peek | 0x20 == 0x65
    guard count > 0, count <= 15, !exponent else { return longDecimal(from: start) }
    return Double(mantissa) / LineCursor.powerOfTen[places]
  }

  /// Numbers of more digits and with exponents, by the standard library's exact conversion.
  @inline(never) private mutating func longDecimal(from start: UnsafePointer<UInt8>) -> Double? {
    at = start
    while at < end, LineCursor.isInNumber(at.pointee) { at += 1 }
    let length = at - start
    guard length > 0, length <= 64, start[0] != 0x2B, start[0] != 0x2D else { return nil }
    let text = String(decoding: UnsafeBufferPointer(start: start, count: length), as: UTF8.self)
    guard let value = Double(text), value.isFinite else { return nil }
    return value
  }

  private static func isInNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x2E, 0x2B, 0x2D, 0x45, 0x65: true
    default: false
    }
  }

  private static let powerOfTen: InlineArray<16, Double> = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
  ]
}
