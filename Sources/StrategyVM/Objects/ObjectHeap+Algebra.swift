import Indicators
import StrategyIR

/// Matrices: sums, products and questions. Sums of products run from the first to the last.
extension ObjectHeap {
  func algebra(_ function: ObjectFunction, _ m: Int, _ a: Arguments) -> Double {
    switch function {
    case .matrixSum: return combined(m, a[1]) { $0 + $1 }
    case .matrixDiff: return combined(m, a[1]) { $0 - $1 }
    case .matrixMult: return product(m, a[1])
    case .matrixPow: return power(m, a[1])
    case .matrixKron: return kronecker(m, a[1])
    case .matrixDet, .matrixInv, .matrixPinv, .matrixRank, .matrixTrace, .matrixEigenvalues, .matrixEigenvectors:
      return decomposed(function, m)
    case .matrixAvg:
      let (sum, count) = Self.plainSum(all(m))
      return count == 0 ? .nan : sum / Double(count)
    case .matrixMin: return Self.extremes(all(m)).least
    case .matrixMax: return Self.extremes(all(m)).most
    case .matrixMedian, .matrixMode:
      guard let sorted = sorted(all(m)) else { return .nan }
      return function == .matrixMode
        ? Self.mode(sorted) : Self.median(sorted, isInt: slots[m].element == ValueType.int.rawValue)
    default: return isTrue(function, m) ? 1 : 0
    }
  }

  // MARK: Sums and products

  /// With a matrix of the same shape, or with a number: whatever is no reference.
  private func combined(_ m: Int, _ other: Double, _ change: (Double, Double) -> Double) -> Double {
    var second: Int?
    if Pine.Reference.slot(other, of: slotCount) >= 0 {
      second = find(other, Slot.matrix)
      guard let second else { return .nan }
      guard rows(second) == rows(m), columns(second) == columns(m) else {
        return fail(.shapes(rows(m), columns(m), rows(second), columns(second)))
      }
    }
    guard let result = makeMatrix(ValueType.float.rawValue, rows(m), columns(m)) else { return .nan }
    let (x, target) = (all(m), all(result))
    if let second {
      let y = all(second)
      for i in 0..<x.count { target[i] = change(x[i], y[i]) }
    } else {
      for i in 0..<x.count { target[i] = change(x[i], other) }
    }
    return Pine.Reference.of(result)
  }

  private func product(_ m: Int, _ other: Double) -> Double {
    let slot = Pine.Reference.slot(other, of: slotCount)
    guard slot >= 0 else { return combined(m, other) { $0 * $1 } }
    if slots[slot].kind == Slot.matrix { return product(m, matrix: slot) }
    guard let vector = span(other), spend(vector.count) else { return .nan }
    guard vector.count == columns(m) else { return fail(.shapes(rows(m), columns(m), 1, vector.count)) }
    guard let result = makeArray(ValueType.float.rawValue, rows(m)) else { return .nan }
    let (x, y, columns) = (all(m), elements(vector), self.columns(m))
    for row in 0..<rows(m) {
      var sum = 0.0
      for i in 0..<columns { sum += x[row * columns + i] * y[i] }
      cells[Int(slots[result].start) + row] = sum
    }
    return Pine.Reference.of(result)
  }

  private func product(_ m: Int, matrix other: Int) -> Double {
    guard columns(m) == rows(other) else {
      return fail(.shapes(rows(m), columns(m), rows(other), columns(other)))
    }
    guard fits(rows(m), columns(other)), spend(rows(m) * columns(m) * columns(other)),
      let result = makeMatrix(ValueType.float.rawValue, rows(m), columns(other))
    else { return .nan }
    MatrixProduct.multiply(all(m), all(other), into: all(result), columns(m), columns(other))
    return Pine.Reference.of(result)
  }

