/// Numbers as text, as `str.tostring` and `str.format` write them: by one rule of digits.
///
/// A number's digits are those of the shortest decimal that reads back as the same double
/// (`DecimalDigits`). They are cut to `most` behind the point, halves up. So 0.1 + 0.2, whose digits
/// are 0.30000000000000004, is "0.3" with ten of them, and 1e21 is written out.
public struct NumberFormat: Equatable, Sendable {
  /// Digits behind the point: at least, at most.
  public var fewest = 0, most = 10
  /// Digits before the point: at least. Without any, and none behind the point at least, a 0 stands
  /// there; so 0.5 is "0.5" by `#.#` and ".5" by `#.0`.
  public var whole = 0
  /// Digits between commas; 0: no commas.
  public var group = 0
  /// The number is multiplied by 100.
  public var isPercent = false
  /// Of `str.format`: a number that rounds to 0 keeps its sign, and infinities have a sign of their own.
  public var isMessage = false
  /// The text around the digits.
  var before: [UInt8] = [], after: [UInt8] = []
  /// The same of a negative number; nil: a minus, and the text around a positive one.
  var negative: Affixes?

  struct Affixes: Equatable, Sendable {
    var before: [UInt8] = [], after: [UInt8] = []
  }

  public init() {}
  public init(fewest: Int, most: Int, group: Int = 0) {
    self.fewest = fewest
    self.most = most
    self.group = group
  }

  /// `#.##########`
  public static let plain = NumberFormat()
  /// `#,##0.###`: of an argument of `str.format` without a format.
  static let message = NumberFormat(fewest: 0, most: 3, group: 3).ofMessage
  /// The named formats of `str.format`.
  static let integer = NumberFormat(fewest: 0, most: 0, group: 3).ofMessage
  static let percent: NumberFormat = {
    var format = integer
    format.isPercent = true
    format.after = [UInt8(ascii: "%")]
    return format
  }()
  static let currency: NumberFormat = {
    var format = NumberFormat(fewest: 2, most: 2, group: 3).ofMessage
    format.whole = 1
    format.before = [UInt8(ascii: "$")]
    return format
  }()

  var ofMessage: NumberFormat {
    var format = self
    format.isMessage = true
    return format
  }

  /// Decimals of prices with steps of `mintick`.
  public static func price(mintick: Double) -> NumberFormat {
    var decimals = 0
    var scale = 1.0
    while decimals < 10, (mintick * scale).rounded() < 1 || !isWhole(mintick * scale) {
      decimals += 1
      scale *= 10
    }
    var format = NumberFormat(fewest: decimals, most: decimals)
    format.whole = 1
    return format
  }

  private static func isWhole(_ x: Double) -> Bool { abs(x - x.rounded()) < 1e-9 * abs(x) }

  // MARK: Writing

  /// nan is `NaN`, without the text around a number.
  public func append(_ value: Double, to out: inout [UInt8]) {
    guard value == value, value.isFinite || isMessage else {
      return out.append(contentsOf: "NaN".utf8)
    }
    var digits = DecimalDigits(value.isFinite ? value.magnitude : 1)
    if isPercent { digits.shift(by: 2) }
    digits.round(to: most)
    let isNegative = value < 0 && (isMessage || !digits.isZero)
    let affixes = isNegative ? negative : nil
    if isNegative, affixes == nil { out.append(UInt8(ascii: "-")) }
    out.append(contentsOf: affixes?.before ?? before)
    if value.isFinite {
      appendWhole(digits, to: &out)
      appendFraction(digits, to: &out)
    } else {
      out.append(contentsOf: "∞".utf8)
    }
    out.append(contentsOf: affixes?.after ?? after)
  }

  private func appendWhole(_ digits: DecimalDigits, to out: inout [UInt8]) {
    let places = max(digits.wholeCount, whole, fewest == 0 ? 1 : 0)
    for place in (0..<places).reversed() {
      out.append(digits[place])
      if group > 0, place > 0, place % group == 0 { out.append(UInt8(ascii: ",")) }
    }
  }

  private func appendFraction(_ digits: DecimalDigits, to out: inout [UInt8]) {
    var places = min(most, max(fewest, digits.fractionCount))
    while places > fewest, digits[-places] == UInt8(ascii: "0") { places -= 1 }
    guard places > 0 else { return }
    out.append(UInt8(ascii: "."))
    for place in 1...places { out.append(digits[-place]) }
  }
}
