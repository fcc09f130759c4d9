extension Pine {
  /// ta.crossover and ta.crossunder: a > b now, and a ≤ b on the bar before on which both had a
  /// value (a < b after a ≥ b). Compared exactly.
  ///
  ///     state   double: 1 if a ≤ b, double: 1 if a ≥ b, on that bar
  @frozen
  public struct Crossing: StateKernel {
    @usableFromInline let isOver: Bool

    @inlinable init(isOver: Bool) { self.isOver = isOver }
    @inlinable public static var over: Crossing { Crossing(isOver: true) }
    @inlinable public static var under: Crossing { Crossing(isOver: false) }

    @inlinable public var lookback: Int { 1 }
    @inlinable public var stateBytes: Int { 16 }
    @inlinable public func reset(_ state: UnsafeMutableRawPointer) { state.clear(16) }

    /// O(1).
    @inlinable @inline(__always)
    public func step(_ state: UnsafeMutableRawPointer, _ a: Double, _ b: Double) -> Bool {
      let cells = state.doubles
      let crossed = isOver ? a > b && cells[0] != 0 : a < b && cells[1] != 0
      if a == a, b == b {
        cells[0] = a <= b ? 1 : 0
        cells[1] = a >= b ? 1 : 0
      }
      return crossed
    }
  }

  /// ta.cross: a is on the other side of b than when they last differed by more than Pine's
  /// tolerance. Bars with equal values change nothing.
  ///
  ///     state   double: the sign of a − b when they last differed, 0 before
  @frozen
  public struct Cross: StateKernel {
    @inlinable public init() {}

    @inlinable public var lookback: Int { 1 }
    @inlinable public var stateBytes: Int { 8 }
    @inlinable public func reset(_ state: UnsafeMutableRawPointer) { state.doubles[0] = 0 }

    /// O(1).
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ a: Double, _ b: Double) -> Bool {
      let side = state.doubles[0]
      if Pine.isGreater(a, b) { state.doubles[0] = 1 }
      if Pine.isGreater(b, a) { state.doubles[0] = -1 }
      return (side < 0 && a > b) || (side > 0 && a < b)
    }
  }

  /// ta.rising and ta.falling: each of the newest n steps from bar to bar rose (fell), by more than
  /// Pine's tolerance.
  ///
  ///     state   double: the previous value, double: steps in a row
  @frozen
  public struct Trend: StateKernel {
    @usableFromInline let sign: Double

    @inlinable init(sign: Double) { self.sign = sign }
    @inlinable public static var rising: Trend { Trend(sign: 1) }
    @inlinable public static var falling: Trend { Trend(sign: -1) }

    @inlinable public var stateBytes: Int { 16 }

    @inlinable
    public func reset(_ state: UnsafeMutableRawPointer) {
      state.doubles[0] = .nan
      state.doubles[1] = 0
    }

    /// O(1).
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double, length n: Int) -> Bool {
      let cells = state.doubles
      cells[1] = Pine.isGreater(x * sign, cells[0] * sign) ? cells[1] + 1 : 0
      cells[0] = x
      return n >= 1 && cells[1] >= Double(n)
    }
  }

  /// ta.barssince: calls since the condition was last true, 0 when it is true now; na before the
  /// first time.
  ///
  ///     state   double: the newest answer
  @frozen
  public struct BarsSince: StateKernel {
    @inlinable public init() {}

    @inlinable public var lookback: Int { 0 }
    @inlinable public var stateBytes: Int { 8 }
    @inlinable public func reset(_ state: UnsafeMutableRawPointer) { state.doubles[0] = .nan }

    /// O(1).
    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ condition: Bool) -> Double {
      state.doubles[0] = condition ? 0 : state.doubles[0] + 1
      return state.doubles[0]
    }
  }

  /// ta.valuewhen: the source (na too) on the bar where the condition was true for the
  /// `occurrence`-th last time, 0 for the last; na before.
  ///
  ///     state   HistoryRing
  @frozen
  public struct ValueWhen: OverRing {
    public let ring: HistoryRing

    /// For occurrences up to this one.
    @inlinable
    public init(occurrence: Int) { ring = HistoryRing(length: max(occurrence, 0) &+ 1) }

    /// O(1).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, _ condition: Bool, _ x: Double, occurrence: Int
    ) -> Double {
      if condition { ring.push(state, x) }
      return ring.view(state)[occurrence]
    }
  }

  /// ta.pivothigh and ta.pivotlow: the value `right` bars ago, if no value of the `left` bars before
  /// it is beyond it and no value after it is beyond it or equal; else na. On either side bars
  /// behind one with na do not count.
  ///
  ///     state   HistoryRing
  @frozen
  public struct Pivot: SeriesKernel, OverRing {
    public let left, right: Int
    @usableFromInline let sign: Double
    public let ring: HistoryRing

    @inlinable
    init(left: Int, right: Int, sign: Double) {
      self.left = min(max(left, 0), WindowMean.longest / 2 &- 1)
      self.right = min(max(right, 0), WindowMean.longest / 2 &- 1)
      self.sign = sign
      ring = HistoryRing(length: self.left &+ self.right &+ 1)
    }
    @inlinable
    public static func high(left: Int, right: Int) -> Pivot {
      Pivot(left: left, right: right, sign: 1)
    }
    @inlinable
    public static func low(left: Int, right: Int) -> Pivot {
      Pivot(left: left, right: right, sign: -1)
    }

    @inlinable public var lookback: Int { left &+ right }

    @inlinable
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double {
      step(state, x, left: left, right: right)
    }

    /// Any numbers of bars up to those it was made for. O(left + right).
    @inlinable
    public func step(
      _ state: UnsafeMutableRawPointer, _ x: Double, left: Int, right: Int
    ) -> Double {
      ring.push(state, x * sign)
      let view = ring.view(state)
      guard left >= 0, right >= 0, left <= self.left, right <= self.right,
        left &+ right < view.count
      else { return .nan }
      let pivot = view.at(right)
      guard pivot == pivot else { return .nan }
      var age = right &- 1
      while age >= 0, view.at(age) == view.at(age) {
        if view.at(age) >= pivot { return .nan }
        age &-= 1
      }
      age = right &+ 1
      while age <= right &+ left, view.at(age) == view.at(age) {
        if view.at(age) > pivot { return .nan }
        age &+= 1
      }
      return pivot * sign
    }
  }
}
