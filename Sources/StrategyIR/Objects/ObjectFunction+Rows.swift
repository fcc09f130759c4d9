/// The table of the functions over objects: one row for each case.
extension ObjectFunction {
  var written: ObjectRow {
    switch self {
    case .arrayNew, .arrayFrom, .arrayCopy, .arraySlice, .arrayConcat, .arrayGet, .arraySet, .arraySize,
      .arrayFirst, .arrayLast, .arrayPush, .arrayPop, .arrayShift, .arrayUnshift, .arrayInsert, .arrayRemove,
      .arrayClear, .arrayFill, .arrayReverse, .arraySort, .arraySortIndices, .arrayIncludes, .arrayIndexOf,
      .arrayLastIndexOf, .arrayBinarySearch, .arrayBinarySearchLeftmost, .arrayBinarySearchRightmost:
      arrayRow
    case .arraySum, .arrayAvg, .arrayMin, .arrayMax, .arrayRange, .arrayMedian, .arrayMode, .arrayStdev,
      .arrayVariance, .arrayCovariance, .arrayPercentileLinear, .arrayPercentileNearest, .arrayPercentRank,
      .arrayAbs, .arrayStandardize, .arrayEvery, .arraySome, .arrayJoin:
      arrayStatisticsRow
    case .mapNew, .mapCopy, .mapPut, .mapPutAll, .mapGet, .mapContains, .mapRemove, .mapSize, .mapClear,
      .mapKeys, .mapValues, .mapKeyAt, .mapValueAt:
      mapRow
    case .recordNew: ObjectRow(inner: "T.new(number: int, field: any...) value", about: "An object of a user type.")
    case .recordCopy: ObjectRow(inner: "T.copy(id: any) value", about: "Another object with the same fields.")
    case .recordGet: ObjectRow(inner: "T.get(id: any, field: int) value", about: "A field.")
    case .recordSet: ObjectRow(inner: "T.set(id: any, field: int, value: any) void", about: "Gives a field a value.")
    case .drawingNew: ObjectRow(inner: "drawing.new(kind: int, field: any...) value", about: "A drawing.")
    case .drawingCopy: ObjectRow(inner: "drawing.copy(id: any) value", about: "Another drawing with the same fields.")
    case .drawingGet: ObjectRow(inner: "drawing.get(id: any, field: int) value", about: "A field of a drawing.")
    case .drawingSet:
      ObjectRow(inner: "drawing.set(id: any, field: int, value: any) void", about: "Changes a field of a drawing.")
    case .drawingDelete: ObjectRow(inner: "drawing.delete(id: any) void", about: "Removes a drawing.")
    case .drawingAll: ObjectRow(inner: "drawing.all(kind: int) value", about: "All drawings of a kind.")
    case .textSplit:
      ObjectRow(
        "str.split(string: string, separator: string) array<string>",
        about: "The parts of a text between separators.")
    case .textOfObject:
      ObjectRow(inner: "str.tostring(value: any, format?: string) string", about: "The elements as a text.")
    default: matrixRow
    }
  }

