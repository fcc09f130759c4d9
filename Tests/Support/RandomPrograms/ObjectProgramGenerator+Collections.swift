import StrategyIR

extension ObjectProgramGenerator {
  // MARK: Maps

  private static let mapFunctions: [ObjectFunction] = [
    .mapPut, .mapPut, .mapPut, .mapPut, .mapGet, .mapContains, .mapRemove, .mapSize, .mapKeys, .mapValues, .mapKeyAt,
    .mapValueAt, .mapCopy, .mapPutAll, .mapClear,
  ]

  mutating func mapCall() {
    let (variable, key, type) = random.pick(maps)
    let map = b.read(variable)
    let function = random.pick(Self.mapFunctions)
    let size = count(.mapSize, map)
    switch function {
    case .mapPut: call(function, [map, value(key), value(type)], type)
    case .mapGet, .mapRemove: call(function, [map, value(key)], type)
    case .mapContains: call(function, [map, value(key)], .bool)
    case .mapSize: call(function, [map], .int)
    case .mapKeys: if let keys = call(function, [map], .reference) { arrays.append((keys, key)) }
    case .mapValues: if let values = call(function, [map], .reference) { arrays.append((values, type)) }
    case .mapKeyAt: call(function, [map, place(size)], key, where: isSome(size))
    case .mapValueAt: call(function, [map, place(size)], type, where: isSome(size))
    case .mapCopy: if let copy = call(function, [map], .reference) { maps.append((copy, key, type)) }
    case .mapPutAll:
      let other = random.pick(maps.filter { $0.key == key && $0.type == type }).variable
      call(function, [map, b.read(other)], nil)
    default: if random.below(4) == 0 { call(.mapClear, [map], nil) }
    }
  }

  // MARK: Matrices

  private static let reading: [ObjectFunction] = [
    .matrixGet, .matrixRows, .matrixColumns, .matrixElementsCount, .matrixRow, .matrixColumn, .matrixIsSquare,
  ]
  private static let changing: [ObjectFunction] = [
    .matrixSet, .matrixSet, .matrixSet, .matrixFill, .matrixAddRow, .matrixAddColumn, .matrixRemoveRow,
    .matrixRemoveColumn, .matrixSwapRows, .matrixSwapColumns, .matrixConcat, .matrixReshape, .matrixReverse,
  ]
  private static let making: [ObjectFunction] = [.matrixCopy, .matrixTranspose, .matrixSubmatrix, .textOfObject]
  private static let numeric: [ObjectFunction] = [
    .matrixSort, .matrixSum, .matrixDiff, .matrixMult, .matrixPow, .matrixKron, .matrixDet, .matrixInv, .matrixPinv,
    .matrixRank, .matrixTrace, .matrixEigenvalues, .matrixEigenvectors, .matrixAvg, .matrixMin, .matrixMax,
    .matrixMedian, .matrixMode, .matrixIsIdentity, .matrixIsBinary, .matrixIsSymmetric, .matrixIsAntisymmetric,
    .matrixIsDiagonal, .matrixIsAntidiagonal, .matrixIsTriangular, .matrixIsStochastic, .matrixIsZero,
  ]

  mutating func matrixCall() {
    let (variable, type) = random.pick(matrices)
    let matrix = b.read(variable)
    let isNumeric = type == .int || type == .float
    let all = Self.reading + Self.changing + Self.making + (isNumeric ? Self.numeric + Self.numeric : [])
    let function = random.pick(all)
    let (rows, columns) = (count(.matrixRows, matrix), count(.matrixColumns, matrix))
    if Self.changing.contains(function) {
      changeMatrix(function, matrix, type, rows, columns)
    } else if Self.numeric.contains(function) {
      algebra(function, matrix, type, rows, columns)
    } else {
      readMatrix(function, matrix, type, rows, columns)
    }
  }

  private mutating func readMatrix(
    _ function: ObjectFunction, _ matrix: ExpressionRef, _ type: ValueType, _ rows: ExpressionRef,
    _ columns: ExpressionRef
  ) {
    let isFull = b.and(isSome(rows), isSome(columns))
    switch function {
    case .matrixGet: call(function, [matrix, place(rows), place(columns)], type, where: isFull)
    case .matrixRow, .matrixColumn:
      let place = place(function == .matrixRow ? rows : columns)
      if let line = call(function, [matrix, place], .reference, where: isFull) { kept(line, type) }
    case .matrixIsSquare: call(function, [matrix], .bool)
    case .matrixSubmatrix:
      let (row, column) = (place(rows), place(columns))
      let arguments = [matrix, row, b.na(.int), column, b.na(.int)]
      held(call(function, arguments, .reference, where: isFull, otherwise: matrix), type)
    case .matrixCopy, .matrixTranspose:
      held(call(function, [matrix], .reference), type)
    case .textOfObject: call(function, [matrix, random.below(2) == 0 ? b.na(.text) : b.text("#.##")], .text)
    default: call(function, [matrix], .int)
    }
  }

  private mutating func held(_ variable: VariableRef?, _ type: ValueType) {
    if let variable { matrices.append((variable, type)) }
  }

