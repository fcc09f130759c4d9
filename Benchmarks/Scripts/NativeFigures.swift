import CFxaot
import Calendar
import FXCore
import Measuring
import Research
import StrategyIR
import StrategyLanguage
import StrategyVM
import Trading

private let strategies = ["ma_crossover", "momentum_breakout", "mean_reversion", "fusion"]

/// The figures of native code, and of the same scripts on the VM and as built-in strategies.
func nativeFigures(_ bars: [ScriptBar]) throws {
  let minutes = walk(bars.count, minutes: 1)
  for name in strategies { try stepFigures(name, minutes) }
  guard let build = NativeBuild.find() else { return }
  // The first one compiles the kernels, once for a compiler and processor.
  _ = try build.make(macd, timeframe: "15")
  try compileFigures(build)
  try report("native_macd_bar", try nativeRun(build, bars) / Double(bars.count), "ns")
  try objectFigures(build, bars)
  for name in strategies {
    let code = try build.make(try NativeBuild.shipped(name), timeframe: "1").code
    let table = code.table.pointee
    if table.signal.abi_version != 0 {
      report("native_step_\(name)", stepTime(table.signal, minutes.map(fxaot_bar.init)), "ns")
    }
    if table.signal.array != nil { report("native_array_\(name)", arrayTime(table.signal), "ns") }
    guard table.lanes.run != nil else { continue }
    // Eight sets that differ in the first length; and in everything.
    for (title, isEach) in [("native_lane", false), ("native_lane_all", true)] {
      if let time = try laneTime(table.lanes, name, isEach) {
        report("\(title)_\(name)", time, "ns")
      }
    }
  }
}

/// From a script's text to native code in place; each round compiles another script. First its
/// steps, which is what a deployment waits for; then with the code for whole histories and lanes.
private func compileFigures(_ build: NativeBuild) throws {
  let text = try NativeBuild.shipped("ma_crossover")
  var slow = 20.0
  func once(vectors: Bool = false) throws -> Double {
    let start = now()
    let (runner, code) = try build.make(
      text, timeframe: "1", [("Slow", .number(slow))], vectors: vectors)
    try runner.attach(code)
    return (now() - start) / 1e6
  }
  func another(vectors: Bool = false) throws -> Double {
    slow += 1
    return try once(vectors: vectors)
  }
  try report("compile_cold", try median(of: 7) { try another() }, "ms")
  try report("compile_cached", try median(of: 15) { try once() }, "ms")
  try report("compile_cold_vectors", try median(of: 5) { try another(vectors: true) }, "ms")
}

/// As `vm_macd_bar`: the whole back-test, with native steps.
private func nativeRun(_ build: NativeBuild, _ bars: [ScriptBar]) throws -> Double {
  let code = try build.make(macd, timeframe: "15").code
  return try median(of: 15) {
    let test = try ready(macd)
    try test.attach(code)
    test.begin(bars)
    let start = now()
    guard test.run() else { throw BenchFailure(why: "the script stopped") }
    return now() - start
  }
}

/// A shipped strategy bar by bar: built in, and as a script on the VM.
private func stepFigures(_ name: String, _ bars: [ScriptBar]) throws {
  if let table = StrategyRegistry.find(name)?.pointee, table.feed_count == 1 {
    report("builtin_step_\(name)", stepTime(table, bars.map(fxaot_bar.init)), "ns")
  }
  guard let program = FrontEnd.compile(try NativeBuild.shipped(name)).program,
    let period = Period("1")
  else { throw BenchFailure(why: name) }
  let book = BarBroker(program.settings.broker, tick: 0.01, quantityStep: 0.0001).bookView
  func run() throws -> Double {
    let runner = try ScriptRunner(program, environment: ScriptEnvironment(timeframe: period))
    let start = now()
    for bar in bars {
      let place = BarPlace(lastIndex: bars.count - 1, lastTime: bar.time, isHistory: true)
      guard runner.step(bar, place: place, book: book) else {
        throw BenchFailure(why: "the script stopped")
      }
    }
    return now() - start
  }
  try report("vm_step_\(name)", try median(of: 15, run) / Double(bars.count), "ns")
}