  private var arrayRow: ObjectRow {
    switch self {
    case .arrayNew:
      ObjectRow(inner: "array.new(size: int, initial_value: any) array", leading: 1, about: "An array.")
    case .arrayFrom:
      ObjectRow(inner: "array.from(arg: any...) array", leading: 1, about: "An array of the arguments.")
    case .arrayCopy: ObjectRow("array.copy(id: array) array", about: "Another array with the same elements.")
    case .arraySlice:
      ObjectRow(
        "array.slice(id: array, index_from: int, index_to: int) array",
        about: "A window on the elements from one index to before another: what is written goes to the array too.")
    case .arrayConcat:
      ObjectRow(
        "array.concat(id1: array, id2: array) array",
        about: "Adds the second array's elements to the first, and answers that.")
    case .arrayGet:
      ObjectRow(
        "array.get(id: array, index: int) element", about: "The element; a negative index counts from the end.")
    case .arraySet:
      ObjectRow("array.set(id: array, index: int, value: element) void", about: "Changes an element.")
    case .arraySize: ObjectRow("array.size(id: array) int", about: "The number of elements.")
    case .arrayFirst: ObjectRow("array.first(id: array) element", about: "The first element.")
    case .arrayLast: ObjectRow("array.last(id: array) element", about: "The last element.")
    case .arrayPush: ObjectRow("array.push(id: array, value: element) void", about: "Adds an element at the end.")
    case .arrayPop: ObjectRow("array.pop(id: array) element", about: "Removes the last element and answers it.")
    case .arrayShift: ObjectRow("array.shift(id: array) element", about: "Removes the first element and answers it.")
    case .arrayUnshift:
      ObjectRow("array.unshift(id: array, value: element) void", about: "Adds an element at the beginning.")
    case .arrayInsert:
      ObjectRow("array.insert(id: array, index: int, value: element) void", about: "Adds an element at an index.")
    case .arrayRemove:
      ObjectRow("array.remove(id: array, index: int) element", about: "Removes an element and answers it.")
    case .arrayClear: ObjectRow("array.clear(id: array) void", about: "Removes all elements.")
    case .arrayFill:
      ObjectRow(
        "array.fill(id: array, value: element, index_from: int = 0, index_to: int = na) void",
        about: "Gives all elements from one index to before another the value.")
    case .arrayReverse: ObjectRow("array.reverse(id: array) void", about: "Turns the order around.")
    case .arraySort:
      ObjectRow("array.sort(id: array, order: sortorder = 1) void", about: "Sorts the elements; na comes last.")
    case .arraySortIndices:
      ObjectRow(
        "array.sort_indices(id: array, order: sortorder = 1) array<int>",
        about: "The indices of the elements in the order in which they would be sorted.")
    case .arrayIncludes:
      ObjectRow("array.includes(id: array, value: element) bool", about: "Whether an element has the value.")
    case .arrayIndexOf:
      ObjectRow("array.indexof(id: array, value: element) int", about: "The first index of the value, or -1.")
    case .arrayLastIndexOf:
      ObjectRow("array.lastindexof(id: array, value: element) int", about: "The last index of the value, or -1.")
    case .arrayBinarySearch:
      ObjectRow(
        "array.binary_search(id: array<number>, val: number) int",
        about: "The index of the value in a sorted array, or -1.")
    case .arrayBinarySearchLeftmost:
      ObjectRow(
        "array.binary_search_leftmost(id: array<number>, val: number) int",
        about: "The first index of the value in a sorted array, or that of the element before its place.")
    default:
      ObjectRow(
        "array.binary_search_rightmost(id: array<number>, val: number) int",
        about: "The last index of the value in a sorted array, or that of the element behind its place.")
    }
  }

  private var arrayStatisticsRow: ObjectRow {
    switch self {
    case .arraySum: ObjectRow("array.sum(id: array<number>) element", about: "The sum of the elements that are not na.")
    case .arrayAvg: ObjectRow("array.avg(id: array<number>) float", about: "The mean of the elements that are not na.")
    case .arrayMin:
      ObjectRow("array.min(id: array<number>, nth: int = 0) element", about: "The least element, or the nth least.")
    case .arrayMax:
      ObjectRow(
        "array.max(id: array<number>, nth: int = 0) element", about: "The greatest element, or the nth greatest.")
    case .arrayRange:
      ObjectRow("array.range(id: array<number>) element", about: "The greatest element less the least.")
    case .arrayMedian: ObjectRow("array.median(id: array<number>) element", about: "The median.")
    case .arrayMode:
      ObjectRow(
        "array.mode(id: array<number>) element",
        about: "The most frequent element, the least of several; without repetition the least.")
    case .arrayStdev:
      ObjectRow("array.stdev(id: array<number>, biased: bool = true) float", about: "The standard deviation.")
    case .arrayVariance:
      ObjectRow("array.variance(id: array<number>, biased: bool = true) float", about: "The variance.")
    case .arrayCovariance:
      ObjectRow(
        "array.covariance(id1: array<number>, id2: array<number>, biased: bool = true) float",
        about: "The covariance of two arrays.")
    case .arrayPercentileLinear:
      ObjectRow(
        "array.percentile_linear_interpolation(id: array<number>, percentage: float) float",
        about: "The value below which the percentage lies, between elements if need be.")
    case .arrayPercentileNearest:
      ObjectRow(
        "array.percentile_nearest_rank(id: array<number>, percentage: float) element",
        about: "The element at the nearest rank of the percentage.")
    case .arrayPercentRank:
      ObjectRow(
        "array.percentrank(id: array<number>, index: int) float",
        about: "The percentage of elements that are less than or equal to that at the index.")
    case .arrayAbs: ObjectRow("array.abs(id: array<number>) array", about: "An array of the absolute values.")
    case .arrayStandardize:
      ObjectRow(
        "array.standardize(id: array<number>) array<float>",
        about: "An array of the elements less the mean, by the deviation.")
    case .arrayEvery:
      ObjectRow(
        "array.every(id: array<bool>) bool", "array.every(id: array<number>) bool",
        about: "Whether all elements are true; of numbers, 0 and na are not.")
    case .arraySome:
      ObjectRow(
        "array.some(id: array<bool>) bool", "array.some(id: array<number>) bool",
        about: "Whether one element is true; of numbers, 0 and na are not.")
    default:
      ObjectRow("array.join(id: array, separator: string = '') string", about: "The elements as one text.")
    }
  }

