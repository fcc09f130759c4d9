import Artifacts
import CFxaot
import Calendar
import Foundation
import StrategyIR
import StrategyLanguage
import StrategyVM
import Testing

@testable import StrategyCompiler

/// A script with its array and lane code loaded, and the VM's answers beside it.
struct VectorRun {
  let program: Program
  let timeframe: String
  let sections: PrintedSections
  let code: NativeCode?

  /// One cache for all tests of a process: the kernels are compiled once.
  nonisolated(unsafe) private static let cache = Result { try TemporaryFolder() }

  init(
    _ script: String, timeframe: String = "1",
    _ parameters: [(name: String, value: ParameterValue)] = [], cpu: CPULevel = .thisMachine
  ) throws {
    let compiled = FrontEnd.compile(script)
    program = try #require(compiled.program, "\(compiled.report)")
    self.timeframe = timeframe
    sections = try PrintedSections(
      program, environment: try Self.environment(timeframe), parameters: parameters)
    guard sections.array != nil || sections.lanes != nil else {
      code = nil
      return
    }
    let compiler = NativeCompiler(
      toolchain: try #require(Checkout.toolchain), kernels: try Checkout.kernels(),
      cache: CacheFolders(root: try Self.cache.get().path))
    let folder = try TemporaryFolder()
    let path = folder.path + "/vector.so"
    try Data(compiler.library(of: Self.source(sections), for: cpu))
      .write(to: URL(fileURLWithPath: path))
    code = try NativeCode(opening: path)
  }

  static func shipped(_ name: String) throws -> String {
    try String(contentsOfFile: Checkout.root + "/priv/strategies/\(name).pine", encoding: .utf8)
  }

