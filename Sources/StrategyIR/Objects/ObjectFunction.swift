/// The functions over objects: arrays, maps, matrices, values of user types and drawings, which a script holds by
/// reference. A case's place is its number in `.fxir` files: new ones go at the end. `ObjectFunction+Rows.swift`
/// describes each.
///
/// All values are doubles; a reference is one, too (`Pine.Reference`), and na is no object. A function that makes a
/// collection has the type of its elements first (`ValueType.rawValue`; a map that of keys and of values). The other
/// arguments are those of the row, in its order; one that was not given is na. A function without a result answers
/// na.
public enum ObjectFunction: UInt8, Sendable, CaseIterable {
  // array.*: (type, size, initial), (type, element …)
  case arrayNew, arrayFrom
  case arrayCopy, arraySlice, arrayConcat
  case arrayGet, arraySet, arraySize, arrayFirst, arrayLast
  case arrayPush, arrayPop, arrayShift, arrayUnshift, arrayInsert, arrayRemove, arrayClear, arrayFill
  case arrayReverse, arraySort, arraySortIndices
  case arrayIncludes, arrayIndexOf, arrayLastIndexOf
  case arrayBinarySearch, arrayBinarySearchLeftmost, arrayBinarySearchRightmost
  case arraySum, arrayAvg, arrayMin, arrayMax, arrayRange, arrayMedian, arrayMode
  case arrayStdev, arrayVariance, arrayCovariance
  case arrayPercentileLinear, arrayPercentileNearest, arrayPercentRank
  case arrayAbs, arrayStandardize, arrayEvery, arraySome, arrayJoin

  // map.*: (type of keys, type of values)
  case mapNew, mapCopy, mapPut, mapPutAll, mapGet, mapContains, mapRemove, mapSize, mapClear
  case mapKeys, mapValues
  /// (map, place): the key or value of the pair with this place in the order of insertion.
  case mapKeyAt, mapValueAt

  // matrix.*: (type, rows, columns, initial)
  case matrixNew, matrixCopy, matrixGet, matrixSet, matrixFill
  case matrixRows, matrixColumns, matrixElementsCount
  case matrixRow, matrixColumn, matrixAddRow, matrixAddColumn, matrixRemoveRow, matrixRemoveColumn
  case matrixSwapRows, matrixSwapColumns, matrixConcat, matrixReshape, matrixReverse, matrixTranspose
  case matrixSubmatrix, matrixSort
  case matrixSum, matrixDiff, matrixMult, matrixPow, matrixKron
  case matrixDet, matrixInv, matrixPinv, matrixRank, matrixTrace
  case matrixEigenvalues, matrixEigenvectors
  case matrixAvg, matrixMin, matrixMax, matrixMedian, matrixMode
  case matrixIsSquare, matrixIsIdentity, matrixIsBinary, matrixIsSymmetric, matrixIsAntisymmetric
  case matrixIsDiagonal, matrixIsAntidiagonal, matrixIsTriangular, matrixIsStochastic, matrixIsZero

  /// (record's number, field …); (object); (object, field's number); (object, field's number, value). The object
  /// na stops the script, but for copies.
  case recordNew, recordCopy, recordGet, recordSet

  /// (DrawingKind, field …), (drawing), (drawing, field's number), (drawing, field's number, value), (drawing). The
  /// drawing na has na fields, and to change or delete it does nothing.
  case drawingNew, drawingCopy, drawingGet, drawingSet, drawingDelete
  /// (DrawingKind): an array of the drawings of this kind that are there, oldest first.
  case drawingAll

  /// (text, separator): an array of texts.
  case textSplit
  /// (array or matrix, format): `[1, 2]`; a matrix has a line for each row.
  case textOfObject

  private static let rows = allCases.map(\.written)

  /// Its row of the catalogue.
  public var row: ObjectRow { Self.rows[Int(rawValue)] }

  /// Whether it changes an object that was there before.
  public var changesObjects: Bool {
    switch self {
    case .arrayConcat, .arraySet, .arrayPush, .arrayPop, .arrayShift, .arrayUnshift, .arrayInsert, .arrayRemove,
      .arrayClear, .arrayFill, .arrayReverse, .arraySort, .mapPut, .mapPutAll, .mapRemove, .mapClear, .matrixSet,
      .matrixFill, .matrixAddRow, .matrixAddColumn, .matrixRemoveRow, .matrixRemoveColumn, .matrixSwapRows,
      .matrixSwapColumns, .matrixConcat, .matrixReshape, .matrixReverse, .matrixSort, .recordSet, .drawingNew,
      .drawingCopy, .drawingSet, .drawingDelete:
      true
    default: false
    }
  }

  var isOfDrawings: Bool {
    switch self {
    case .drawingNew, .drawingCopy, .drawingGet, .drawingSet, .drawingDelete, .drawingAll: true
    default: false
    }
  }

  /// The fewest arguments.
  public var arity: Int { row.arity }
  public var isVariadic: Bool { row.isVariadic }
}

/// The drawings that a script can hold.
public enum DrawingKind: UInt8, Sendable, CaseIterable {
  case line, label, box, linefill, polyline, table
}
