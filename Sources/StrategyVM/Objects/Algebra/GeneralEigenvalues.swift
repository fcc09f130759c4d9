/// A complex number.
struct ComplexNumber {
  var real, imaginary: Double

  init(_ real: Double, _ imaginary: Double = 0) { (self.real, self.imaginary) = (real, imaginary) }

  var square: Double { real * real + imaginary * imaginary }

  static func - (a: Self, b: Self) -> Self { Self(a.real - b.real, a.imaginary - b.imaginary) }

  static func * (a: Self, b: Self) -> Self {
    Self(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
  }

  static func / (a: Self, b: Self) -> Self {
    let numerator = a * Self(b.real, -b.imaginary)
    return Self(numerator.real / b.square, numerator.imaginary / b.square)
  }
}

/// The eigenvalues of any square matrix: Householder's reduction to Hessenberg form, then the QR algorithm with double
/// shifts of Francis, as EISPACK's hqr has it. na for those that 30 steps do not find.
struct GeneralEigenvalues {
  private static let mostSteps = 30

  private let n: Int
  private var a: [[Double]]
  private(set) var values: [ComplexNumber]
  /// What has been taken from the diagonal by exceptional shifts.
  private var shift = 0.0

  init(_ matrix: [Double], _ n: Int) {
    self.n = n
    a = (0..<n).map { Array(matrix[$0 * n..<($0 + 1) * n]) }
    values = Array(repeating: ComplexNumber(.nan), count: n)
    reduce()
    var last = n - 1
    var steps = 0
    while last >= 0 {
      let first = self.first(of: last)
      if first == last {
        values[last] = ComplexNumber(a[last][last] + shift)
        (last, steps) = (last - 1, 0)
      } else if first == last - 1 {
        takePair(last)
        (last, steps) = (last - 2, 0)
      } else {
        guard steps < Self.mostSteps else { return }
        steps += 1
        step(first, last, isExceptional: steps == 11 || steps == 21)
      }
    }
  }

  /// Zeros below the diagonal beneath the main one.
  private mutating func reduce() {
    for k in 0..<max(n - 2, 0) {
      let norm = (k + 1..<n).reduce(0) { $0 + a[$1][k] * a[$1][k] }.squareRoot()
      guard norm > 0 else { continue }
      var v = (0..<n).map { $0 > k ? a[$0][k] : 0 }
      v[k + 1] += v[k + 1] < 0 ? -norm : norm
      let square = v.reduce(0) { $0 + $1 * $1 }
      for j in 0..<n {
        let factor = 2 * (k + 1..<n).reduce(0) { $0 + v[$1] * a[$1][j] } / square
        for i in k + 1..<n { a[i][j] -= factor * v[i] }
      }
      for i in 0..<n {
        let factor = 2 * (k + 1..<n).reduce(0) { $0 + a[i][$1] * v[$1] } / square
        for j in k + 1..<n { a[i][j] -= factor * v[j] }
      }
      for i in k + 2..<max(n, k + 2) { a[i][k] = 0 }
    }
  }

  /// Where the block begins that ends with the row and has no 0 below its diagonal.
  private mutating func first(of last: Int) -> Int {
    var row = last
    while row > 0 {
      let size = a[row - 1][row - 1].magnitude + a[row][row].magnitude
      if a[row][row - 1].magnitude <= 0x1p-52 * size {
        a[row][row - 1] = 0
        return row
      }
      row -= 1
    }
    return 0
  }

  private mutating func takePair(_ last: Int) {
    let (x, y) = (a[last][last], a[last - 1][last - 1])
    let w = a[last][last - 1] * a[last - 1][last]
    let p = (y - x) / 2
    let q = p * p + w
    let root = q.magnitude.squareRoot()
    if q >= 0 {
      let z = p < 0 ? p - root : p + root
      values[last - 1] = ComplexNumber(x + shift + z)
      values[last] = ComplexNumber(z == 0 ? x + shift + z : x + shift - w / z)
    } else {
      values[last - 1] = ComplexNumber(x + shift + p, root)
      values[last] = ComplexNumber(x + shift + p, -root)
    }
  }

  private mutating func step(_ first: Int, _ last: Int, isExceptional: Bool) {
    var (x, y) = (a[last][last], a[last - 1][last - 1])
    var w = a[last][last - 1] * a[last - 1][last]
    if isExceptional {
      shift += x
      for i in 0...last { a[i][i] -= x }
      let s = a[last][last - 1].magnitude + a[last - 1][last - 2].magnitude
      (x, y, w) = (0.75 * s, 0.75 * s, -0.4375 * s * s)
    }
    let (start, p, q, r) = beginning(first, last, x, y, w)
    for i in start + 2...last {
      a[i][i - 2] = 0
      if i > start + 2 { a[i][i - 3] = 0 }
    }
    sweep(first, last, start, p, q, r)
  }

