/// Algebra of matrices from its definitions: determinants by cofactors, the inverse by the adjugate, ranks by row
/// reduction, eigenvalues as zeros of the characteristic polynomial. Meant for small matrices of small numbers.
extension Interpreter {
  func algebra(_ name: String, _ matrix: OracleMatrix, _ a: [OracleValue]) throws -> OracleValue? {
    let m = matrix.numbers
    if let value = try Self.judgement(name, m) { return .truth(value) }
    switch name {
    case "matrix.sum", "matrix.diff":
      let sign = name == "matrix.sum" ? 1.0 : -1
      let other = try (a[1].object as? OracleMatrix).map { try Self.fitting($0.numbers, m, name) }
      return .object(
        OracleMatrix(
          m.indices.map { i in m[i].indices.map { m[i][$0] + sign * (other?[i][$0] ?? a[1].number) } }))
    case "matrix.mult": return try product(m, a[1], name)
    case "matrix.kron":
      guard let other = a[1].object as? OracleMatrix else { throw OracleStop.missing(name) }
      let rows = m.flatMap { row in
        other.numbers.map { inner in row.flatMap { x in inner.map { x * $0 } } }
      }
      return .object(OracleMatrix(rows))
    case "matrix.pow":
      let m = try Self.square(m, name)
      guard a[1].number >= 0 else { throw OracleStop(message: name) }
      let one = m.indices.map { i in m.indices.map { $0 == i ? 1.0 : 0 } }
      return .object(OracleMatrix((0..<Int(a[1].number)).reduce(one) { power, _ in Self.product(power, m) }))
    case "matrix.trace":
      let m = try Self.square(m, name)
      return .number(m.indices.reduce(0) { $0 + m[$1][$1] })
    case "matrix.det": return .number(Self.determinant(try Self.square(m, name)))
    case "matrix.inv":
      let m = try Self.square(m, name)
      return Self.isSingular(Self.determinant(m)) ? .na : .object(OracleMatrix(Self.inverse(m)))
    case "matrix.pinv": return .object(OracleMatrix(Self.pseudoInverse(m)))
    case "matrix.rank": return .number(Double(Self.reduced(m).pivots.count))
    case "matrix.eigenvalues":
      let values = Self.eigenvalues(try Self.square(m, name))
      return .object(OracleArray(values.map { .number($0) }, of: "float"))
    case "matrix.eigenvectors":
      return .object(OracleMatrix(Self.eigenvectors(try Self.square(m, name))))
    default: return nil
    }
  }

  private static func square(_ m: [[Double]], _ name: String) throws -> [[Double]] {
    let columns = m.first?.count ?? 0
    guard m.count == columns else {
      throw OracleStop(
        message: name, reason: "the matrix has \(m.count) rows and \(columns) columns, but must be square")
    }
    return m
  }

  private static func fitting(_ other: [[Double]], _ m: [[Double]], _ name: String) throws -> [[Double]] {
    guard other.map(\.count) == m.map(\.count) else { throw OracleStop(message: name) }
    return other
  }

  // MARK: Products

  private func product(_ m: [[Double]], _ other: OracleValue, _ name: String) throws -> OracleValue {
    switch other.object {
    case let other as OracleMatrix:
      guard m.first?.count == other.rows.count else { throw OracleStop(message: name) }
      return .object(OracleMatrix(Self.product(m, other.numbers)))
    case nil: return .object(OracleMatrix(m.map { $0.map { $0 * other.number } }))
    default:
      let vector = try window(other, name).numbers
      guard m.first?.count == vector.count else { throw OracleStop(message: name) }
      let made = Self.product(m, vector.map { [$0] }).map { OracleValue.number($0[0]) }
      return .object(OracleArray(made, of: "float"))
    }
  }

  private static func product(_ x: [[Double]], _ y: [[Double]]) -> [[Double]] {
    x.map { row in
      (y.first ?? []).indices.map { column in zip(row, y).reduce(0) { $0 + $1.0 * $1.1[column] } }
    }
  }

  private static func transposed(_ m: [[Double]]) -> [[Double]] {
    (m.first ?? []).indices.map { column in m.map { $0[column] } }
  }

  // MARK: Determinants

  private static func minor(_ m: [[Double]], _ row: Int, _ column: Int) -> [[Double]] {
    m.indices.filter { $0 != row }.map { i in m.indices.filter { $0 != column }.map { m[i][$0] } }
  }

  private static func determinant(_ m: [[Double]]) -> Double {
    if m.isEmpty { return 1 }
    return m.indices.reduce(0) { sum, column in
      sum + (column % 2 == 0 ? 1 : -1) * m[0][column] * (m.count == 1 ? 1 : determinant(minor(m, 0, column)))
    }
  }

  private static func isSingular(_ determinant: Double) -> Bool { abs(determinant) < 1e-9 }

  /// Of a matrix that has one.
  private static func inverse(_ m: [[Double]]) -> [[Double]] {
    let all = determinant(m)
    return m.indices.map { i in
      m.indices.map { j in
        let part = m.count == 1 ? 1 : determinant(minor(m, j, i))
        return ((i + j) % 2 == 0 ? 1 : -1) * part / all
      }
    }
  }

  /// The reduced row echelon form, and the columns of its leading ones.
  private static func reduced(_ matrix: [[Double]], tolerance: Double = 1e-9) -> (rows: [[Double]], pivots: [Int]) {
    var m = matrix
    var pivots: [Int] = []
    for column in (m.first ?? []).indices where pivots.count < m.count {
      let row = pivots.count
      guard let best = (row..<m.count).max(by: { abs(m[$0][column]) < abs(m[$1][column]) }),
        abs(m[best][column]) > tolerance
      else { continue }
      m.swapAt(row, best)
      m[row] = m[row].map { [pivot = m[row][column]] in $0 / pivot }
      for other in m.indices where other != row {
        let factor = m[other][column]
        m[other] = zip(m[other], m[row]).map { $0 - factor * $1 }
      }
      pivots.append(column)
    }
    return (m, pivots)
  }

