import Indicators
import StrategyIR

/// Matrices: determinant, inverses, rank and eigenvalues.
extension ObjectHeap {
  func decomposed(_ function: ObjectFunction, _ m: Int) -> Double {
    let (rows, columns) = (self.rows(m), self.columns(m))
    guard function == .matrixPinv || function == .matrixRank || isSquare(m) else { return .nan }
    guard rows > 0, columns > 0 else { return fail(.empty) }
    if function == .matrixTrace { return (0..<rows).reduce(0) { $0 + all(m)[$1 * columns + $1] } }
    let work = rows * columns * min(rows, columns)
    guard spend(function == .matrixRank || function == .matrixPinv ? 8 * work : work) else { return .nan }
    let values = Array(all(m))
    let isFinite = values.allSatisfy(\.isFinite)
    switch function {
    case .matrixDet: return isFinite ? LUDecomposition(values, rows).determinant : .nan
    case .matrixInv:
      guard isFinite else { return made(missing: rows, columns) }
      return LUDecomposition(values, rows).inverse.map { made($0, rows, columns) } ?? .nan
    case .matrixPinv:
      guard isFinite else { return made(missing: columns, rows) }
      if rows == columns, let inverse = LUDecomposition(values, rows).inverse { return made(inverse, rows, columns) }
      return made(SingularValues(values, rows, columns).pseudoInverse, columns, rows)
    case .matrixRank: return isFinite ? Double(SingularValues(values, rows, columns).rank) : .nan
    case .matrixEigenvalues:
      guard isFinite else { return made(missing: rows) }
      return made(Eigenvalues.realParts(values, rows))
    default:
      guard isFinite else { return made(missing: rows, columns) }
      guard spend(2 * work * rows) else { return .nan }
      return made(Eigenvalues.vectors(values, rows), rows, columns)
    }
  }

  private func made(_ values: [Double], _ rows: Int, _ columns: Int) -> Double {
    guard let slot = makeMatrix(ValueType.float.rawValue, rows, columns) else { return .nan }
    _ = all(slot).update(fromContentsOf: values)
    return Pine.Reference.of(slot)
  }

  private func made(_ values: [Double]) -> Double {
    values.withUnsafeBufferPointer { makeArray(ValueType.float.rawValue, $0) }
  }

  private func made(missing rows: Int, _ columns: Int) -> Double {
    made(Array(repeating: .nan, count: rows * columns), rows, columns)
  }

  private func made(missing count: Int) -> Double { made(Array(repeating: .nan, count: count)) }
}
