/// Numbers as text, as `str.tostring` and `str.format` write them.
public struct NumberFormat: Equatable, Sendable {
  /// Digits behind the point: at least, at most.
  public var fewest = 0, most = 10
  /// Digits before the point: at least.
  public var whole = 1
  public var isGrouped = false
  public var isPercent = false

  public init() {}
  public init(fewest: Int, most: Int, isGrouped: Bool = false) {
    self.fewest = fewest
    self.most = most
    self.isGrouped = isGrouped
  }

  /// `#.##########`
  public static let plain = NumberFormat()
  /// `#,##0.###`: of an argument of `str.format` without a format.
  public static let message = NumberFormat(fewest: 0, most: 3, isGrouped: true)

  /// Decimals of prices with steps of `mintick`.
  public static func price(mintick: Double) -> NumberFormat {
    var decimals = 0
    var scale = 1.0
    while decimals < 10, (mintick * scale).rounded() < 1 || !isWhole(mintick * scale) {
      decimals += 1
      scale *= 10
    }
    return NumberFormat(fewest: decimals, most: decimals)
  }

  private static func isWhole(_ x: Double) -> Bool { abs(x - x.rounded()) < 1e-9 * abs(x) }

  /// A pattern such as `#.##`, `0.00`, `#,###.0`, `00`, `#.#%`.
  public init(pattern: UnsafeBufferPointer<UInt8>) {
    fewest = 0
    most = 0
    whole = 0
    var isFraction = false
    for byte in pattern {
      switch byte {
      case UInt8(ascii: "."): isFraction = true
      case UInt8(ascii: ","): isGrouped = true
      case UInt8(ascii: "%"): isPercent = true
      case UInt8(ascii: "0"):
        if isFraction {
          most = min(most + 1, 16)
          fewest = most
        } else {
          whole = min(whole + 1, 16)
        }
      case UInt8(ascii: "#"): if isFraction { most = min(most + 1, 16) }
      default: break
      }
    }
  }

  /// Halves away from zero. nan is `NaN`.
  public func append(_ value: Double, to out: inout [UInt8]) {
    let x = isPercent ? value * 100 : value
    if x != x { return out.append(contentsOf: "NaN".utf8) }
    if x.isInfinite { return out.append(contentsOf: (x < 0 ? "-∞" : "∞").utf8) }
    let scale = Self.powersOfTen[most]
    let scaled = (abs(x) * scale).rounded(.toNearestOrAwayFromZero)
    guard scaled < 9e15 else { return appendLarge(x, to: &out) }
    let digits = UInt64(scaled)
    if x < 0, digits != 0 { out.append(UInt8(ascii: "-")) }
    appendWhole(digits / UInt64(scale), to: &out)
    appendFraction(digits % UInt64(scale), to: &out)
    if isPercent { out.append(UInt8(ascii: "%")) }
  }

  /// Beyond the digits that a double has: as many decimals as are left.
  private func appendLarge(_ x: Double, to out: inout [UInt8]) {
    guard abs(x) < 9e15 else { return out.append(contentsOf: "\(x)".utf8) }
    var narrower = self
    narrower.isPercent = false
    narrower.most = max(most - 1, 0)
    narrower.fewest = min(fewest, narrower.most)
    narrower.append(x, to: &out)
    if isPercent { out.append(UInt8(ascii: "%")) }
  }

  private func appendWhole(_ n: UInt64, to out: inout [UInt8]) {
    var digits = 1
    var power: UInt64 = 10
    while power <= n, digits < 19 {
      digits += 1
      power &*= 10
    }
    if n == 0 { digits = 0 }
    let places = max(digits, max(whole, n == 0 && most == 0 ? 1 : whole))
    var place = places
    while place > 0 {
      place -= 1
      let digit = place < 19 ? n / UInt64(Self.powersOfTen[place]) % 10 : 0
      out.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit))
      if isGrouped, place > 0, place % 3 == 0 { out.append(UInt8(ascii: ",")) }
    }
    if places == 0 { out.append(UInt8(ascii: "0")) }
  }

  private func appendFraction(_ n: UInt64, to out: inout [UInt8]) {
    guard most > 0 else { return }
    var rest = n
    var places = most
    while places > fewest, rest % 10 == 0 {
      rest /= 10
      places -= 1
    }
    guard places > 0 else { return }
    out.append(UInt8(ascii: "."))
    while places > 0 {
      places -= 1
      let digit = rest / UInt64(Self.powersOfTen[places]) % 10
      out.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit))
    }
  }

  static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
    1e18,
  ]
}
