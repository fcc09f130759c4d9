// Speed of scripts on the VM, one `name value unit` line a figure; medians over rounds.
import Calendar
import Indicators
import Research
import StrategyIR
import StrategyLanguage
import StrategyVM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Nanoseconds of the monotonic clock.
func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

/// The median of what `round` answers, after one round that does not count.
func median(of rounds: Int, _ round: () throws -> Double) rethrows -> Double {
  _ = try round()
  return try (0..<rounds).map { _ in try round() }.sorted()[rounds / 2]
}

func report(_ name: String, _ value: Double, _ unit: String) {
  let thousandths = Int((value * 1_000).rounded())
  let fraction = String(thousandths % 1_000 + 1_000).dropFirst()
  print("\(name) \(thousandths / 1_000).\(fraction) \(unit)")
}

struct BenchFailure: Error { let why: String }

let macd = """
  //@version=6
  strategy("MACD cross", initial_capital = 1000000, pyramiding = 1)
  [line, signal, _] = ta.macd(close, 12, 26, 9)
  if ta.crossover(line, signal)
      strategy.entry("L", strategy.long)
  if ta.crossunder(line, signal)
      strategy.entry("S", strategy.short)
  """

/// 200 lines of what scripts are made of.
func longScript() -> String {
  var lines = ["//@version=6", "strategy(\"Bands\", overlay = true)"]
  for k in 1...22 {
    lines += [
      "len\(k) = input.int(\(k + 5), \"Length \(k)\", minval = 1)",
      "avg\(k) = ta.sma(close, len\(k))",
      "dev\(k) = ta.stdev(close, len\(k))",
      "up\(k) = avg\(k) + 2.0 * dev\(k)",
      "dn\(k) = avg\(k) - 2.0 * dev\(k)",
      "sig\(k) = ta.crossover(close, up\(k)) ? 1 : ta.crossunder(close, dn\(k)) ? -1 : 0",
      "var int count\(k) = 0",
      "if sig\(k) != 0",
      "    count\(k) += sig\(k)",
    ]
  }
  let sum = (1...22).map { "count\($0)" }.joined(separator: " + ")
  lines += ["plot(\(sum), \"sum\")"]
  return lines.joined(separator: "\n") + "\n"
}

/// A seeded random walk of 15-minute bars.
func walk(_ count: Int) -> [ScriptBar] {
  var seed: UInt64 = 7
  func random() -> Double {
    seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(seed >> 11) / Double(1 << 53) - 0.5
  }
  var close = 2_000.0
  return (0..<count).map { index in
    let open = close
    close = max(1, open * (1 + random() * 0.01))
    let time = 1_700_000_100_000 + Int64(index) * 900_000
    return ScriptBar(
      time: time, timeClose: time + 900_000, open: open,
      high: max(open, close) * (1 + (random() + 0.5) * 0.002),
      low: min(open, close) * (1 - (random() + 0.5) * 0.002), close: close,
      volume: 1_000 * (random() + 1))
  }
}

func ready(_ text: String) throws -> Backtest {
  guard let program = FrontEnd.compile(text).program, let period = Period("15") else {
    throw BenchFailure(why: FrontEnd.compile(text).report)
  }
  return try Backtest(program, environment: ScriptEnvironment(timeframe: period))
}

let bars = walk(50_000)

/// One run over all bars, from a compiled script: VM and bar broker.
let runTime = try median(of: 15) {
  let test = try ready(macd)
  test.begin(bars)
  let start = now()
  guard test.run() else { throw BenchFailure(why: "the script stopped") }
  return now() - start
}
report("vm_macd_bar", runTime / Double(bars.count), "ns")

report("broker_macd_bar", try brokerTime(bars) / Double(bars.count), "ns")

/// The same indicator by a call to its kernel for each bar, without script, orders or broker.
let kernelTime = median(of: 15) {
  let kernel = MACD(fast: 12, slow: 26, signal: 9)
  let state = UnsafeMutableRawPointer.allocate(byteCount: kernel.stateBytes, alignment: 8)
  defer { state.deallocate() }
  kernel.reset(state)
  var crossings = 0
  var wasAbove = false
  let start = now()
  for bar in bars {
    let lines = kernel.step(state, bar.close)
    let isAbove = lines.macd > lines.signal
    if isAbove != wasAbove { crossings += 1 }
    wasAbove = isAbove
  }
  let time = now() - start
  if crossings == 0 { print("no crossing") }
  return time
}
report("macd_kernel_bar", kernelTime / Double(bars.count), "ns")

/// From text to the last bar's trades.
report(
  "backtest_50k",
  try median(of: 15) {
    let start = now()
    let test = try ready(macd)
    test.begin(bars)
    guard test.run() else { throw BenchFailure(why: "the script stopped") }
    return now() - start
  } / 1e6, "ms")

/// 200 lines from text to a runner that waits for its first bar.
let text = longScript()
report(
  "script_ready",
  try median(of: 31) {
    let start = now()
    _ = try ready(text)
    return now() - start
  } / 1e6, "ms")
