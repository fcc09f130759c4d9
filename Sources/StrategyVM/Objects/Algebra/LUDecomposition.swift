/// L and U of a square matrix with its rows exchanged, by Gauss's elimination with partial pivoting.
struct LUDecomposition {
  /// A pivot this small means that there is no inverse.
  static let smallest = 1e-11

  private let n: Int
  /// U, and below the main diagonal L, whose own diagonal is 1.
  private var a: [Double]
  /// The row of the matrix that stands in each row.
  private var order: [Int]
  private var isOdd = false
  private(set) var isSingular = false

  init(_ values: [Double], _ n: Int) {
    (self.n, a, order) = (n, values, Array(0..<n))
    for k in 0..<n {
      var pivot = k
      for i in k + 1..<max(n, k + 1) where a[i * n + k].magnitude > a[pivot * n + k].magnitude { pivot = i }
      guard a[pivot * n + k].magnitude >= Self.smallest else {
        isSingular = true
        return
      }
      if pivot != k {
        for j in 0..<n { a.swapAt(pivot * n + j, k * n + j) }
        order.swapAt(pivot, k)
        isOdd.toggle()
      }
      for i in k + 1..<max(n, k + 1) {
        a[i * n + k] /= a[k * n + k]
        for j in k + 1..<n { a[i * n + j] -= a[i * n + k] * a[k * n + j] }
      }
    }
  }

  var determinant: Double {
    isSingular ? 0 : (0..<n).reduce(isOdd ? -1 : 1) { $0 * a[$1 * n + $1] }
  }

  /// nil where there is none.
  var inverse: [Double]? {
    guard !isSingular else { return nil }
    var x = Array(repeating: 0.0, count: n * n)
    for i in 0..<n { x[i * n + order[i]] = 1 }
    for k in 0..<n {
      for i in k + 1..<max(n, k + 1) {
        for j in 0..<n { x[i * n + j] -= x[k * n + j] * a[i * n + k] }
      }
    }
    for k in (0..<n).reversed() {
      for j in 0..<n { x[k * n + j] /= a[k * n + k] }
      for i in 0..<k {
        for j in 0..<n { x[i * n + j] -= x[k * n + j] * a[i * n + k] }
      }
    }
    return x
  }
}
