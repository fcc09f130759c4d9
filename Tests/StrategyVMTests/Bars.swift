import Calendar
import StrategyIR

@testable import StrategyVM

/// Bars of so many minutes from 2024-01-01 on, made of closes; highs and lows lie 1 away.
func bars(minutes: Int = 15, _ closes: [Double]) -> [ScriptBar] {
  let start: Int64 = 1_704_067_200_000
  let length = Int64(minutes) * 60_000
  return closes.enumerated().map { i, close in
    ScriptBar(
      time: start + Int64(i) * length, timeClose: start + Int64(i + 1) * length,
      open: i == 0 ? close : closes[i - 1], high: close + 1, low: close - 1, close: close,
      volume: Double(i + 1))
  }
}

/// What a run over bars leaves: plots by bar, orders by bar.
struct Outcome {
  var plots: [[Double]] = []
  var orders: [[OrderCommand]] = []
  var failure: ScriptFailure?
  var texts: (TextRef) -> String = { _ in "" }
}

/// Runs a program over bars with an empty book.
func run(
  _ program: Program, _ bars: [ScriptBar], timeframe: String = "15", foresee: Bool = true,
  parameters: [(name: String, value: ParameterValue)] = [],
  environment: ((inout ScriptEnvironment) -> Void)? = nil
) throws -> Outcome {
  var here = ScriptEnvironment(timeframe: Period(timeframe) ?? .day)
  environment?(&here)
  let runner = try ScriptRunner(program, environment: here, parameters: parameters)
  var outcome = Outcome()
  let numbers = [Double](repeating: 0, count: BookField.allCases.count)
  numbers.withUnsafeBufferPointer { numbers in
    bars.withUnsafeBufferPointer { if foresee { runner.useHistory($0) } }
    let book = BookView(numbers: numbers.baseAddress!)
    for (i, bar) in bars.enumerated() {
      let place = BarPlace(lastIndex: bars.count - 1, lastTime: bars.last!.time, isHistory: true)
      guard runner.step(bar, place: place, book: book) else { break }
      outcome.plots.append(Array(runner.plots))
      outcome.orders.append(Array(runner.orders))
      _ = i
    }
  }
  outcome.failure = runner.failure
  outcome.texts = runner.text
  return outcome
}

/// Plots e of a program with one plot.
func plotted(
  _ bars: [ScriptBar], _ body: (inout ProgramBuilder) -> ExpressionRef
) throws -> [Double] {
  var b = ProgramBuilder()
  let e = body(&b)
  b.plot("x", e)
  return try run(b.finish(), bars).plots.map { $0[0] }
}

/// Equal to the bit, nan to nan.
func same(_ a: [Double], _ b: [Double]) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { $0 == $1 || ($0 != $0 && $1 != $1) }
}
