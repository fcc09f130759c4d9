extension Pine {
  /// ta.alma: Arnaud Legoux's average, Gaussian weights around the place `offset` (0 the oldest
  /// bar, 1 the newest) with a width of n/sigma bars; na in the window is na.
  ///
  /// The weights are kept in the state and calculated again when the length changes.
  ///
  ///     state   double: length of the weights, double: their sum, n doubles: the weights, oldest
  ///             first; HistoryRing
  @frozen
  public struct ALMA: WindowKernel, KernelWindow, OverRing {
    public let length: Int
    @usableFromInline let offset, sigma: Double
    @usableFromInline let isFloored: Bool
    public let ring: HistoryRing

    @inlinable
    public init(length: Int, offset: Double, sigma: Double, floor: Bool = false) {
      self.length = min(max(length, 1), WindowMean.longest)
      self.offset = offset
      self.sigma = sigma
      isFloored = floor
      ring = HistoryRing(length: self.length)
    }

    @inlinable public var ringOffset: Int { 16 &+ 8 &* length }

    /// O(n).
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double, length n: Int) -> Double {
      ring.push(state + ringOffset, x)
      let view = ring.view(state + ringOffset)
      guard n >= 1, n <= length, n <= view.count else { return .nan }
      if state.doubles[0] != Double(n) { weigh(state, n) }
      let weights = state.doubles + 2
      var sum = 0.0
      for i in 0..<n { sum += view.at(n &- 1 &- i) * weights[i] }
      return sum / state.doubles[1]
    }

    @usableFromInline
    func weigh(_ state: UnsafeMutableRawPointer, _ n: Int) {
      let last = Double(n &- 1)
      let middle = isFloored ? (offset * last).rounded(.down) : offset * last
      let width = Double(n) / sigma
      var sum = 0.0
      for i in 0..<n {
        let distance = Double(i) - middle
        let weight = exponential(-(distance * distance) / (2 * (width * width)))
        state.doubles[2 &+ i] = weight
        sum += weight
      }
      state.doubles[0] = Double(n)
      state.doubles[1] = sum
    }
  }
}

/// e^x for x ≤ 0, within 2 units in the last place; 0 below −708, nan for nan.
///
/// x = k·ln 2 + r with |r| ≤ ln 2 / 2 (ln 2 in two parts, so that r is exact), and e^r by its
/// Taylor series, whose 14th term is below 2^−57.
@usableFromInline
func exponential(_ x: Double) -> Double {
  guard x >= -708 else { return x == x ? 0 : x }
  let k = (x * 1.4426950408889634).rounded()
  let r = (x - k * 0x1.62e42fefa38p-1) - k * 0x1.ef35793c7673p-45
  var sum = 1.0
  var i = 14.0
  while i >= 1 {
    sum = 1 + r / i * sum
    i -= 1
  }
  let exponent = 1023 &+ Int64(max(-1022, min(0, k)))
  return sum * Double(bitPattern: UInt64(truncatingIfNeeded: exponent) &<< 52)
}
