import Indicators
import StrategyIR
import Testing

@testable import StrategyVM

extension HeapAtWork {
  func matrix(_ rows: [Double]..., type: ValueType = .float) -> Double {
    let m = call(.matrixNew, [Double(type.rawValue), 0, 0, .nan])
    for row in rows { call(.matrixAddRow, m, .nan, array(row, type)) }
    return m
  }

  /// The elements of a matrix, row by row.
  func rows(_ matrix: Double) -> [[Double]] {
    (0..<Int(call(.matrixRows, matrix))).map { values(call(.matrixRow, matrix, Double($0))) }
  }
}

@Suite("Matrices")
struct MatrixTests {
  let at = HeapAtWork()
  let missing = Double.nan

  @Test func `a matrix has rows, columns and first values`() {
    let m = at.call(.matrixNew, 1, 2, 3, 7)
    #expect(at.rows(m) == [[7, 7, 7], [7, 7, 7]])
    #expect(at.call(.matrixColumns, m) == 3)
    #expect(at.call(.matrixElementsCount, m) == 6)
    at.call(.matrixNew, 1, 1_000, 101, 0)
    #expect(at.fault() == .size(101_000, most: 100_000))
    at.call(.matrixNew, 1, 100_001, 0, 0)
    #expect(at.fault() == .size(100_001, most: 100_000))
    at.call(.matrixNew, 1, -1, 0, 0)
    #expect(at.fault() == .size(-1, most: 100_000))
  }

  @Test func `elements by row and column`() {
    let m = at.matrix([1, 2], [3, 4])
    #expect(at.call(.matrixGet, m, 1, 0) == 3)
    at.call(.matrixSet, m, 0, 1, 9)
    #expect(at.rows(m) == [[1, 9], [3, 4]])
    #expect(at.call(.matrixGet, m, missing, 0).isNaN)
    #expect(at.fault() == nil)
    at.call(.matrixGet, m, 2, 0)
    #expect(at.fault() == .index(2, count: 2))
    at.call(.matrixSet, m, 0, -1, 0)
    #expect(at.fault() == .index(-1, count: 2))
    at.call(.matrixFill, m, 5, 0, 1, missing, missing)
    #expect(at.rows(m) == [[5, 5], [3, 4]])
    at.call(.matrixFill, m, 6, 0, missing, 1, 3)
    #expect(at.fault() == .index(3, count: 2))
  }

  @Test func `rows and columns come and go`() {
    let m = at.matrix([1, 2], [3, 4])
    at.call(.matrixAddRow, m, 1, at.floats(5, 6))
    at.call(.matrixAddColumn, m, 0, at.floats(7, 8, 9))
    at.call(.matrixAddColumn, m, missing, missing)
    #expect(at.rows(m).map { Array($0.dropLast()) } == [[7, 1, 2], [8, 5, 6], [9, 3, 4]])
    #expect(same(at.rows(m).map { $0[3] }, [missing, missing, missing]))
    #expect(same(at.values(at.call(.matrixRemoveColumn, m, missing)), [missing, missing, missing]))
    #expect(at.values(at.call(.matrixRemoveRow, m, 0)) == [7, 1, 2])
    #expect(at.values(at.call(.matrixRemoveColumn, m, 1)) == [5, 3])
    #expect(at.rows(m) == [[8, 6], [9, 4]])
    #expect(at.values(at.call(.matrixColumn, m, 1)) == [6, 4])
    at.call(.matrixAddRow, m, 3, missing)
    #expect(at.fault() == .index(3, count: 2))
    at.call(.matrixAddRow, m, 0, at.floats(1))
    #expect(at.fault() == .shapes(2, 2, 1, 1))
    at.call(.matrixRemoveRow, at.matrix(), missing)
    #expect(at.fault() == .empty)
    let bools = at.call(.matrixNew, Double(ValueType.bool.rawValue), 1, 1, 1)
    at.call(.matrixAddRow, bools, missing, missing)
    #expect(at.rows(bools) == [[1], [0]])
  }

  @Test func `a large matrix grows by columns as by rows`() {
    let (m, other) = (at.matrix(), at.matrix())
    for i in 0..<30 {
      let line = at.array((0..<20).map { Double(100 * i + $0) })
      at.call(.matrixAddRow, m, missing, line)
      at.call(.matrixAddColumn, other, Double(i), line)
    }
    #expect(at.rows(at.call(.matrixTranspose, other)) == at.rows(m))
  }

