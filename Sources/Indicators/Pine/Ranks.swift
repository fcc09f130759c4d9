extension Pine {
  /// ta.median: the middle of the newest n values without na, of two the mean. On a bar with na it
  /// does not change.
  @frozen
  public struct Median: WindowKernel, OverWindow {
    public let window: SortedWindow

    @inlinable public init(length: Int) { window = SortedWindow(length: length) }

    /// O(n) moves.
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double, length n: Int) -> Double {
      guard let values = window.take(state, x, length: n) else { return .nan }
      let upper = values[n / 2]
      return n % 2 == 1 ? upper : (values[n / 2 &- 1] + upper) / 2
    }
  }

  /// ta.mode: the most frequent of the newest n values without na, the smallest of several. On a
  /// bar with na it does not change.
  @frozen
  public struct Mode: WindowKernel, OverWindow {
    public let window: SortedWindow

    @inlinable public init(length: Int) { window = SortedWindow(length: length) }

    /// O(n).
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double, length n: Int) -> Double {
      guard let values = window.take(state, x, length: n) else { return .nan }
      var mode = values[0]
      var (most, run) = (1, 1)
      for i in 1..<max(n, 1) {
        run = values[i] == values[i &- 1] ? run &+ 1 : 1
        if run > most { (most, mode) = (run, values[i]) }
      }
      return mode
    }
  }

  /// ta.percentile_nearest_rank: value number ⌈p/100 · m⌉ of the m values that are not na among the
  /// newest n bars, in ascending order.
  @frozen
  public struct PercentileNearestRank: PercentileKernel {
    public let window: SortedWindow

    @inlinable public init(length: Int) { window = SortedWindow(length: length) }

    /// `percentage` 0 … 100. O(n) moves.
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, _ x: Double, length n: Int, percentage: Double
    ) -> Double {
      guard n >= 1, n <= window.length else { return .nan }
      window.push(state, x, length: n)
      let size = window.size(state)
      let rank = (percentage / 100 * Double(size)).rounded(.up)
      guard window.count(state) >= n, size > 0, rank == rank else { return .nan }
      return window.sorted(state)[Int(min(max(rank, 1), Double(size))) &- 1]
    }
  }

  /// ta.percentile_linear_interpolation: between the two of the newest n values, in ascending order
  /// from 0, around p/100 · n − ½; na in the window is na.
  @frozen
  public struct PercentileLinearInterpolation: PercentileKernel {
    public let window: SortedWindow

    @inlinable public init(length: Int) { window = SortedWindow(length: length) }

    /// `percentage` 0 … 100. O(n) moves.
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, _ x: Double, length n: Int, percentage: Double
    ) -> Double {
      guard n >= 1, n <= window.length else { return .nan }
      window.push(state, x, length: n)
      let place = percentage / 100 * Double(n) - 0.5
      guard window.size(state) == n, place == place else { return .nan }
      let bounded = min(max(place, 0), Double(n &- 1))
      let below = Int(bounded)
      let values = window.sorted(state)
      let fraction = bounded - Double(below)
      guard fraction > 0 else { return values[below] }
      return values[below] + fraction * (values[below &+ 1] - values[below])
    }
  }

  /// ta.percentrank: the percentage of the n bars before that are at most x. A comparison with na
  /// does not count.
  @frozen
  public struct PercentRank: WindowKernel, OverWindow {
    public let window: PastWindow

    @inlinable public init(length: Int) { window = PastWindow(length: length) }

    /// O(n).
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double, length n: Int) -> Double {
      let view = window.step(state, x)
      guard n >= 1, n <= length, n < view.count else { return .nan }
      var below = 0
      for age in 1...n where Pine.isGreaterOrEqual(x, view.at(age)) { below &+= 1 }
      return Double(below) / Double(n) * 100
    }
  }

  /// ta.rci: 100 · Pearson's correlation of the newest n bars' order with their ranks. Ties (values
  /// within 1e-10 of the smallest one) have their mean rank. The first value comes a bar after the
  /// window is full; na in the window is na.
  @frozen
  public struct RankCorrelation: WindowKernel, OverWindow {
    public let window: SortedWindow

    @inlinable public init(length: Int) { window = SortedWindow(length: length) }

    @inlinable public var lookback: Int { window.length }

    /// O(n log n).
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double, length n: Int) -> Double {
      guard n >= 1, n <= window.length else { return .nan }
      window.push(state, x, length: n)
      let view = window.view(state)
      guard view.count > n, window.size(state) == n, n > 1 else { return .nan }
      let mean = Double(n &- 1) / 2
      var (product, squares, ranks) = (0.0, 0.0, 0.0)
      for i in 0..<n {
        let tie = window.tie(state, of: view.at(n &- 1 &- i))
        let rank = Double(tie.from &+ tie.to &- 1) / 2 - mean
        let time = Double(i) - mean
        product += time * rank
        squares += time * time
        ranks += rank * rank
      }
      return ranks > 0 ? product / (squares * ranks).squareRoot() * 100 : .nan
    }
  }
}

/// A kernel that returns a percentile of the window.
public protocol PercentileKernel: OverWindow where Values == SortedWindow {
  func step(_ state: UnsafeMutableRawPointer, _ x: Double, length: Int, percentage: Double) -> Double
}

extension SortedWindow {
  /// Takes in a value unless it is na; the newest n in ascending order. nil while there are fewer, or where n is not from
  /// 1 to `length`.
  @inlinable
  func take(
    _ state: UnsafeMutableRawPointer, _ x: Double, length n: Int
  ) -> UnsafeMutablePointer<Double>? {
    guard n >= 1, n <= length else { return nil }
    if x == x {
      push(state, x, length: n)
    } else if state.doubles[1] != Double(n) {
      sortAnew(state, n)
    }
    return size(state) == n ? sorted(state) : nil
  }
}
