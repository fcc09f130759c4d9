import CFxaot

/// Eight conditions: a lane is 0 or −1.
public typealias LaneMask = SIMD8<Int64>

/// A script's operators for eight bars at once, equal to `Pine`'s for each of them, to the bit.
public enum Eight {
  @inlinable @inline(__always)
  public static func isGreater(_ a: Lanes, _ b: Lanes) -> LaneMask {
    fxaot_v8_greater(fxaot_v8_subtract(a, b), fxaot_v8_all(Pine.tolerance))
  }

  @inlinable @inline(__always)
  public static func isGreaterOrEqual(_ a: Lanes, _ b: Lanes) -> LaneMask {
    let isClose = fxaot_v8_at_least(fxaot_v8_all(Pine.tolerance), fxaot_v8_subtract(b, a))
    return fxaot_v8_or(fxaot_v8_at_least(a, b), isClose)
  }

  @inlinable @inline(__always)
  public static func isEqual(_ a: Lanes, _ b: Lanes) -> LaneMask {
    let distance = fxaot_v8_magnitude(fxaot_v8_subtract(a, b))
    return fxaot_v8_or(
      fxaot_v8_equal(a, b), fxaot_v8_at_least(fxaot_v8_all(Pine.tolerance), distance))
  }

  @inlinable @inline(__always)
  public static func differs(_ a: Lanes, _ b: Lanes) -> LaneMask {
    fxaot_v8_or(isGreater(a, b), isGreater(b, a))
  }

  @inlinable @inline(__always)
  public static func quotient(_ a: Lanes, _ b: Lanes) -> Lanes {
    let isZero = fxaot_v8_equal(b, fxaot_v8_all(0))
    return fxaot_v8_select(isZero, fxaot_v8_all(.nan), fxaot_v8_divide(a, b))
  }

  @inlinable @inline(__always)
  public static func larger(_ a: Lanes, _ b: Lanes) -> Lanes {
    let second = fxaot_v8_select(fxaot_v8_at_least(b, a), b, fxaot_v8_all(.nan))
    return fxaot_v8_select(fxaot_v8_greater(a, b), a, second)
  }

  @inlinable @inline(__always)
  public static func smaller(_ a: Lanes, _ b: Lanes) -> Lanes {
    fxaot_v8_negate(larger(fxaot_v8_negate(a), fxaot_v8_negate(b)))
  }

  @inlinable @inline(__always)
  public static func nz(_ a: Lanes, _ replacement: Lanes) -> Lanes {
    fxaot_v8_select(fxaot_v8_equal(a, a), a, replacement)
  }

  @inlinable @inline(__always)
  public static func isNA(_ a: Lanes) -> LaneMask { fxaot_v8_differ(a, a) }

  @inlinable @inline(__always)
  public static func isNonzero(_ a: Lanes) -> LaneMask { differs(a, fxaot_v8_all(0)) }

  @inlinable @inline(__always)
  public static func isTrue(_ a: Lanes) -> LaneMask {
    fxaot_v8_and(fxaot_v8_equal(a, a), fxaot_v8_differ(a, fxaot_v8_all(0)))
  }

  @inlinable @inline(__always)
  public static func number(_ mask: LaneMask) -> Lanes {
    fxaot_v8_select(mask, fxaot_v8_all(1), fxaot_v8_all(0))
  }

  // MARK: Filters

  /// Where a > b may be, of numbers that are known but for 1 part in 10¹³: estimates err by a few
  /// in 10¹⁶. Anything with a nan in it may be.
  @inlinable @inline(__always)
  public static func mayBeGreater(_ a: Lanes, _ b: Lanes) -> LaneMask {
    let reached = fxaot_v8_add(fxaot_v8_subtract(a, b), room(a, b))
    return fxaot_v8_not(fxaot_v8_at_least(fxaot_v8_all(Pine.tolerance * 0.999), reached))
  }

  /// Where a ≥ b may be.
  @inlinable @inline(__always)
  public static func mayBeGreaterOrEqual(_ a: Lanes, _ b: Lanes) -> LaneMask {
    let short = fxaot_v8_subtract(fxaot_v8_subtract(b, a), room(a, b))
    return fxaot_v8_not(fxaot_v8_greater(short, fxaot_v8_all(Pine.tolerance * 1.001)))
  }

  @inlinable @inline(__always)
  static func room(_ a: Lanes, _ b: Lanes) -> Lanes {
    let size = fxaot_v8_add(fxaot_v8_magnitude(a), fxaot_v8_magnitude(b))
    return fxaot_v8_multiply(size, fxaot_v8_all(1e-13))
  }

  // MARK: Rows

  /// Writes the first `count` of eight, all of them where there are more.
  @inlinable @inline(__always)
  public static func store(_ x: Lanes, _ at: UnsafeMutablePointer<Double>, _ count: Int) {
    if count >= 8 { return fxaot_v8_store(at, x) }
    var lane = 0
    while lane < count {
      at[lane] = x[lane]
      lane &+= 1
    }
  }

  /// Whether a row has a nan from one place up to another.
  @inlinable
  public static func hasNaN(_ row: UnsafePointer<Double>, _ from: Int, _ to: Int) -> Bool {
    var any = fxaot_v8_mask(0)
    var t = from
    while t &+ 8 <= to {
      any = fxaot_v8_or(any, isNA(fxaot_v8_load(row + t)))
      t &+= 8
    }
    while t < to {
      if row[t] != row[t] { return true }
      t &+= 1
    }
    return fxaot_v8_any(any)
  }
}
