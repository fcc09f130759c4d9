import StrategyVM
import Testing

@testable import StrategyCompiler

extension ChildProcessTests {
  /// Which scripts get array and lane code, and that those that do agree with the VM.
  @Suite(.enabled(if: Checkout.toolchain != nil, "no Swift compiler is installed"))
  struct VectorScriptTests {
    /// Functions of the bars.
    static let flows = [
      "x = ta.sma(close, 20)\nplot(close > x ? 1 : close < x ? -1 : 0, 'signal')",
      "plot((close - close[3]) / close[3] * 100, 'signal')",
      "s = ta.stdev(close, 10)\nm = ta.sma(close, 10)\n"
        + "plot(s > 0 ? (close - m) / s : na, 'signal')",
      "r = nz(close / close[1] - 1)\nplot(ta.sma(math.abs(r), 9) - ta.sma(r, 30), 'signal')",
      "n = input.int(4)\nm = ta.sma(ta.sma(close, n), 2 * n)\nplot(bar_index % 1 + m[n], 'signal')",
      "n = input.int(4)\nm = ta.sma(ta.sma(close, n), 2 * n)\nplot(m[n], 'signal')",
      "plot(math.sum(volume, 7) >= 5000 and close != close[1] or na(volume) ? 1 : 0, 'signal')",
      "plot(bar_index > 30 ? math.max(close, close[2]) : math.min(close, volume), 'signal')",
      "v = ta.variance(close, 12, false)\nplot(not (v > 1e-9) ? 0 : math.sqrt(v), 'signal')",
      "on = input.bool(true)\nm = ta.sma(close, 5)\nplot(on ? m - close : -1, 'signal')",
      "float s = 0\nif close > close[1]\n    s := close[5]\nelse\n    s := -1\nplot(s, 'signal')",
    ]

    /// Series that windows look at: of what all sets share beside what one set has, of constants
    /// that are worked out, and of other windows.
    static let shared = [
      "n = input.int(3)\ny = close > 0 ? 0.5 : 0.5\nm = ta.sma(close, n)\n"
        + "x = ta.stdev(2 * y, n) != math.sum(ta.variance(2 * y, 4), 1)\n"
        + "plot(x ? 1 : close - m, 'signal')",
      "n = input.int(10)\nk = input.float(100)\n"
        + "plot(ta.stdev(close == k ? open : low, 33) <= math.sum(0.5, n) ? -1 : close, 'signal')",
      "n = input.int(5)\nk = input.float(100)\n"
        + "plot(ta.sma(close > k ? 1 : 0, 7) + ta.sma(high - low, n) + ta.sma(1 / 3, 4), 'signal')",
    ]

    /// Those that carry something from bar to bar.
    static let loops = [
      "plot(ta.ema(close, 12) - ta.ema(close, 26), 'signal')",
      "plot(ta.rsi(close, 14) / 100 - 0.5, 'signal')",
      "u = ta.crossover(close, ta.sma(close, 20))\nplot(u ? 1 : 0, 'signal')",
      "h = ta.highest(close, 15)\nl = ta.lowest(close, 8)\n"
        + "plot(close >= h ? 1 : l - close, 'signal')",
      "var n = 0\nif close > close[1]\n    n += 1\nplot(n / (bar_index + 1), 'signal')",
      "float p = na\np := nz(p[1]) * 0.5 + close\nplot(p[2], 'signal')",
      "[m, s, h] = ta.macd(close, 12, 26, 9)\nplot(h, 'signal')",
      "[m, u, l] = ta.bb(close, 20, 2)\nplot(close > u ? -1 : close < l ? 1 : 0, 'signal')",
      "plot(ta.cum(volume) / (bar_index + 1), 'signal')",
      "up = close > close[1]\nn = ta.barssince(up)\nplot(up[1] and not up ? 1 : n, 'signal')",
    ]