  private static func environment(_ timeframe: String) throws -> ScriptEnvironment {
    ScriptEnvironment(timeframe: try #require(Period(timeframe)))
  }

  private static func source(_ sections: PrintedSections) -> String {
    var text = "import CFxaot\nimport Indicators\n"
    text += (sections.array?.source ?? "") + (sections.lanes?.source ?? "")
    text += "@_cdecl(\"fxaot_native_open\")\n"
    text += "public func open(_ out: UnsafeMutablePointer<fxaot_native>?) -> Int32 {\n"
    text += "  guard let out else { return 1 }\n"
    text += "  out.pointee.abi_version = UInt32(FXAOT_ABI_VERSION)\n"
    if let array = sections.array { text += "  out.pointee.signal.array = \(array.function)\n" }
    if let lanes = sections.lanes {
      text += "  out.pointee.lanes.param_count = \(lanes.parameterCount)\n"
      text += "  out.pointee.lanes.scratch_bytes = \(lanes.scratchBytes)\n"
      text += "  out.pointee.lanes.run = \(lanes.run)\n"
    }
    return text + "  return 0\n}\n"
  }

  // MARK: Answers

  /// The plot "signal" on each bar, by the VM.
  func stepped(
    _ bars: [ScriptBar], _ parameters: [(name: String, value: ParameterValue)] = []
  ) throws -> [Double] {
    let runner = try ScriptRunner(
      program, environment: try Self.environment(timeframe), parameters: parameters)
    let plot = try #require(program.plots.firstIndex { $0.title == "signal" })
    let numbers = [Double](repeating: 0, count: BookField.allCases.count)
    var signals: [Double] = []
    try numbers.withUnsafeBufferPointer { numbers in
      let book = BookView(numbers: try #require(numbers.baseAddress))
      for bar in bars {
        let place = BarPlace(
          lastIndex: bars.count - 1, lastTime: bars[bars.count - 1].time, isHistory: true)
        try #require(runner.step(bar, place: place, book: book), "\(runner.failure as Any)")
        signals.append(runner.plots[plot])
      }
    }
    return signals
  }

  func array(_ bars: [ScriptBar]) throws -> [Double] {
    let array = try #require(code?.table.pointee.signal.array)
    var signals = Array(repeating: -7.0, count: bars.count + 1)
    array(nil, bars.map(\.close), bars.map(\.volume), &signals, UInt64(bars.count))
    #expect(signals.removeLast() == -7, "it wrote behind the last bar")
    return signals
  }

  /// By set; nil where the code does not take the parameters.
  func lanes(_ bars: [ScriptBar], _ sets: [[Double]]) throws -> [[Double]]? {
    let lanes = try #require(code?.table.pointee.lanes)
    let bytes = try #require(lanes.scratch_bytes)
    let run = try #require(lanes.run)
    let width = Int(FXAOT_LANES)
    let parameters = program.parameters.indices.flatMap { k in sets.map { $0[k] } }
    try #require(sets.count == width && Int(lanes.param_count) == program.parameters.count)
    let room = Int(bytes(parameters, UInt64(bars.count)))
    if room == 0 { return nil }
    let scratch = UnsafeMutableRawPointer.allocate(byteCount: room + 64, alignment: 64)
    defer { scratch.deallocate() }
    scratch.initializeMemory(as: UInt8.self, repeating: 0xA5, count: room + 64)
    var signals = Array(repeating: -7.0, count: bars.count * width + 1)
    withColumns(bars) { run(parameters, $0, scratch, &signals) }
    #expect(signals.removeLast() == -7, "it wrote behind the last bar")
    #expect((0..<64).allSatisfy { scratch.load(fromByteOffset: room + $0, as: UInt8.self) == 0xA5 })
    return (0..<width).map { set in bars.indices.map { signals[$0 * width + set] } }
  }

  private func withColumns(
    _ bars: [ScriptBar], _ body: (UnsafePointer<fxaot_columns>) -> Void
  ) {
    let times = bars.map(\.time)
    let closes = bars.map(\.timeClose)
    let prices = [
      bars.map(\.open), bars.map(\.high), bars.map(\.low), bars.map(\.close), bars.map(\.volume),
    ]
    times.withUnsafeBufferPointer { times in
      closes.withUnsafeBufferPointer { closes in
        prices[0].withUnsafeBufferPointer { open in
          prices[1].withUnsafeBufferPointer { high in
            prices[2].withUnsafeBufferPointer { low in
              prices[3].withUnsafeBufferPointer { close in
                prices[4].withUnsafeBufferPointer { volume in
                  var columns = fxaot_columns(
                    time: times.baseAddress, time_close: closes.baseAddress,
                    open: open.baseAddress, high: high.baseAddress, low: low.baseAddress,
                    close: close.baseAddress, volume: volume.baseAddress,
                    count: UInt64(bars.count))
                  body(&columns)
                }
              }
            }
          }
        }
      }
    }
  }

  /// A parameter set as the VM takes it.
  func named(_ set: [Double]) -> [(name: String, value: ParameterValue)] {
    zip(program.parameters, set).map { parameter, x in
      (parameter.title, parameter.kind == .bool ? .bool(x != 0) : .number(x))
    }
  }
}

/// A seeded walk of 1-minute bars with some hours missing; moves are of `size`.
func walk(_ count: Int, seed: UInt64 = 7, size: Double = 0.002) -> [ScriptBar] {
  var state = seed
  func random() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) / Double(1 << 53)
  }
  var close = 1.1
  var time: Int64 = 1_704_067_200_000
  return (0..<count).map { _ in
    let open = close
    close = max(0.2, open * (1 + (random() - 0.5) * size))
    time += random() < 0.01 ? 60_000 * Int64(1 + random() * 90) : 60_000
    return ScriptBar(
      time: time, timeClose: time + 60_000, open: open, high: max(open, close) * 1.0001,
      low: min(open, close) * 0.9999, close: close, volume: (500 + 1000 * random()).rounded())
  }
}

/// Equal to the bit; any nan is as good as another.
func bits(_ x: [Double]) -> [UInt64] { x.map { $0 == $0 ? $0.bitPattern : .max } }

/// The first place where they are not, for the message of a failure.
func difference(_ a: [Double], _ b: [Double]) -> String? {
  if a.count != b.count { return "\(a.count) values, not \(b.count)" }
  let place = zip(bits(a), bits(b)).enumerated().first { $0.element.0 != $0.element.1 }?.offset
  return place.map { "bar \($0) of \(a.count): \(a[$0]), not \(b[$0])" }
}