  @Test func `swap, reverse, transpose, reshape, submatrix, concat, sort, copy`() {
    let m = at.matrix([1, 2, 3], [4, 5, 6])
    let copy = at.call(.matrixCopy, m)
    at.call(.matrixSwapRows, m, 0, 1)
    at.call(.matrixSwapColumns, m, 0, 2)
    #expect(at.rows(m) == [[6, 5, 4], [3, 2, 1]])
    at.call(.matrixReverse, m)
    #expect(at.rows(m) == [[1, 2, 3], [4, 5, 6]])
    #expect(at.rows(at.call(.matrixTranspose, m)) == [[1, 4], [2, 5], [3, 6]])
    at.call(.matrixReshape, m, 3, 2)
    #expect(at.rows(m) == [[1, 2], [3, 4], [5, 6]])
    at.call(.matrixReshape, m, 2, 2)
    #expect(at.fault() == .shapes(3, 2, 2, 2))
    #expect(at.rows(at.call(.matrixSubmatrix, m, 1, missing, 0, 1)) == [[3], [5]])
    #expect(at.call(.matrixConcat, m, m) == m)
    #expect(at.rows(m) == [[1, 2], [3, 4], [5, 6], [1, 2], [3, 4], [5, 6]])
    at.call(.matrixConcat, m, copy)
    #expect(at.fault() == .shapes(6, 2, 2, 3))
    #expect(at.rows(copy) == [[1, 2, 3], [4, 5, 6]])
    let s = at.matrix([2, 0], [missing, 1], [1, 2], [2, 3])
    at.call(.matrixSort, s, 0, 1)
    #expect(at.rows(s).map { $0[1] } == [2, 0, 3, 1])
    at.call(.matrixSort, s, 0, -1)
    #expect(at.rows(s).map { $0[1] } == [1, 3, 0, 2])
    let empty = at.call(.matrixNew, 1, 30, 0, 0)
    at.call(.matrixSort, empty, missing, 1)
    #expect(at.fault() == nil && at.call(.matrixRows, empty) == 30)
  }

