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
    if case .error(_, let message) = runner.failure, let right = expected.stop,
      right != OracleRun.loopStop, message != right
    {
      return "bar \(number): stops with '\(message)', right is '\(right)'"
    }
    if case .object(_, let fault) = runner.failure, let right = expected.stop, right != OracleRun.missingObject,
      !fault.sentence.hasPrefix(right + ":")
    {
      return "bar \(number): stops with '\(fault.sentence)', right is '\(right)'"
    }
    return nil
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
    return isEqual ? nil : "orders \(orders), right are \(expected.orders)"
  }

  private static func isSame(_ one: OracleOrder, _ other: OracleOrder) -> Bool {
    one.words == other.words && zip(one.numbers, other.numbers).allSatisfy { isSame($0, $1) }
  }

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
