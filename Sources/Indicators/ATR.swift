/// True range, ta.tr(true): the largest of high − low, |high − c|, |low − c|, c being the previous
/// bar's close; high − low for the first bar.
///
///     state   8 bytes: 1 once there is a previous close
///             double: the previous close
@frozen
public struct TrueRange {
  @inlinable public init() {}

  @inlinable public var lookback: Int { 0 }
  @inlinable public var stateBytes: Int { 16 }

  @inlinable
  public func reset(_ state: UnsafeMutableRawPointer) {
    state.initializeMemory(as: UInt8.self, repeating: 0, count: stateBytes)
  }

  /// Takes in one bar. O(1).
  @inlinable
  public func step(
    _ state: UnsafeMutableRawPointer, high: Double, low: Double, close: Double
  ) -> Double {
    let started = state.load(as: Int.self) != 0
    let previous = state.load(fromByteOffset: 8, as: Double.self)
    state.storeBytes(of: 1, as: Int.self)
    state.storeBytes(of: close, toByteOffset: 8, as: Double.self)
    guard started else { return high - low }
    return max(high - low, max((high - previous).magnitude, (low - previous).magnitude))
  }
}

/// Average true range, ta.atr: Wilder's average of the true range.
///
///     state   TrueRange, RecursiveAverage
@frozen
public struct ATR {
  @usableFromInline let range: TrueRange
  @usableFromInline let average: RecursiveAverage

  @inlinable
  public init(length: Int) {
    range = TrueRange()
    average = .rma(length: length)
  }

  @inlinable public var lookback: Int { average.lookback }
  @inlinable public var stateBytes: Int { range.stateBytes &+ average.stateBytes }

  @inlinable
  public func reset(_ state: UnsafeMutableRawPointer) {
    range.reset(state)
    average.reset(state + range.stateBytes)
  }

  /// Takes in one bar; nan for the first n − 1 bars. O(1).
  @inlinable
  public func step(
    _ state: UnsafeMutableRawPointer, high: Double, low: Double, close: Double
  ) -> Double {
    average.step(
      state + range.stateBytes, range.step(state, high: high, low: low, close: close))
  }
}
