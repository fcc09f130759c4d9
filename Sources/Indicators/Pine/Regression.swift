extension Pine {
  /// ta.linreg: the least-squares line through the newest n bars, read `offset` bars before the
  /// newest; na among them is na.
  ///
  /// The sums come from `WMA`'s blocks, which lose nothing from bar to bar: with x = 0 … n − 1 from
  /// the oldest, Σ x·y is the weighted sum less the sum.
  @frozen
  public struct LinearRegression: OverWindow {
    public let window: Indicators.WMA

    @inlinable public init(length: Int) { window = Indicators.WMA(length: length) }

    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, _ x: Double, offset: Double
    ) -> Double {
      step(state, x, length: window.length, offset: offset)
    }

    /// O(log n).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, _ x: Double, length n: Int, offset: Double
    ) -> Double {
      window.push(state, x)
      guard n >= 1, n <= window.length, n <= window.count(state) else { return .nan }
      if n == 1 { return x }
      let sums = window.sums(state, of: n)
      let size = Double(n)
      // Around the middle of the window: Σ(x − x̄)² = n(n² − 1)/12.
      let centre = (size - 1) * 0.5
      let covariance = (sums.weighted - sums.sum) - centre * sums.sum
      let slope = covariance * 12 / (size * (size * size - 1))
      return sums.sum / size + slope * (centre - offset)
    }
  }

  /// ta.cog: −Σ x[i]·(i + 1) / Σ x[i], i = 0 the newest of n bars; na among them is na.
  @frozen
  public struct CenterOfGravity: WindowKernel, OverWindow {
    public let window: Indicators.WMA

    @inlinable public init(length: Int) { window = Indicators.WMA(length: length) }

    /// O(log n).
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double, length n: Int) -> Double {
      window.push(state, x)
      guard n >= 1, n <= window.length, n <= window.count(state) else { return .nan }
      let sums = window.sums(state, of: n)
      guard sums.sum != 0 else { return .nan }
      return -(Double(n &+ 1) * sums.sum - sums.weighted) / sums.sum
    }
  }

  /// ta.correlation: Pearson's, of the newest n pairs without na. On a bar with na it does not
  /// change. It is 0 where the covariance is within Pine's tolerance of 0.
  ///
  ///     state   HistoryRing of x, HistoryRing of y
  @frozen
  public struct Correlation: OverWindow {
    public let window: Twin<RingWindow>

    @inlinable
    public init(length: Int) { window = Twin(RingWindow(length: length), RingWindow(length: length)) }

    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, _ x: Double, _ y: Double
    ) -> Double {
      step(state, x, y, length: length)
    }

    /// O(n).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, _ x: Double, _ y: Double, length n: Int
    ) -> Double {
      let second = window.other(state)
      if x == x, y == y {
        window.first.ring.push(state, x)
        window.second.ring.push(second, y)
      }
      let xs = window.first.ring.view(state)
      let ys = window.second.ring.view(second)
      guard n >= 1, n <= length, n <= xs.count else { return .nan }
      var sumX = 0.0
      var sumY = 0.0
      for age in 0..<n {
        sumX += xs.at(age)
        sumY += ys.at(age)
      }
      let (meanX, meanY) = (sumX / Double(n), sumY / Double(n))
      var (xx, yy, xy) = (0.0, 0.0, 0.0)
      for age in 0..<n {
        let (a, b) = (xs.at(age) - meanX, ys.at(age) - meanY)
        xx += a * a
        yy += b * b
        xy += a * b
      }
      return (xy / Double(n)).magnitude <= Pine.tolerance ? 0 : xy / (xx * yy).squareRoot()
    }
  }
}
