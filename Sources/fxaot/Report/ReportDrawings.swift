import Research
import StrategyIR
import StrategyVM

/// A script's drawings with their places among the report's bars. Drawings without a place are left out.
struct ReportDrawings {
  private var items: [JSONTree] = []

  init() {}

  /// `firstBar` is the number that the script gives to the record's first bar.
  init(_ drawings: [ScriptDrawing], _ record: RunRecord, firstBar: Int) {
    var lines: [[JSONTree]?] = []
    for drawing in drawings {
      let fields = Fields(drawing, record, firstBar)
      switch drawing.kind {
      case .line:
        let ends = fields.point("x1", "y1").flatMap { a in fields.point("x2", "y2").map { [a, $0] } }
        lines.append(ends)
        guard let ends else { continue }
        add(
          "line", ends,
          [
            ("color", fields.color("color")), ("width", fields.number("width")),
            ("extend", fields.text("extend")), ("style", fields.text("style")),
          ])
      case .box:
        guard let a = fields.point("left", "top"), let b = fields.point("right", "bottom") else { continue }
        add(
          "box", [a, b],
          [
            ("color", fields.color("border_color")), ("fill", fields.color("bgcolor")),
            ("width", fields.number("border_width")), ("text", fields.text("text")),
          ])
      case .label:
        guard let place = fields.point("x", "y") else { continue }
        add(
          "label", [place],
          [
            ("text", fields.text("text")), ("color", fields.color("color")),
            ("textColor", fields.color("textcolor")), ("style", fields.text("style")), ("yloc", fields.text("yloc")),
            ("tooltip", fields.text("tooltip")),
          ])
      case .polyline:
        let points = fields.points
        guard points.count > 1 else { continue }
        add(
          "polyline", points,
          [
            ("color", fields.color("line_color")), ("fill", fields.color("fill_color")),
            ("width", fields.number("line_width")), ("closed", fields.flag("closed")),
          ])
      case .linefill:
        guard let a = fields.line("line1", lines), let b = fields.line("line2", lines) else { continue }
        add("polyline", a + b.reversed(), [("fill", fields.color("color")), ("closed", .flag(true))])
      case .table: addTable(drawing, fields)
      }
    }
  }

  var tree: JSONTree { .array(items) }

  private mutating func add(_ kind: String, _ points: [JSONTree], _ rest: [(String, JSONTree)]) {
    items.append(.object([("kind", .text(kind)), ("points", .array(points))] + rest))
  }

  private mutating func addTable(_ drawing: ScriptDrawing, _ fields: Fields) {
    guard case .cells(let cells)? = drawing.fields.first(where: { $0.name == "cells" })?.value else { return }
    let made = cells.map { cell -> JSONTree in
      let text = cell.fields.first { $0.name == "text" }?.value
      guard case .text(let text)? = text else { return .array([.whole(cell.column), .whole(cell.row), .text("")]) }
      return .array([.whole(cell.column), .whole(cell.row), .text(text)])
    }
    items.append(.object([("kind", .text("table")), ("cells", .array(made))]))
  }

  private struct Fields {
    private let values: [String: ScriptDrawing.Value]
    private let record: RunRecord
    private let firstBar: Int

    init(_ drawing: ScriptDrawing, _ record: RunRecord, _ firstBar: Int) {
      values = Dictionary(drawing.fields.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
      self.record = record
      self.firstBar = firstBar
    }

    private var isByTime: Bool {
      if case .text(let text)? = values["xloc"] { return text.hasSuffix("bar_time") }
      return false
    }

    private func place(index: Double, time: Double) -> Double? {
      if isByTime {
        guard let time = Int64(exactly: time.rounded()) else { return nil }
        return record.place(of: time).map(Double.init)
      }
      let place = index - Double(firstBar)
      return place.isFinite ? place : nil
    }

    func point(_ x: String, _ y: String) -> JSONTree? {
      guard case .number(let x)? = values[x], let place = place(index: x, time: x) else { return nil }
      if case .number(let y)? = values[y], y.isFinite { return .array([.number(place), .number(y)]) }
      // A label above or below its bar needs no price.
      guard case .text(let yloc)? = values["yloc"], !yloc.hasSuffix("price") else { return nil }
      return .array([.number(place), .null])
    }

    var points: [JSONTree] {
      guard case .points(let points)? = values["points"] else { return [] }
      return points.compactMap { point in
        guard let place = place(index: point.index, time: point.time), point.price.isFinite else { return nil }
        return .array([.number(place), .number(point.price)])
      }
    }

    func line(_ name: String, _ lines: [[JSONTree]?]) -> [JSONTree]? {
      guard case .drawing(.line, let place)? = values[name], lines.indices.contains(place) else { return nil }
      return lines[place]
    }

    func text(_ name: String) -> JSONTree {
      if case .text(let text)? = values[name] { return .text(text) }
      return .null
    }

    func number(_ name: String) -> JSONTree {
      if case .number(let number)? = values[name] { return .number(number) }
      return .null
    }

    func flag(_ name: String) -> JSONTree {
      if case .flag(let flag)? = values[name] { return .flag(flag) }
      return .null
    }

    func color(_ name: String) -> JSONTree {
      if case .color(let bits)? = values[name] { return .color(bits) }
      return .null
    }
  }
}
