/// The newest values of a series, in a kernel's state.
public protocol KernelWindow: StateKernel {
  /// The longest that it can be.
  var length: Int { get }
  /// Values before the first result.
  var lookback: Int { get }
}

extension KernelWindow {
  /// Until the window is full.
  @inlinable @inline(__always) public var lookback: Int { length &- 1 }
}

extension WindowKernel where Self: KernelWindow {
  @inlinable @inline(__always)
  public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double {
    step(state, x, length: length)
  }
}

/// A kernel whose whole state is one window.
public protocol OverWindow: KernelWindow {
  associatedtype Values: KernelWindow
  var window: Values { get }
}

extension OverWindow {
  @inlinable @inline(__always) public var length: Int { window.length }
  @inlinable @inline(__always) public var lookback: Int { window.lookback }
  @inlinable @inline(__always) public var stateBytes: Int { window.stateBytes }

  @inlinable
  public func reset(_ state: UnsafeMutableRawPointer) { window.reset(state) }
}

/// A kernel whose state ends with a ring of values and is all zeros at first.
public protocol OverRing: StateKernel {
  var ring: HistoryRing { get }
  /// Bytes of the state before the ring.
  var ringOffset: Int { get }
}

extension OverRing {
  @inlinable @inline(__always) public var ringOffset: Int { 0 }
  @inlinable @inline(__always) public var stateBytes: Int { ringOffset &+ ring.stateBytes }

  @inlinable
  public func reset(_ state: UnsafeMutableRawPointer) { state.clear(stateBytes) }
}

/// The newest n values.
///
///     state   HistoryRing
@frozen
public struct RingWindow: KernelWindow, OverRing {
  public let length: Int
  public let ring: HistoryRing

  @inlinable
  public init(length: Int) {
    self.length = min(max(length, 1), WindowMean.longest)
    ring = HistoryRing(length: self.length)
  }
}

/// The newest value and the n before it.
///
///     state   HistoryRing
@frozen
public struct PastWindow: KernelWindow, OverRing {
  public let length: Int
  public let ring: HistoryRing

  @inlinable
  public init(length: Int) {
    self.length = min(max(length, 1), WindowMean.longest &- 1)
    ring = HistoryRing(length: self.length &+ 1)
  }

  @inlinable public var lookback: Int { length }

  /// Takes in one value; the newest ones. O(1).
  @inlinable
  func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> HistoryView {
    ring.push(state, x)
    return ring.view(state)
  }
}

/// Two windows of one kind and length.
///
///     state   the first window, the second window
@frozen
public struct Twin<Values: KernelWindow>: KernelWindow {
  public let first, second: Values

  @inlinable
  public init(_ first: Values, _ second: Values) {
    self.first = first
    self.second = second
  }

  @inlinable public var length: Int { first.length }
  @inlinable public var lookback: Int { first.lookback }
  @inlinable public var stateBytes: Int { first.stateBytes &+ second.stateBytes }

  @inlinable
  public func reset(_ state: UnsafeMutableRawPointer) {
    first.reset(state)
    second.reset(other(state))
  }

  /// The state of the second window.
  @inlinable @inline(__always)
  func other(_ state: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer { state + first.stateBytes }
}

extension Twin where Values: WindowKernel {
  /// Takes in a value on each side. The cost of both windows.
  @inlinable
  func step(
    _ state: UnsafeMutableRawPointer, _ x: Double, _ y: Double, length n: Int
  ) -> (first: Double, second: Double) {
    (first.step(state, x, length: n), second.step(other(state), y, length: n))
  }
}

/// A window behind a number that is na at first: the value before, or the last result.
///
///     state   double: the number; the window
@frozen
public struct HeadedWindow<Values: KernelWindow>: KernelWindow {
  public let values: Values

  @inlinable public init(_ values: Values) { self.values = values }

  @inlinable public var length: Int { values.length }
  @inlinable public var lookback: Int { values.lookback }
  @inlinable public var stateBytes: Int { 8 &+ values.stateBytes }

  @inlinable
  public func reset(_ state: UnsafeMutableRawPointer) {
    state.doubles[0] = .nan
    values.reset(state + 8)
  }

  /// Keeps a value; the change from the one before, na at first.
  @inlinable @inline(__always)
  func change(_ state: UnsafeMutableRawPointer, to x: Double) -> Double {
    let change = x - state.doubles[0]
    state.doubles[0] = x
    return change
  }
}
