extension Pine {
  /// ta.stoch: 100·(source − lowest low)/(highest high − lowest low) over n bars. Where that is na,
  /// because a value is or because there is no range and the source lies in it, the last one is
  /// repeated; without a range and with a source outside of it it is na.
  ///
  ///     state   double: the last answer; Extreme of highs, Extreme of lows
  @frozen
  public struct Stochastic: StateKernel {
    @usableFromInline let highest, lowest: Extreme

    @inlinable
    public init(length: Int) {
      highest = .highest(length: length)
      lowest = .lowest(length: length)
    }

    @inlinable public var lookback: Int { highest.lookback }
    @inlinable public var stateBytes: Int { 8 &+ 2 &* highest.stateBytes }

    @inlinable
    public func reset(_ state: UnsafeMutableRawPointer) {
      state.clear(stateBytes)
      state.doubles[0] = .nan
    }

    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, _ x: Double, high: Double, low: Double
    ) -> Double {
      step(state, x, high: high, low: low, length: highest.extreme.length)
    }

    /// O(log of the longest length).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, _ x: Double, high: Double, low: Double, length n: Int
    ) -> Double {
      let top = highest.step(state + 8, high, length: n)
      let bottom = lowest.step(state + 8 + highest.stateBytes, low, length: n)
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
  public struct WilliamsR: StateKernel {
    @usableFromInline let highest, lowest: Extreme

    @inlinable
    public init(length: Int) {
      highest = .highest(length: length)
      lowest = .lowest(length: length)
    }

    @inlinable public var lookback: Int { highest.lookback }
    @inlinable public var stateBytes: Int { 2 &* highest.stateBytes }
    @inlinable public func reset(_ state: UnsafeMutableRawPointer) { state.clear(stateBytes) }

    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, high: Double, low: Double, close: Double
    ) -> Double {
      step(state, high: high, low: low, close: close, length: highest.extreme.length)
    }

    /// O(log of the longest length).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, high: Double, low: Double, close: Double, length n: Int
    ) -> Double {
      let top = highest.step(state, high, length: n)
      let bottom = lowest.step(state + highest.stateBytes, low, length: n)
      return top > bottom ? 100 * (close - top) / (top - bottom) : .nan
    }
  }

  /// x − x[n]: ta.change, ta.mom, and in percent of x[n] ta.roc; na where one of the two is.
  ///
  ///     state   HistoryRing
  @frozen
  public struct Change: WindowKernel {
    public let length: Int
    @usableFromInline let ring: HistoryRing

    @inlinable
    public init(length: Int) {
      self.length = min(max(length, 1), WindowMean.longest &- 1)
      ring = HistoryRing(length: self.length &+ 1)
    }

    @inlinable public var lookback: Int { length }
    @inlinable public var stateBytes: Int { ring.stateBytes }
    @inlinable public func reset(_ state: UnsafeMutableRawPointer) { ring.reset(state) }

    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double {
      step(state, x, length: length)
    }

    /// n from 0. O(1).
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double, length n: Int) -> Double {
      ring.push(state, x)
      return n <= length ? x - ring.view(state)[n] : .nan
    }

    /// 100·(x − x[n])/x[n]; na where x[n] is 0.
    @inlinable
    public func stepPercent(
      _ state: UnsafeMutableRawPointer, _ x: Double, length n: Int
    ) -> Double {
      ring.push(state, x)
      let before = n <= length ? ring.view(state)[n] : .nan
      return before != 0 ? 100 * (x - before) / before : .nan
    }
  }

  /// ta.cmo: 100·(u − d)/(u + d), u and d the sums of the newest n rises and falls.
  ///
  ///     state   double: the previous value; Sum of rises, Sum of falls
  @frozen
  public struct CMO: WindowKernel {
    @usableFromInline let sum: Sum

    @inlinable public init(length: Int) { sum = Sum(length: length) }

    @inlinable public var lookback: Int { sum.window.length }
    @inlinable public var stateBytes: Int { 8 &+ 2 &* sum.stateBytes }

    @inlinable
    public func reset(_ state: UnsafeMutableRawPointer) {
      state.clear(stateBytes)
      state.doubles[0] = .nan
    }

    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double {
      step(state, x, length: sum.window.length)
    }

    /// O(log n).
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double, length n: Int) -> Double {
      let change = x - state.doubles[0]
      state.doubles[0] = x
      let rises = Pine.isGreaterOrEqual(change, 0)
      let up = sum.step(state + 8, rises ? change : 0, length: n)
      let down = sum.step(state + 8 + sum.stateBytes, rises ? 0 : -change, length: n)
      return change == change ? 100 * (up - down) / (up + down) : .nan
    }
  }

  /// ta.mfi: 100 − 100/(1 + u/d), u and d the sums of source · volume over the newest n bars on
  /// which the source did not fall, did not rise; 100 where d is 0. A bar without a change to tell
  /// of (the first) counts on both sides.
  ///
  ///     state   double: the previous value; Sum of u, Sum of d
  @frozen
  public struct MFI: StateKernel {
    @usableFromInline let sum: Sum

    @inlinable public init(length: Int) { sum = Sum(length: length) }

    @inlinable public var lookback: Int { sum.lookback }
    @inlinable public var stateBytes: Int { 8 &+ 2 &* sum.stateBytes }

    @inlinable
    public func reset(_ state: UnsafeMutableRawPointer) {
      state.clear(stateBytes)
      state.doubles[0] = .nan
    }

    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, _ x: Double, volume: Double
    ) -> Double {
      step(state, x, volume: volume, length: sum.window.length)
    }

    /// O(log n).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, _ x: Double, volume: Double, length n: Int
    ) -> Double {
      let change = x - state.doubles[0]
      state.doubles[0] = x
      let rises = !Pine.isGreaterOrEqual(0, change)
      let falls = !Pine.isGreaterOrEqual(change, 0)
      let up = sum.step(state + 8, volume * (rises ? x : 0), length: n)
      let down = sum.step(state + 8 + sum.stateBytes, volume * (falls ? x : 0), length: n)
      guard x == x, up == up else { return .nan }
      return down == 0 ? 100 : 100 - 100 / (1 + up / down)
    }
  }
}