  /// From a factorization of full rank, m = b · c: the columns of the leading ones, and the rows that are not zero.
  private static func pseudoInverse(_ m: [[Double]]) -> [[Double]] {
    let (rows, pivots) = reduced(m)
    if pivots.isEmpty { return transposed(m).map { $0.map { _ in 0 } } }
    let b = m.map { row in pivots.map { row[$0] } }
    let c = Array(rows.prefix(pivots.count))
    let right = product(transposed(c), inverse(product(c, transposed(c))))
    return product(product(right, inverse(product(transposed(b), b))), transposed(b))
  }

  // MARK: Eigenvalues

  /// The real parts, the largest first.
  private static func eigenvalues(_ m: [[Double]]) -> [Double] {
    // The characteristic polynomial by Faddeev and LeVerrier, the highest power first.
    var polynomial = [1.0]
    var power = m
    for k in 1...max(1, m.count) where !m.isEmpty {
      let next = -m.indices.reduce(0) { $0 + power[$1][$1] } / Double(k)
      polynomial.append(next)
      for i in m.indices { power[i][i] += next }
      power = product(m, power)
    }
    return zeros(polynomial).map(\.re).sorted(by: >)
  }

  /// Of a symmetric matrix, as columns of length 1 at right angles: what the matrix less an eigenvalue makes zero.
  private static func eigenvectors(_ m: [[Double]]) -> [[Double]] {
    let values = eigenvalues(m)
    var vectors: [[Double]] = []
    while vectors.count < m.count {
      // Equal ones come out slightly apart; their mean does not.
      let equal = values.filter { abs($0 - values[vectors.count]) < 1e-3 }
      let value = equal.reduce(0, +) / Double(equal.count)
      let shifted = m.indices.map { i in m.indices.map { m[i][$0] - (i == $0 ? value : 0) } }
      let (rows, pivots) = reduced(shifted, tolerance: 1e-6)
      let free = m.indices.filter { !pivots.contains($0) }
      for column in free {
        var vector = m.indices.map { $0 == column ? 1.0 : 0 }
        for (row, pivot) in pivots.enumerated() { vector[pivot] = -rows[row][column] }
        for other in vectors {
          let part = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
          vector = zip(vector, other).map { $0 - part * $1 }
        }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        vectors.append(vector.map { $0 / length })
      }
      if free.isEmpty { return m.map { $0.map { _ in .nan } } }
    }
    return transposed(vectors)
  }

  /// All at once, by Weierstrass and Durand and Kerner.
  private static func zeros(_ polynomial: [Double]) -> [(re: Double, im: Double)] {
    typealias Complex = (re: Double, im: Double)
    func times(_ x: Complex, _ y: Complex) -> Complex {
      (x.re * y.re - x.im * y.im, x.re * y.im + x.im * y.re)
    }
    func over(_ x: Complex, _ y: Complex) -> Complex {
      let size = y.re * y.re + y.im * y.im
      let top = times(x, (y.re, -y.im))
      return size == 0 ? (0, 0) : (top.re / size, top.im / size)
    }
    var found: [Complex] = []
    for _ in polynomial.dropFirst() { found.append(times(found.last ?? (1, 0), (0.4, 0.9))) }
    for _ in 0..<500 {
      for i in found.indices {
        var (value, others): (Complex, Complex) = ((0, 0), (1, 0))
        for x in polynomial {
          value = times(value, found[i])
          value.re += x
        }
        for j in found.indices where j != i {
          others = times(others, (found[i].re - found[j].re, found[i].im - found[j].im))
        }
        let step = over(value, others)
        found[i] = (found[i].re - step.re, found[i].im - step.im)
      }
    }
    return found
  }

  // MARK: Kinds

  /// What `is_…` asks; nil: another question.
  private static func judgement(_ name: String, _ m: [[Double]]) throws -> Bool? {
    guard name.hasPrefix("matrix.is_") else { return nil }
    let n = m.count
    let isSquare = n == m.first?.count ?? 0
    func all(_ rule: (Int, Int) -> Bool) -> Bool {
      m.indices.allSatisfy { i in m[i].indices.allSatisfy { rule(i, $0) } }
    }
    switch name.dropFirst("matrix.is_".count) {
    case "square": return isSquare
    case "identity": return isSquare && all { m[$0][$1] == ($0 == $1 ? 1 : 0) }
    case "binary": return all { m[$0][$1] == 0 || m[$0][$1] == 1 }
    case "symmetric": return isSquare && all { m[$0][$1] == m[$1][$0] }
    case "antisymmetric": return isSquare && all { m[$0][$1] == -m[$1][$0] }
    case "diagonal": return isSquare && all { $0 == $1 || m[$0][$1] == 0 }
    case "antidiagonal": return isSquare && all { $0 + $1 == n - 1 || m[$0][$1] == 0 }
    case "triangular": return isSquare && (all { $0 >= $1 || m[$0][$1] == 0 } || all { $0 <= $1 || m[$0][$1] == 0 })
    case "stochastic": return all { m[$0][$1] >= 0 } && m.allSatisfy { abs($0.reduce(0, +) - 1) <= 1e-10 }
    case "zero": return all { m[$0][$1] == 0 }
    default: throw OracleGap(what: name)
    }
  }
}
