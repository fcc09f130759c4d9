import Calendar
import StrategyIR

/// Makes the worlds of a program: the chart's, and one for each request that is needed, each with
/// the worlds that it needs in turn.
struct WorldBuilder {
  let program: Program
  let environment: ScriptEnvironment
  let parameters: [Double]
  let texts: TextFunctions
  /// Whether dead code is left out and common values are calculated once.
  let isPruned: Bool
  /// Each is made of the whole program.
  let mostWorlds: Int

  /// Requests may stand in each other's expressions, but not for ever.
  static let deepest = 8
  static let mostNodes = 20_000_000

  final class Count {
    var worlds = 0
    /// Symbols without bars that the script takes as na.
    var missing: [String] = []
    /// Periods below the chart's that its own bars are missing of.
    var shorter: [Period] = []
  }

  func chart() throws(ScriptError) -> (
    world: World, feeds: [RequestFeed], missing: [String], shorter: [Period]
  ) {
    let count = Count()
    let (world, feeds) = try make(
      .main, Place(symbol: environment.symbol, source: nil, period: environment.timeframe),
      inside: [], count: count)
    return (world, feeds, count.missing, count.shorter)
  }

  /// The bars that a world runs on.
  private struct Place {
    var symbol: ScriptSymbol
    /// The history that they come from; nil: the chart's own bars.
    var source: Int?
    var period: Period
  }

  private func make(
    _ kind: Rewriter<RunKnowledge>.World, _ place: Place, inside: [RequestRef], count: Count
  ) throws(ScriptError) -> (world: World, feeds: [RequestFeed]) {
    count.worlds += 1
    guard inside.count <= Self.deepest, count.worlds <= mostWorlds else { throw .tooLarge }
    var here = environment
    here.timeframe = place.period
    here.symbol = place.symbol
    let known = RunKnowledge(
      environment: here, chart: environment.timeframe, chartSymbol: environment.symbol,
      parameters: parameters, texts: texts)
    var first = Rewriter(program, world: kind, known: known)
    let (folded, results) = first.run()
    let (lean, requests) =
      isPruned
      ? folded.pruned(known, results: results, isOfRequest: !inside.isEmpty)
      : (folded, folded.requests.indices.map { RequestRef(Int32($0)) })
    var compiler = WorldCompiler(lean, environment: here, arena: texts.arena)
    let code = try compiler.compile(results: results)
    if let open = first.open.first, !requests.isEmpty {
      throw .notConstant(line: open.line, what: "request.security's \(open.what)")
    }
    let world = World(code, environment: here, texts: texts)
    var feeds: [RequestFeed] = []
    for (i, origin) in requests.enumerated() where !code.requestRegisters[i].isEmpty {
      let request = first.origins[origin.index]
      // A request cannot need itself; one that seems to is read as na.
      if inside.contains(request) { continue }
      feeds.append(
        try feed(
          lean, lean.requests[i], request, code.requestRegisters[i], from: place, inside: inside,
          count: count))
    }
    return (world, feeds)
  }

  private func feed(
    _ lean: Program, _ made: Request, _ request: RequestRef, _ registers: [RequestRegister],
    from asking: Place, inside: [RequestRef], count: Count
  ) throws(ScriptError) -> RequestFeed {
    var (place, input) = try feedPlace(lean, made, from: asking, count)
    if made.kind == .lowerBars {
      input.elements = program.requests[request.index].results.map { program.types[$0.index] }
    }
    let (world, feeds) = try make(
      .request(request), place, inside: inside + [request], count: count)
    var there = environment
    there.symbol = place.symbol
    return RequestFeed(
      world: world, feeds: feeds, period: place.period, calendar: there.calendar,
      gaps: isTrue(lean, made.gaps), lookahead: isTrue(lean, made.lookahead), registers: registers,
      hours: there.tradingHours, input: input)
  }

  /// Which bars a request reads.
  private func feedPlace(
    _ lean: Program, _ made: Request, from asking: Place, _ count: Count
  ) throws(ScriptError) -> (Place, FeedInput) {
    if made.kind == .currencyRate { return try rates(lean, made, from: asking, count) }
    let frame = try text(lean, made.timeframe, "timeframe")
    let period = frame.isEmpty ? asking.period : Period(frame)
    guard let period else { throw .unknownTimeframe(frame) }
    var place = asking
    var input = FeedInput()
    place.period = period
    let given = asking.source.map { environment.data.symbols[$0].period } ?? environment.timeframe
    input.isShorter = period.seconds < environment.timeframe.seconds
    input.isOwnPeriod = made.kind == .lowerBars && period == given
    let name = made.symbol.isNone ? "" : try text(lean, made.symbol, "symbol")
    let symbol = HeikinAshi.symbol(of: name) ?? name
    input.isHeikinAshi = symbol != name
    let ignoresMissing = isTrue(lean, made.ignoresMissing)
    if made.kind == .lowerBars, period.seconds > asking.period.seconds {
      guard ignoresMissing else { throw .longerTimeframe(frame) }
      input.source = FeedSource(number: -1, bars: [], isWhole: true)
    } else if !asking.symbol.isMeant(by: symbol) {
      (place, input.source) = try other(symbol, period, ignoresMissing, count)
    } else if period.seconds < given.seconds {
      (place, input.source) = try shorter(place, ignoresMissing, count)
    }
    if let source = place.source { try check(source, period, place.symbol) }
    if !made.currency.isNone {
      let currency = try text(lean, made.currency, "currency").uppercased()
      if !currency.isEmpty, currency != "NONE" {
        input.rates = try rates(from: place.symbol.currency, to: currency)
      }
    }
    return (place, input)
  }

