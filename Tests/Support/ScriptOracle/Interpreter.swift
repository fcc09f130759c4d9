@testable import StrategyLanguage

/// Runs a script by walking its syntax tree, bar by bar: written from the language's rules
/// (docs/script-language.md and the manual it follows), simple and slow, and knowing nothing of the
/// IR, its passes and the machines that run it.
///
/// A requested expression is what a run of the whole script over the request's bars has at that
/// place. Such a run is an interpreter of its own, without orders, plots and errors.
final class Interpreter {
  enum Jump { case none, leave, next }

  struct Frame {
    var path: CallPath
    /// Innermost last; those of the main part begin with the script's own names.
    var scopes: [[NameID: Series]]
    /// Names that this function, or the main part, assigns to.
    var assigned: Set<NameID>
  }

  /// Of a request on one of its bars.
  struct Answer {
    /// Of the bar.
    var end: Int64
    var value = OracleValue.none
    /// Why the script stopped on this bar.
    var stop: String?
  }

  let tree: SyntaxTree
  /// Of the script.
  let source: SourceText
  let modules: [OracleModule]
  let chart: [OracleBar]
  let bars: [OracleBar]
  /// Minutes of a bar here, and on the chart.
  let minutes, chartMinutes: Int
  let inputs: [String: OracleValue]
  /// The request that is to be answered: its call path and its call; nil: this is the chart.
  let wanted: [Int32]?
  /// The requests on the way here.
  let inside: [[Int32]]

  var globals: [NameID: Series] = [:]
  /// The text at hand: 0 the script, else a library.
  var module = 0
  /// Of libraries.
  var constants: [Int: [String: Series]] = [:]
  /// Those that are there, oldest first.
  var drawings: [OracleDrawing] = []
  /// `max_lines_count` and its like.
  var mostDrawings: [String: Int] = [:]
  /// Of the statement at hand.
  var line = 0
  var frame: Frame
  var bar = 0
  var jump = Jump.none
  var assumed = Assumed()
  /// Of loops, on this bar.
  var rounds = 0
  static let mostRounds = 1000
  var step = OracleStep(plots: [])
  var plotNumbers: [Int32: Int] = [:]
  var titles: [String] = []
  var answer = OracleValue.none
  var answers: [[Int32]: [Answer]] = [:]

  init(
    _ tree: SyntaxTree, _ source: SourceText, chart: [OracleBar], minutes: Int, chartMinutes: Int,
    inputs: [String: OracleValue], wanted: [Int32]? = nil, inside: [[Int32]] = []
  ) {
    self.tree = tree
    self.source = source
    modules = OracleModule.all(of: tree)
    self.chart = chart
    self.minutes = minutes
    self.chartMinutes = chartMinutes
    self.inputs = inputs
    self.wanted = wanted
    self.inside = inside
    bars = wanted == nil ? chart : Self.gathered(chart, minutes: minutes)
    frame = Frame(path: CallPath([]), scopes: [[:]], assigned: tree.assigned)
  }

  /// The chart's bars put together to longer ones that begin at multiples of their length. The last
  /// one may not be over; `visible` leaves it out then.
  private static func gathered(_ bars: [OracleBar], minutes: Int) -> [OracleBar] {
    let length = Int64(minutes) * 60_000
    var made: [OracleBar] = []
    for bar in bars {
      let start = bar.time / length * length
      if let last = made.last, last.time == start {
        made[made.count - 1].high = max(last.high, bar.high)
        made[made.count - 1].low = min(last.low, bar.low)
        made[made.count - 1].close = bar.close
        made[made.count - 1].volume += bar.volume
      } else {
        var first = bar
        first.time = start
        first.timeClose = start + length
        made.append(first)
      }
    }
    return made
  }

  // MARK: Running

  func run() throws -> OracleRun {
    var run = OracleRun()
    for number in bars.indices {
      do {
        try runBar(number)
      } catch let stop as OracleStop {
        run.stop = stop.message
        run.reason = stop.reason
        run.line = line
        break
      }
      step.drawings = Self.drawingKinds.flatMap { kind in drawings.filter { $0.kind == kind } }.map(\.picture)
      run.steps.append(step)
    }
    run.titles = titles
    for i in run.steps.indices {
      let missing = titles.count - run.steps[i].plots.count
      run.steps[i].plots += [Double](repeating: .nan, count: missing)
    }
    return run
  }

  /// What the wanted request answers on each bar, up to one that stops it.
  func answersOfRequest() throws -> [Answer] {
    var made: [Answer] = []
    for number in bars.indices {
      answer = .none
      do {
        try runBar(number)
        made.append(Answer(end: bars[number].timeClose, value: answer))
      } catch let stop as OracleStop {
        made.append(Answer(end: bars[number].timeClose, stop: stop.message))
        break
      }
    }
    return made
  }

  private func runBar(_ number: Int) throws {
    bar = number
    jump = .none
    module = 0
    rounds = 0
    step = OracleStep(plots: [Double](repeating: .nan, count: titles.count))
    globals = [:]
    frame.scopes = [[:]]
    _ = try block(tree.body)
  }

  var isChart: Bool { wanted == nil }

  // MARK: Names

  func lookup(_ name: NameID) -> Series? {
    for scope in frame.scopes.reversed() {
      if let series = scope[name] { return series }
    }
    return global(name)
  }

  func bind(_ name: NameID, _ series: Series) {
    guard tree.names[name] != "_" else { return }
    frame.scopes[frame.scopes.count - 1][name] = series
    if frame.path.calls.isEmpty, frame.scopes.count == 1, module == 0 { globals[name] = series }
  }

  func scoped<T>(_ body: () throws -> T) rethrows -> T {
    let outside = frame.scopes
    frame.scopes.append([:])
    defer { frame.scopes = outside }
    return try body()
  }
}

/// Runs a script over bars with an empty book.
public enum ScriptOracle {
  /// - Parameters:
  ///   - minutes: Of one of the bars.
  ///   - inputs: Values that are not the defaults, by title.
  ///   - libraries: The texts that the script imports, by "user/name/version".
  /// - Throws: `OracleGap` where the script has something that the interpreter has not.
  public static func run(
    _ script: String, bars: [OracleBar], minutes: Int, inputs: [String: OracleValue] = [:],
    libraries: [String: String] = [:]
  ) throws -> OracleRun {
    let source = SourceText(name: "script", text: script)
    var (tree, diagnostics) = FrontEnd.parse(source)
    var loader = LibraryLoader { name in libraries["\(name)"].map { SourceText(name: "\(name)", text: $0) } }
    loader.run(&tree, &diagnostics)
    guard !diagnostics.hasErrors else { throw OracleGap(what: "tree of this text") }
    return try Interpreter(
      tree, source, chart: bars, minutes: minutes, chartMinutes: minutes, inputs: inputs
    ).run()
  }
}
