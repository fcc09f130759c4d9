import Calendar
import StrategyIR

/// What a script's plot "signal" is made of: the chart's world and those of its requests, without
/// orders and all that only they need. Array and lane code is printed from it.
public struct SignalWorlds {
  public struct World {
    public var program: Program
    /// Variables that hold the world's results when a bar is over: the chart's has one, the signal.
    public var results: [VariableRef]
    /// By the program's requests; nil where nothing is read of one.
    public var feeds: [Feed?]
  }

  /// A request without lookahead and gaps: it shows the results of its newest closed
  /// period.
  public struct Feed {
    public var world: Int
    /// The period in milliseconds, counted from the start of a day of so many milliseconds after
    /// midnight UTC.
    public var length, dayStart: Int64
  }

  /// Requests' worlds stand behind the world that asks, the chart's is the first.
  public private(set) var worlds: [World] = []
  /// All parameters' values, the open ones' as they are settled here.
  public let parameters: [Double]
  public let isOpen: [Bool]

  public static let title = "signal"

  /// - Parameter leavesOpen: numbers and bools among the parameters stay expressions, so that one
  ///   code serves all of their values.
  /// - Returns: nil where there is no such plot, or a request that needs more than its bars.
  public init?(
    _ program: Program, environment: ScriptEnvironment,
    parameters given: [(name: String, value: ParameterValue)] = [], leavesOpen: Bool
  ) throws(ScriptError) {
    guard let size = program.treeSize else { throw .invalidProgram }
    guard let signal = program.signalOnly(Self.title) else { return nil }
    let texts = TextFunctions(
      arena: TextArena(program.texts), mintick: environment.symbol.mintick)
    let values = try ParameterValues.settle(program, given, texts.arena)
    parameters = values
    isOpen = program.parameters.map { leavesOpen && $0.kind.isNumber }
    let open = isOpen
    let known = RunKnowledge(
      environment: environment, chart: environment.timeframe, chartSymbol: environment.symbol,
      parameters: values.indices.map { open[$0] ? nil : values[$0] }, texts: texts)
    let isMade = try add(
      signal.program, .main, known, [signal.result], inside: [],
      most: WorldBuilder.mostNodes / size)
    if isMade == nil { return nil }
  }

  /// The world's number; nil where it cannot be.
  private mutating func add(
    _ program: Program, _ kind: Rewriter<RunKnowledge>.World, _ known: RunKnowledge,
    _ wanted: [VariableRef], inside: [RequestRef], most: Int
  ) throws(ScriptError) -> Int? {
    guard inside.count <= WorldBuilder.deepest, worlds.count < most else { throw .tooLarge }
    var first = Rewriter(program, world: kind, known: known)
    let (folded, results) = first.run()
    let kept = kind == .main ? wanted : results
    let (lean, requests) = folded.pruned(known, results: kept)
    guard requests.isEmpty || first.open.isEmpty else { return nil }
    let number = worlds.count
    worlds.append(World(program: lean, results: kept, feeds: []))
    for (i, origin) in requests.enumerated() {
      let request = first.origins[origin.index]
      if inside.contains(request) || !lean.reads(RequestRef(Int32(i))) {
        worlds[number].feeds.append(nil)
        continue
      }
      guard var feed = Self.feed(lean, lean.requests[i], known) else { return nil }
      var there = known.environment
      there.timeframe = feed.period
      let world = try add(
        program, .request(request),
        RunKnowledge(
          environment: there, chart: known.chart, chartSymbol: known.chartSymbol, parameters: known.parameters,
          texts: known.texts),
        [], inside: inside + [request], most: most)
      guard let world else { return nil }
      feed.feed.world = world
      worlds[number].feeds.append(feed.feed)
    }
    return number
  }

  private static func isOwn(
    _ program: Program, _ symbol: ExpressionRef, _ known: RunKnowledge
  ) -> Bool {
    guard !symbol.isNone else { return true }
    guard case .text(let ref) = program.expressions[symbol.index] else { return false }
    return known.isOwn(symbol: Double(ref))
  }

  /// Periods within a day, where days have one length and always trade.
  private static func feed(
    _ program: Program, _ request: Request, _ known: RunKnowledge
  ) -> (feed: Feed, period: Period)? {
    let isOff = { (e: ExpressionRef) -> Bool in
      guard !e.isNone else { return true }
      guard case .number(let x) = program.expressions[e.index] else { return false }
      return x != 1
    }
    guard isOff(request.gaps), isOff(request.lookahead), request.kind == .security,
      request.currency.isNone, isOwn(program, request.symbol, known),
      case .text(let ref) = program.expressions[request.timeframe.index],
      let period = known.period(Double(ref)), period.isIntraday,
      period.seconds >= known.environment.timeframe.seconds,
      known.environment.tradingHours == nil,
      known.environment.symbol.zone == .utc
    else { return nil }
    let calendar = known.environment.calendar
    return (
      Feed(
        world: 0, length: Int64(period.seconds) * 1000,
        dayStart: Int64(calendar.dayStart) * 60_000), period
    )
  }
}

extension Parameter.Kind {
  fileprivate var isNumber: Bool {
    switch self {
    case .int, .float, .bool, .price: true
    default: false
    }
  }
}

extension Program {
  fileprivate func reads(_ request: RequestRef) -> Bool {
    expressions.contains {
      if case .request(request, _) = $0 { true } else { false }
    }
  }
}

/// A kernel's call as Swift text, with Indicators imported.
public struct KernelText {
  /// An expression that makes the kernel; nil for a function without state.
  public let kernel: String?
  /// Of one step: `$s` is the state, `$0` the first input.
  public let call: String
  /// Arguments of the call by their places, or fields of the bar.
  public let inputs: [(argument: Int?, field: BarField?)]
  /// Of the call's answer `$x`.
  public let results: [String]

  /// The struct in `Pine` that a kernel is; nil for a function without state.
  public static func type(of kernel: Kernel) -> String? {
    guard kernel != .timeframeChange else { return nil }
    let made = KernelBinding.make(kernel, kernel.arguments.map { _ in 1 })
    let name = made?.text().prefix { $0 != "(" && $0 != "." } ?? ""
    return name.isEmpty ? nil : String(name)
  }

  /// - Parameters:
  ///   - known: The arguments that are constants.
  ///   - length: A text for the length of a window that is no constant, 1 … `longestHistory`.
  /// - Returns: nil where the kernel must know more.
  public init?(_ kernel: Kernel, known: [Double?], length: String?) {
    guard kernel != .timeframeChange, let binding = KernelBinding.make(kernel, known) else {
      return nil
    }
    var text = binding.text()
    if let length {
      let open = "length: \(Program.longestHistory))"
      guard text.hasSuffix(open) else { return nil }
      text = text.dropLast(open.count) + "length: \(length))"
    }
    self.kernel = text.isEmpty ? nil : "Pine." + text
    call = binding.call
    results = binding.results
    var inputs: [(argument: Int?, field: BarField?)] = []
    for input in binding.inputs {
      switch input {
      case .argument(let i): inputs.append((i, nil))
      case .bar(let field): inputs.append((nil, field))
      case .past: return nil
      }
    }
    self.inputs = inputs
  }
}
