/// The functions of Pine Script's `ta` as TradingView calculates them: na, warm-up, seeds and ties.
///
/// The kernels outside of this namespace are the windows that these are made of; the ones in it
/// add what Pine does where a value is na or a length changes from bar to bar. A kernel with a length has two forms:
/// `step(state, x)` with the length it was made for, and `step(state, x, length: n)` with any
/// length from 1 up to that one, for lengths that are a series; both agree to the bit. A length
/// outside of that range answers nan.
///
/// Called "on a bar" means: once per call of `step`. In a branch that is not taken a kernel is not
/// called and does not advance, as in Pine.
public enum Pine {
  /// Two numbers no further apart than this compare as equal, whatever their size. Pine's
  /// comparisons of floats behave so.
  @inlinable public static var tolerance: Double { 1e-10 }

  /// a > b; false where one is nan.
  @inlinable @inline(__always)
  public static func isGreater(_ a: Double, _ b: Double) -> Bool { a - b > tolerance }

  /// a ≥ b; false where one is nan.
  @inlinable @inline(__always)
  public static func isGreaterOrEqual(_ a: Double, _ b: Double) -> Bool {
    a >= b || b - a <= tolerance
  }

  /// a == b; false where one is nan.
  @inlinable @inline(__always)
  public static func isEqual(_ a: Double, _ b: Double) -> Bool {
    a == b || (a - b).magnitude <= tolerance
  }
}

/// What all kernels have in common: a state of known size that begins somewhere.
public protocol StateKernel {
  var stateBytes: Int { get }
  func reset(_ state: UnsafeMutableRawPointer)
}

/// A kernel that takes one value a bar and answers one.
public protocol SeriesKernel: StateKernel {
  /// Values before the first one that is answered.
  var lookback: Int { get }
  func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double
}

/// One whose length may change from bar to bar.
public protocol WindowKernel: SeriesKernel {
  func step(_ state: UnsafeMutableRawPointer, _ x: Double, length: Int) -> Double
}

/// A kernel whose whole state is one window.
public protocol OverWindow: StateKernel {
  associatedtype Values: KernelWindow
  var window: Values { get }
}

extension OverWindow {
  /// Until the window is full.
  @inlinable @inline(__always) public var lookback: Int { window.length &- 1 }
  @inlinable @inline(__always) public var stateBytes: Int { window.stateBytes }

  @inlinable
  public func reset(_ state: UnsafeMutableRawPointer) { window.reset(state) }
}

extension WindowKernel where Self: OverWindow {
  @inlinable @inline(__always)
  public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double {
    step(state, x, length: window.length)
  }
}

extension SortedWindow: KernelWindow {}
extension WindowMean: SeriesKernel {}
extension WMA: SeriesKernel {}
extension Extreme: SeriesKernel {}

extension UnsafeMutableRawPointer {
  /// The state as doubles.
  @inlinable @inline(__always)
  var doubles: UnsafeMutablePointer<Double> { assumingMemoryBound(to: Double.self) }

  @inlinable
  func clear(_ bytes: Int) {
    initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
  }
}
