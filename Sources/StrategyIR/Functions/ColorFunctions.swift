/// `color.*`: a colour is 0xRRGGBBAA as an integral Double.
enum ColorFunctions {
  static func evaluate(_ function: Function, _ a: UnsafeBufferPointer<Double>) -> Double? {
    guard a.count >= function.arity else { return nil }
    switch function {
    case .colorNew:
      guard let rgba = bits(a[0]) else { return .nan }
      return Double(rgba & 0xFFFF_FF00 | alpha(a[1]))
    case .colorRGB:
      return Double(
        channel(a[0]) << 24 | channel(a[1]) << 16 | channel(a[2]) << 8 | alpha(a[3]))
    case .colorRed: return part(a[0], 24)
    case .colorGreen: return part(a[0], 16)
    case .colorBlue: return part(a[0], 8)
    case .colorTransparency:
      return bits(a[0]).map { 100 - (Double($0 & 0xFF) * 100 / 255).rounded() } ?? .nan
    case .colorFromGradient: return gradient(a)
    default: return nil
    }
  }

  private static func gradient(_ a: UnsafeBufferPointer<Double>) -> Double {
    guard let low = bits(a[3]), let high = bits(a[4]), a[0] == a[0], a[2] != a[1] else {
      return .nan
    }
    let t = Swift.min(Swift.max((a[0] - a[1]) / (a[2] - a[1]), 0), 1)
    guard t == t else { return .nan }
    var mixed: UInt32 = 0
    for shift: UInt32 in [24, 16, 8, 0] {
      let from = Double(low >> shift & 0xFF)
      let to = Double(high >> shift & 0xFF)
      mixed |= channel((from + (to - from) * t).rounded()) << shift
    }
    return Double(mixed)
  }

  private static func bits(_ x: Double) -> UInt32? { UInt32(exactly: x) }

  private static func part(_ x: Double, _ shift: UInt32) -> Double {
    bits(x).map { Double($0 >> shift & 0xFF) } ?? .nan
  }

  private static func channel(_ x: Double) -> UInt32 {
    x == x ? UInt32(Swift.min(Swift.max(x, 0), 255)) : 0
  }

  /// Transparency 0 … 100 to opacity 255 … 0; na is opaque.
  private static func alpha(_ x: Double) -> UInt32 {
    x == x ? channel(((100 - x) * 2.55).rounded()) : 255
  }
}
