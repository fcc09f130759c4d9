/// Maps with numbers as keys, and matrices.
extension Interpreter {
  func map(_ name: String, _ a: [OracleValue]) throws -> OracleValue {
    if name == "map.new" { return .object(OracleMap()) }
    guard let map = a[0].object as? OracleMap else { throw OracleStop(message: name) }
    let place = a.count > 1 ? map.place(a[1].number) : nil
    switch name {
    case "map.size": return .number(Double(map.pairs.count))
    case "map.get": return place.map { map.pairs[$0].value } ?? .na
    case "map.contains": return .truth(place != nil)
    case "map.put":
      guard let place else {
        map.pairs.append((a[1].number, a[2]))
        return .na
      }
      defer { map.pairs[place].value = a[2] }
      return map.pairs[place].value
    case "map.remove": return place.map { map.pairs.remove(at: $0).value } ?? .na
    case "map.clear": map.pairs = []
    case "map.copy": return .object(OracleMap(map.pairs))
    case "map.keys": return .object(OracleArray(map.pairs.map { .number($0.key) }))
    case "map.values": return .object(OracleArray(map.pairs.map(\.value)))
    case "map.put_all":
      guard let other = a[1].object as? OracleMap else { throw OracleStop(message: name) }
      for pair in other.pairs { _ = try self.map("map.put", [a[0], .number(pair.key), pair.value]) }
    default: throw OracleGap(what: name)
    }
    return .none
  }

  func matrix(_ name: String, _ a: [OracleValue]) throws -> OracleValue {
    if name == "matrix.new" {
      let (rows, columns) = (Int(a[0].number), Int(a[1].number))
      let row = [OracleValue](repeating: a.count > 2 ? a[2] : .na, count: columns)
      return .object(OracleMatrix([[OracleValue]](repeating: row, count: rows)))
    }
    guard let matrix = a[0].object as? OracleMatrix else { throw OracleStop(message: name) }
    let known = matrix.rows.joined().map(\.number).filter { $0 == $0 }
    let (rows, columns) = (matrix.rows.count, matrix.columns)
    switch name {
    case "matrix.rows": return .number(Double(rows))
    case "matrix.columns": return .number(Double(columns))
    case "matrix.elements_count": return .number(Double(rows * columns))
    case "matrix.avg": return known.isEmpty ? .na : .number(known.reduce(0, +) / Double(known.count))
    case "matrix.min": return .number(known.min() ?? .nan)
    case "matrix.max": return .number(known.max() ?? .nan)
    case "matrix.is_square": return .truth(rows == columns)
    case "matrix.get":
      if a[1].number.isNaN || a[2].number.isNaN { return .na }
      let row = try place(a[1].number, of: rows, name)
      let column = try place(a[2].number, of: columns, name)
      return matrix.rows[row][column]
    case "matrix.row": return .object(OracleArray(matrix.rows[try place(a[1].number, of: rows, name)]))
    case "matrix.col":
      let column = try place(a[1].number, of: columns, name)
      return .object(OracleArray(matrix.rows.map { $0[column] }))
    case "matrix.copy": return .object(OracleMatrix(matrix.rows))
    case "matrix.transpose":
      return .object(OracleMatrix((0..<columns).map { column in matrix.rows.map { $0[column] } }))
    case "matrix.mult": return try product(matrix, a[1], name)
    default: try change(name, matrix, a)
    }
    return .none
  }

  private func product(_ matrix: OracleMatrix, _ other: OracleValue, _ name: String) throws -> OracleValue {
    guard let other = other.object as? OracleMatrix else {
      return .object(OracleMatrix(matrix.rows.map { $0.map { .number($0.number * other.number) } }))
    }
    guard matrix.columns == other.rows.count else { throw OracleStop(message: name) }
    var rows: [[OracleValue]] = []
    for row in matrix.rows {
      rows.append([])
      for column in 0..<other.columns {
        var sum = 0.0
        for (k, x) in row.enumerated() { sum += x.number * other.rows[k][column].number }
        rows[rows.count - 1].append(.number(sum))
      }
    }
    return .object(OracleMatrix(rows))
  }

  private func change(_ name: String, _ matrix: OracleMatrix, _ a: [OracleValue]) throws {
    let (rows, columns) = (matrix.rows.count, matrix.columns)
    switch name {
    case "matrix.set":
      if a[1].number.isNaN || a[2].number.isNaN { return }
      let row = try place(a[1].number, of: rows, name)
      let column = try place(a[2].number, of: columns, name)
      matrix.rows[row][column] = a[3]
    case "matrix.fill":
      for row in 0..<rows { for column in 0..<columns { matrix.rows[row][column] = a[1] } }
    case "matrix.swap_rows":
      matrix.rows.swapAt(try place(a[1].number, of: rows, name), try place(a[2].number, of: rows, name))
    case "matrix.reverse": matrix.rows = matrix.rows.reversed().map { $0.reversed() }
    case "matrix.add_row":
      let place = try self.place(a[1].number, of: rows, name, mayEnd: true)
      let row = try window(a[2], name).elements
      guard row.count == columns else { throw OracleStop(message: name) }
      matrix.rows.insert(row, at: place)
    case "matrix.remove_row": matrix.rows.remove(at: try place(a[1].number, of: rows, name))
    case "matrix.reshape":
      let all = Array(matrix.rows.joined())
      let (rows, columns) = (Int(a[1].number), Int(a[2].number))
      guard rows * columns == all.count else { throw OracleStop(message: name) }
      matrix.rows = (0..<rows).map { Array(all[$0 * columns..<($0 + 1) * columns]) }
    default: throw OracleGap(what: name)
    }
  }
}
