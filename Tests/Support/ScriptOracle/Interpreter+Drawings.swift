@testable import StrategyLanguage

/// Lines, labels, boxes, fills between lines, polylines and tables. What is na or deleted has no properties, and to
/// change it does nothing.
extension Interpreter {
  static let drawingKinds = ["line", "label", "box", "linefill", "polyline", "table"]

  /// The beginnings of `new` with the properties' names, as far as scripts here use them.
  private static let makers: [String: [String]] = [
    "line": ["x1", "y1", "x2", "y2", "xloc", "extend", "color", "style", "width"],
    "label": ["x", "y", "text", "xloc", "yloc", "color", "style", "textcolor", "size"],
    "box": [
      "left", "top", "right", "bottom", "border_color", "border_width", "border_style", "extend", "xloc", "bgcolor",
    ],
    "linefill": ["line1", "line2", "color"],
    "polyline": ["points", "curved", "closed", "xloc", "line_color"],
    "table": ["position", "columns", "rows", "bgcolor"],
  ]

  /// Where a point stands for two properties.
  private static let corners: [String: [(point: String, x: String, y: String)]] = [
    "line": [("first_point", "x1", "y1"), ("second_point", "x2", "y2")],
    "label": [("point", "x", "y")],
    "box": [("top_left", "left", "top"), ("bottom_right", "right", "bottom")],
  ]

  /// Changes of several properties: those of the arguments.
  private static let setters: [String: [(argument: String, field: String)]] = [
    "line.set_xy1": [("x", "x1"), ("y", "y1")], "line.set_xy2": [("x", "x2"), ("y", "y2")],
    "line.set_xloc": [("x1", "x1"), ("x2", "x2"), ("xloc", "xloc")],
    "label.set_xy": [("x", "x"), ("y", "y")], "label.set_xloc": [("x", "x"), ("xloc", "xloc")],
    "box.set_lefttop": [("left", "left"), ("top", "top")],
    "box.set_rightbottom": [("right", "right"), ("bottom", "bottom")],
    "box.set_xloc": [("left", "left"), ("right", "right"), ("xloc", "xloc")],
  ]

  private func most(_ kind: String) -> Int {
    let plural = kind == "box" ? "boxes" : kind + "s"
    return mostDrawings["max_\(plural)_count"] ?? (kind == "linefill" || kind == "table" ? .max : 50)
  }

  private func there(_ kind: String) -> [OracleDrawing] { drawings.filter { $0.kind == kind } }

  /// `line.all` and its like.
  func allDrawings(_ name: String) -> OracleValue? {
    guard name.hasSuffix(".all"), Self.drawingKinds.contains(String(name.dropLast(4))) else { return nil }
    let kind = String(name.dropLast(4))
    return .object(OracleArray(there(kind).map { .object($0) }, of: kind))
  }

  private func draw(_ drawing: OracleDrawing) -> OracleValue {
    drawings.append(drawing)
    if there(drawing.kind).count > most(drawing.kind) { remove(there(drawing.kind)[0]) }
    return .object(drawing)
  }

  private func remove(_ drawing: OracleDrawing) {
    drawing.isDeleted = true
    drawings.removeAll { $0 === drawing }
  }

  /// `line.set_x1(…)`, also as a method: then the drawing stands first.
  func drawing(_ kind: String, _ method: String, _ given: Arguments) throws -> OracleValue {
    if method == "new" { return draw(OracleDrawing(kind, made(kind, given))) }
    let drawing = given.values.first { $0.name.isEmpty || ["id", "table_id"].contains($0.name) }?.value.object
    let known = (drawing as? OracleDrawing).flatMap { $0.isDeleted ? nil : $0 }
    let a = given.values.dropFirst().map(\.value)
    if method == "copy" { return known.map { draw($0.copy) } ?? .na }
    if method == "delete" {
      if let known { remove(known) }
      return .none
    }
    if method == "get_price" { return .number(known.map { Self.price($0, at: a[0].number) } ?? .nan) }
    if method.hasPrefix("get_") { return known?.fields[String(method.dropFirst(4))] ?? .na }
    guard let known else { return .none }
    if kind == "table" { return try cell(method, known, given) }
    guard method.hasPrefix("set_") else { throw OracleGap(what: "\(kind).\(method)") }
    let name = String(method.dropFirst(4))
    let point = name.hasSuffix("_point") && kind == "box" ? String(name.dropLast("_point".count)) : name
    if let corner = Self.corners[kind]?.first(where: { $0.point == point }) {
      let isByTime = known.fields["xloc"] == .text("bar_time")
      place(a[0], corner.x, corner.y, isByTime, &known.fields)
    } else {
      let changes = Self.setters["\(kind).\(method)"] ?? [(name, name)]
      for (place, change) in changes.enumerated() {
        known.fields[change.field] = given.value(change.argument, at: place + 1) ?? .na
      }
    }
    return .none
  }