  @Test func `sums and products with matrices, vectors and numbers`() {
    let (x, y) = (at.matrix([1, 2], [3, 4]), at.matrix([5, 6], [7, 8]))
    #expect(at.rows(at.call(.matrixSum, x, y)) == [[6, 8], [10, 12]])
    #expect(at.rows(at.call(.matrixDiff, x, 1)) == [[0, 1], [2, 3]])
    #expect(at.rows(at.call(.matrixMult, x, y)) == [[19, 22], [43, 50]])
    #expect(at.rows(at.call(.matrixMult, x, -2)) == [[-2, -4], [-6, -8]])
    #expect(at.values(at.call(.matrixMult, x, at.floats(10, 1))) == [12, 34])
    #expect(same(at.rows(at.call(.matrixMult, x, missing))[1], [missing, missing]))
    #expect(
      at.rows(at.call(.matrixKron, x, at.matrix([0, 1]))) == [[0, 1, 0, 2], [0, 3, 0, 4]])
    at.call(.matrixMult, x, at.matrix([1, 2]))
    #expect(at.fault() == .shapes(2, 2, 1, 2))
    at.call(.matrixMult, x, at.floats(1))
    #expect(at.fault() == .shapes(2, 2, 1, 1))
    at.call(.matrixSum, x, at.matrix([1, 2]))
    #expect(at.fault() == .shapes(2, 2, 1, 2))
  }

  @Test func `powers`() {
    let m = at.matrix([1, 2, 3], [4, 5, 6], [7, 8, 9])
    #expect(at.rows(at.call(.matrixPow, m, 0)) == [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    #expect(at.rows(at.call(.matrixPow, m, 1)) == at.rows(m))
    #expect(
      at.rows(at.call(.matrixPow, m, 5)) == [
        [121_824, 149_688, 177_552], [275_886, 338_985, 402_084], [429_948, 528_282, 626_616],
      ])
    at.call(.matrixPow, m, -1)
    #expect(at.fault() == .argument(-1))
    at.call(.matrixPow, at.matrix([1, 2]), 2)
    #expect(at.fault() == .notSquare(rows: 1, columns: 2))
  }

  @Test func `statistics of the elements`() {
    let m = at.matrix([1, missing], [4, 4])
    #expect(at.call(.matrixAvg, m) == 3)
    #expect(at.call(.matrixMin, m) == 1)
    #expect(at.call(.matrixMax, m) == 4)
    #expect(at.call(.matrixMedian, m) == 4)
    #expect(at.call(.matrixMode, m) == 4)
    #expect(at.call(.matrixTrace, m) == 5)
    #expect(at.call(.matrixMedian, at.matrix([1, 2], type: .int)) == 1)
    #expect(at.call(.matrixMax, at.matrix()).isNaN)
  }

  @Test func `questions`() {
    func holds(_ function: ObjectFunction, _ rows: [Double]...) -> Bool {
      let m = at.call(.matrixNew, 1, 0, 0, missing)
      for row in rows { at.call(.matrixAddRow, m, missing, at.array(row)) }
      return at.call(function, m) == 1
    }
    #expect(holds(.matrixIsSquare, [1, 2], [3, 4]) && !holds(.matrixIsSquare, [1, 2]))
    #expect(holds(.matrixIsIdentity, [1, 0], [0, 1]) && !holds(.matrixIsIdentity, [1, 0], [1, 1]))
    #expect(holds(.matrixIsBinary, [1, 0, 1]) && !holds(.matrixIsBinary, [1, 2]))
    #expect(holds(.matrixIsSymmetric, [1, 2], [2, 3]) && !holds(.matrixIsSymmetric, [1, 2], [3, 1]))
    #expect(holds(.matrixIsAntisymmetric, [0, 2], [-2, 0]) && !holds(.matrixIsAntisymmetric, [1, 2], [-2, 0]))
    #expect(holds(.matrixIsDiagonal, [1, 0], [0, 3]) && !holds(.matrixIsDiagonal, [1, 0], [1, 3]))
    #expect(holds(.matrixIsAntidiagonal, [0, 2], [3, 0]) && !holds(.matrixIsAntidiagonal, [1, 2], [3, 0]))
    #expect(holds(.matrixIsTriangular, [1, 2], [0, 3]) && holds(.matrixIsTriangular, [1, 0], [2, 3]))
    #expect(!holds(.matrixIsTriangular, [1, 2], [3, 4]))
    #expect(holds(.matrixIsStochastic, [0.1, 0.2, 0.7], [1, 0, 0]) && !holds(.matrixIsStochastic, [1.5, -0.5]))
    #expect(holds(.matrixIsZero, [0, 0]) && !holds(.matrixIsZero, [0, 1]))
    #expect(!holds(.matrixIsIdentity, [1, 0]) && !holds(.matrixIsZero, [missing]))
  }
}

/// Figures of numpy 2.4: linalg.det, inv, pinv, matrix_rank, eigh and eig.
@Suite("Determinants, inverses, ranks and eigenvalues")
struct MatrixDecompositionTests {
  let at = HeapAtWork()
  let missing = Double.nan

  func isClose(_ x: [Double], _ y: [Double]) -> Bool {
    x.count == y.count && zip(x, y).allSatisfy { abs($0 - $1) < 1e-9 }
  }

  func isClose(_ x: [[Double]], _ y: [[Double]]) -> Bool {
    x.count == y.count && zip(x, y).allSatisfy { isClose($0, $1) }
  }

  var symmetric: Double { at.matrix([2, 1, 0], [1, 3, 1], [0, 1, 4]) }
  var general: Double { at.matrix([4, 1, 2, 0], [3, -2, 1, 5], [0, 7, 1, -1], [2, 2, 6, 3]) }
  var singular: Double { at.matrix([1, 2, 3], [4, 5, 6], [7, 8, 9]) }

  @Test func `determinants`() {
    #expect(isClose([at.call(.matrixDet, symmetric), at.call(.matrixDet, general)], [18, 627]))
    #expect(at.call(.matrixDet, singular) == 0)
    #expect(at.call(.matrixDet, at.matrix([0, 1], [1, 0])) == -1)
    #expect(at.call(.matrixDet, at.matrix([missing, 1], [1, 0])).isNaN)
    at.call(.matrixDet, at.matrix([1, 2]))
    #expect(at.fault() == .notSquare(rows: 1, columns: 2))
    at.call(.matrixDet, at.matrix())
    #expect(at.fault() == .empty)
  }

