import Indicators

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The operators and the numeric functions: for the folding of constants and for the VM.
public enum NumberFunctions {
  @inlinable
  public static func unary(_ op: UnaryOperator, _ x: Double) -> Double {
    switch op {
    case .negate: -x
    case .not: Pine.isTrue(x) ? 0 : 1
    case .isNA: x != x ? 1 : 0
    case .truncate: x.rounded(.towardZero)
    case .truth: Pine.isTrue(x) ? 1 : 0
    }
  }

  @inlinable
  public static func binary(_ op: BinaryOperator, _ a: Double, _ b: Double) -> Double {
    switch op {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: Pine.quotient(a, b)
    case .remainder: Pine.remainder(a, b)
    case .divideIntegers: Pine.wholeQuotient(a, b)
    case .less: Pine.isGreater(b, a) ? 1 : 0
    case .lessOrEqual: Pine.isGreaterOrEqual(b, a) ? 1 : 0
    case .greater: Pine.isGreater(a, b) ? 1 : 0
    case .greaterOrEqual: Pine.isGreaterOrEqual(a, b) ? 1 : 0
    case .equal: Pine.isEqual(a, b) ? 1 : 0
    case .notEqual: Pine.differs(a, b) ? 1 : 0
    }
  }

  /// nil: not a function of numbers. `a` has at least `arity` numbers.
  public static func evaluate(
    _ function: Function, _ a: UnsafeBufferPointer<Double>, mintick: Double
  ) -> Double? {
    let x = a.isEmpty ? .nan : a[0]
    let y = a.count > 1 ? a[1] : .nan
    switch function {
    case .abs: return Swift.abs(x)
    case .ceil: return x.rounded(.up)
    case .floor: return x.rounded(.down)
    case .sqrt: return x.squareRoot()
    case .round: return Pine.round(x)
    case .roundTo: return round(x, to: y)
    case .roundToMintick: return round(x, step: mintick)
    case .sign: return Pine.sign(x)
    case .pow: return power(x, y)
    case .max: return extreme(a) { $0 > $1 }
    case .min: return extreme(a) { $0 < $1 }
    case .avg: return a.reduce(0, +) / Double(a.count)
    case .nz: return Pine.nz(x, y)
    case .toDegrees: return x * (180 / Double.pi)
    case .toRadians: return x * (Double.pi / 180)
    default: return transcendental(function, x) ?? ColorFunctions.evaluate(function, a)
    }
  }

  private static func transcendental(_ function: Function, _ x: Double) -> Double? {
    switch function {
    case .exp: exp(x)
    case .log: x > 0 ? log(x) : .nan
    case .log10: x > 0 ? log10(x) : .nan
    case .sin: sin(x)
    case .cos: cos(x)
    case .tan: tan(x)
    case .asin: asin(x)
    case .acos: acos(x)
    case .atan: atan(x)
    default: nil
    }
  }

  private static func power(_ x: Double, _ y: Double) -> Double {
    x != x || y != y ? .nan : pow(x, y)
  }

  private static func extreme(
    _ a: UnsafeBufferPointer<Double>, _ isBetter: (Double, Double) -> Bool
  ) -> Double {
    var best = a.isEmpty ? Double.nan : a[0]
    for x in a {
      if x != x { return .nan }
      if isBetter(x, best) { best = x }
    }
    return best
  }

  public static func round(_ x: Double, to precision: Double) -> Double {
    guard precision >= 0, precision <= 16 else { return precision == precision ? x : .nan }
    let scale = NumberFormat.powersOfTen[Int(precision)]
    let scaled = x * scale
    guard Swift.abs(scaled) < 9e15 else { return x }
    // What is written as a half is one: 2.675 to 2 decimals is 2.68, though it is a little less.
    let half = scaled.rounded(.down) + 0.5
    return half / scale == x ? (half + 0.5) / scale : Pine.round(scaled) / scale
  }

  /// To the nearest multiple of a price's step. Steps such as 0.01 are not doubles; their
  /// inverses are, so the division comes last.
  public static func round(_ x: Double, step: Double) -> Double {
    guard step > 0 else { return x }
    let inverse = (1 / step).rounded()
    if inverse >= 1, Swift.abs(inverse * step - 1) < 1e-9 { return Pine.round(x * inverse) / inverse }
    return Pine.round(x / step) * step
  }
}
