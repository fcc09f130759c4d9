import Calendar
import StrategyIR
import Testing

@testable import StrategyVM

@Suite("request.security of other symbols")
struct OtherSymbolTests {
  let na = Double.nan
  static let start: Int64 = 1_704_067_200_000
  /// Ten quarters of an hour from midnight on.
  let quarters = bars([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])

  /// Bars of a symbol at these quarters, 100 times as high; `from` in quarters.
  private func history(
    _ name: String = "NASDAQ:AAPL", _ timeframe: String = "15", missing: Set<Int> = [],
    from: Int = 0, currency: String = "USD", base: String = "",
    _ closes: [Double] = [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]
  ) -> SymbolBars {
    let minutes = (Period(timeframe) ?? .day).seconds / 60
    var symbol = ScriptSymbol()
    let named = SymbolName(name)
    (symbol.prefix, symbol.ticker) = (named.prefix, named.ticker)
    (symbol.currency, symbol.baseCurrency) = (currency, base)
    let all = bars(minutes: minutes, closes).enumerated().filter { !missing.contains($0.offset) }
    let shift = Int64(from) * 900_000
    return SymbolBars(
      symbol: symbol, period: Period(timeframe) ?? .day,
      bars: all.map { _, bar in
        var moved = bar
        moved.time += shift
        moved.timeClose += shift
        return moved
      })
  }

  private func program(
    _ symbol: String = "NASDAQ:AAPL", _ timeframe: String = "15", gaps: Bool = false,
    lookahead: Bool = false, ignores: Bool = false,
    _ body: (inout ProgramBuilder) -> ExpressionRef = { $0.bar(.close) }
  ) -> Program {
    var b = ProgramBuilder()
    let (name, frame, gap, look) = (
      b.text(symbol), b.text(timeframe), b.bool(gaps), b.bool(lookahead)
    )
    let ignoring = b.bool(ignores)
    let x = b.request(timeframe: frame, gaps: gap, lookahead: look) { [body(&$0)] }
    b.program.requests[b.program.requests.count - 1].symbol = name
    b.program.requests[b.program.requests.count - 1].ignoresMissing = ignoring
    b.plot("x", x[0])
    return b.finish()
  }

  private func column(
    _ program: Program, _ histories: SymbolBars..., foresee: Bool = true, timeframe: String = "15",
    on chart: [ScriptBar]? = nil
  ) throws -> [Double] {
    try run(program, chart ?? quarters, timeframe: timeframe, foresee: foresee) {
      for history in histories { $0.data.add(history) }
      $0.symbol.ticker = "EURUSD"
    }.plots.map { $0[0] }
  }

  @Test func `the chart's own timeframe: the other symbol's bar of the same time`() throws {
    let x = try column(program(), history())
    #expect(same(x, [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]))
  }

