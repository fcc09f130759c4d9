/// An instrument's price steps: prices are whole numbers of them.
///
/// step = stepUnits / scale. An instrument's scale is a power of ten; a script's is any number that makes its
/// smallest tick exact. A step count becomes the double nearest to its decimal value again, by one correctly
/// rounded division. So a price read from text and a price that went through the grid have the same bits.
public struct PriceGrid: BitwiseCopyable, Sendable {
  /// Steps in one unit of price: scale / stepUnits.
  @usableFromInline let stepsPerUnit: Double
  @usableFromInline package let stepUnits: Double
  @usableFromInline package let scale: Double
  /// One step as a price.
  package let tick: Double
  /// scale and stepUnits as integers, for money; rounded where a tick alone has made the grid.
  package let scaleInteger: Int64
  @usableFromInline package let stepUnitsInteger: Int64

  package init(decimals: UInt32, stepUnits units: UInt32) {
    var power: Int64 = 1
    for _ in 0..<min(decimals, 9) { power *= 10 }
    scaleInteger = power
    stepUnitsInteger = Int64(units)
    scale = Double(power)
    stepUnits = Double(units)
    stepsPerUnit = scale / stepUnits
    tick = stepUnits / scale
  }

  init(stepUnits: Double, scale: Double, tick: Double) {
    self.stepUnits = stepUnits
    self.scale = scale
    self.tick = tick
    stepsPerUnit = scale / stepUnits
    scaleInteger = Int64(exactly: scale) ?? .max
    stepUnitsInteger = Int64(exactly: max(1, stepUnits.rounded())) ?? .max
  }

  /// How many decimals a price has. O(1).
  package var decimals: UInt32 {
    var decimals: UInt32 = 0
    var rest = scaleInteger
    while rest >= 10 {
      rest /= 10
      decimals += 1
    }
    return decimals
  }

  /// The double nearest to the decimal value of a step count.
  @inlinable @inline(__always)
  package func price(_ steps: Int64) -> Double { Double(steps) * stepUnits / scale }

  /// Both sides of a quote on the grid, to the nearest step, halves to the even one; nil unless
  /// both are positive, finite and at most 2^51 steps.
  ///
  /// Adding 1.5 × 2^52 to 0 ≤ x < 2^51 rounds it to an integer and leaves that in the low bits:
  /// two instructions, and no trap where Int64(x) has one. For every other x, NaN and the
  /// infinities included, the bits less the constant's lie outside 1 … 2^51, so one compare of
  /// the results is the whole check.
  @inlinable @inline(__always)
  package func quote(_ bid: Double, _ ask: Double) -> QuoteSteps? {
    let magic = 6_755_399_441_055_744.0
    let sums = SIMD2(bid, ask) * stepsPerUnit + magic
    let bidSteps = sums[0].bitPattern &- magic.bitPattern
    let askSteps = sums[1].bitPattern &- magic.bitPattern
    guard ((bidSteps &- 1) | (askSteps &- 1)) >> 51 == 0 else { return nil }
    return QuoteSteps(bid: Int64(bitPattern: bidSteps), ask: Int64(bitPattern: askSteps))
  }
}