  private var mapRow: ObjectRow {
    switch self {
    case .mapNew: ObjectRow(inner: "map.new() map", leading: 2, about: "A map.")
    case .mapCopy: ObjectRow("map.copy(id: map) map", about: "Another map with the same pairs.")
    case .mapPut:
      ObjectRow("map.put(id: map, key: key, value: mapvalue) mapvalue", about: "Gives a key a value; the one before.")
    case .mapPutAll: ObjectRow("map.put_all(id: map, id2: map) void", about: "Puts all pairs of another map.")
    case .mapGet: ObjectRow("map.get(id: map, key: key) mapvalue", about: "The value of the key, or na.")
    case .mapContains: ObjectRow("map.contains(id: map, key: key) bool", about: "Whether there is the key.")
    case .mapRemove:
      ObjectRow("map.remove(id: map, key: key) mapvalue", about: "Removes a key and answers its value, or na.")
    case .mapSize: ObjectRow("map.size(id: map) int", about: "The number of pairs.")
    case .mapClear: ObjectRow("map.clear(id: map) void", about: "Removes all pairs.")
    case .mapKeys: ObjectRow("map.keys(id: map) array<key>", about: "The keys in the order of insertion.")
    case .mapValues: ObjectRow("map.values(id: map) array<mapvalue>", about: "The values in the order of insertion.")
    case .mapKeyAt: ObjectRow(inner: "map.key_at(id: map, place: int) key", about: "The key at a place.")
    default: ObjectRow(inner: "map.value_at(id: map, place: int) mapvalue", about: "The value at a place.")
    }
  }

  private var matrixRow: ObjectRow {
    switch self {
    case .matrixNew:
      ObjectRow(inner: "matrix.new(rows: int, columns: int, initial_value: any) matrix", leading: 1, about: "A matrix.")
    case .matrixCopy: ObjectRow("matrix.copy(id: matrix) matrix", about: "Another matrix with the same elements.")
    case .matrixGet: ObjectRow("matrix.get(id: matrix, row: int, column: int) element", about: "An element.")
    case .matrixSet:
      ObjectRow("matrix.set(id: matrix, row: int, column: int, value: element) void", about: "Changes an element.")
    case .matrixFill:
      ObjectRow(
        "matrix.fill(id: matrix, value: element, from_row: int = 0, to_row: int = na, from_column: int = 0,"
          + " to_column: int = na) void", about: "Gives a part of the matrix one value.")
    case .matrixRows: ObjectRow("matrix.rows(id: matrix) int", about: "The number of rows.")
    case .matrixColumns: ObjectRow("matrix.columns(id: matrix) int", about: "The number of columns.")
    case .matrixElementsCount: ObjectRow("matrix.elements_count(id: matrix) int", about: "The number of elements.")
    case .matrixRow: ObjectRow("matrix.row(id: matrix, row: int) array<element>", about: "A row as an array.")
    case .matrixColumn: ObjectRow("matrix.col(id: matrix, column: int) array<element>", about: "A column as an array.")
    case .matrixAddRow:
      ObjectRow(
        "matrix.add_row(id: matrix, row: int = na, array_id: array<element> = na) void",
        about: "Adds a row, at the end where no place is given, of na where no array is.")
    case .matrixAddColumn:
      ObjectRow(
        "matrix.add_col(id: matrix, column: int = na, array_id: array<element> = na) void",
        about: "Adds a column, at the end where no place is given, of na where no array is.")
    case .matrixRemoveRow:
      ObjectRow("matrix.remove_row(id: matrix, row: int = na) array<element>", about: "Removes a row and answers it.")
    case .matrixRemoveColumn:
      ObjectRow(
        "matrix.remove_col(id: matrix, column: int = na) array<element>", about: "Removes a column and answers it.")
    case .matrixSwapRows:
      ObjectRow("matrix.swap_rows(id: matrix, row1: int, row2: int) void", about: "Exchanges two rows.")
    case .matrixSwapColumns:
      ObjectRow("matrix.swap_columns(id: matrix, column1: int, column2: int) void", about: "Exchanges two columns.")
    case .matrixConcat:
      ObjectRow(
        "matrix.concat(id1: matrix, id2: matrix) matrix",
        about: "Adds the second matrix's rows to the first, and answers that.")
    case .matrixReshape:
      ObjectRow("matrix.reshape(id: matrix, rows: int, columns: int) void", about: "The same elements in other rows.")
    case .matrixReverse: ObjectRow("matrix.reverse(id: matrix) void", about: "Turns rows and columns around.")
    case .matrixTranspose: ObjectRow("matrix.transpose(id: matrix) matrix", about: "Rows become columns.")
    case .matrixSubmatrix:
      ObjectRow(
        "matrix.submatrix(id: matrix, from_row: int = 0, to_row: int = na, from_column: int = 0,"
          + " to_column: int = na) matrix", about: "A part of the matrix as another.")
    case .matrixSort:
      ObjectRow(
        "matrix.sort(id: matrix, column: int = 0, order: sortorder = 1) void", about: "Sorts the rows by a column.")
    default: matrixAlgebraRow
    }
  }