  @Test func `bars that it has not: the one before goes on; with gaps there is none`() throws {
    let other = history(missing: [0, 2, 3, 6])
    #expect(
      same(try column(program(), other), [na, 200, 200, 200, 500, 600, 600, 800, 900, 1000]))
    #expect(
      same(
        try column(program(gaps: true), other), [na, 200, na, na, 500, 600, na, 800, 900, 1000]))
  }

  @Test func `bars that the chart has not are gathered all the same`() throws {
    let chart = [quarters[0], quarters[3], quarters[9]]
    #expect(same(try column(program(), history(), on: chart), [100, 400, 1000]))
    let volume = program("AAPL", "60") { $0.bar(.volume) }
    #expect(same(try column(volume, history(), on: chart), [na, 10, 26]))
  }

  @Test func `a longer timeframe is made of its bars, and seen where the period ends`() throws {
    let hours = program("NASDAQ:AAPL", "60")
    #expect(
      same(try column(hours, history()), [na, na, na, 400, 400, 400, 400, 800, 800, 800]))
    let high = program("NASDAQ:AAPL", "60") { $0.bar(.high) }
    #expect(same(try column(high, history()), [na, na, na, 401, 401, 401, 401, 801, 801, 801]))
    // Its last quarter is missing: the hour is over all the same.
    #expect(
      same(
        try column(hours, history(missing: [3])), [na, na, na, 300, 300, 300, 300, 800, 800, 800]))
  }

  @Test func `lookahead over a history: the newest period that has begun, as it will end`() throws {
    let look = program("NASDAQ:AAPL", "60", lookahead: true)
    #expect(
      same(try column(look, history()), [400, 400, 400, 400, 800, 800, 800, 800, 1000, 1000]))
    let gapped = program("NASDAQ:AAPL", "60", gaps: true, lookahead: true)
    #expect(
      same(try column(gapped, history()), [400, na, na, na, 800, na, na, na, 1000, na]))
    // Nothing is known of what is behind the chart's end.
    let short = Array(quarters[..<6])
    #expect(same(try column(look, history(), on: short), [400, 400, 400, 400, 600, 600]))
    // Its bars have ended, the chart's go on.
    let ended = history(missing: [5, 6, 7, 8, 9])
    #expect(
      same(try column(look, ended), [400, 400, 400, 400, 500, 500, 500, 500, 500, 500]))
  }

  @Test func `lookahead bar by bar: the period as it looks so far`() throws {
    let look = program("NASDAQ:AAPL", "60", lookahead: true)
    #expect(
      same(
        try column(look, history(), foresee: false),
        [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]))
    let before = program("NASDAQ:AAPL", "60", lookahead: true) { b in
      let one = b.int(1)
      return b.bar(.close, ago: one)
    }
    #expect(
      same(
        try column(before, history(), foresee: false),
        [na, na, na, na, 400, 400, 400, 400, 800, 800]))
  }

  @Test func `history, time and index are those of its own bars, in a world of its own`() throws {
    let change = program { b in
      let one = b.int(1)
      return b.binary(.subtract, b.bar(.close), b.bar(.close, ago: one))
    }
    #expect(
      same(
        try column(change, history(missing: [2])), [na, 100, 100, 200, 100, 100, 100, 100, 100, 100]))
    let index = program { $0.bar(.index) }
    #expect(same(try column(index, history(from: 2)), [na, na, 0, 1, 2, 3, 4, 5, 6, 7]))
    let ticker = program { b in
      let own = b.binary(.equal, b.symbol(.tickerID), b.text("NASDAQ:AAPL"))
      let main = b.binary(.equal, b.symbol(.mainTickerID), b.text("EURUSD"))
      return b.select(b.and(own, main), b.float(1), b.float(0))
    }
    #expect(try column(ticker, history()).allSatisfy { $0 == 1 })
  }

  @Test func `a request in a request reads the bars of the symbol that it stands in`() throws {
    var b = ProgramBuilder()
    let hours = b.request(timeframe: b.text("60")) { [$0.bar(.close)] }
    let kept = b.variable("hours", .float)
    b.declare(kept, hours[0])
    let x = b.request(timeframe: b.text("15")) { [$0.read(kept)] }
    b.program.requests[1].symbol = b.text("AAPL")
    b.plot("x", x[0])
    #expect(same(try column(b.finish(), history()), [na, na, na, 400, 400, 400, 400, 800, 800, 800]))
  }

  @Test func `its name without an exchange, in any case, and its own exchange before another one`() throws {
    let right = history()
    let wrong = history("NYSE:AAPL", "15", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    #expect(try column(program("aapl"), right).first == 100)
    #expect(try column(program("NASDAQ:AAPL"), wrong, right).first == 100)
    #expect(try column(program("NASDAQ:AAPL"), history("AAPL")).first == 100)
    #expect(throws: ScriptError.noData(symbol: "NASDAQ:AAPL")) {
      try column(program(), wrong)
    }
  }

  @Test func `the chart's own symbol by any of its names is the chart`() throws {
    for name in ["", "EURUSD", "eurusd", ":EURUSD", "FX:EURUSD"] {
      #expect(try column(program(name)) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "\(name)")
    }
    let x = try run(program("OANDA:EURUSD"), quarters) {
      ($0.symbol.prefix, $0.symbol.ticker) = ("OANDA", "EURUSD")
    }
    #expect(x.plots.map { $0[0] } == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    #expect(throws: ScriptError.noData(symbol: "FX:EURUSD")) {
      try run(program("FX:EURUSD"), quarters) {
        ($0.symbol.prefix, $0.symbol.ticker) = ("OANDA", "EURUSD")
      }
    }
  }

  @Test func `a symbol without bars is an error before the run, unless the script says otherwise`() throws {
    #expect(throws: ScriptError.noData(symbol: "NASDAQ:AAPL")) { try column(program()) }
    #expect(try column(program(ignores: true)).allSatisfy(\.isNaN))
    // Of any timeframe, of the chart's and of a longer one.
    #expect(throws: ScriptError.noData(symbol: "X")) { try column(program("X", "60")) }
    // A text that no bar can settle.
    var b = ProgramBuilder()
    let up = b.binary(.greater, b.bar(.close), b.bar(.open))
    let name = b.select(up, b.text("A"), b.text(""))
    let x = b.request(timeframe: b.text("15")) { [$0.bar(.close)] }
    b.program.requests[0].symbol = name
    b.plot("x", x[0])
    let open = b.finish()
    #expect(throws: ScriptError.self) { try column(open, history("A")) }
  }

  @Test func `bars that are longer than what is asked for are refused`() throws {
    let hourly = history("NASDAQ:AAPL", "60", [1, 2])
    #expect(throws: ScriptError.coarseData(symbol: "AAPL", has: "60", wanted: "15")) {
      try column(program(), hourly)
    }
    #expect(
      same(
        try column(program("AAPL", "60"), hourly), [na, na, na, 1, 1, 1, 1, 2, 2, 2]))
  }

  @Test func `a snapshot goes on with the other symbol's bars where it stood`() throws {
    let program = program("NASDAQ:AAPL", "60")
    var environment = ScriptEnvironment(timeframe: try #require(Period("15")))
    environment.data.add(history())
    let whole = try ScriptRunner(program, environment: environment)
    let numbers = [Double](repeating: 0, count: BookField.allCases.count)
    try numbers.withUnsafeBufferPointer { numbers in
      let book = BookView(numbers: try #require(numbers.baseAddress))
      let place = BarPlace(lastIndex: 9, lastTime: 0, isHistory: true)
      for (i, bar) in quarters.enumerated() {
        let other = try ScriptRunner(program, environment: environment)
        #expect(other.restore(whole.snapshot()))
        #expect(other.step(bar, place: place, book: book))
        #expect(whole.step(bar, place: place, book: book))
        #expect(same(Array(other.plots), Array(whole.plots)), "bar \(i)")
      }
    }
  }
}