  private func made(_ kind: String, _ given: Arguments) -> [String: OracleValue] {
    var names = Self.makers[kind] ?? []
    let corners = Self.corners[kind] ?? []
    let first = given.values.first
    let isByPoints =
      corners.contains { $0.point == first?.name } || first?.value.object is OracleRecord
    if isByPoints { names = corners.map(\.point) + names.dropFirst(2 * corners.count) }
    var fields: [String: OracleValue] = [:]
    for (place, name) in names.enumerated() {
      if let value = given.value(name, at: place) { fields[name] = value }
    }
    if kind == "label", fields["text"] == nil { fields["text"] = .text("") }
    if kind == "box" { fields["text"] = .text("") }
    guard isByPoints else { return fields }
    for corner in corners {
      let point = fields.removeValue(forKey: corner.point) ?? .na
      place(point, corner.x, corner.y, fields["xloc"] == .text("bar_time"), &fields)
    }
    return fields
  }

  /// A point has a bar and a time: the drawing's `xloc` says which one counts.
  private func place(
    _ point: OracleValue, _ x: String, _ y: String, _ isByTime: Bool, _ fields: inout [String: OracleValue]
  ) {
    let record = point.object as? OracleRecord
    fields[x] = record?.fields[isByTime ? "time" : "index"] ?? .na
    fields[y] = record?.fields["price"] ?? .na
  }

  private static func price(_ line: OracleDrawing, at x: Double) -> Double {
    let at = { (name: String) in line.fields[name]?.number ?? .nan }
    let run = at("x2") - at("x1")
    return run == 0 ? .nan : at("y1") + (at("y2") - at("y1")) / run * (x - at("x1"))
  }

  // MARK: Tables

  private func cell(_ method: String, _ table: OracleDrawing, _ given: Arguments) throws -> OracleValue {
    let a = given.values.map(\.value)
    let (column, row) = (Int(a[1].number), Int(a[2].number))
    switch method {
    case "cell":
      var fields: [String: OracleValue] = ["text": .text("")]
      for (place, name) in ["text", "width", "height", "text_color"].enumerated() {
        if let value = given.value(name, at: place + 3) { fields[name] = value }
      }
      table.cells[[column, row]] = fields
    case "clear":
      let end = a.count > 4 ? (Int(a[3].number), Int(a[4].number)) : (column, row)
      for place in table.cells.keys
      where (column...end.0).contains(place[0]) && (row...end.1).contains(place[1]) { table.cells[place] = nil }
    default:
      guard method.hasPrefix("cell_set_") else { throw OracleGap(what: "table.\(method)") }
      if table.cells[[column, row]] != nil {
        table.cells[[column, row]]?[String(method.dropFirst("cell_set_".count))] = a[3]
      }
    }
    return .none
  }

  // MARK: Points

  func point(_ method: String, _ given: Arguments) throws -> OracleValue {
    let now = builtin("close", ago: 0) ?? .na
    let fields: (time: OracleValue?, index: OracleValue?, price: OracleValue?) =
      switch method {
      case "new": (given.value("time", at: 0), given.value("index", at: 1), given.value("price", at: 2))
      case "from_index": (nil, given.value("index", at: 0), given.value("price", at: 1))
      case "from_time": (given.value("time", at: 0), nil, given.value("price", at: 1))
      case "now": (builtin("time", ago: 0), builtin("bar_index", ago: 0), given.value("price", at: 0) ?? now)
      case "copy": try copied(given.values[0].value)
      default: throw OracleGap(what: "chart.point.\(method)")
      }
    return .object(
      OracleRecord(
        -1, ["time": fields.time ?? .na, "index": fields.index ?? .na, "price": fields.price ?? .na]))
  }

  private func copied(_ point: OracleValue) throws -> (OracleValue?, OracleValue?, OracleValue?) {
    guard let record = point.object as? OracleRecord else { throw OracleStop.missing("T.copy") }
    return (record.fields["time"], record.fields["index"], record.fields["price"])
  }
}
