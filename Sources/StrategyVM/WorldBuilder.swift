import Calendar
import StrategyIR

/// Makes the worlds of a program: the chart's, and one for each request that is needed, each with
/// the worlds that it needs in turn.
struct WorldBuilder {
  let program: Program
  let environment: ScriptEnvironment
  let parameters: [Double]
  let texts: TextFunctions
  /// Each is made of the whole program.
  let mostWorlds: Int

  /// Requests may stand in each other's expressions, but not for ever.
  static let deepest = 8
  static let mostNodes = 20_000_000

  final class Count {
    var worlds = 0
  }

  func chart() throws(ScriptError) -> (world: World, feeds: [RequestFeed]) {
    try make(.main, environment.timeframe, inside: [], count: Count())
  }

  private func make(
    _ kind: Rewriter<RunKnowledge>.World, _ period: Period, inside: [RequestRef], count: Count
  ) throws(ScriptError) -> (world: World, feeds: [RequestFeed]) {
    count.worlds += 1
    guard inside.count <= Self.deepest, count.worlds <= mostWorlds else { throw .tooLarge }
    var here = environment
    here.timeframe = period
    let known = RunKnowledge(
      environment: here, chart: environment.timeframe, parameters: parameters, texts: texts)
    var first = Rewriter(program, world: kind, known: known)
    let (folded, results) = first.run()
    let (lean, requests) = folded.pruned(known, results: results)
    var compiler = WorldCompiler(lean, environment: here, arena: texts.arena)
    let code = try compiler.compile(results: results)
    if let open = first.open.first, !requests.isEmpty {
      throw .notConstant(line: open.line, what: "request.security's \(open.what)")
    }
    let world = World(code, environment: here, texts: texts)
    var feeds: [RequestFeed] = []
    for (i, origin) in requests.enumerated() where !code.requestRegisters[i].isEmpty {
      let request = first.origins[origin.index]
      // A request cannot need itself; what seems to is read as na.
      if inside.contains(request) { continue }
      feeds.append(
        try feed(
          lean, lean.requests[i], request, code.requestRegisters[i], inside: inside,
          count: count))
    }
    return (world, feeds)
  }

  private func feed(
    _ lean: Program, _ made: Request, _ request: RequestRef, _ registers: [RequestRegister],
    inside: [RequestRef], count: Count
  ) throws(ScriptError) -> RequestFeed {
    let name: String
    switch lean.expressions[made.timeframe.index] {
    case .text(let ref): name = texts.arena.string(ref)
    case .number: name = ""
    default: throw .notConstant(line: 0, what: "request.security's timeframe")
    }
    let period = name.isEmpty ? environment.timeframe : Period(name)
    guard let period else { throw .unknownTimeframe(name) }
    guard period.seconds >= environment.timeframe.seconds else { throw .shorterTimeframe(name) }
    let (world, feeds) = try make(
      .request(request), period, inside: inside + [request], count: count)
    return RequestFeed(
      world: world, feeds: feeds, period: period, calendar: environment.calendar,
      gaps: isTrue(lean, made.gaps), lookahead: isTrue(lean, made.lookahead), registers: registers,
      hours: environment.tradingHours)
  }

  private func isTrue(_ program: Program, _ e: ExpressionRef) -> Bool {
    guard !e.isNone, case .number(let x) = program.expressions[e.index] else { return false }
    return x == 1
  }
}
