/// The singular values of a matrix and its pseudo-inverse, by one-sided Jacobi rotations (Hestenes): pairs of columns
/// are turned until all are at right angles; their lengths are then the singular values.
struct SingularValues {
  private static let mostSweeps = 60

  /// Of the matrix or, where it has more columns than rows, of its transpose: the turned matrix (A·V) and V.
  private let rows, columns: Int
  private let isTransposed: Bool
  private var u: [Double]
  private var v: [Double]
  private var lengths: [Double] = []

  init(_ values: [Double], _ rows: Int, _ columns: Int) {
    isTransposed = columns > rows
    (self.rows, self.columns) = isTransposed ? (columns, rows) : (rows, columns)
    u = isTransposed ? Self.transposed(values, rows, columns) : values
    v = Array(repeating: 0, count: self.columns * self.columns)
    for i in 0..<self.columns { v[i * self.columns + i] = 1 }
    turn()
  }

  private static func transposed(_ x: [Double], _ rows: Int, _ columns: Int) -> [Double] {
    (0..<rows * columns).map { x[$0 % rows * columns + $0 / rows] }
  }

  private mutating func turn() {
    for _ in 0..<Self.mostSweeps {
      var isDone = true
      for p in 0..<columns {
        for q in p + 1..<max(columns, p + 1) where rotate(p, q) { isDone = false }
      }
      if isDone { break }
    }
    lengths = (0..<columns).map { dot(u, $0, $0).squareRoot() }
  }

  private func dot(_ x: [Double], _ p: Int, _ q: Int) -> Double {
    (0..<rows).reduce(0) { $0 + x[$1 * columns + p] * x[$1 * columns + q] }
  }

  /// Puts two columns at right angles; false where they are.
  private mutating func rotate(_ p: Int, _ q: Int) -> Bool {
    let (alpha, beta, gamma) = (dot(u, p, p), dot(u, q, q), dot(u, p, q))
    guard gamma.magnitude > 1e-15 * (alpha * beta).squareRoot() else { return false }
    let zeta = (beta - alpha) / (2 * gamma)
    let t = (zeta < 0 ? -1.0 : 1.0) / (zeta.magnitude + (1 + zeta * zeta).squareRoot())
    let c = 1 / (1 + t * t).squareRoot()
    Self.rotate(&u, rows, columns, p, q, c, c * t)
    Self.rotate(&v, columns, columns, p, q, c, c * t)
    return true
  }

  private static func rotate(
    _ x: inout [Double], _ rows: Int, _ columns: Int, _ p: Int, _ q: Int, _ c: Double, _ s: Double
  ) {
    for i in 0..<rows {
      let (a, b) = (x[i * columns + p], x[i * columns + q])
      x[i * columns + p] = c * a - s * b
      x[i * columns + q] = s * a + c * b
    }
  }

  /// Singular values that are not above it are 0.
  private var tolerance: Double { Double(rows) * (lengths.max() ?? 0) * 0x1p-52 }

  var rank: Int { lengths.filter { $0 > tolerance }.count }

  /// Row by row, as many rows as the matrix has columns.
  var pseudoInverse: [Double] {
    let limit = tolerance
    var x = Array(repeating: 0.0, count: rows * columns)
    for k in 0..<columns where lengths[k] > limit {
      let square = lengths[k] * lengths[k]
      for i in 0..<columns {
        let factor = v[i * columns + k] / square
        for j in 0..<rows { x[i * rows + j] += factor * u[j * columns + k] }
      }
    }
    return isTransposed ? Self.transposed(x, columns, rows) : x
  }
}
