/// A number by the digits that are written of it: the shortest decimal that reads back as the same
/// double, at most 17 digits.
struct DecimalDigits: Equatable {
  /// The number is mantissa · 10^exponent.
  private(set) var mantissa: UInt64 = 0
  private(set) var exponent = 0

  /// - Parameter size: Finite, not negative.
  init(_ size: Double) {
    var text = size.description
    text.withUTF8 { read($0) }
  }

  /// `12.5`, `1e-07`, `1.5e+21`: as Swift writes it.
  private mutating func read(_ text: UnsafeBufferPointer<UInt8>) {
    var isFraction = false
    var i = 0
    while i < text.count, text[i] != UInt8(ascii: "e") {
      if text[i] == UInt8(ascii: ".") {
        isFraction = true
      } else {
        mantissa = mantissa &* 10 &+ UInt64(text[i] & 15)
        if isFraction { exponent -= 1 }
      }
      i += 1
    }
    var power = 0
    let isBelow = i + 1 < text.count && text[i + 1] == UInt8(ascii: "-")
    for byte in text[min(i + 2, text.count)...] { power = power &* 10 &+ Int(byte & 15) }
    exponent += isBelow ? -power : power
  }

  /// Times 10^places, exactly.
  mutating func shift(by places: Int) { exponent += places }

  /// To so many digits behind the point, halves up.
  mutating func round(to places: Int) {
    let dropped = -exponent - places
    guard dropped > 0 else { return }
    exponent = -places
    guard dropped < Self.powers.count else {
      mantissa = 0
      return
    }
    let power = Self.powers[dropped]
    let rest = mantissa % power
    mantissa = mantissa / power + (rest >= power - rest ? 1 : 0)
  }

  var isZero: Bool { mantissa == 0 }

  /// Digits before the point, without leading zeros.
  var wholeCount: Int {
    var count = 0
    while count < Self.powers.count, mantissa >= Self.powers[count] { count += 1 }
    return isZero ? 0 : max(count + exponent, 0)
  }

  /// Digits behind the point, as far as there may be any.
  var fractionCount: Int { max(-exponent, 0) }

  /// The digit of 10^place.
  subscript(place: Int) -> UInt8 {
    let i = place - exponent
    guard i >= 0, i < Self.powers.count else { return UInt8(ascii: "0") }
    return UInt8(ascii: "0") + UInt8(truncatingIfNeeded: mantissa / Self.powers[i] % 10)
  }

  /// 10^0 … 10^19.
  private static let powers: [UInt64] = (0..<20).map { n in
    (0..<n).reduce(1) { power, _ in power &* 10 }
  }
}