  /// Two small elements below the diagonal in a row: the step can begin there.
  private func beginning(
    _ first: Int, _ last: Int, _ x: Double, _ y: Double, _ w: Double
  ) -> (start: Int, p: Double, q: Double, r: Double) {
    var m = last - 2
    while true {
      let z = a[m][m]
      let (dx, dy) = (x - z, y - z)
      var p = (dx * dy - w) / a[m + 1][m] + a[m][m + 1]
      var q = a[m + 1][m + 1] - z - dx - dy
      var r = a[m + 2][m + 1]
      let size = p.magnitude + q.magnitude + r.magnitude
      (p, q, r) = (p / size, q / size, r / size)
      if m == first { return (m, p, q, r) }
      let u = a[m][m - 1].magnitude * (q.magnitude + r.magnitude)
      let v = p.magnitude * (a[m - 1][m - 1].magnitude + z.magnitude + a[m + 1][m + 1].magnitude)
      if u <= 0x1p-52 * v { return (m, p, q, r) }
      m -= 1
    }
  }

  /// The double step: reflections of three rows and columns, from `start` down.
  private mutating func sweep(_ first: Int, _ last: Int, _ start: Int, _ p: Double, _ q: Double, _ r: Double) {
    var (p, q, r) = (p, q, r)
    for k in start..<last {
      let hasThird = k < last - 1
      var scale = 1.0
      if k > start {
        (p, q, r) = (a[k][k - 1], a[k + 1][k - 1], hasThird ? a[k + 2][k - 1] : 0)
        scale = p.magnitude + q.magnitude + r.magnitude
        guard scale != 0 else { continue }
        (p, q, r) = (p / scale, q / scale, r / scale)
      }
      let norm = (p * p + q * q + r * r).squareRoot()
      guard norm != 0 else { continue }
      let s = p < 0 ? -norm : norm
      if k > start {
        a[k][k - 1] = -s * scale
      } else if first != start {
        a[k][k - 1] = -a[k][k - 1]
      }
      p += s
      let (x, y, z) = (p / s, q / s, r / s)
      (q, r) = (q / p, r / p)
      for j in k...last {
        let sum = a[k][j] + q * a[k + 1][j] + (hasThird ? r * a[k + 2][j] : 0)
        if hasThird { a[k + 2][j] -= sum * z }
        a[k + 1][j] -= sum * y
        a[k][j] -= sum * x
      }
      for i in first...min(last, k + 3) {
        let sum = x * a[i][k] + y * a[i][k + 1] + (hasThird ? z * a[i][k + 2] : 0)
        if hasThird { a[i][k + 2] -= sum * r }
        a[i][k + 1] -= sum * q
        a[i][k] -= sum
      }
    }
  }
}

/// An eigenvector to an eigenvalue, by inverse iteration: (A − λ·I)·x = b solved twice by elimination with partial
/// pivoting, where a pivot of 0 counts as a very small one.
enum NullVector {
  static func of(_ matrix: [Double], _ n: Int, _ value: ComplexNumber) -> [ComplexNumber] {
    let largest = matrix.reduce(0) { max($0, $1.magnitude) }
    var x = (0..<n).map { ComplexNumber(1 / Double($0 + 1)) }
    for _ in 0..<2 {
      var a = matrix.enumerated().map { ComplexNumber($1) - ($0 / n == $0 % n ? value : ComplexNumber(0)) }
      solve(&a, n, &x, smallest: max(largest * 0x1p-52, 0x1p-500))
      normalize(&x)
    }
    return x
  }

  private static func solve(_ a: inout [ComplexNumber], _ n: Int, _ x: inout [ComplexNumber], smallest: Double) {
    for k in 0..<n {
      var pivot = k
      for i in k + 1..<max(n, k + 1) where a[i * n + k].square > a[pivot * n + k].square { pivot = i }
      for j in 0..<n { a.swapAt(pivot * n + j, k * n + j) }
      x.swapAt(pivot, k)
      if !(a[k * n + k].square > smallest * smallest) { a[k * n + k] = ComplexNumber(smallest) }
      for i in k + 1..<max(n, k + 1) {
        let factor = a[i * n + k] / a[k * n + k]
        for j in k..<n { a[i * n + j] = a[i * n + j] - factor * a[k * n + j] }
        x[i] = x[i] - factor * x[k]
      }
    }
    for k in (0..<n).reversed() {
      for j in k + 1..<max(n, k + 1) { x[k] = x[k] - a[k * n + j] * x[j] }
      x[k] = x[k] / a[k * n + k]
    }
  }

  /// To length 1, turned so that the largest element is real and positive.
  private static func normalize(_ x: inout [ComplexNumber]) {
    var largest = ComplexNumber(0)
    for element in x where element.square > largest.square { largest = element }
    guard largest.square > 0 else { return }
    x = x.map { $0 / largest }
    let length = x.reduce(0) { $0 + $1.square }.squareRoot()
    x = x.map { ComplexNumber($0.real / length, $0.imaginary / length) }
  }
}
