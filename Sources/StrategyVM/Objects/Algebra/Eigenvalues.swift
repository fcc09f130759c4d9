/// Eigenvalues and eigenvectors.
///
/// Of a symmetric matrix by cyclic Jacobi rotations, the largest eigenvalue first. Of any other one by Householder's
/// reduction to Hessenberg form and the QR algorithm with Francis's double shifts (EISPACK's hqr), in the order in
/// which they stand on the diagonal; of a complex pair both real parts.
///
/// Eigenvectors are columns of length 1, whose largest element is positive.
enum Eigenvalues {
  static func realParts(_ a: [Double], _ n: Int) -> [Double] {
    if isSymmetric(a, n) { return SymmetricEigenvalues(a, n).values }
    return GeneralEigenvalues(a, n).values.map(\.real)
  }

  static func vectors(_ a: [Double], _ n: Int) -> [Double] {
    if isSymmetric(a, n) { return SymmetricEigenvalues(a, n).vectors }
    var columns = Array(repeating: 0.0, count: n * n)
    for (k, value) in GeneralEigenvalues(a, n).values.enumerated() {
      let vector = NullVector.of(a, n, value).map(\.real)
      for i in 0..<n { columns[i * n + k] = vector[i] }
    }
    return columns
  }

  /// But for rounding.
  private static func isSymmetric(_ a: [Double], _ n: Int) -> Bool {
    let tolerance = 10 * Double(n * n) * 0x1p-53
    return (0..<n * n).allSatisfy { i in
      let (x, y) = (a[i], a[i % n * n + i / n])
      return (x - y).magnitude <= max(x.magnitude, y.magnitude) * tolerance
    }
  }
}

/// Of a symmetric matrix: rotations in the plane of two axes make each element beside the diagonal 0 in turn.
struct SymmetricEigenvalues {
  private static let mostSweeps = 60

  private(set) var values: [Double]
  /// Columns, in the order of the values.
  private(set) var vectors: [Double]

  init(_ matrix: [Double], _ n: Int) {
    var (a, v) = (matrix, Array(repeating: 0.0, count: n * n))
    for i in 0..<n { v[i * n + i] = 1 }
    for _ in 0..<Self.mostSweeps {
      var isDone = true
      for p in 0..<n {
        for q in p + 1..<max(n, p + 1) where Self.rotate(&a, &v, n, p, q) { isDone = false }
      }
      if isDone { break }
    }
    let diagonal = (0..<n).map { a[$0 * n + $0] }
    let order = (0..<n).sorted { diagonal[$0] > diagonal[$1] || (diagonal[$0] == diagonal[$1] && $0 < $1) }
    let largest = diagonal.reduce(0) { max($0, $1.magnitude) }
    values = order.map { diagonal[$0].magnitude <= largest * 0x1p-53 ? 0 : diagonal[$0] }
    vectors = Array(repeating: 0, count: n * n)
    for (k, column) in order.enumerated() {
      let sign = Self.sign((0..<n).map { v[$0 * n + column] })
      for i in 0..<n { vectors[i * n + k] = sign * v[i * n + column] }
    }
  }

  static func sign(_ vector: [Double]) -> Double {
    var largest = 0.0
    for x in vector where x.magnitude > largest.magnitude { largest = x }
    return largest < 0 ? -1 : 1
  }

  /// False where the element is nothing beside the diagonal.
  private static func rotate(_ a: inout [Double], _ v: inout [Double], _ n: Int, _ p: Int, _ q: Int) -> Bool {
    let (x, y, z) = (a[p * n + p], a[q * n + q], a[p * n + q])
    guard z.magnitude > 0x1p-54 * min(x.magnitude, y.magnitude), z.magnitude > 0x1p-60 * max(x.magnitude, y.magnitude)
    else {
      (a[p * n + q], a[q * n + p]) = (0, 0)
      return false
    }
    let theta = (y - x) / (2 * z)
    let t = (theta < 0 ? -1.0 : 1.0) / (theta.magnitude + (theta * theta + 1).squareRoot())
    let c = 1 / (t * t + 1).squareRoot()
    let s = t * c
    for i in 0..<n {
      (a[i * n + p], a[i * n + q]) = turned(a[i * n + p], a[i * n + q], c, s)
      (v[i * n + p], v[i * n + q]) = turned(v[i * n + p], v[i * n + q], c, s)
    }
    for i in 0..<n { (a[p * n + i], a[q * n + i]) = turned(a[p * n + i], a[q * n + i], c, s) }
    (a[p * n + q], a[q * n + p]) = (0, 0)
    (a[p * n + p], a[q * n + q]) = (x - t * z, y + t * z)
    return true
  }

  private static func turned(_ x: Double, _ y: Double, _ c: Double, _ s: Double) -> (Double, Double) {
    (c * x - s * y, s * x + c * y)
  }
}