  /// By repeated squaring; the power 0 is the identity.
  private func power(_ m: Int, _ power: Double) -> Double {
    let n = rows(m)
    guard isSquare(m) else { return .nan }
    guard power >= 0, power <= 9_007_199_254_740_992 else { return fail(.argument(power)) }
    guard let result = makeMatrix(ValueType.float.rawValue, n, n) else { return .nan }
    if power < 1 {
      for i in 0..<n * n { all(result)[i] = i / max(n, 1) == i % max(n, 1) ? 1 : 0 }
      return Pine.Reference.of(result)
    }
    _ = all(result).update(fromContentsOf: all(m))
    var left = Int(power) - 1
    let room = scratch.take(2 * n * n)
    var square = UnsafeMutableBufferPointer(start: room, count: n * n)
    var spare = UnsafeMutableBufferPointer(start: room + n * n, count: n * n)
    _ = square.update(fromContentsOf: all(m))
    while left > 0 {
      guard spend(2 * n * n * n) else { return .nan }
      if left & 1 == 1 {
        MatrixProduct.multiply(all(result), square, into: spare, n, n)
        _ = all(result).update(fromContentsOf: spare)
      }
      left >>= 1
      if left > 0 {
        MatrixProduct.multiply(square, square, into: spare, n, n)
        swap(&square, &spare)
      }
    }
    return Pine.Reference.of(result)
  }

  private func kronecker(_ m: Int, _ other: Double) -> Double {
    guard let other = find(other, Slot.matrix) else { return .nan }
    let (rows, columns) = (self.rows(other), self.columns(other))
    let (allRows, allColumns) = (self.rows(m) * rows, self.columns(m) * columns)
    guard fits(allRows, allColumns), spend(allRows * allColumns),
      let result = makeMatrix(ValueType.float.rawValue, allRows, allColumns)
    else { return .nan }
    for i in 0..<allRows {
      for k in 0..<allColumns {
        cells[cell(result, i, k)] =
          cells[cell(m, i / rows, k / columns)] * cells[cell(other, i % rows, k % columns)]
      }
    }
    return Pine.Reference.of(result)
  }

  /// False, and a fault, when it is not.
  func isSquare(_ m: Int) -> Bool {
    if rows(m) == columns(m) { return true }
    fail(.notSquare(rows: rows(m), columns: columns(m)))
    return false
  }

  // MARK: Questions

  /// Elements are compared exactly; sums of rows as scripts compare numbers.
  private func isTrue(_ function: ObjectFunction, _ m: Int) -> Bool {
    let (x, n) = (all(m), columns(m))
    switch function {
    case .matrixIsZero: return x.allSatisfy { $0 == 0 }
    case .matrixIsBinary: return x.allSatisfy { $0 == 0 || $0 == 1 }
    case .matrixIsStochastic:
      return rows(m) > 0 && x.allSatisfy { $0 >= 0 }
        && (0..<rows(m)).allSatisfy { row in Pine.isEqual((0..<n).reduce(0) { $0 + x[row * n + $1] }, 1) }
    default: break
    }
    guard rows(m) == n else { return false }
    func holds(_ rule: (_ row: Int, _ column: Int, _ x: Double) -> Bool) -> Bool {
      x.indices.allSatisfy { rule($0 / n, $0 % n, x[$0]) }
    }
    switch function {
    case .matrixIsIdentity: return holds { $2 == ($0 == $1 ? 1 : 0) }
    case .matrixIsSymmetric: return holds { $2 == x[$1 * n + $0] }
    case .matrixIsAntisymmetric: return holds { $2 == -x[$1 * n + $0] }
    case .matrixIsDiagonal: return holds { $0 == $1 || $2 == 0 }
    case .matrixIsAntidiagonal: return holds { $0 + $1 == n - 1 || $2 == 0 }
    case .matrixIsTriangular: return holds { $0 <= $1 || $2 == 0 } || holds { $0 >= $1 || $2 == 0 }
    default: return true
    }
  }
}

enum MatrixProduct {
  /// Each element is 0 and then the products in their order, whichever way they are calculated.
  static func multiply(
    _ x: UnsafeMutableBufferPointer<Double>, _ y: UnsafeMutableBufferPointer<Double>,
    into target: UnsafeMutableBufferPointer<Double>, _ inner: Int, _ columns: Int
  ) {
    guard let x = x.baseAddress, let y = y.baseAddress, let start = target.baseAddress, columns > 0 else { return }
    for row in 0..<target.count / columns {
      let (factors, result) = (x + row * inner, start + row * columns)
      if columns < 16 {
        for column in 0..<columns {
          var sum = 0.0
          for i in 0..<inner { sum += factors[i] * y[i * columns + column] }
          result[column] = sum
        }
      } else {
        for column in 0..<columns { result[column] = 0 }
        for i in 0..<inner {
          for column in 0..<columns { result[column] += factors[i] * y[i * columns + column] }
        }
      }
    }
  }
}