  /// The elements in parts of a number.
  func parts(_ number: Double, _ rows: [Double]...) -> [[Double]] { rows.map { $0.map { $0 / number } } }

  @Test func `inverses; a singular matrix has none`() {
    let inverse = at.rows(at.call(.matrixInv, symmetric))
    #expect(isClose(inverse, parts(18, [11, -4, 1], [-4, 8, -2], [1, -2, 5])))
    #expect(at.rows(at.call(.matrixInv, at.matrix([0, 2], [4, 0]))) == [[0, 0.25], [0.5, 0]])
    #expect(at.call(.matrixInv, singular).isNaN)
    #expect(at.fault() == nil)
  }

  @Test func `pseudo-inverses of tall, wide and singular matrices`() {
    let tall = at.rows(at.call(.matrixPinv, at.matrix([1, 2], [3, 4], [5, 6])))
    #expect(isClose(tall, parts(12, [-16, -4, 8], [13, 4, -5])))
    let wide = at.rows(at.call(.matrixPinv, at.matrix([1, 3, 5], [2, 4, 6])))
    #expect(isClose(wide, parts(12, [-16, 13], [-4, 4], [8, -5])))
    let two = at.rows(at.call(.matrixPinv, at.matrix([1, 2], [2, 4])))
    #expect(isClose(two, parts(25, [1, 2], [2, 4])))
    let three = at.rows(at.call(.matrixPinv, singular))
    #expect(isClose(three, parts(36, [-23, -6, 11], [-2, 0, 2], [19, 6, -7])))
    #expect(at.rows(at.call(.matrixPinv, at.matrix([0, 2], [4, 0]))) == [[0, 0.25], [0.5, 0]])
  }

  @Test func `ranks`() {
    #expect(at.call(.matrixRank, symmetric) == 3)
    #expect(at.call(.matrixRank, singular) == 2)
    #expect(at.call(.matrixRank, at.matrix([1, 2, 3], [2, 4, 6])) == 1)
    #expect(at.call(.matrixRank, at.matrix([0, 0], [0, 0])) == 0)
    #expect(at.call(.matrixRank, at.matrix([missing, 0])).isNaN)
  }

  @Test func `eigenvalues of a symmetric matrix, the largest first`() {
    let values = at.values(at.call(.matrixEigenvalues, symmetric))
    #expect(isClose(values, [4.7320508075688785, 3, 1.2679491924311228]))
    #expect(at.values(at.call(.matrixEigenvalues, at.matrix([1, 1], [1, 1]))) == [2, 0])
  }

  @Test func `eigenvalues of other matrices`() {
    let values = at.values(at.call(.matrixEigenvalues, at.matrix([2, 4], [6, 8])))
    #expect(isClose(values, [-0.7445626465380286, 10.744562646538029]))
    #expect(
      isClose(
        at.values(at.call(.matrixEigenvalues, general)).sorted(),
        [-2.6872869424325114, -2.6872869424325114, 3.2133844902048065, 8.16118939466021]))
    #expect(at.values(at.call(.matrixEigenvalues, at.matrix([0, -1], [1, 0]))) == [0, 0])
    #expect(same(at.values(at.call(.matrixEigenvalues, at.matrix([missing, 1], [1, 0]))), [missing, missing]))
  }

  @Test func `an eigenvector has length 1, and times the matrix it is the eigenvalue times the vector`() {
    let other = at.matrix([2, 4], [6, 8])
    for m in [symmetric, other, at.matrix([1, 2, 3], [0, 4, 5], [0, 0, 6])] {
      let a = at.rows(m)
      let values = at.values(at.call(.matrixEigenvalues, m))
      let vectors = at.rows(at.call(.matrixEigenvectors, m))
      for k in values.indices {
        let x = vectors.map { $0[k] }
        let product = a.map { row in zip(row, x).map { $0 * $1 }.reduce(0, +) }
        #expect(isClose(product, x.map { $0 * values[k] }))
        #expect(isClose([x.map { $0 * $0 }.reduce(0, +)], [1]))
      }
    }
    let vectors = at.rows(at.call(.matrixEigenvectors, other)).map { $0.map { ($0 * 1e6).rounded() } }
    #expect(vectors == [[824_565, 415_974], [-565_767, 909_377]])
  }
}
