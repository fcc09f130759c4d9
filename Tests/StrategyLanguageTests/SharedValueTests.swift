import StrategyIR
import StrategyVM
import Testing

@testable import StrategyLanguage

/// Values that stand in several places are calculated once; on closes 10 12 11 15 14 18 17 16 20
/// 19, each bar opening at the close before. The expected values are worked out by hand.
@Suite struct SharedValueTests {
  private func plots(_ body: String) throws -> [String: [Double]] {
    let run = try ScriptRun("//@version=6\nstrategy(\"t\")\n\(body)\n")
    #expect(run.failure == nil)
    return run.plots
  }

  private func orders(_ body: String) throws -> [Int] {
    try ScriptRun("//@version=6\nstrategy(\"t\")\n\(body)\n").orders.map(\.count)
  }

  private let products: [Double] = [100, 120, 132, 165, 210, 252, 306, 272, 320, 380]

  @Test func `A shared value whose part a function declares is never a bar late`() throws {
    let plots = try plots(
      """
      f() =>
          x = close * open
          x * 2
      y = (input.bool(true) ? f() : 0.0) + (close * open + 1)
      z = close * open + 1
      plot(z, "z")
      plot(y, "y")
      """)
    #expect(plots["z"] == products.map { $0 + 1 })
    #expect(plots["y"] == products.map { $0 * 3 + 1 })
  }

  @Test func `Nor with a condition on the chart instead of an input`() throws {
    let plots = try plots(
      """
      f() =>
          m = close - open
          m * 2
      v = (timeframe.isintraday ? f() : 1.0) + (close - open) * 10
      w = (close - open) * 10
      plot(v, "v")
      plot(w, "w")
      """)
    #expect(plots["w"] == [0, 20, -10, 40, -10, 40, -10, -10, 40, -10])
    #expect(plots["v"] == [0, 24, -12, 48, -12, 48, -12, -12, 48, -12])
  }

  @Test func `A function with an order is called though its result is known from elsewhere`() throws {
    let body = """
      a = (close + open) * 2
      f() =>
          strategy.entry("L", strategy.long)
          (close + open) * 2
      x = bar_index > 3 ? f() : 0.0
      plot(a, "a")
      plot(x, "x")
      """
    #expect(try orders(body) == [0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
    let sums: [Double] = [40, 44, 46, 52, 58, 64, 70, 66, 72, 78]
    let plots = try plots(body)
    #expect(plots["a"] == sums)
    #expect(plots["x"] == [0, 0, 0, 0] + sums.dropFirst(4))
  }

  @Test func `Also where the condition is an input, and inside a larger shared expression`() throws {
    let body = """
      enter() =>
          strategy.entry("L", strategy.long)
          close - open
      body = (close - open) + 1
      score = (input.bool(true) ? enter() : 0.0) + 1
      plot(body, "body")
      plot(score, "score")
      """
    #expect(try orders(body) == [Int](repeating: 1, count: 10))
    let values: [Double] = [1, 3, 0, 5, 0, 5, 0, 0, 5, 0]
    let plots = try plots(body)
    #expect(plots["body"] == values)
    #expect(plots["score"] == values)
  }

  @Test func `A function with a count is called at each of its places`() throws {
    let plots = try plots(
      """
      count() =>
          var n = 0
          n += 1
          n
      on = input.bool(true)
      a = (on ? count() : 0) + (on ? count() : 0) * 10
      b = (on and count() > 2 ? 1 : 0) + (on and count() > 2 ? 1 : 0) * 10
      plot(a, "a")
      plot(b, "b")
      """)
    #expect(plots["a"] == [11, 22, 33, 44, 55, 66, 77, 88, 99, 110])
    #expect(plots["b"] == [0, 0, 11, 11, 11, 11, 11, 11, 11, 11])
  }

  @Test func `A value shared with a loop, a request and a branch is that of the bar`() throws {
    let plots = try plots(
      """
      f() =>
          x = close * open
          for i = 0 to 1
              x += close * open
          x
      on = input.bool(true)
      y = (on ? f() : 0.0) + (close * open) / 2
      r = request.security(syminfo.tickerid, "", close * open)
      z = 0.0
      if close > 0
          z := close * open
      plot(y, "y")
      plot(r, "r")
      plot(z, "z")
      """)
    #expect(plots["y"] == products.map { $0 * 3.5 })
    #expect(plots["r"] == products)
    #expect(plots["z"] == products)
  }
}
