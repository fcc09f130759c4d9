// Speed of scripts on the VM and in native code, one `name value unit` line a figure; medians over
// rounds. Without a Swift toolchain the figures of native code are left out.
import Indicators
import Measuring
import Research

let bars = walk(50_000)

/// One run over all bars, from a compiled script: VM and bar broker.
func runTime() throws -> Double {
  try median(of: 15) {
    let test = try ready(macd)
    test.begin(bars)
    let start = now()
    guard test.run() else { throw BenchFailure(why: "the script stopped") }
    return now() - start
  }
}
try report("vm_macd_bar", try runTime() / Double(bars.count), "ns")

try report("broker_macd_bar", try brokerTime(bars) / Double(bars.count), "ns")

/// The same indicator by a call to its kernel for each bar, without script, orders or broker.
func kernelTime() -> Double {
  median(of: 15) {
    let kernel = Pine.MACD(fast: 12, slow: 26, signal: 9)
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
}
report("macd_kernel_bar", kernelTime() / Double(bars.count), "ns")

/// From text to the last bar's trades.
try report(
  "backtest_50k",
  try median(of: 15) {
    let start = now()
    let test = try ready(macd)
    test.begin(bars)
    guard test.run() else { throw BenchFailure(why: "the script stopped") }
    return now() - start
  } / 1e6, "ms")

/// From text to a runner that waits for its first bar.
func readyTime(of text: String, rounds: Int) throws -> Double {
  try median(of: rounds) {
    let start = now()
    _ = try ready(text)
    return now() - start
  } / 1e6
}
try report("script_ready", try readyTime(of: longScript(indicators: 22), rounds: 31), "ms")
try report("script_ready_3000", try readyTime(of: longScript(indicators: 333), rounds: 7), "ms")

try nativeFigures(bars)
try tradingFigures()