  /// An array that a condition may have left na.
  private mutating func kept(_ variable: VariableRef, _ type: ValueType) {
    let isThere = b.unary(.not, b.unary(.isNA, b.read(variable)))
    call(.arraySize, [b.read(variable)], .int, where: isThere)
  }

  private mutating func changeMatrix(
    _ function: ObjectFunction, _ matrix: ExpressionRef, _ type: ValueType, _ rows: ExpressionRef,
    _ columns: ExpressionRef
  ) {
    let isFull = b.and(isSome(rows), isSome(columns))
    let isSmall = b.and(
      b.binary(.less, rows, b.int(6)), b.binary(.less, columns, b.int(6)))
    switch function {
    case .matrixSet: call(function, [matrix, place(rows), place(columns), value(type)], nil, where: isFull)
    case .matrixFill:
      call(
        function, [matrix, value(type), place(rows), b.na(.int), place(columns), b.na(.int)], nil, where: isFull)
    case .matrixAddRow, .matrixAddColumn:
      let (count, other) = function == .matrixAddRow ? (rows, columns) : (columns, rows)
      let place = random.below(2) == 0 ? b.na(.int) : place(count)
      call(function, [matrix, place, line(type, other)], nil, where: isSmall)
    case .matrixSwapRows: call(function, [matrix, place(rows), place(rows)], nil, where: isFull)
    case .matrixSwapColumns: call(function, [matrix, place(columns), place(columns)], nil, where: isFull)
    case .matrixRemoveRow, .matrixRemoveColumn:
      let count = function == .matrixRemoveRow ? rows : columns
      let isLong = b.and(isFull, b.binary(.greater, count, b.int(1)))
      if let line = call(function, [matrix, place(count)], .reference, where: isLong) { kept(line, type) }
    case .matrixConcat:
      let other = b.read(random.pick(matrices.filter { $0.type == type }).variable)
      let fits = b.and(isSmall, areEqual(columns, count(.matrixColumns, other)))
      call(function, [matrix, other], .reference, where: fits, otherwise: matrix)
    case .matrixReshape: call(function, [matrix, columns, rows], nil)
    default: call(function, [matrix], nil)
    }
  }

  /// An array of so many elements, or none.
  private mutating func line(_ type: ValueType, _ count: ExpressionRef) -> ExpressionRef {
    guard random.below(3) > 0 else { return b.na(.reference) }
    return b.eager(b.object(.arrayNew, [typeNumber(type), count, value(type)], .reference))
  }

  private mutating func algebra(
    _ function: ObjectFunction, _ matrix: ExpressionRef, _ type: ValueType, _ rows: ExpressionRef,
    _ columns: ExpressionRef
  ) {
    let isSquare = b.and(isSome(rows), areEqual(rows, columns))
    switch function {
    case .matrixSort:
      call(function, [matrix, place(columns), b.int(random.below(2) * 2 - 1)], nil, where: isSome(columns))
    case .matrixSum, .matrixDiff, .matrixMult: combination(function, matrix, rows, columns)
    case .matrixKron:
      let other = b.read(random.pick(matrices.filter { $0.type == .float }).variable)
      let size = b.binary(.multiply, b.binary(.multiply, rows, columns), count(.matrixElementsCount, other))
      shown(call(function, [matrix, other], .reference, where: b.binary(.less, size, b.int(60))))
    case .matrixPow:
      shown(call(function, [matrix, b.int(random.below(4))], .reference, where: isSquare))
    case .matrixInv, .matrixEigenvectors, .matrixEigenvalues:
      shown(call(function, [matrix], .reference, where: isSquare))
    case .matrixPinv: shown(call(function, [matrix], .reference))
    case .matrixDet: call(function, [matrix], .float, where: isSquare)
    case .matrixTrace: call(function, [matrix], type, where: isSquare)
    case .matrixRank: call(function, [matrix], .int)
    case .matrixAvg: call(function, [matrix], .float)
    case .matrixMin, .matrixMax, .matrixMedian, .matrixMode: call(function, [matrix], type)
    default: call(function, [matrix], .bool)
    }
  }

  private mutating func combination(
    _ function: ObjectFunction, _ matrix: ExpressionRef, _ rows: ExpressionRef, _ columns: ExpressionRef
  ) {
    guard random.below(2) == 0 else {
      return shown(call(function, [matrix, value(.float)], .reference))
    }
    if function == .matrixMult, random.below(3) == 0 {
      let vector = line(.float, columns)
      return shown(call(function, [matrix, vector], .reference, where: b.unary(.not, b.unary(.isNA, vector))))
    }
    let other = b.read(random.pick(matrices.filter { $0.type == .float }).variable)
    let (otherRows, otherColumns) = (count(.matrixRows, other), count(.matrixColumns, other))
    let fits =
      function == .matrixMult
      ? areEqual(columns, otherRows) : b.and(areEqual(rows, otherRows), areEqual(columns, otherColumns))
    shown(call(function, [matrix, other], .reference, where: fits))
  }

  /// A result as a text, where there is one.
  private mutating func shown(_ variable: VariableRef?) {
    guard let variable else { return }
    let isThere = b.unary(.not, b.unary(.isNA, b.read(variable)))
    call(.textOfObject, [b.read(variable), b.text("#.####")], .text, where: isThere)
  }
}
