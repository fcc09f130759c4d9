extension Pine {
  /// ta.stoch: 100·(source − lowest low)/(highest high − lowest low) over n bars. Where a value is na,
  /// or highest and lowest equal the source, the last result is repeated. Where they are equal and
  /// differ from the source, the result is na.
  ///
  ///     state   double: the last result; Extreme of highs, Extreme of lows
  @frozen
  public struct Stochastic: OverWindow {
    public let window: HeadedWindow<Twin<Extreme>>

    @inlinable
    public init(length: Int) {
      window = HeadedWindow(Twin(.highest(length: length), .lowest(length: length)))
    }

    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, _ x: Double, high: Double, low: Double
    ) -> Double {
      step(state, x, high: high, low: low, length: length)
    }

    /// O(log of the longest length).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, _ x: Double, high: Double, low: Double, length n: Int
    ) -> Double {
      let (top, bottom) = window.values.step(state + 8, high, low, length: n)
      if top == bottom {
        if x != bottom { state.doubles[0] = .nan }
      } else {
        let k = 100 * (x - bottom) / (top - bottom)
        if k == k { state.doubles[0] = k }
      }
      return state.doubles[0]
    }
  }

  /// ta.wpr: 100·(close − highest high)/(highest high − lowest low) over n bars; na without a range.
  ///
  ///     state   Extreme of highs, Extreme of lows
  @frozen
  public struct WilliamsR: OverWindow {
    public let window: Twin<Extreme>

    @inlinable
    public init(length: Int) { window = Twin(.highest(length: length), .lowest(length: length)) }

    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, high: Double, low: Double, close: Double
    ) -> Double {
      step(state, high: high, low: low, close: close, length: length)
    }

    /// O(log of the longest length).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, high: Double, low: Double, close: Double, length n: Int
    ) -> Double {
      let (top, bottom) = window.step(state, high, low, length: n)
      return top > bottom ? 100 * (close - top) / (top - bottom) : .nan
    }
  }

  /// x − x[n]: ta.change, ta.mom, and in percent of x[n] ta.roc; na where x or x[n] is na.
  @frozen
  public struct Change: WindowKernel, OverWindow {
    public let window: PastWindow

    @inlinable public init(length: Int) { window = PastWindow(length: length) }

    /// n from 0. O(1).
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double, length n: Int) -> Double {
      x - before(state, x, length: n)
    }

    /// 100·(x − x[n])/x[n]; na where x[n] is 0.
    @inlinable
    public func stepPercent(
      _ state: UnsafeMutableRawPointer, _ x: Double, length n: Int
    ) -> Double {
      let before = before(state, x, length: n)
      return before != 0 ? 100 * (x - before) / before : .nan
    }

    @inlinable @inline(__always)
    func before(_ state: UnsafeMutableRawPointer, _ x: Double, length n: Int) -> Double {
      let values = window.step(state, x)
      return n >= 0 && n <= length ? values[n] : .nan
    }
  }

  /// ta.cmo: 100·(u − d)/(u + d), u and d the sums of the newest n rises and falls.
  ///
  ///     state   double: the previous value; Sum of rises, Sum of falls
  @frozen
  public struct CMO: WindowKernel, OverWindow {
    public let window: HeadedWindow<Twin<Sum>>

    @inlinable
    public init(length: Int) { window = HeadedWindow(Twin(Sum(length: length), Sum(length: length))) }

    @inlinable public var lookback: Int { length }

    /// O(log n).
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double, length n: Int) -> Double {
      let change = window.change(state, to: x)
      let rises = Pine.isGreaterOrEqual(change, 0)
      let (up, down) = window.values.step(state + 8, rises ? change : 0, rises ? 0 : -change, length: n)
      return change == change ? 100 * (up - down) / (up + down) : .nan
    }
  }

  /// ta.mfi: 100 − 100/(1 + u/d), u and d the sums of source · volume over the newest n bars on
  /// which the source did not fall, did not rise; 100 where d is 0. The first bar, which has no
  /// change, counts on both sides.
  ///
  ///     state   double: the previous value; Sum of u, Sum of d
  @frozen
  public struct MFI: VolumeKernel, OverWindow {
    public let window: HeadedWindow<Twin<Sum>>

    @inlinable
    public init(length: Int) { window = HeadedWindow(Twin(Sum(length: length), Sum(length: length))) }

    /// O(log n).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, _ x: Double, volume: Double, length n: Int
    ) -> Double {
      let change = window.change(state, to: x)
      let rises = !Pine.isGreaterOrEqual(0, change)
      let falls = !Pine.isGreaterOrEqual(change, 0)
      let (up, down) = window.values.step(
        state + 8, volume * (rises ? x : 0), volume * (falls ? x : 0), length: n)
      guard x == x, up == up else { return .nan }
      return down == 0 ? 100 : 100 - 100 / (1 + up / down)
    }
  }
}

/// A kernel of a source and the bar's volume.
public protocol VolumeKernel: KernelWindow {
  func step(_ state: UnsafeMutableRawPointer, _ x: Double, volume: Double, length: Int) -> Double
}

extension VolumeKernel {
  @inlinable
  public func step(_ state: UnsafeMutableRawPointer, _ x: Double, volume: Double) -> Double {
    step(state, x, volume: volume, length: length)
  }
}
