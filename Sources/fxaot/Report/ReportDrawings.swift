import Research
import StrategyIR
import StrategyVM

/// A drawing with its places among the report's bars.
struct ReportDrawing {
  enum Kind: String { case line, box, label, polyline }

  struct Place {
    /// Counted from the report's first bar; one may lie before it or behind the last.
    var bar: Double
    /// nil: above or below the bar.
    var price: Double?
  }

  let kind: Kind
  var places: [Place]
  /// 0xRRGGBBAA. nil where the script names none.
  var color, fill, textColor: UInt32?
  var width: Double?
  var text, style, extend, yloc, tooltip: String?
  var isClosed: Bool?

  init(_ kind: Kind, _ places: [Place]) {
    self.kind = kind
    self.places = places
  }

  fileprivate var tree: JSONTree {
    func whole(_ text: String?) -> JSONTree { text.map { .text($0) } ?? .null }
    func shade(_ color: UInt32?) -> JSONTree { color.map { .color($0) } ?? .null }
    let points = places.map { JSONTree.array([.number($0.bar), $0.price.map { .number($0) } ?? .null]) }
    let color = ("color", shade(self.color))
    let width = ("width", self.width.map { JSONTree.number($0) } ?? .null)
    let rest: [(String, JSONTree)] =
      switch kind {
      case .line: [color, width, ("extend", whole(extend)), ("style", whole(style))]
      case .box: [color, ("fill", shade(fill)), width, ("text", whole(text))]
      case .label:
        [
          ("text", whole(text)), color, ("textColor", shade(textColor)), ("style", whole(style)),
          ("yloc", whole(yloc)), ("tooltip", whole(tooltip)),
        ]
      case .polyline:
        [color, ("fill", shade(fill)), width, ("closed", isClosed.map { .flag($0) } ?? .null)]
      }
    return .object([("kind", .text(kind.rawValue)), ("points", .array(points))] + rest)
  }
}

/// A script's drawings with their places among the report's bars. Drawings without a place are left out.
struct ReportDrawings {
  /// All but tables, in the order in which they lie over each other.
  private(set) var figures: [ReportDrawing] = []
  private var tables: [JSONTree] = []

  init(_ figures: [ReportDrawing] = []) { self.figures = figures }

  /// `firstBar` is the number that the script gives to the record's first bar.
  init(_ drawings: [ScriptDrawing], _ record: RunRecord, firstBar: Int) {
    var lines: [[ReportDrawing.Place]?] = []
    for drawing in drawings {
      let fields = Fields(drawing, record, firstBar)
      if drawing.kind == .line {
        lines.append(fields.place("x1", "y1").flatMap { a in fields.place("x2", "y2").map { [a, $0] } })
      }
      if drawing.kind == .table {
        addTable(drawing)
      } else if let figure = Self.figure(drawing.kind, fields, lines) {
        figures.append(figure)
      }
    }
  }

  var tree: JSONTree { .array(figures.map(\.tree) + tables) }

  private static func figure(
    _ kind: DrawingKind, _ fields: Fields, _ lines: [[ReportDrawing.Place]?]
  ) -> ReportDrawing? {
    switch kind {
    case .line:
      guard let ends = lines.last ?? nil else { return nil }
      var line = ReportDrawing(.line, ends)
      (line.color, line.width) = (fields.color("color"), fields.number("width"))
      (line.extend, line.style) = (fields.text("extend"), fields.text("style"))
      return line
    case .box:
      guard let a = fields.place("left", "top"), let b = fields.place("right", "bottom") else { return nil }
      var box = ReportDrawing(.box, [a, b])
      (box.color, box.fill) = (fields.color("border_color"), fields.color("bgcolor"))
      (box.width, box.text) = (fields.number("border_width"), fields.text("text"))
      return box
    case .label:
      guard let place = fields.place("x", "y") else { return nil }
      var label = ReportDrawing(.label, [place])
      (label.color, label.textColor) = (fields.color("color"), fields.color("textcolor"))
      (label.text, label.style) = (fields.text("text"), fields.text("style"))
      (label.yloc, label.tooltip) = (fields.text("yloc"), fields.text("tooltip"))
      return label
    case .polyline:
      guard fields.places.count > 1 else { return nil }
      var polyline = ReportDrawing(.polyline, fields.places)
      (polyline.color, polyline.fill) = (fields.color("line_color"), fields.color("fill_color"))
      (polyline.width, polyline.isClosed) = (fields.number("line_width"), fields.flag("closed"))
      return polyline
    case .linefill:
      guard let a = fields.line("line1", lines), let b = fields.line("line2", lines) else { return nil }
      var area = ReportDrawing(.polyline, a + b.reversed())
      (area.fill, area.isClosed) = (fields.color("color"), true)
      return area
    case .table: return nil
    }
  }

  private mutating func addTable(_ drawing: ScriptDrawing) {
    guard case .cells(let cells)? = drawing.fields.first(where: { $0.name == "cells" })?.value else { return }
    let made = cells.map { cell -> JSONTree in
      let text = cell.fields.first { $0.name == "text" }?.value
      guard case .text(let text)? = text else { return .array([.whole(cell.column), .whole(cell.row), .text("")]) }
      return .array([.whole(cell.column), .whole(cell.row), .text(text)])
    }
    tables.append(.object([("kind", .text("table")), ("cells", .array(made))]))
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

    func place(_ x: String, _ y: String) -> ReportDrawing.Place? {
      guard case .number(let x)? = values[x], let bar = place(index: x, time: x) else { return nil }
      if case .number(let y)? = values[y], y.isFinite { return .init(bar: bar, price: y) }
      // A label above or below its bar needs no price.
      guard let yloc = text("yloc"), !yloc.hasSuffix("price") else { return nil }
      return .init(bar: bar, price: nil)
    }

    var places: [ReportDrawing.Place] {
      guard case .points(let points)? = values["points"] else { return [] }
      return points.compactMap { point in
        guard let bar = place(index: point.index, time: point.time), point.price.isFinite else { return nil }
        return .init(bar: bar, price: point.price)
      }
    }

    func line(_ name: String, _ lines: [[ReportDrawing.Place]?]) -> [ReportDrawing.Place]? {
      guard case .drawing(.line, let place)? = values[name], lines.indices.contains(place) else { return nil }
      return lines[place]
    }

    func text(_ name: String) -> String? {
      if case .text(let text)? = values[name] { return text }
      return nil
    }

    func number(_ name: String) -> Double? {
      if case .number(let number)? = values[name] { return number }
      return nil
    }

    func flag(_ name: String) -> Bool? {
      if case .flag(let flag)? = values[name] { return flag }
      return nil
    }

    func color(_ name: String) -> UInt32? {
      if case .color(let bits)? = values[name] { return bits }
      return nil
    }
  }
}
