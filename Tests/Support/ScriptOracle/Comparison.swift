import StrategyIR
import StrategyVM

/// What a runner does beside what the interpreter says.
public enum Comparison {
  /// Where the two part for the first time, as a sentence; nil: nowhere.
  public static func difference(
    _ runner: ScriptRunner, on bars: [ScriptBar], from expected: OracleRun
  ) -> String? {
    let numbers = [Double](repeating: 0, count: BookField.allCases.count)
    guard let last = bars.last else { return nil }
    return numbers.withUnsafeBufferPointer { numbers -> String? in
      guard let start = numbers.baseAddress else { return nil }
      bars.withUnsafeBufferPointer { runner.useHistory($0) }
      let place = BarPlace(lastIndex: bars.count - 1, lastTime: last.time, isHistory: true)
      for (number, bar) in bars.enumerated() {
        let runs = runner.step(bar, place: place, book: BookView(numbers: start))
        if let end = ending(runner, number, runs, expected) { return end }
        guard runs else { return nil }
        if let difference = difference(runner, expected.steps[number], expected.titles) {
          return "bar \(number): \(difference)"
        }
      }
      return nil
    }
  }

  /// Numbers that are worked out in different orders agree within this, relative to the larger one.
  private static let tolerance = 1e-8

  private static func isSame(_ x: Double, _ y: Double) -> Bool {
    x == y || x.isNaN && y.isNaN || abs(x - y) <= tolerance * max(1, abs(x), abs(y))
  }

  private static func ending(
    _ runner: ScriptRunner, _ number: Int, _ runs: Bool, _ expected: OracleRun
  ) -> String? {
    let shouldStop = number >= expected.steps.count
    if runs == shouldStop {
      let what = runs ? "goes on" : "stops (\(String(describing: runner.failure)))"
      return "bar \(number): \(what), right is: \(expected.stop ?? "goes on")"
    }
    guard shouldStop, let right = expected.stop else { return nil }
    switch runner.failure {
    case .error(let line, let message):
      return said(message, line, right, expected.line)
    case .step(let line, _):
      return said(OracleRun.loopStop, line, right, expected.line)
    case .object(let line, let fault):
      // The function's name and, where the interpreter knows it, the whole sentence.
      let said = fault.sentence
      let name = right == OracleRun.missingObject ? String(said.prefix { $0 != ":" }) : right
      let isSame = expected.reason.map { said == "\(name): \($0)" } ?? said.hasPrefix(name + ":")
      return self.said(isSame ? right : said, line, right, expected.line)
    default: return "bar \(number): stops (\(String(describing: runner.failure))), right is '\(right)'"
    }
  }

  private static func said(_ ours: String, _ line: Int, _ right: String, _ rightLine: Int) -> String? {
    ours == right && line == rightLine
      ? nil : "stops in line \(line) with '\(ours)', right is '\(right)' in line \(rightLine)"
  }

  private static func difference(
    _ runner: ScriptRunner, _ expected: OracleStep, _ titles: [String]
  ) -> String? {
    let plots = Array(runner.plots)
    guard plots.count == expected.plots.count else {
      return "\(plots.count) plots, right are \(expected.plots.count)"
    }
    for (number, (ours, right)) in zip(plots, expected.plots).enumerated()
    where !isSame(ours, right) {
      return "plot \(titles[number]) is \(ours), right is \(right)"
    }
    let orders = runner.orders.map { order($0, runner.text) }
    let isEqual =
      orders.count == expected.orders.count
      && zip(orders, expected.orders).allSatisfy { isSame($0, $1) }
    guard isEqual else { return "orders \(orders), right are \(expected.orders)" }
    return difference(runner.drawings, expected.drawings)
  }

  private static func isSame(_ one: OracleOrder, _ other: OracleOrder) -> Bool {
    one.words == other.words && zip(one.numbers, other.numbers).allSatisfy { isSame($0, $1) }
  }

  // MARK: Drawings

  private static func difference(_ ours: [ScriptDrawing], _ right: [OracleDrawing]) -> String? {
    guard ours.map({ "\($0.kind)" }) == right.map(\.kind) else {
      return "drawings \(ours.map { "\($0.kind)" }), right are \(right.map(\.kind))"
    }
    for (one, other) in zip(ours, right) {
      for field in one.fields {
        let expected = field.name == "cells" ? nil : other.fields[field.name] ?? .na
        guard expected.map({ isSame(field.value, $0) }) ?? isSame(field.value, other.cells) else {
          return "\(one.kind)'s \(field.name) is \(field.value), right is \(other.fields[field.name] ?? .na)"
        }
      }
    }
    return nil
  }

  /// Other drawings are compared where they are.
  private static func isSame(_ ours: ScriptDrawing.Value, _ right: OracleValue) -> Bool {
    switch (ours, right) {
    case (.number(let x), _): isSame(x, right.number)
    case (.text(let text), .text(let right)): text == right
    case (.flag(let isTrue), .truth(let right)): isTrue == right
    case (.color(let color), .number(let right)): Double(color) == right
    case (.drawing(let kind, _), .object(let right as OracleDrawing)): "\(kind)" == right.kind
    case (.points(let points), .object(let right as OracleArray)): isSame(points, right.elements)
    case (.none, _): right.isMissing
    // Not given.
    case (.flag(false), _): right.isMissing
    default: false
    }
  }

  private static func isSame(_ points: [ScriptDrawing.Point], _ right: [OracleValue]) -> Bool {
    let known = right.compactMap { $0.object as? OracleRecord }
    return points.count == known.count
      && zip(points, known).allSatisfy { point, record in
        [("time", point.time), ("index", point.index), ("price", point.price)].allSatisfy {
          isSame($0.1, record.fields[$0.0]?.number ?? .nan)
        }
      }
  }

  private static func isSame(_ ours: ScriptDrawing.Value, _ right: [[Int]: [String: OracleValue]]) -> Bool {
    guard case .cells(let cells) = ours, cells.count == right.count else { return false }
    return cells.allSatisfy { cell in
      guard let fields = right[[cell.column, cell.row]] else { return false }
      return cell.fields.allSatisfy { isSame($0.value, fields[$0.name] ?? .na) }
    }
  }

  // MARK: Orders

  private static func order(_ call: OrderCommand, _ text: (TextRef) -> String) -> OracleOrder {
    let kinds: [OrderCommand.Kind: String] = [
      .entry: "entry", .order: "order", .exit: "exit", .close: "close", .closeAll: "close_all",
      .cancel: "cancel", .cancelAll: "cancel_all",
    ]
    var order = OracleOrder(kind: kinds[call.kind] ?? "")
    order.id = text(call.id)
    order.fromEntry = text(call.fromEntry)
    order.comment = text(call.comment)
    order.direction = Int(call.direction)
    order.quantity = call.quantity
    order.limit = call.limit
    order.stop = call.stop
    order.immediately = call.immediately
    return order
  }
}

extension OracleBar {
  public init(_ bar: ScriptBar) {
    self.init(
      time: bar.time, timeClose: bar.timeClose, open: bar.open, high: bar.high, low: bar.low,
      close: bar.close, volume: bar.volume)
  }
}