  /// Another symbol than the asking world's.
  private func other(
    _ name: String, _ period: Period, _ ignoresMissing: Bool, _ count: Count
  ) throws(ScriptError) -> (Place, FeedSource) {
    let meant = SymbolName(name)
    if let number = environment.data.find(meant, atMost: period) ?? environment.data.find(meant) {
      let history = environment.data.symbols[number]
      let place = Place(symbol: history.symbol, source: number, period: period)
      return (
        place,
        FeedSource(number: number, bars: history.bars, isWhole: history.period == period)
      )
    }
    guard ignoresMissing else { throw .noData(symbol: name) }
    if !count.missing.contains(name) { count.missing.append(name) }
    var unknown = ScriptSymbol()
    (unknown.prefix, unknown.ticker) = (SymbolName(name).prefix, SymbolName(name).ticker)
    return (
      Place(symbol: unknown, source: nil, period: period),
      FeedSource(number: -1, bars: [], isWhole: true)
    )
  }

  /// The asking world's symbol at a period that is shorter than the bars at hand.
  private func shorter(
    _ place: Place, _ ignoresMissing: Bool, _ count: Count
  ) throws(ScriptError) -> (Place, FeedSource) {
    var found = place
    if let number = environment.data.find(SymbolName(place.symbol), atMost: place.period) {
      let history = environment.data.symbols[number]
      found.source = number
      return (found, FeedSource(number: number, bars: history.bars, isWhole: history.period == place.period))
    }
    guard ignoresMissing || environment.mayLackShorterBars else { throw .shorterTimeframe(place.period.text) }
    let name = "\(place.symbol.ticker) at \(place.period.text)"
    if !count.missing.contains(name) {
      count.missing.append(name)
      if place.symbol.ticker == environment.symbol.ticker { count.shorter.append(place.period) }
    }
    found.source = nil
    return (found, FeedSource(number: -1, bars: [], isWhole: true))
  }

  private func check(
    _ source: Int, _ period: Period, _ symbol: ScriptSymbol
  ) throws(ScriptError) {
    let has = environment.data.symbols[source].period
    guard has.seconds <= period.seconds else {
      throw .coarseData(symbol: symbol.ticker, has: has.text, wanted: period.text)
    }
  }

  /// `request.currency_rate`.
  private func rates(
    _ lean: Program, _ made: Request, from asking: Place, _ count: Count
  ) throws(ScriptError) -> (Place, FeedInput) {
    let from = try text(lean, made.symbol, "currencies").uppercased()
    let to = try text(lean, made.currency, "currencies").uppercased()
    var place = asking
    place.period = .day
    let found = CurrencyRates(from: from, to: to, in: environment.data)
    if found == nil {
      guard isTrue(lean, made.ignoresMissing) else { throw .noRate(from: from, to: to) }
      if !count.missing.contains(from + to) { count.missing.append(from + to) }
    }
    let bars = found?.bars() ?? []
    return (
      place,
      FeedInput(source: FeedSource(number: -1, bars: bars, isWhole: true, waitsForOpen: true))
    )
  }

  private func rates(from: String, to: String) throws(ScriptError) -> CurrencyRates? {
    if from == to { return nil }
    guard let rates = CurrencyRates(from: from, to: to, in: environment.data) else {
      throw .noRate(from: from, to: to)
    }
    return rates
  }

  private func text(
    _ program: Program, _ e: ExpressionRef, _ what: String
  ) throws(ScriptError) -> String {
    switch program.expressions[e.index] {
    case .text(let ref): return texts.arena.string(ref)
    // na
    case .number:
      if what == "timeframe" { return "" }
      throw .noData(symbol: "na")
    default: throw .notConstant(line: 0, what: "request.security's \(what)")
    }
  }

  private func isTrue(_ program: Program, _ e: ExpressionRef) -> Bool {
    guard !e.isNone, case .number(let x) = program.expressions[e.index] else { return false }
    return x == 1
  }
}
