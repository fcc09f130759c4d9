import Foundation
import StrategyIR
import StrategyVM

/// A script's drawings as JSON, as they are after the last bar: `{"lines": [{"x1": 10, …}], "labels": …}`. Colours are
/// `#RRGGBBAA`, na is null, a line of a linefill is its place in `lines`.
enum DrawingsFile {
  private static let names: [DrawingKind: String] = [
    .line: "lines", .label: "labels", .box: "boxes", .linefill: "linefills", .polyline: "polylines", .table: "tables",
  ]

  static func write(_ drawings: [ScriptDrawing], to path: String) throws(ToolError) {
    var lists: [String: [[String: Any]]] = [:]
    for kind in DrawingKind.allCases { lists[names[kind] ?? "\(kind)"] = [] }
    for drawing in drawings { lists[names[drawing.kind] ?? "\(drawing.kind)"]?.append(object(drawing.fields)) }
    guard let data = try? JSONSerialization.data(withJSONObject: lists, options: [.sortedKeys, .prettyPrinted]) else {
      throw .failed("the drawings cannot be written as JSON")
    }
    let file = try OutputFile(path)
    try file.write(String(decoding: data, as: UTF8.self) + "\n")
    try file.finish()
  }

  private static func object(_ fields: [ScriptDrawing.Field]) -> [String: Any] {
    Dictionary(fields.map { ($0.name, value($0.value)) }, uniquingKeysWith: { first, _ in first })
  }

  private static func value(_ value: ScriptDrawing.Value) -> Any {
    switch value {
    case .none: return NSNull()
    case .number(let x): return number(x)
    case .text(let text): return text
    case .flag(let isTrue): return isTrue
    case .color(let bits):
      let digits = String(bits, radix: 16, uppercase: true)
      return "#" + String(repeating: "0", count: 8 - digits.count) + digits
    case .drawing(_, let place): return place
    case .points(let points):
      return points.map { ["time": number($0.time), "index": number($0.index), "price": number($0.price)] }
    case .cells(let cells):
      return cells.map { cell in
        object(cell.fields).merging(["column": cell.column, "row": cell.row]) { first, _ in first }
      }
    }
  }

  private static func number(_ x: Double) -> Any { x.isFinite ? x : NSNull() }
}
