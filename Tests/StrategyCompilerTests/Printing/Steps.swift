import StrategyIR
import Testing

@testable import StrategyVM

/// What a step leaves, in numbers that compare to the bit.
struct StepTrace: Equatable {
  var plots: [UInt64] = []
  var orders: [String] = []
  var risks: [String] = []

  init(_ runner: ScriptRunner) {
    plots = runner.plots.map { $0 == $0 ? $0.bitPattern : Double.nan.bitPattern }
    orders = runner.orders.map { "\($0)" }
    risks = runner.risks.map { "\($0)" }
  }
}

/// Steps a runner over bars, from one of them on, with a book that changes from bar to bar; ends where
/// the script stops. `before` is called ahead of each step with the number of its bar.
func trace(
  _ runner: ScriptRunner, _ bars: [ScriptBar], from first: Int = 0, foresee: Bool = false,
  before: (Int) throws -> Void = { _ in }
) throws -> [StepTrace] {
  if foresee { bars.withUnsafeBufferPointer { runner.useHistory($0) } }
  var traces: [StepTrace] = []
  var numbers = [Double](repeating: 0, count: BookField.allCases.count)
  let trades = (0..<5).map { number in
    var trade = TradeRecord()
    trade.entryPrice = 40 + Double(number)
    trade.size = number % 2 == 0 ? 2 : -1
    trade.profit = Double(number * 7 % 5) - 2
    return trade
  }
  for (index, bar) in bars.enumerated().dropFirst(first) {
    try before(index)
    for field in numbers.indices { numbers[field] = Double((index * (field + 3)) % 11) - 3 }
    let place = BarPlace(
      lastIndex: foresee ? bars.count - 1 : index, lastTime: bar.time, isHistory: foresee)
    let ok = numbers.withUnsafeBufferPointer { numbers in
      trades.withUnsafeBufferPointer { trades in
        var book = BookView(numbers: numbers.baseAddress!)
        book.openTrades = trades.baseAddress
        book.closedTrades = trades.baseAddress
        book.openCount = index % 6
        book.closedCount = (index + 2) % 6
        return runner.step(bar, place: place, book: book)
      }
    }
    guard ok else { return traces }
    traces.append(StepTrace(runner))
  }
  return traces
}

/// Records where the two part for the first time.
func compare(_ ours: [StepTrace], _ expected: [StepTrace], _ what: String) {
  guard ours != expected else { return }
  let bar = zip(ours, expected).enumerated().first { $1.0 != $1.1 }?.offset ?? ours.count
  let plots =
    bar < ours.count && bar < expected.count
    ? ours[bar].plots.indices.filter { ours[bar].plots[$0] != expected[bar].plots[$0] } : []
  let values = plots.map { (expected[bar].plots[$0], ours[bar].plots[$0]) }
    .map { "\(Double(bitPattern: $0)) \(Double(bitPattern: $1))" }
  Issue.record("\(what): bar \(bar) of \(expected.count), plots \(plots): \(values)")
}
