/// The shapes of matrices and what is in them.
extension Interpreter {
  func matrix(_ name: String, _ a: [OracleValue], _ held: String) throws -> OracleValue {
    if name == "matrix.new" {
      let size = a.prefix(2).map { $0.isMissing ? 0 : Int($0.number) }
      let value = a.count > 2 && !a[2].isMissing ? a[2] : blank(held)
      let row = [OracleValue](repeating: value, count: size.count > 1 ? size[1] : 0)
      return .object(OracleMatrix([[OracleValue]](repeating: row, count: size.first ?? 0), of: held))
    }
    guard let matrix = a[0].object as? OracleMatrix else { throw OracleStop.missing(name) }
    if let value = try read(name, matrix, a) ?? summary(name, matrix) ?? algebra(name, matrix, a) { return value }
    return try change(name, matrix, a)
  }

  private func read(_ name: String, _ matrix: OracleMatrix, _ a: [OracleValue]) throws -> OracleValue? {
    let (rows, columns) = (matrix.rows.count, matrix.columns)
    switch name {
    case "matrix.rows": return .number(Double(rows))
    case "matrix.columns": return .number(Double(columns))
    case "matrix.elements_count": return .number(Double(rows * columns))
    case "matrix.get":
      if a[1].number.isNaN || a[2].number.isNaN { return blank(matrix.held) }
      let row = try place(a[1].number, of: rows, name)
      let column = try place(a[2].number, of: columns, name)
      return matrix.rows[row][column]
    case "matrix.row":
      return .object(OracleArray(matrix.rows[try place(a[1].number, of: rows, name)], of: matrix.held))
    case "matrix.col":
      let column = try place(a[1].number, of: columns, name)
      return .object(OracleArray(matrix.rows.map { $0[column] }, of: matrix.held))
    case "matrix.copy": return .object(OracleMatrix(matrix.rows, of: matrix.held))
    case "matrix.transpose":
      return .object(
        OracleMatrix((0..<columns).map { column in matrix.rows.map { $0[column] } }, of: matrix.held))
    case "matrix.submatrix":
      let rows = try span(a, at: 1, of: rows, name)
      let columns = try span(a, at: 3, of: columns, name)
      return .object(OracleMatrix(matrix.rows[rows].map { Array($0[columns]) }, of: matrix.held))
    default: return nil
    }
  }

  /// From one index to before another; without them all.
  private func span(_ a: [OracleValue], at first: Int, of count: Int, _ name: String) throws -> Range<Int> {
    let from = try a.count > first && !a[first].isMissing ? place(a[first].number, of: count, name, mayEnd: true) : 0
    let to =
      try a.count > first + 1 && !a[first + 1].isMissing
      ? place(a[first + 1].number, of: count, name, mayEnd: true) : count
    guard from <= to else { throw OracleStop(message: name) }
    return from..<to
  }

  /// na is left out.
  private func summary(_ name: String, _ matrix: OracleMatrix) -> OracleValue? {
    let known = matrix.numbers.joined().filter { $0 == $0 }
    switch name {
    case "matrix.avg": return known.isEmpty ? .na : .number(known.reduce(0, +) / Double(known.count))
    case "matrix.min": return .number(known.min() ?? .nan)
    case "matrix.max": return .number(known.max() ?? .nan)
    case "matrix.median": return .number(Self.median(known.sorted(), isInt: matrix.held == "int"))
    case "matrix.mode": return .number(Self.mode(known))
    default: return nil
    }
  }

  // MARK: Changing

  private func change(_ name: String, _ matrix: OracleMatrix, _ a: [OracleValue]) throws -> OracleValue {
    let (rows, columns) = (matrix.rows.count, matrix.columns)
    switch name {
    case "matrix.set":
      if a[1].number.isNaN || a[2].number.isNaN { break }
      let row = try place(a[1].number, of: rows, name)
      let column = try place(a[2].number, of: columns, name)
      matrix.rows[row][column] = a[3]
    case "matrix.fill":
      for row in try span(a, at: 2, of: rows, name) {
        for column in try span(a, at: 4, of: columns, name) { matrix.rows[row][column] = a[1] }
      }
    case "matrix.swap_rows":
      matrix.rows.swapAt(try place(a[1].number, of: rows, name), try place(a[2].number, of: rows, name))
    case "matrix.swap_columns":
      let (one, other) = (try place(a[1].number, of: columns, name), try place(a[2].number, of: columns, name))
      for row in 0..<rows { matrix.rows[row].swapAt(one, other) }
    case "matrix.reverse": matrix.rows = matrix.rows.reversed().map { $0.reversed() }
    case "matrix.sort":
      let column = try a.count > 1 && !a[1].isMissing ? place(a[1].number, of: columns, name) : 0
      let order = Self.order(matrix.rows.map { $0[column] }, isDescending: a.count > 2 && a[2].number < 0)
      matrix.rows = order.map { matrix.rows[$0.offset] }
    case "matrix.reshape":
      let all = Array(matrix.rows.joined())
      let (rows, columns) = (Int(a[1].number), Int(a[2].number))
      guard rows * columns == all.count else { throw OracleStop(message: name) }
      matrix.rows = (0..<rows).map { Array(all[$0 * columns..<($0 + 1) * columns]) }
    case "matrix.concat":
      guard let other = a[1].object as? OracleMatrix else { throw OracleStop.missing(name) }
      guard other.columns == columns || rows == 0 else { throw OracleStop(message: name) }
      matrix.rows += other.rows
      return a[0]
    default: return try resize(name, matrix, a)
    }
    return .none
  }

  /// Rows and columns that come and go: without a place at the end, without an array of na.
  private func resize(_ name: String, _ matrix: OracleMatrix, _ a: [OracleValue]) throws -> OracleValue {
    let isRow = name.hasSuffix("row")
    let lines = isRow ? matrix.rows : Self.turned(matrix.rows)
    let isAdded = name.hasPrefix("matrix.add")
    let isPlaced = a.count > 1 && !a[1].isMissing
    var made = lines
    var removed: [OracleValue] = []
    if isAdded {
      let place = try isPlaced ? self.place(a[1].number, of: lines.count, name, mayEnd: true) : lines.count
      let width = isRow ? matrix.columns : matrix.rows.count
      let line =
        try a.count > 2
        ? window(a[2], name).elements : [OracleValue](repeating: blank(matrix.held), count: width)
      guard lines.isEmpty || line.count == width else { throw OracleStop(message: name) }
      made.insert(line, at: place)
    } else {
      removed = made.remove(at: try place(isPlaced ? a[1].number : Double(lines.count - 1), of: lines.count, name))
    }
    guard ["matrix.add_row", "matrix.add_col", "matrix.remove_row", "matrix.remove_col"].contains(name) else {
      throw OracleGap(what: name)
    }
    matrix.rows = isRow ? made : Self.turned(made)
    return isAdded ? .none : .object(OracleArray(removed, of: matrix.held))
  }

  private static func turned(_ rows: [[OracleValue]]) -> [[OracleValue]] {
    (rows.first ?? []).indices.map { column in rows.map { $0[column] } }
  }
}
