import Artifacts
import CFxaot
import Calendar
import StrategyCompiler
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

/// The shipped scripts as array and lane code, in nanoseconds per bar, and per bar and parameter set
/// on one core. Nothing where no compiler is installed.
///
///     native_array_NAME     one call over all bars, the initial parameters
///     native_lane_NAME      eight sets that differ in the first length
///     native_lane_all_NAME  eight sets that differ in everything
func arrayAndLanes() throws {
  guard let toolchain = try? Toolchain.find(environment: environmentOfProcess()) else {
    return
  }
  let bars = minutes(50_000)
  for name in ["ma_crossover", "momentum_breakout", "mean_reversion", "fusion"] {
    let script = try NativeSignal(name, toolchain)
    try script.reportArray(bars)
    try script.reportLanes("native_lane_\(name)", bars) { set, parameter, isFirstLength in
      isFirstLength ? parameter.initial + Double(set) : parameter.initial
    }
    try script.reportLanes("native_lane_all_\(name)", bars) { set, parameter, _ in
      let isLength = parameter.kind == .int
      let value = parameter.initial * (1 + 0.07 * Double(set))
      return min(isLength ? value.rounded(.up) : value, parameter.maximum)
    }
  }
}

private func environmentOfProcess() -> [String: String] {
  var variables: [String: String] = [:]
  for name in ["PATH", "FXAOT_SWIFT"] {
    if let value = getenv(name) { variables[name] = String(cString: value) }
  }
  return variables
}

/// A walk of 1-minute bars as restless as a currency.
private func minutes(_ count: Int) -> [ScriptBar] {
  var seed: UInt64 = 11
  func random() -> Double {
    seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(seed >> 11) / Double(1 << 53) - 0.5
  }
  var close = 1.1
  return (0..<count).map { index in
    let open = close
    close = open * (1 + random() * 0.0005)
    let time = 1_704_067_200_000 + Int64(index) * 60_000
    return ScriptBar(
      time: time, timeClose: time + 60_000, open: open, high: max(open, close),
      low: min(open, close), close: close, volume: (1_000 * (random() + 1)).rounded())
  }
}

/// One script, compiled and loaded.
private struct NativeSignal {
  let name: String
  let program: Program
  let code: NativeCode

  init(_ name: String, _ toolchain: Toolchain) throws {
    self.name = name
    let text = try contents("priv/strategies/\(name).pine")
    guard let program = FrontEnd.compile(text).program, let minute = Period("1") else {
      throw BenchFailure(why: FrontEnd.compile(text).report)
    }
    self.program = program
    let environment = ScriptEnvironment(timeframe: minute)
    let sections = try PrintedSections(program, environment: environment)
    let plan = try ScriptRunner(program, environment: environment).plan
    guard let here = realpath(".", nil) else { throw BenchFailure(why: "there is no folder") }
    defer { free(here) }
    let root = String(cString: here)
    let cache = CacheFolders(root: root + "/.build/bench-cache")
    let kernels = try KernelSources(
      indicators: root + "/Sources/Indicators", include: root + "/c_src/include")
    let source = try StepPrinter(plan, sections: sections).source()
    let compiler = NativeCompiler(toolchain: toolchain, kernels: kernels, cache: cache)
    let path = root + "/.build/bench-\(name).so"
    try write(compiler.library(of: source, for: .thisMachine), path)
    code = try NativeCode(opening: path)
  }

  func reportArray(_ bars: [ScriptBar]) throws {
    guard let array = code.table.pointee.signal.array else { return }
    let closes = bars.map(\.close)
    let volumes = bars.map(\.volume)
    var signals = Array(repeating: 0.0, count: bars.count)
    let time = median(of: 31) {
      let start = now()
      array(nil, closes, volumes, &signals, UInt64(bars.count))
      return now() - start
    }
    report("native_array_\(name)", time / Double(bars.count), "ns")
  }

  func reportLanes(
    _ title: String, _ bars: [ScriptBar], _ value: (Int, Parameter, Bool) -> Double
  ) throws {
    let lanes = code.table.pointee.lanes
    guard let bytes = lanes.scratch_bytes, let run = lanes.run else { return }
    let width = Int(FXAOT_LANES)
    let firstLength = program.parameters.firstIndex { $0.kind == .int }
    var parameters: [Double] = []
    for (k, parameter) in program.parameters.enumerated() {
      for set in 0..<width { parameters.append(value(set, parameter, k == firstLength)) }
    }
    let room = Int(bytes(parameters, UInt64(bars.count)))
    guard room > 0 else { throw BenchFailure(why: "\(title): the parameters are not taken") }
    let scratch = UnsafeMutableRawPointer.allocate(byteCount: room, alignment: 64)
    let signals = UnsafeMutableRawPointer.allocate(
      byteCount: bars.count * width * 8, alignment: 64
    ).bindMemory(to: Double.self, capacity: bars.count * width)
    defer {
      scratch.deallocate()
      signals.deallocate()
    }
    let time = withColumns(bars) { columns in
      median(of: 31) {
        let start = now()
        run(parameters, columns, scratch, signals)
        return now() - start
      }
    }
    report(title, time / Double(bars.count * width), "ns")
  }
}

private func withColumns(
  _ bars: [ScriptBar], _ body: (UnsafePointer<fxaot_columns>) -> Double
) -> Double {
  func copied<T>(_ values: [T]) -> UnsafeMutablePointer<T> {
    let copy = UnsafeMutablePointer<T>.allocate(capacity: values.count)
    copy.initialize(from: values, count: values.count)
    return copy
  }
  let times = [bars.map(\.time), bars.map(\.timeClose)].map(copied)
  let prices = [
    bars.map(\.open), bars.map(\.high), bars.map(\.low), bars.map(\.close), bars.map(\.volume),
  ].map(copied)
  defer {
    times.forEach { $0.deallocate() }
    prices.forEach { $0.deallocate() }
  }
  var columns = fxaot_columns(
    time: times[0], time_close: times[1], open: prices[0], high: prices[1], low: prices[2],
    close: prices[3], volume: prices[4], count: UInt64(bars.count))
  return body(&columns)
}

private func contents(_ path: String) throws -> String {
  guard let file = fopen(path, "r") else { throw BenchFailure(why: "\(path) cannot be read") }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 1 << 16)
  let count = fread(&bytes, 1, bytes.count, file)
  return String(decoding: bytes[..<count], as: UTF8.self)
}

private func write(_ bytes: [UInt8], _ path: String) throws {
  guard let file = fopen(path, "w") else { throw BenchFailure(why: "\(path) cannot be written") }
  defer { fclose(file) }
  guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
    throw BenchFailure(why: "\(path) cannot be written")
  }
}
