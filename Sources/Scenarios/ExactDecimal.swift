import Market
import Trading

/// A decimal number as it is written: no binary double comes in between.
struct ExactDecimal: Equatable, Sendable {
  /// The value is coefficient × 10^−places.
  let coefficient: Int128
  /// Digits after the point, as written: 1.10 has two.
  let places: Int

  static let mostDigits = 30

  init(_ coefficient: Int128, places: Int = 0) {
    self.coefficient = coefficient
    self.places = places
  }

  /// A number of JSON; nil where it has more than `mostDigits` digits before or after the point.
  init?(json text: some Collection<UInt8>) {
    var mantissa: Int128 = 0
    var (places, digits, exponent) = (0, 0, 0)
    var (isFraction, isExponent, isNegativeExponent) = (false, false, false)
    for byte in text {
      switch byte {
      case UInt8(ascii: "."): isFraction = true
      case UInt8(ascii: "e"), UInt8(ascii: "E"): isExponent = true
      case UInt8(ascii: "-"): isNegativeExponent = isExponent
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        let digit = Int128(byte - UInt8(ascii: "0"))
        if isExponent {
          exponent = min(exponent * 10 + Int(digit), 1_000)
        } else {
          mantissa = mantissa * 10 + digit
          digits += mantissa == 0 ? 0 : 1
          places += isFraction ? 1 : 0
        }
      default: break
      }
      guard digits <= Self.mostDigits, places <= Self.mostDigits else { return nil }
    }
    places += isNegativeExponent ? exponent : -exponent
    if places < 0 {
      guard mantissa == 0 || digits - places <= Self.mostDigits else { return nil }
      if mantissa != 0 { mantissa *= Self.power(-places) }
      places = 0
    }
    guard places <= Self.mostDigits else { return nil }
    coefficient = text.first == UInt8(ascii: "-") ? -mantissa : mantissa
    self.places = places
  }

  /// The shortest text that reads back to the same double, as a decimal; nil for what is no number or huge.
  init?(shortest value: Double) {
    guard value.isFinite else { return nil }
    self.init(json: value.description.utf8)
  }

  /// 10^exponent; 0 ≤ exponent ≤ `mostDigits`.
  static func power(_ exponent: Int) -> Int128 {
    (0..<min(exponent, mostDigits)).reduce(1) { power, _ in power * 10 }
  }

  /// The value × 10^target, halves away from zero; nil beyond 128 bits.
  func rounded(to target: Int) -> Int128? {
    if target <= places { return Money.divide(coefficient, by: Self.power(places - target)) }
    guard target - places <= Self.mostDigits else { return nil }
    let (product, isTooLarge) = coefficient.multipliedReportingOverflow(by: Self.power(target - places))
    return isTooLarge ? nil : product
  }

  /// The value × 10^target; nil if that is no whole number, or beyond an Int64.
  func scaled(to target: Int) -> Int64? {
    guard let scaled = rounded(to: target) else { return nil }
    guard places <= target || scaled * Self.power(places - target) == coefficient else { return nil }
    return Int64(exactly: scaled)
  }

  /// In price steps of `stepUnits` × 10^−`decimals`, to the nearest one, halves to the even one; nil beyond an
  /// Int64.
  func steps(decimals: Int, stepUnits: Int64) -> Int64? {
    let (scaled, isTooLarge) = coefficient.multipliedReportingOverflow(by: Self.power(decimals))
    if isTooLarge { return nil }
    let step = Self.power(places) * Int128(stepUnits)
    let (quotient, rest) = scaled.quotientAndRemainder(dividingBy: step)
    let twice = rest.magnitude * 2
    let away: Int128 = scaled < 0 ? -1 : 1
    let isUp = twice > step.magnitude || (twice == step.magnitude && quotient % 2 != 0)
    return Int64(exactly: isUp ? quotient + away : quotient)
  }

  /// The nearest double.
  var double: Double { Double("\(coefficient)e-\(places)") ?? .nan }

  /// With `digits` digits after the point, halves away from zero; zero has no sign.
  func text(digits: Int) -> String {
    guard let value = rounded(to: digits) else { return "\(coefficient)e-\(places)" }
    let all = String(value.magnitude)
    let sign = value < 0 ? "-" : ""
    guard digits > 0 else { return sign + all }
    let padded = String(repeating: "0", count: max(0, digits + 1 - all.count)) + all
    return sign + padded.dropLast(digits) + "." + padded.suffix(digits)
  }
}