/// ns per bar of a strategy's step function, called as an engine calls it.
private func stepTime(_ table: fxaot_strategy, _ bars: [fxaot_bar]) -> Double {
  withDefaults(table) { parameters in
    let bytes = Int(truncatingIfNeeded: table.state_bytes(parameters))
    let state = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    defer { state.deallocate() }
    return bars.withUnsafeBufferPointer { bars in
      median(of: 15) {
        table.reset(parameters, state)
        var sum = 0.0
        let start = now()
        for index in bars.indices {
          sum += table.step(parameters, state, 0, bars.baseAddress.map { $0 + index })
        }
        let time = now() - start
        if sum.isNaN { print("the signals are no numbers") }
        return time / Double(bars.count)
      }
    }
  }
}

/// The default values of a table's parameters; a script's table has none.
private func withDefaults(
  _ table: fxaot_strategy, _ body: (UnsafePointer<Double>?) -> Double
) -> Double {
  let values = (0..<Int(table.param_count)).map { table.params?[$0].default_value ?? 0 }
  return values.withUnsafeBufferPointer { body($0.baseAddress) }
}

private let historyCount = 1_000_000

/// ns per bar of a whole history in one call, the second of two calls.
private func arrayTime(_ table: fxaot_strategy) -> Double {
  let bars = walk(historyCount, minutes: 1, move: 0.0005)
  let (closes, volumes) = (bars.map(\.close), bars.map(\.volume))
  var signals = [Double](repeating: 0, count: historyCount)
  return median(of: 15) {
    table.array(nil, closes, volumes, &signals, UInt64(historyCount))
    let start = now()
    table.array(nil, closes, volumes, &signals, UInt64(historyCount))
    return (now() - start) / Double(historyCount)
  }
}

/// ns per bar and parameter set of eight sets at once; nil where the code cannot take them.
private func laneTime(
  _ lanes: fxaot_lanes, _ name: String, _ differInAll: Bool
) throws -> Double? {
  guard let program = FrontEnd.compile(try NativeBuild.shipped(name)).program else { return nil }
  let count = 100_000
  let width = Int(FXAOT_LANES)
  let firstLength = program.parameters.firstIndex { $0.kind == .int }
  let sets = program.parameters.enumerated().flatMap { number, parameter in
    (0..<width).map { set in
      let step = parameter.kind == .int ? 1 : parameter.initial * 0.03
      return differInAll || number == firstLength
        ? min(parameter.initial + step * Double(set), parameter.maximum) : parameter.initial
    }
  }
  let bytes = Int(truncatingIfNeeded: lanes.scratch_bytes(sets, UInt64(count)))
  guard bytes > 0 else { return nil }
  let scratch = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
  defer { scratch.deallocate() }
  let columns = Columns(walk(count, minutes: 1, move: 0.0005))
  let signals = UnsafeMutableRawPointer.allocate(byteCount: count * width * 8, alignment: 64)
    .bindMemory(to: Double.self, capacity: count * width)
  defer { signals.deallocate() }
  return median(of: 15) {
    var bars = columns.bars
    let start = now()
    lanes.run(sets, &bars, scratch, signals)
    return (now() - start) / Double(count * width)
  }
}

/// Bars as columns, in memory that stays where it is.
private final class Columns {
  private let times: UnsafeMutablePointer<Int64>
  private let values: UnsafeMutablePointer<Double>
  private let count: Int

  init(_ bars: [ScriptBar]) {
    count = bars.count
    times = .allocate(capacity: 2 * count)
    values = .allocate(capacity: 5 * count)
    for (index, bar) in bars.enumerated() {
      (times + index).initialize(to: bar.time)
      (times + count + index).initialize(to: bar.timeClose)
      let row = [bar.open, bar.high, bar.low, bar.close, bar.volume]
      for (k, value) in row.enumerated() { (values + k * count + index).initialize(to: value) }
    }
  }

  deinit {
    times.deallocate()
    values.deallocate()
  }

  var bars: fxaot_columns {
    fxaot_columns(
      time: times, time_close: times + count, open: values, high: values + count,
      low: values + 2 * count, close: values + 3 * count, volume: values + 4 * count,
      count: UInt64(count))
  }
}

extension fxaot_bar {
  init(_ bar: ScriptBar) {
    self.init(
      open_time_ns: bar.time * 1_000_000, end_time_ns: bar.timeClose * 1_000_000, open: bar.open,
      high: bar.high, low: bar.low, close: bar.close, volume: bar.volume, ticks: 1)
  }
}
