import Indicators
import StrategyIR

/// Matrices: row by row in the chunk, `extra` rows of `detail` columns.
extension ObjectHeap {
  func matrix(_ function: ObjectFunction, _ a: Arguments) -> Double {
    if function == .matrixNew { return newMatrix(a) }
    guard let m = find(a[0], Slot.matrix) else { return .nan }
    if function.rawValue >= ObjectFunction.matrixSum.rawValue { return algebra(function, m, a) }
    switch function {
    case .matrixCopy: return part(m, 0..<rows(m), 0..<columns(m))
    case .matrixGet:
      guard a[1] == a[1], a[2] == a[2] else { return missing(slots[m].element) }
      guard let cell = cell(m, a[1], a[2]) else { return .nan }
      return cells[cell]
    case .matrixSet:
      guard a[1] == a[1], a[2] == a[2], let cell = cell(m, a[1], a[2]) else { return .nan }
      cells[cell] = a[3]
    case .matrixFill:
      guard let rows = range(a[2], a[3], of: rows(m)), let columns = range(a[4], a[5], of: columns(m))
      else { return .nan }
      for row in rows { for column in columns { cells[cell(m, row, column)] = a[1] } }
    case .matrixRows: return Double(rows(m))
    case .matrixColumns: return Double(columns(m))
    case .matrixElementsCount: return Double(slots[m].count)
    case .matrixRow, .matrixColumn: return line(function, m, a[1])
    case .matrixSubmatrix:
      guard let rows = range(a[1], a[2], of: rows(m)), let columns = range(a[3], a[4], of: columns(m))
      else { return .nan }
      return part(m, rows, columns)
    case .matrixTranspose: return transposed(m)
    default: return reshape(function, m, a)
    }
    return .nan
  }

  func rows(_ m: Int) -> Int { Int(slots[m].extra) }
  func columns(_ m: Int) -> Int { Int(slots[m].detail) }

  /// All elements, valid until an object is made or grows.
  func all(_ m: Int) -> UnsafeMutableBufferPointer<Double> {
    UnsafeMutableBufferPointer(start: cells + Int(slots[m].start), count: Int(slots[m].count))
  }

  func cell(_ m: Int, _ row: Int, _ column: Int) -> Int { Int(slots[m].start) + row * columns(m) + column }

  private func cell(_ m: Int, _ row: Double, _ column: Double) -> Int? {
    guard let row = place(row, of: rows(m)), let column = place(column, of: columns(m)) else { return nil }
    return cell(m, row, column)
  }

  // MARK: Making

  /// A new matrix, whose elements have no values yet; nil, and a fault, where it would be too large.
  func makeMatrix(_ element: UInt8, _ rows: Int, _ columns: Int) -> Int? {
    guard fits(rows, columns), let slot = make(Slot.matrix, room: rows * columns) else { return nil }
    slots[slot].element = element
    shape(slot, rows, columns)
    return slot
  }

  /// False, and a fault, for too many elements.
  func fits(_ rows: Int, _ columns: Int) -> Bool {
    let most = Self.mostMatrixCells
    if rows <= most, columns <= most, rows * columns <= most { return true }
    fail(.size(Double(rows) * Double(columns), most: most))
    return false
  }

  func shape(_ slot: Int, _ rows: Int, _ columns: Int) {
    (slots[slot].extra, slots[slot].detail) = (Int32(rows), Int32(columns))
    slots[slot].count = Int32(rows * columns)
  }

  private func newMatrix(_ a: Arguments) -> Double {
    let most = Self.mostMatrixCells
    guard let type = type(a[0]), let rows = size(a[1], most: most), let columns = size(a[2], most: most),
      fits(rows, columns), spend(rows * columns), let slot = makeMatrix(type, rows, columns)
    else { return .nan }
    all(slot).update(repeating: a[3])
    return Pine.Reference.of(slot)
  }

  private func part(_ m: Int, _ rows: Range<Int>, _ columns: Range<Int>) -> Double {
    guard let slot = makeMatrix(slots[m].element, rows.count, columns.count) else { return .nan }
    var target = Int(slots[slot].start)
    for row in rows {
      for column in columns {
        cells[target] = cells[cell(m, row, column)]
        target += 1
      }
    }
    return Pine.Reference.of(slot)
  }

  private func transposed(_ m: Int) -> Double {
    guard let slot = makeMatrix(slots[m].element, columns(m), rows(m)) else { return .nan }
    for row in 0..<rows(m) {
      for column in 0..<columns(m) { cells[cell(slot, column, row)] = cells[cell(m, row, column)] }
    }
    return Pine.Reference.of(slot)
  }

  /// A row or a column as an array.
  private func line(_ function: ObjectFunction, _ m: Int, _ index: Double) -> Double {
    let isRow = function == .matrixRow
    guard let place = place(index, of: isRow ? rows(m) : columns(m)) else { return .nan }
    return isRow ? row(m, place) : column(m, place)
  }

  func row(_ m: Int, _ row: Int) -> Double {
    guard let slot = makeArray(slots[m].element, columns(m)) else { return .nan }
    (cells + Int(slots[slot].start)).update(from: cells + cell(m, row, 0), count: columns(m))
    return Pine.Reference.of(slot)
  }

  func column(_ m: Int, _ column: Int) -> Double {
    guard let slot = makeArray(slots[m].element, rows(m)) else { return .nan }
    for row in 0..<rows(m) { cells[Int(slots[slot].start) + row] = cells[cell(m, row, column)] }
    return Pine.Reference.of(slot)
  }
}
