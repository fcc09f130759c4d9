import StrategyVM
import Testing

@Suite("Requests of Heikin-Ashi bars") struct HeikinAshiTests {
  /// Four bars an hour; the last hour has two.
  private static let bars: [ScriptBar] = {
    let prices: [(Double, Double, Double, Double)] = [
      (10, 13, 9, 12), (12, 12, 7, 8), (8, 9, 6, 9), (9, 16, 9, 15), (15, 20, 14, 19), (19, 19, 11, 12),
      (12, 14, 12, 13), (13, 13, 3, 4), (4, 5, 2, 5), (5, 30, 5, 28),
    ]
    return prices.enumerated().map { index, price in
      let time = 1_704_067_200_000 + Int64(index) * 900_000
      return ScriptBar(
        time: time, timeClose: time + 900_000, open: price.0, high: price.1, low: price.2, close: price.3, volume: 1)
    }
  }()

  private func plotted(_ script: String) throws -> [String: [Double]] {
    try ScriptRun("//@version=6\nindicator(\"h\")\n" + script, bars: Self.bars).plots
  }

  @Test func `on the chart's timeframe each bar has one, from its prices and the body before`() throws {
    let x = try plotted(
      """
      [o, h, l, c] = request.security(ticker.heikinashi(syminfo.tickerid), timeframe.period, [open, high, low, close])
      plot(o, "o"), plot(h, "h"), plot(l, "l"), plot(c, "c")
      """)
    // 44/4, 39/4, 32/4, 49/4 …; (10 + 12)/2, (11 + 11)/2, (11 + 9.75)/2, (10.375 + 8)/2
    #expect(Array(x["c"]?[..<4] ?? []) == [11, 9.75, 8, 12.25])
    #expect(Array(x["o"]?[..<4] ?? []) == [11, 11, 10.375, 9.1875])
    #expect(Array(x["h"]?[..<4] ?? []) == [13, 12, 10.375, 16])
    #expect(Array(x["l"]?[..<4] ?? []) == [9, 7, 6, 9])
  }

  @Test func `ticker.standard takes them away, inherit and modify hand them on`() throws {
    let x = try plotted(
      """
      ha = ticker.heikinashi(syminfo.tickerid)
      f(symbol) => request.security(symbol, timeframe.period, open)
      plot(f(ha), "ha")
      plot(f(ticker.heikinashi(ha)), "twice")
      plot(f(ticker.modify(ha, session.extended)), "modified")
      plot(f(ticker.inherit(ha, syminfo.tickerid)), "inherited")
      plot(f(ticker.standard(ha)), "standard")
      plot(f(ticker.inherit(syminfo.tickerid, ha)), "none")
      """)
    for name in ["ha", "twice", "modified", "inherited"] {
      #expect(Array(x[name]?[..<4] ?? []) == [11, 11, 10.375, 9.1875], "\(name)")
    }
    for name in ["standard", "none"] { #expect(x[name] == Self.bars.map(\.open), "\(name)") }
  }

  @Test func `variables of the script are calculated from them`() throws {
    let x = try plotted(
      """
      body = close - open
      mean = ta.sma(body, 2)
      plot(request.security(ticker.heikinashi(syminfo.tickerid), timeframe.period, mean), "x")
      plot(body, "own")
      """)
    // Bodies 0, −1.25, −2.375.
    #expect(Array(x["x"]?[1..<3] ?? []) == [-0.625, -1.8125])
    #expect(Array(x["own"]?[..<2] ?? []) == [2, -4])
  }

  @Test func `of hours, seen at their end or, with lookahead, from their begin`() throws {
    let x = try plotted(
      """
      t = ticker.heikinashi(syminfo.tickerid)
      plot(request.security(t, "60", close), "c")
      plot(request.security(t, "60", open), "o")
      plot(request.security(t, "60", open, lookahead = barmerge.lookahead_on), "ahead")
      """)
    // The hours: 10 16 6 15, 15 20 3 4, 4 30 2 28.
    #expect(Array(x["c"]?[3...] ?? []) == [11.75, 11.75, 11.75, 11.75, 10.5, 10.5, 10.5])
    #expect(Array(x["o"]?[3...] ?? []) == [12.5, 12.5, 12.5, 12.5, 12.125, 12.125, 12.125])
    #expect(x["ahead"] == [12.5, 12.5, 12.5, 12.5, 12.125, 12.125, 12.125, 12.125, 11.3125, 11.3125])
  }
}
