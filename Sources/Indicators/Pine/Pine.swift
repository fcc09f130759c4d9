/// The functions of Pine Script's `ta` as TradingView calculates them: na, warm-up, seeds and ties.
///
/// The kernels outside of this namespace are the windows below them. The ones inside add Pine's
/// rules for na and for lengths that change from bar to bar. A kernel with a length has two forms:
/// `step(state, x)` with the length it was made for, and `step(state, x, length: n)` with any
/// length from 1 up to that one, for lengths that are a series. Both agree to the bit. A length
/// outside of that range gives nan.
///
/// "On a bar" means: once per call of `step`. In a branch that is not taken a kernel is not called
/// and does not advance, as in Pine.
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

/// Every kernel: a state of known size with a beginning.
public protocol StateKernel {
  var stateBytes: Int { get }
  func reset(_ state: UnsafeMutableRawPointer)
}

/// A kernel that takes one value a bar and returns one.
public protocol SeriesKernel: StateKernel {
  /// Values before the first result.
  var lookback: Int { get }
  func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double
}

/// One whose length may change from bar to bar.
public protocol WindowKernel: SeriesKernel {
  func step(_ state: UnsafeMutableRawPointer, _ x: Double, length: Int) -> Double
}

extension SortedWindow: KernelWindow {}
extension WindowMean: SeriesKernel {}
extension WMA: SeriesKernel {}
extension Extreme: SeriesKernel, KernelWindow {}

extension UnsafeMutableRawPointer {
  /// The state as doubles.
  @inlinable @inline(__always)
  var doubles: UnsafeMutablePointer<Double> { assumingMemoryBound(to: Double.self) }

  @inlinable
  func clear(_ bytes: Int) {
    initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
  }

  /// The same, but for the first double.
  @inlinable
  func clear(_ bytes: Int, first x: Double) {
    clear(bytes)
    doubles[0] = x
  }
}
