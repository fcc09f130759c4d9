/// What a call about a drawing does. Fields are numbered in the order of the drawing's `new`.
package enum FigureEffect: Equatable, Sendable {
  /// From all fields.
  case new(DrawingKind)
  /// A line or box of two points, a label of one, with the fields behind them.
  case newOfPoints(DrawingKind)
  case copy, delete
  case get(field: Int)
  /// The arguments behind the drawing go to these fields.
  case set(fields: [Int])
  /// A point goes to the fields of x and y; that of xloc says whether x is a time.
  case setPoint(x: Int, y: Int, xloc: Int)
  /// The price of a line at a bar.
  case priceAt
  /// A table's cell from all its fields; one field of it; cells that go.
  case newCell
  case setCell(field: Int)
  case clearCells
}

extension Catalogue {
  private static let lineTail =
    "xloc?: string, extend?: string, color?: color, style?: string, width?: int, force_overlay?: const bool) line"

  private static let boxTail =
    "border_color?: color, border_width?: int, border_style?: string, extend?: string, xloc?: string,"
    + " bgcolor?: color, text: string = '', text_size?: any, text_color?: color, text_halign?: string,"
    + " text_valign?: string, text_wrap?: string, text_font_family?: string, force_overlay?: const bool,"
    + " text_formatting?: any) box"

  private static let labelTail =
    "text: string = '', xloc?: string, yloc?: string, color?: color, style?: string,"
    + " textcolor?: color, size?: any, textalign?: string, tooltip?: string,"
    + " text_font_family?: string, force_overlay?: const bool, text_formatting?: any) label"

  /// The form with all fields, and the one with points where there is one.
  private static let makers: [(form: String, effect: FigureEffect)] = [
    ("line.new(x1: int, y1: float, x2: int, y2: float, \(lineTail)", .new(.line)),
    ("line.new(first_point: chart.point, second_point: chart.point, \(lineTail)", .newOfPoints(.line)),
    ("label.new(x: int, y: number, \(labelTail)", .new(.label)),
    ("label.new(point: chart.point, \(labelTail)", .newOfPoints(.label)),
    ("box.new(left: int, top: float, right: int, bottom: float, \(boxTail)", .new(.box)),
    ("box.new(top_left: chart.point, bottom_right: chart.point, \(boxTail)", .newOfPoints(.box)),
    ("linefill.new(line1: line, line2: line, color: color) linefill", .new(.linefill)),
    (
      "polyline.new(points: array<chart.point>, curved?: bool, closed?: bool, xloc?: string, line_color?: color,"
        + " fill_color?: color, line_style?: string, line_width?: int, force_overlay?: const bool) polyline",
      .new(.polyline)
    ),
    (
      "table.new(position: string, columns: int, rows: int, bgcolor?: color, frame_color?: color,"
        + " frame_width?: int, border_color?: color, border_width?: int, force_overlay?: const bool) table",
      .new(.table)
    ),
  ]

  /// Cells have numbers: column · this + row.
  package static let mostRows = 4_096

  /// Of a cell of a table.
  package static let cellFields = Signature("cell(\(cellTail)")?.parameters ?? []

  private static let cellTail =
    "text: string = '', width?: float, height?: float, text_color?: color, text_halign?: string,"
    + " text_valign?: string, text_size?: any, bgcolor?: color, tooltip?: string,"
    + " text_font_family?: string, text_formatting?: any) void"

  private static var cells: [(CallRow, Meaning)] {
    let cell = "table_id: table, column: int, row: int"
    var rows: [(CallRow, Meaning)] = [
      (CallRow("table.cell(\(cell), \(cellTail)", about: "Fills a cell of a table."), .figure(.newCell)),
      (
        CallRow(
          "table.clear(table_id: table, start_column: int, start_row: int, end_column?: int, end_row?: int) void",
          about: "Clears cells of a table."), .figure(.clearCells)
      ),
    ]
    for (number, field) in cellFields.enumerated() {
      rows.append(
        (
          CallRow(
            "table.cell_set_\(field.name)(\(cell), \(field.name): \(field.typeText)) void",
            about: "Changes a cell of a table."), .figure(.setCell(field: number))
        ))
    }
    return rows
  }

