import StrategyIR
import StrategyVM
import Testing

@testable import Calendar
@testable import StrategyLanguage

/// Compiles a script and runs it over a few bars of 15 minutes from 2024-01-01 00:00 UTC on, with
/// an empty book: what it plots and orders.
struct ScriptRun {
  /// By plot's title, one number a bar.
  var plots: [String: [Double]] = [:]
  /// By bar.
  var orders: [[OrderCommand]] = []
  var texts: (TextRef) -> String = { _ in "" }
  var failure: ScriptFailure?
  /// What there are no bars of.
  var missing: [String] = []
  var missingTimeframes: [String] = []
  /// After the last bar.
  var drawings: [ScriptDrawing] = []

  static let closes: [Double] = [10, 12, 11, 15, 14, 18, 17, 16, 20, 19]

  init(
    _ script: String, closes: [Double] = Self.closes, timeframe: String = "15", library: SourceText? = nil,
    isLive: Bool = false, environment: (inout ScriptEnvironment) -> Void = { _ in }
  ) throws {
    try self.init(
      script, bars: Self.bars(closes), timeframe: timeframe, library: library, isLive: isLive, environment: environment)
  }

  init(
    _ script: String, bars: [ScriptBar], timeframe: String = "15", library: SourceText? = nil,
    isLive: Bool = false, environment: (inout ScriptEnvironment) -> Void = { _ in }
  ) throws {
    let compilation = FrontEnd.compile(script) { _ in library }
    try #require(compilation.errors.isEmpty, "\(compilation.report)")
    let program = try #require(compilation.program)
    var here = ScriptEnvironment(timeframe: try #require(Period(timeframe)), zone: Self.zone)
    environment(&here)
    let runner = try ScriptRunner(program, environment: here)
    missing = runner.missing
    missingTimeframes = runner.missingTimeframes.map(\.text)
    let titles = program.plots.map(\.title)
    for title in titles { plots[title] = [] }
    let numbers = [Double](repeating: 0, count: BookField.allCases.count)
    numbers.withUnsafeBufferPointer { numbers in
      guard let start = numbers.baseAddress else { return }
      if !isLive { bars.withUnsafeBufferPointer { runner.useHistory($0) } }
      let last = bars[bars.count - 1].time
      let place = BarPlace(lastIndex: bars.count - 1, lastTime: last, isHistory: true)
      for bar in bars {
        guard runner.step(bar, place: place, book: BookView(numbers: start)) else { break }
        for (title, value) in zip(titles, runner.plots) { plots[title]?.append(value) }
        orders.append(Array(runner.orders))
      }
    }
    failure = runner.failure
    drawings = runner.drawings
    texts = runner.text
  }

  /// New York by its rule, without the system's files.
  private static let zone: @Sendable (String) -> ZoneRules? = { name in
    name == "America/New_York" ? newYork : nil
  }
  private static let newYork = ZoneRules(
    firstOffset: 0, transitions: [], rule: ZoneRule(Array("EST5EDT,M3.2.0,M11.1.0".utf8)[...]))

  /// Highs and lows lie 1 above and below the close; a bar opens where the last one closed.
  private static func bars(_ closes: [Double]) -> [ScriptBar] {
    let start: Int64 = 1_704_067_200_000
    return closes.enumerated().map { index, close in
      ScriptBar(
        time: start + Int64(index) * 900_000, timeClose: start + Int64(index + 1) * 900_000,
        open: index == 0 ? close : closes[index - 1], high: close + 1, low: close - 1,
        close: close, volume: Double(index + 1))
    }
  }

  /// What a version-6 indicator with this body plots under the title "x".
  static func plotted(_ body: String, version: Int = 6) throws -> [Double] {
    let run = try ScriptRun("//@version=\(version)\nindicator(\"t\")\n\(body)\n")
    #expect(run.failure == nil)
    return run.plots["x"] ?? []
  }
}

/// Whether a script's plot "x" has these values, one a bar.
func check(
  _ body: String, _ expected: [Double], version: Int = 6, _ location: SourceLocation = #_sourceLocation
) throws {
  let plotted = try ScriptRun.plotted(body, version: version)
  #expect(same(plotted, expected), "\(plotted)", sourceLocation: location)
}

/// Equal, na to na.
func same(_ left: [Double], _ right: [Double]) -> Bool {
  left.count == right.count && zip(left, right).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
}
