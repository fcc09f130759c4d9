/// Relative strength index, ta.rsi: 100 − 100 / (1 + u/d), with u and d Wilder's averages of the
/// rises and of the falls; 100 where nothing fell. The first value comes with the n-th change.
///
///     state   8 bytes: 1 once there is a previous value
///             double: the previous value
///             RecursiveAverage of rises, RecursiveAverage of falls
@frozen
public struct RSI {
  @usableFromInline let average: RecursiveAverage

  @inlinable public init(length: Int) { average = .rma(length: length) }

  @inlinable public var lookback: Int { average.length }
  @inlinable public var stateBytes: Int { 16 &+ 2 &* average.stateBytes }

  @inlinable
  public func reset(_ state: UnsafeMutableRawPointer) {
    state.initializeMemory(as: UInt8.self, repeating: 0, count: stateBytes)
  }

  /// Takes in one value; 0 … 100, nan for the first n values. nan values are passed over. O(1).
  @inlinable
  public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double {
    if x != x { return .nan }
    let started = state.load(as: Int.self) != 0
    let change = x - state.load(fromByteOffset: 8, as: Double.self)
    state.storeBytes(of: 1, as: Int.self)
    state.storeBytes(of: x, toByteOffset: 8, as: Double.self)
    guard started else { return .nan }
    let rise = average.step(state + 16, change > 0 ? change : 0)
    let fall = average.step(state + 16 + average.stateBytes, change < 0 ? -change : 0)
    if rise != rise { return .nan }
    return fall == 0 ? 100 : 100 - 100 / (1 + rise / fall)
  }
}
