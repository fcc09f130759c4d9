extension Pine {
  /// ta.variance and, as its root, ta.stdev: of the newest n values without na, divided by n
  /// (biased) or n − 1. On a bar with na it does not change.
  @frozen
  public struct Variance: DeviationKernel {
    public let window: WindowMoments

    @inlinable public init(length: Int) { window = WindowMoments(length: length) }

    /// O(log n).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, _ x: Double, length n: Int, isBiased: Bool
    ) -> Double {
      guard let moments = window.take(state, x, length: n) else { return .nan }
      return moments.squares / Double(isBiased ? n : n &- 1)
    }
  }

  /// ta.stdev: the root of `Variance`.
  @frozen
  public struct StandardDeviation: DeviationKernel {
    @usableFromInline let variance: Variance

    @inlinable public init(length: Int) { variance = Variance(length: length) }

    @inlinable public var window: WindowMoments { variance.window }

    /// O(log n).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, _ x: Double, length n: Int, isBiased: Bool
    ) -> Double {
      variance.step(state, x, length: n, isBiased: isBiased).squareRoot()
    }
  }

  /// ta.bb: `SMA` ± multiple · `StandardDeviation`.
  @frozen
  public struct BollingerBands: OverWindow {
    public let window: WindowMoments

    @inlinable public init(length: Int) { window = WindowMoments(length: length) }

    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, _ x: Double, multiple: Double
    ) -> Bands {
      step(state, x, length: length, multiple: multiple)
    }

    /// O(log n).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, _ x: Double, length n: Int, multiple: Double
    ) -> Bands {
      guard let moments = window.take(state, x, length: n) else {
        return Bands(middle: .nan, distance: .nan)
      }
      return Bands(middle: moments.mean, distance: multiple * moments.deviation)
    }
  }

  /// A middle line and one at the same distance on either side.
  @frozen
  public struct Bands {
    public let middle, upper, lower: Double

    @inlinable
    init(middle: Double, distance: Double) {
      self.middle = middle
      upper = middle + distance
      lower = middle - distance
    }

    /// (upper − lower) / middle: ta.kcw; 100 times that is ta.bbw.
    @inlinable public var width: Double { (upper - lower) / middle }
  }

  /// The newest values and their mean.
  ///
  ///     state   SMA, HistoryRing
  @frozen
  public struct Deviations: KernelWindow {
    @usableFromInline let mean: SMA
    @usableFromInline let ring: HistoryRing

    @inlinable
    init(length: Int) {
      mean = SMA(length: length)
      ring = HistoryRing(length: length)
    }

    @inlinable public var length: Int { mean.window.length }
    @inlinable public var stateBytes: Int { mean.stateBytes &+ ring.stateBytes }
    @inlinable public func reset(_ state: UnsafeMutableRawPointer) { state.clear(stateBytes) }

    /// Takes in a value; the mean of the newest n and the mean of |x − mean|, nil without a mean. O(n).
    @inlinable
    func step(
      _ state: UnsafeMutableRawPointer, _ x: Double, length n: Int
    ) -> (mean: Double, deviation: Double)? {
      let average = mean.step(state, x, length: n)
      ring.push(state + mean.stateBytes, x)
      guard average == average else { return nil }
      let view = ring.view(state + mean.stateBytes)
      return (average, view.absoluteDeviations(from: average, of: n) / Double(n))
    }
  }

  /// ta.dev: the mean of |x − ta.sma(x)| over the newest n bars; na among them is na.
  @frozen
  public struct MeanDeviation: WindowKernel, OverWindow {
    public let window: Deviations

    @inlinable public init(length: Int) { window = Deviations(length: length) }

    /// O(n).
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double, length n: Int) -> Double {
      window.step(state, x, length: n)?.deviation ?? .nan
    }
  }

  /// ta.cci: (x − mean) / (0.015 · mean absolute deviation) of the newest n values that are not na;
  /// na where x is na or the values do not deviate.
  @frozen
  public struct CCI: WindowKernel, OverWindow {
    public let window: Deviations

    @inlinable public init(length: Int) { window = Deviations(length: length) }

    /// O(n).
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double, length n: Int) -> Double {
      guard x == x, let newest = window.step(state, x, length: n) else { return .nan }
      return (x - newest.mean) / (0.015 * newest.deviation)
    }
  }
}

/// A kernel of the deviations from the mean, which are divided by n (biased) or n − 1.
public protocol DeviationKernel: SeriesKernel, OverWindow where Values == WindowMoments {
  func step(_ state: UnsafeMutableRawPointer, _ x: Double, length: Int, isBiased: Bool) -> Double
}

extension DeviationKernel {
  @inlinable
  public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double {
    step(state, x, length: length, isBiased: true)
  }
}

extension WindowMoments {
  /// Takes in a value unless it is na; the moments of the newest n, nil while there are fewer.
  @inlinable
  func take(_ state: UnsafeMutableRawPointer, _ x: Double, length n: Int) -> Moments? {
    take(state, x, has: n) ? moments(state, of: n) : nil
  }
}