  /// Changes of several fields, or of fields with other names: method, arguments, fields.
  private static let setters: [DrawingKind: [(method: String, arguments: String, fields: [String])]] = [
    .line: [
      ("set_xy1", "x: int, y: float", ["x1", "y1"]), ("set_xy2", "x: int, y: float", ["x2", "y2"]),
      ("set_xloc", "x1: int, x2: int, xloc: string", ["x1", "x2", "xloc"]),
      ("set_x1", "x: int", ["x1"]), ("set_x2", "x: int", ["x2"]), ("set_y1", "y: float", ["y1"]),
      ("set_y2", "y: float", ["y2"]),
    ],
    .label: [
      ("set_xy", "x: int, y: float", ["x", "y"]), ("set_xloc", "x: int, xloc: string", ["x", "xloc"]),
      ("set_y", "y: float", ["y"]),
    ],
    .box: [
      ("set_lefttop", "left: int, top: float", ["left", "top"]),
      ("set_rightbottom", "right: int, bottom: float", ["right", "bottom"]),
      ("set_xloc", "left: int, right: int, xloc: string", ["left", "right", "xloc"]),
    ],
  ]

  /// Changes by a point: method, fields of x and y.
  private static let pointSetters: [DrawingKind: [(method: String, x: String, y: String)]] = [
    .line: [("set_first_point", "x1", "y1"), ("set_second_point", "x2", "y2")],
    .label: [("set_point", "x", "y")],
    .box: [("set_top_left_point", "left", "top"), ("set_bottom_right_point", "right", "bottom")],
  ]

  /// Properties that a script can read.
  private static let getters: Set<String> = [
    "line.x1", "line.y1", "line.x2", "line.y2", "label.x", "label.y", "label.text", "box.left", "box.top", "box.right",
    "box.bottom", "linefill.line1", "linefill.line2",
  ]

  /// The fields of a drawing, as parameters.
  package static func fields(of kind: DrawingKind) -> [SignatureParameter] { figureFields[kind] ?? [] }

  private static let figureFields: [DrawingKind: [SignatureParameter]] = {
    var fields: [DrawingKind: [SignatureParameter]] = [:]
    for (form, effect) in makers {
      if case .new(let kind) = effect { fields[kind] = Signature(form)?.parameters }
    }
    return fields
  }()

  /// Calls about drawings, in the order in which the forms of a name are tried.
  static let figures: [(CallRow, Meaning)] = {
    var rows: [(CallRow, Meaning)] = makers.map {
      (CallRow($0.form, about: "Makes a drawing."), .figure($0.effect))
    }
    for kind in DrawingKind.allCases {
      let fields = fields(of: kind)
      let place = { (name: String) in fields.firstIndex { $0.name == name } ?? 0 }
      func add(_ form: String, _ effect: FigureEffect, _ about: String) {
        rows.append((CallRow("\(kind).\(form)", about: about), .figure(effect)))
      }
      add("copy(id: \(kind)) \(kind)", .copy, "Another drawing with the same properties.")
      add("delete(id: \(kind)) void", .delete, "Removes a drawing.")
      let written = setters[kind] ?? []
      for (method, arguments, names) in written {
        add("\(method)(id: \(kind), \(arguments)) void", .set(fields: names.map(place)), "Changes a drawing.")
      }
      for (method, x, y) in pointSetters[kind] ?? [] {
        add(
          "\(method)(id: \(kind), point: chart.point) void", .setPoint(x: place(x), y: place(y), xloc: place("xloc")),
          "Moves a drawing to a point.")
      }
      for (number, field) in fields.enumerated() {
        let type = field.typeText == "number" ? "float" : field.typeText
        if getters.contains("\(kind).\(field.name)") {
          add("get_\(field.name)(id: \(kind)) \(type)", .get(field: number), "A property of a drawing.")
        }
        if written.contains(where: { $0.method == "set_" + field.name }) { continue }
        add("set_\(field.name)(id: \(kind), \(field.name): \(type)) void", .set(fields: [number]), "Changes a drawing.")
      }
    }
    rows.append(
      (CallRow("line.get_price(id: line, x: int) float", about: "The price of a line at a bar."), .figure(.priceAt)))
    return rows + cells
  }()
}
