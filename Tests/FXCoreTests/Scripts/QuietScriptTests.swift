import CFxaot
import TestTerms
import Testing

@testable import FXCore
@testable import Market
@testable import Trading

/// Scripts that see only the quotes outside their quiet prices do what scripts do that see them all.
struct QuietScriptTests {
  /// Sizes are made from what the book has seen, so that a record that was missed becomes another order.
  static let scripts = [
    Scripts.cross + """

      strategy.exit("X", loss = 60, profit = 80)
      """,
    """
    //@version=6
    strategy("Trails", pyramiding = 3, margin_long = 0, margin_short = 0)
    n = strategy.closedtrades
    last = n > 0 ? strategy.closedtrades.max_runup(n - 1) + strategy.closedtrades.max_drawdown(n - 1) : 0.0
    size = 1000 + math.floor(last * 10)
    if bar_index % 7 == 0
        strategy.entry("L", strategy.long, size)
    if bar_index % 11 == 0
        strategy.entry("S", strategy.short, size)
    strategy.exit("X", "L", trail_points = 30, trail_offset = 20, loss = 90)
    strategy.exit("Y", "S", trail_points = 20, trail_offset = 25, profit = 70)
    """,
    """
    //@version=6
    strategy("Waits", initial_capital = 3000)
    size = 1000 + math.floor(strategy.max_drawdown) + math.floor(strategy.max_runup)
    if bar_index % 5 == 0
        strategy.entry("L", strategy.long, size, limit = close - 0.0004)
        strategy.entry("S", strategy.short, size, stop = close - 0.0006)
    if bar_index % 9 == 0
        strategy.order("O", strategy.long, 500, stop = close + 0.0005, limit = close + 0.0004)
    if bar_index % 31 == 0
        strategy.close_all()
    """,
    """
    //@version=6
    strategy("Risks", initial_capital = 2000)
    strategy.risk.max_intraday_loss(3, strategy.cash)
    if bar_index % 4 == 0
        strategy.entry("L", strategy.long, 1500)
    strategy.exit("X", stop = close - 0.0010, limit = close + 0.0008)
    """,
  ]

  @Test(arguments: 0..<4, [0, 1, 2])
  func `quotes at quiet prices change nothing`(script: Int, price: Int) throws {
    let (quiet, wakeful) = (try World.eurusd(), try World.eurusd())
    for world in [quiet, wakeful] { try world.deploy(script: Self.scripts[script], price: price) }
    var skipped = 0
    for quote in Scripts.walk(30_000, seed: UInt64(script + 1)) {
      let steps = quiet.engine.pointee.instruments.base[0].instrument.grid.quote(quote.bid, quote.ask)
      let market = quiet.engine.pointee.instruments.base[0].market
      if market.watchers > 0, market.quiet.contains(steps ?? QuoteSteps()) { skipped += 1 }
      quiet.send([quote])
      wakeful.engine.pointee.instruments.base[0].market.scriptRange = .never
      wakeful.send([quote])
      let (one, other) = (quiet.take(), wakeful.take())
      try #require(one.map(\.text) == other.map(\.text))
      try #require(one.map(\.price) == other.map(\.price))
    }
    #expect(quiet.strategies[0].failure == nil)
    #expect(quiet.stats.fills > (script == 3 ? 1 : 100))
    // An intraday loss is judged at each quote.
    #expect(script == 3 || skipped > 3_000)
  }
}