    /// Those whose signal needs more than bars, or may end the script.
    static let others = [
      "plot(strategy.position_size, 'signal')",
      "plot(hour, 'signal')",
      "s = 0.0\nfor i = 0 to 3\n    s += close[i]\nplot(s, 'signal')",
      "if close < 0\n    runtime.error('no')\nplot(close, 'signal')",
      "plot(close > open ? ta.sma(close, 3) : 0, 'signal')",
      "plot(close[bar_index % 3], 'signal')",
      "plot(close, 'no signal')",
    ]

    private func script(_ body: String) -> String { "//@version=6\nstrategy('s')\n" + body + "\n" }

    @Test(arguments: flows.indices)
    func `a flow has both forms`(_ number: Int) throws {
      let run = try VectorRun(script(Self.flows[number]))
      let isRefused = Self.flows[number].contains("%")
      #expect((run.sections.array == nil) == isRefused)
      #expect((run.sections.lanes == nil) == isRefused)
      if !isRefused { try agrees(run) }
    }

    /// Bools of version 5, which may be na.
    static let threeStates = [
      "bool c = close > close[1] ? true : na\nd = close > close[2] and c\n"
        + "plot(na(d) ? 2 : d ? 1 : -1, 'signal')",
      "bool c = close > close[1] ? close > close[2] : na\ne = c or close < close[3]\n"
        + "plot(na(e) ? 2 : c == false ? 1 : e ? 3 : -1, 'signal')",
      "bool c = na\nif close > close[1]\n    c := close > close[2]\n"
        + "plot(nz(c, true) and not c ? 1 : 0, 'signal')",
      "plot((close - close[1] and volume) ? bool(close - close[3]) ? 2 : 1 : 0, 'signal')",
    ]

    @Test(arguments: threeStates.indices)
    func `a third state is kept`(_ number: Int) throws {
      let body = "//@version=5\nstrategy('s')\n" + Self.threeStates[number] + "\n"
      let run = try VectorRun(body)
      #expect(run.sections.array != nil && run.sections.lanes != nil)
      try agrees(run)
    }

    private func agrees(_ run: VectorRun) throws {
      for count in [3, 700, 2500] {
        let bars = walk(count)
        let stepped = try run.stepped(bars)
        #expect(difference(try run.array(bars), stepped.map { $0 == $0 ? $0 : 0 }) == nil)
        let sets = VectorTests.sets(run.program, seed: 3).map { set in
          zip(run.program.parameters, set).map { $0.kind == .bool ? $0.initial : max(1, $1) }
        }
        let lanes = try #require(try run.lanes(bars, sets))
        for (set, lane) in zip(sets, lanes) {
          #expect(difference(lane, try run.stepped(bars, run.named(set))) == nil, "\(set)")
        }
      }
    }

    @Test(arguments: shared)
    func `what sets share needs nothing of one set`(_ body: String) throws {
      let run = try VectorRun(script(body))
      let bars = walk(2500)
      let sets = VectorTests.sets(run.program, seed: 5).map { $0.map { max(1, $0) } }
      let lanes = try #require(try run.lanes(bars, sets))
      for (set, lane) in zip(sets, lanes) {
        #expect(difference(lane, try run.stepped(bars, run.named(set))) == nil, "\(set)")
      }
    }

    @Test(arguments: loops.indices)
    func `what carries something has an array form`(_ number: Int) throws {
      let run = try VectorRun(script(Self.loops[number]))
      #expect(run.sections.lanes == nil)
      var bars = walk(1500)
      bars[700].close = .nan
      let stepped = try run.stepped(bars).map { $0 == $0 ? $0 : 0 }
      #expect(difference(try run.array(bars), stepped) == nil)
    }

    @Test(arguments: others)
    func `what needs more has neither`(_ body: String) throws {
      let run = try VectorRun(script(body))
      #expect(run.sections.array == nil)
      #expect(run.sections.lanes == nil)
    }

    @Test func `prices besides the close are for lanes only`() throws {
      let run = try VectorRun(script("plot(ta.sma(hl2, 5) - open[2], 'signal')"))
      #expect(run.sections.array == nil)
      let bars = walk(1300)
      let lanes = try #require(try run.lanes(bars, Array(repeating: [], count: 8)))
      #expect(difference(lanes[7], try run.stepped(bars)) == nil)
    }
  }
}
