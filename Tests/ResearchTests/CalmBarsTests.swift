import Calendar
import RandomMarket
import StrategyIR
import StrategyLanguage
import StrategyVM
import Testing

@testable import Research
@testable import Trading

/// A run takes bars on which its broker has nothing to do together; nobody may see that.
struct CalmBarsTests {
  private static let bodies = [
    """
    [line, signal, _] = ta.macd(close, 12, 26, 9)
    if ta.crossover(line, signal)
        strategy.entry("L", strategy.long)
    if ta.crossunder(line, signal)
        strategy.entry("S", strategy.short)
    """,
    """
    if bar_index % 53 == 7
        strategy.entry("L", strategy.long, qty = 1 + bar_index % 3)
    if bar_index % 91 == 50
        strategy.close_all()
    if bar_index % 211 == 9
        strategy.entry("S", strategy.short, limit = close * 1.02)
    plot(ta.sma(close, 5))
    """,
    """
    if bar_index % 40 == 0
        strategy.entry("L", strategy.long)
        strategy.exit("X", "L", stop = close * 0.97, limit = close * 1.03)
    if bar_index == 700
        strategy.risk.max_intraday_loss(3, strategy.percent_of_equity)
    """,
    """
    if bar_index % 60 == 0
        strategy.entry("L", strategy.long)
    if bar_index == 1100
        runtime.error("enough")
    """,
    "plot(close)",
  ]

  private func bars(_ seed: Int) -> [ScriptBar] {
    var random = Random(seed: seed)
    var close = 100.0
    return (0..<1_500).map { index in
      var bar = RandomMarket.bar(Int64(index), after: close, &random)
      close = bar.close
      // Some contradict themselves.
      if random.below(150) == 0 { bar.open = bar.high + 1 }
      if random.below(400) == 0 { bar.low = .nan }
      return bar
    }
  }

  private func test(_ program: Program, _ bars: [ScriptBar], from: Int64) throws -> Backtest {
    let test = try Backtest(program, environment: ScriptEnvironment(timeframe: try #require(Period("15"))))
    test.begin(bars, from: from)
    return test
  }

  private func hash(_ test: Backtest) -> UInt64 {
    var hash = RunHash()
    hash.add(test.statistics)
    hash.add(test.broker.bookView)
    hash.add(test.broker.listTrades { test.text($0) })
    for plot in test.plots { hash.add(plot) }
    hash.add(test.barNumber)
    let account = test.broker.afterBar
    for number in [account.equity, account.lowest, account.realised] { hash.add(number) }
    return hash.value
  }

  @Test(arguments: bodies.indices, 0..<40)
  func `a run in one go ends as one bar by bar`(body: Int, seed: Int) throws {
    let head = "//@version=6\nstrategy(\"S\", margin_long = 50, margin_short = 50)\n"
    var program = try #require(FrontEnd.compile(head + Self.bodies[body] + "\n").program)
    var random = Random(seed: 77 * seed)
    if seed > 0 { RandomMarket.settings(&program.settings.broker, &random) }
    let bars = bars(seed)
    let from = seed % 3 == 0 ? Int64(200 * 900_000) : .min
    let (one, other) = (try test(program, bars, from: from), try test(program, bars, from: from))
    one.run()
    while other.step() {}
    #expect(hash(one) == hash(other))
    #expect(one.failure == other.failure)
  }

  @Test func `a run goes on where steps have ended`() throws {
    let program = try #require(FrontEnd.compile("//@version=6\nstrategy(\"S\")\n" + Self.bodies[0] + "\n").program)
    let bars = bars(3)
    let (one, other) = (try test(program, bars, from: .min), try test(program, bars, from: .min))
    for _ in 0..<333 { _ = one.step() }
    #expect(one.run(atMost: 500) && one.barNumber == 832)
    #expect(!one.run(atMost: 5_000) && one.barNumber == 1_499)
    while other.step() {}
    #expect(hash(one) == hash(other))
  }

  @Test func `a passage ends where a bar leaves it or gives an order`() throws {
    let text = "//@version=6\nstrategy(\"S\")\nif bar_index == 5\n    strategy.entry(\"L\", strategy.long)\n"
    let program = try #require(FrontEnd.compile(text).program)
    let runner = try ScriptRunner(program, environment: ScriptEnvironment(timeframe: try #require(Period("1"))))
    let bars = (0..<20).map { index in
      let price = 100 + Double(index == 9 ? 7 : index % 2)
      return ScriptBar(
        time: Int64(index), timeClose: Int64(index + 1), open: price, high: price + 1, low: price - 1, close: price,
        volume: 1)
    }
    let broker = BarBroker(program.settings.broker, tick: 0.01, quantityStep: 1)
    let place = BarPlace(lastIndex: 19, lastTime: 19, isHistory: true)
    let passage = ScriptRunner.Passage(
      low: 99, high: 103, times: TradingCalendar.Bounds(start: 0, end: 14), place: place)
    var taken: [Int] = []
    var extremes: [Double] = []
    bars.withUnsafeBufferPointer { bars in
      withUnsafePointer(to: broker.bookView) { book in
        var next = 0
        for skip in [0, 0, 1, 1] {
          next += skip
          let arrival = runner.run(UnsafeBufferPointer(rebasing: bars[next...]), passage, book: book)
          taken.append(arrival.count)
          extremes += [arrival.low, arrival.high]
          next += arrival.count
        }
      }
    }
    // Bar 5 gives an order, bar 9 is too high, bar 14 too late.
    #expect(taken == [6, 3, 4, 0])
    #expect(extremes == [99, 102, 99, 102, 99, 102, .infinity, -.infinity])
  }

  @Test func `a calm span excludes what would set a record`() throws {
    var settings = BrokerSettings()
    settings.initialCapital = 1_000
    let broker = BarBroker(settings, tick: 0.01, quantityStep: 1)
    func advance(_ index: Int64, _ open: Double, _ high: Double, _ low: Double, _ close: Double) {
      broker.advance(
        ScriptBar(time: index, timeClose: index + 1, open: open, high: high, low: low, close: close, volume: 1),
        index: index, day: 0)
    }
    advance(0, 100, 100, 100, 100)
    #expect(broker.calmSpan(from: 0, to: 2_000)?.low == -.infinity)
    var order = OrderCommand(kind: .entry, id: 1)
    (order.direction, order.quantity) = (1, 1)
    withUnsafePointer(to: order) { broker.place(UnsafeBufferPointer(start: $0, count: 1)) }
    #expect(!broker.isIdle)
    advance(1, 100, 110, 90, 100)
    #expect(broker.isIdle)
    let span = try #require(broker.calmSpan(from: 0, to: 2_000))
    #expect(abs(span.low - 90) < 1e-6 && span.low > 90)
    #expect(abs(span.high - 110) < 1e-6 && span.high < 110)
    #expect(abs(span.leastEquity - 990) < 1e-6 && abs(span.mostEquity - 1_010) < 1e-6)
    let bounded = try #require(broker.calmSpan(from: 995, to: 1_000))
    #expect(abs(bounded.low - 95) < 1e-6 && abs(bounded.high - 100) < 1e-6)
    #expect(broker.calmSpan(from: 1_020, to: 1_030) == nil)
  }
}
