/// A script's operators: one definition for the folding of constants, the VM and
/// printed code. `+`, `−`, `·`, `abs` and the sign are those of doubles; comparisons have Pine's
/// tolerance (`isGreater`, `isGreaterOrEqual`, `isEqual`).
extension Pine {
  /// na is false.
  @inlinable @inline(__always)
  public static func isTrue(_ x: Double) -> Bool { x == x && x != 0 }

  /// A number as a bool: false within the comparisons' tolerance of 0, and where it is na.
  @inlinable @inline(__always)
  public static func isNonzero(_ x: Double) -> Bool { differs(x, 0) }

  @inlinable @inline(__always)
  public static func isNA(_ x: Double) -> Bool { x != x }

  @inlinable @inline(__always)
  public static func number(_ x: Bool) -> Double { x ? 1 : 0 }

  /// false where one is nan, as of all comparisons.
  @inlinable @inline(__always)
  public static func differs(_ a: Double, _ b: Double) -> Bool {
    isGreater(a, b) || isGreater(b, a)
  }

  /// na for a divisor of 0: a script has no infinities.
  @inlinable @inline(__always)
  public static func quotient(_ a: Double, _ b: Double) -> Double { b == 0 ? .nan : a / b }

  /// The sign of the dividend, as in C; na for a divisor of 0.
  @inlinable @inline(__always)
  public static func remainder(_ a: Double, _ b: Double) -> Double {
    a.truncatingRemainder(dividingBy: b)
  }

  /// Divided and the fraction cut off; na for a divisor of 0.
  @inlinable @inline(__always)
  public static func wholeQuotient(_ a: Double, _ b: Double) -> Double {
    b == 0 ? .nan : (a / b).rounded(.towardZero)
  }

  /// `math.max` of two; na where one is.
  @inlinable @inline(__always)
  public static func larger(_ a: Double, _ b: Double) -> Double {
    a > b ? a : b >= a ? b : .nan
  }

  /// `math.min` of two; na where one is.
  @inlinable @inline(__always)
  public static func smaller(_ a: Double, _ b: Double) -> Double { -larger(-a, -b) }

  @inlinable @inline(__always)
  public static func nz(_ x: Double, _ replacement: Double) -> Double { x == x ? x : replacement }

  /// `math.round`: to the nearest int, halves away from zero; never −0.
  @inlinable
  public static func round(_ x: Double) -> Double {
    // Rounding down is an instruction; to the nearest is a call of libm, which printed code has not.
    let down = x.magnitude.rounded(.down)
    let size = x.magnitude - down >= 0.5 ? down + 1 : down
    return x < 0 ? 0 - size : size
  }

  @inlinable @inline(__always)
  public static func sign(_ x: Double) -> Double { x > 0 ? 1 : x < 0 ? -1 : x }

  /// A length: a whole number 0 … 1,048,576, else 0, for which a kernel returns na.
  @inlinable @inline(__always)
  public static func wholeNumber(_ x: Double) -> Int { x >= 0 && x <= 1_048_576 ? Int(x) : 0 }

  /// A bar's number; −1 for any other value.
  @inlinable @inline(__always)
  public static func barNumber(_ x: Double) -> Int { x >= 0 && x < 1e15 ? Int(x) : -1 }
}
