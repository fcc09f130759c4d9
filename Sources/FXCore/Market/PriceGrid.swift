/// An instrument's price steps: prices are whole numbers of them.
///
/// step = stepUnits × 10^−decimals. A step count turns back into the double nearest to its
/// decimal value (one correctly rounded division), so a price read from text and a price that went
/// through the grid have the same bits.
public struct PriceGrid: BitwiseCopyable, Sendable {
  /// Steps in one unit of price: 10^decimals / stepUnits.
  let stepsPerUnit: Double
  let stepUnits: Double
  let scale: Double
  /// 10^decimals and stepUnits as integers, for money.
  let scaleInteger: Int64
  let stepUnitsInteger: Int64

  /// Prices from this many steps on are refused: there doubles and step counts cease to be exact.
  static let stepLimit: Double = 0x1p51

  init(decimals: UInt32, stepUnits units: UInt32) {
    var power: Int64 = 1
    for _ in 0..<min(decimals, 9) { power *= 10 }
    scaleInteger = power
    stepUnitsInteger = Int64(units)
    scale = Double(power)
    stepUnits = Double(units)
    stepsPerUnit = scale / stepUnits
  }

  /// The double nearest to the decimal value of a step count.
  @inline(__always)
  func price(_ steps: Int64) -> Double { Double(steps) * stepUnits / scale }

  /// Both sides of a quote, to the nearest step; nil unless both are positive, finite and below
  /// the limit. Halves go to the even step. (A NaN fails every comparison.)
  @inline(__always)
  func steps(_ bid: Double, _ ask: Double) -> (bid: Int64, ask: Int64)? {
    let bidSteps = bid * stepsPerUnit
    let askSteps = ask * stepsPerUnit
    guard bidSteps > 0, askSteps > 0, bidSteps < Self.stepLimit, askSteps < Self.stepLimit else {
      return nil
    }
    let rounded = (bid: Self.round(bidSteps), ask: Self.round(askSteps))
    return rounded.bid > 0 && rounded.ask > 0 ? rounded : nil
  }

  /// Round to nearest for 0 ≤ x < 2^51: adding 1.5 × 2^52 leaves the integer in the low bits. Two
  /// instructions, and no trap where Int64(x) has one.
  @inline(__always)
  private static func round(_ x: Double) -> Int64 {
    let magic = 6_755_399_441_055_744.0
    return Int64(bitPattern: (x + magic).bitPattern &- magic.bitPattern)
  }
}