  private var matrixAlgebraRow: ObjectRow {
    switch self {
    case .matrixSum:
      ObjectRow(
        "matrix.sum(id1: matrix<number>, id2: matrix<number>) matrix<float>",
        "matrix.sum(id1: matrix<number>, id2: float) matrix<float>",
        about: "The sum with a matrix or a number, element by element.")
    case .matrixDiff:
      ObjectRow(
        "matrix.diff(id1: matrix<number>, id2: matrix<number>) matrix<float>",
        "matrix.diff(id1: matrix<number>, id2: float) matrix<float>",
        about: "The difference from a matrix or a number, element by element.")
    case .matrixMult:
      ObjectRow(
        "matrix.mult(id1: matrix<number>, id2: matrix<number>) matrix<float>",
        "matrix.mult(id1: matrix<number>, id2: array<number>) array<float>",
        "matrix.mult(id1: matrix<number>, id2: float) matrix<float>",
        about: "The product with a matrix, a vector or a number.")
    case .matrixPow:
      ObjectRow("matrix.pow(id: matrix<number>, power: int) matrix<float>", about: "The product with itself.")
    case .matrixKron:
      ObjectRow(
        "matrix.kron(id1: matrix<number>, id2: matrix<number>) matrix<float>", about: "The Kronecker product.")
    case .matrixDet: ObjectRow("matrix.det(id: matrix<number>) float", about: "The determinant.")
    case .matrixInv: ObjectRow("matrix.inv(id: matrix<number>) matrix<float>", about: "The inverse; na where none is.")
    case .matrixPinv: ObjectRow("matrix.pinv(id: matrix<number>) matrix<float>", about: "The pseudo-inverse.")
    case .matrixRank: ObjectRow("matrix.rank(id: matrix<number>) int", about: "The rank.")
    case .matrixTrace: ObjectRow("matrix.trace(id: matrix<number>) element", about: "The sum of the main diagonal.")
    case .matrixEigenvalues:
      ObjectRow("matrix.eigenvalues(id: matrix<number>) array<float>", about: "The eigenvalues, real parts.")
    case .matrixEigenvectors:
      ObjectRow(
        "matrix.eigenvectors(id: matrix<number>) matrix<float>", about: "The eigenvectors as columns, real parts.")
    case .matrixAvg: ObjectRow("matrix.avg(id: matrix<number>) float", about: "The mean of the elements.")
    case .matrixMin: ObjectRow("matrix.min(id: matrix<number>) element", about: "The least element.")
    case .matrixMax: ObjectRow("matrix.max(id: matrix<number>) element", about: "The greatest element.")
    case .matrixMedian: ObjectRow("matrix.median(id: matrix<number>) element", about: "The median of the elements.")
    case .matrixMode: ObjectRow("matrix.mode(id: matrix<number>) element", about: "The most frequent element.")
    case .matrixIsSquare: ObjectRow("matrix.is_square(id: matrix) bool", about: "As many rows as columns.")
    case .matrixIsIdentity:
      ObjectRow("matrix.is_identity(id: matrix<number>) bool", about: "Ones on the main diagonal, else zeros.")
    case .matrixIsBinary: ObjectRow("matrix.is_binary(id: matrix<number>) bool", about: "All elements are 0 or 1.")
    case .matrixIsSymmetric:
      ObjectRow("matrix.is_symmetric(id: matrix<number>) bool", about: "Equal to its transpose.")
    case .matrixIsAntisymmetric:
      ObjectRow("matrix.is_antisymmetric(id: matrix<number>) bool", about: "Equal to its negated transpose.")
    case .matrixIsDiagonal:
      ObjectRow("matrix.is_diagonal(id: matrix<number>) bool", about: "Zeros outside the main diagonal.")
    case .matrixIsAntidiagonal:
      ObjectRow("matrix.is_antidiagonal(id: matrix<number>) bool", about: "Zeros outside the secondary diagonal.")
    case .matrixIsTriangular:
      ObjectRow("matrix.is_triangular(id: matrix<number>) bool", about: "Zeros above or below the main diagonal.")
    case .matrixIsStochastic:
      ObjectRow("matrix.is_stochastic(id: matrix<number>) bool", about: "No negative element, rows that add up to 1.")
    default: ObjectRow("matrix.is_zero(id: matrix<number>) bool", about: "All elements are 0.")
    }
  }
}
