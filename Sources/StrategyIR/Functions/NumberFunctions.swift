import Indicators
import Libc

/// The operators and the numeric functions: for the folding of constants and for the VM.
public enum NumberFunctions {
  @inlinable
  public static func unary(_ op: UnaryOperator, _ x: Double) -> Double {
    switch op {
    case .negate: -x
    case .not: Pine.isTrue(x) ? 0 : 1
    case .isNA: x != x ? 1 : 0
    case .truncate: x.rounded(.towardZero)
    case .truth: Pine.isNonzero(x) ? 1 : 0
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

  /// `math.round` to decimals: halves away from zero, see `nearest`.
  public static func round(_ x: Double, to precision: Double) -> Double {
    guard precision >= 0, precision <= 16 else { return precision == precision ? x : .nan }
    let scale = powersOfTen[Int(precision)]
    guard let count = nearest(Swift.abs(x), scale) else { return x }
    return count / (x < 0 ? -scale : scale) + 0
  }

  /// `math.round_to_mintick`: to the nearest multiple of a price's step, by the same rule. Steps such
  /// as 0.01 are not doubles; their inverses are, so the division comes last.
  public static func round(_ x: Double, step: Double) -> Double {
    guard step > 0 else { return x }
    let inverse = (1 / step).rounded()
    if inverse >= 1, Swift.abs(inverse * step - 1) < 1e-9 {
      guard let count = nearest(Swift.abs(x), inverse) else { return x }
      return count / (x < 0 ? -inverse : inverse) + 0
    }
    return Pine.round(x / step) * step
  }

  /// The int nearest to size · scale, calculated exactly. Within 1e-10 of a half the decimal text of
  /// `size` decides: 2.675 · 100 is a half, though as a double it is a little less. Further off it
  /// does not: 100019.7405 · 1000 is 1.2e-10 below a half, and is rounded down. So TradingView was
  /// measured. nil beyond the ints of doubles, and for na.
  private static func nearest(_ size: Double, _ scale: Double) -> Double? {
    let scaled = size * scale
    guard scaled < 9e15 else { return nil }
    let down = scaled.rounded(.down)
    let half = down + 0.5
    let beyond = (scaled - half) + (-scaled).addingProduct(size, scale)
    // half / scale is the double nearest to the decimal half, and so the one its text reads back as.
    let isUp = Swift.abs(beyond) <= Pine.tolerance ? size >= half / scale : beyond > 0
    return isUp ? down + 1 : down
  }

  private static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
  ]
}
