import Indicators
import StrategyIR

/// Matrices: rows and columns that come, go and change places.
extension ObjectHeap {
  func reshape(_ function: ObjectFunction, _ m: Int, _ a: Arguments) -> Double {
    switch function {
    case .matrixAddRow: addRow(m, a[1], a[2])
    case .matrixAddColumn: addColumn(m, a[1], a[2])
    case .matrixRemoveRow: return removeRow(m, a[1])
    case .matrixRemoveColumn: return removeColumn(m, a[1])
    case .matrixSwapRows:
      guard let i = place(a[1], of: rows(m)), let k = place(a[2], of: rows(m)) else { return .nan }
      for column in 0..<columns(m) { swap(cell(m, i, column), cell(m, k, column)) }
    case .matrixSwapColumns:
      guard let i = place(a[1], of: columns(m)), let k = place(a[2], of: columns(m)) else { return .nan }
      for row in 0..<rows(m) { swap(cell(m, row, i), cell(m, row, k)) }
    case .matrixConcat: return concat(a[0], m, a[1])
    case .matrixReshape:
      let most = Self.mostMatrixCells
      guard let rows = size(a[1], most: most), let columns = size(a[2], most: most) else { return .nan }
      guard rows * columns == Int(slots[m].count) else {
        return fail(.shapes(self.rows(m), self.columns(m), rows, columns))
      }
      shape(m, rows, columns)
    case .matrixReverse:
      var elements = all(m)
      elements.reverse()
    case .matrixSort: sort(m, a[1], isDescending: a[2] < 0)
    default: return fail(.argument(.nan))
    }
    return .nan
  }

  private func swap(_ i: Int, _ k: Int) { (cells[i], cells[k]) = (cells[k], cells[i]) }

  // MARK: Adding

  /// The elements for a new row or column; nil, and a fault, where they are not so many. A matrix without rows and
  /// columns takes any.
  private func added(_ m: Int, _ array: Double, _ size: Int) -> ArraySpan?? {
    guard array == array else { return .some(nil) }
    guard let span = span(array), spend(span.count) else { return nil }
    guard span.count == size || (rows(m) == 0 && columns(m) == 0) else {
      fail(.shapes(rows(m), columns(m), 1, span.count))
      return nil
    }
    return span
  }

  private func addRow(_ m: Int, _ index: Double, _ array: Double) {
    guard let place = index == index ? place(index, of: rows(m), mayEnd: true) : rows(m),
      let values = added(m, array, columns(m))
    else { return }
    let (rows, columns, old) = (self.rows(m), values?.count ?? self.columns(m), Int(slots[m].count))
    guard fits(rows + 1, columns), reserve(m, old + columns) else { return }
    shape(m, rows + 1, columns)
    let target = cells + cell(m, place, 0)
    (target + columns).update(from: target, count: old - place * columns)
    for i in 0..<columns { target[i] = values.map { elements($0)[i] } ?? missing(slots[m].element) }
  }

  private func addColumn(_ m: Int, _ index: Double, _ array: Double) {
    guard let place = index == index ? place(index, of: columns(m), mayEnd: true) : columns(m),
      let values = added(m, array, rows(m))
    else { return }
    let (rows, old) = (values?.count ?? self.rows(m), self.columns(m))
    guard fits(rows, old + 1), reserve(m, rows * (old + 1)) else { return }
    shape(m, rows, old + 1)
    let first = cells + Int(slots[m].start)
    // From the last row on, and its end first: nothing is written over before it has moved.
    for row in (0..<rows).reversed() {
      let (source, target) = (first + row * old, first + row * (old + 1))
      (target + place + 1).update(from: source + place, count: old - place)
      target.update(from: source, count: place)
      target[place] = values.map { elements($0)[row] } ?? missing(slots[m].element)
    }
  }

  private func concat(_ reference: Double, _ m: Int, _ other: Double) -> Double {
    guard let other = find(other, Slot.matrix), spend(Int(slots[other].count)) else { return .nan }
    let isEmpty = rows(m) == 0 && columns(m) == 0
    guard isEmpty || columns(m) == columns(other) else {
      return fail(.shapes(rows(m), columns(m), rows(other), columns(other)))
    }
    let (rows, columns, old) = (self.rows(m) + self.rows(other), self.columns(other), Int(slots[m].count))
    let count = Int(slots[other].count)
    guard fits(rows, columns), reserve(m, old + count) else { return .nan }
    (cells + Int(slots[m].start) + old).update(from: cells + Int(slots[other].start), count: count)
    shape(m, rows, columns)
    return reference
  }

  // MARK: Removing

  /// The last one for na.
  private func removed(_ index: Double, of count: Int) -> Int? {
    guard count > 0 else {
      fail(.empty)
      return nil
    }
    return index == index ? place(index, of: count) : count - 1
  }

  private func removeRow(_ m: Int, _ index: Double) -> Double {
    guard let place = removed(index, of: rows(m)) else { return .nan }
    let array = row(m, place)
    guard array == array else { return .nan }
    let target = cells + cell(m, place, 0)
    target.update(from: target + columns(m), count: Int(slots[m].count) - (place + 1) * columns(m))
    shape(m, rows(m) - 1, columns(m))
    return array
  }

  private func removeColumn(_ m: Int, _ index: Double) -> Double {
    guard let place = removed(index, of: columns(m)) else { return .nan }
    let array = column(m, place)
    guard array == array else { return .nan }
    let (first, old) = (cells + Int(slots[m].start), columns(m))
    for row in 0..<rows(m) {
      let (source, target) = (first + row * old, first + row * (old - 1))
      target.update(from: source, count: place)
      (target + place).update(from: source + place + 1, count: old - place - 1)
    }
    shape(m, rows(m), old - 1)
    return array
  }

  // MARK: Sorting

  /// The rows by the elements of a column, as `array.sort_indices` orders them.
  private func sort(_ m: Int, _ column: Double, isDescending: Bool) {
    let (rows, columns) = (self.rows(m), self.columns(m))
    guard let column = column == column ? place(column, of: columns) : 0,
      spend(rows * (Int.bitWidth - rows.leadingZeroBitCount)), columns > 0
    else { return }
    let places = scratch.take(3 * rows + rows * columns)
    let (values, copy) = (places + 2 * rows, places + 3 * rows)
    copy.update(from: cells + Int(slots[m].start), count: rows * columns)
    for row in 0..<rows { values[row] = copy[row * columns + column] }
    sortPlaces(places, values, rows, slots[m].element)
    for row in 0..<rows {
      let source = Int(places[isDescending ? rows - 1 - row : row])
      (cells + cell(m, row, 0)).update(from: copy + source * columns, count: columns)
    }
  }
}
