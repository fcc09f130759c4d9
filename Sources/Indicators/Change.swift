/// Momentum, ta.mom: x − x[n], the change over n values. The state is that of `Delay`.
@frozen
public struct Momentum {
  @usableFromInline let delay: Delay

  @inlinable public init(length: Int) { delay = Delay(length: length) }

  @inlinable public var lookback: Int { delay.lookback }
  @inlinable public var stateBytes: Int { delay.stateBytes }
  @inlinable public func reset(_ state: UnsafeMutableRawPointer) { delay.reset(state) }

  /// Takes in one value; nan for the first n values. O(1).
  @inlinable
  public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double {
    x - delay.step(state, x)
  }
}

/// Rate of change, ta.roc: 100 · (x − x[n]) / x[n]. The state is that of `Delay`.
@frozen
public struct RateOfChange {
  @usableFromInline let delay: Delay

  @inlinable public init(length: Int) { delay = Delay(length: length) }

  @inlinable public var lookback: Int { delay.lookback }
  @inlinable public var stateBytes: Int { delay.stateBytes }
  @inlinable public func reset(_ state: UnsafeMutableRawPointer) { delay.reset(state) }

  /// Takes in one value; percent, nan for the first n values. O(1).
  @inlinable
  public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double {
    let before = delay.step(state, x)
    return 100 * (x - before) / before
  }
}
