import StrategyIR
import StrategyVM
import Testing

@testable import StrategyLanguage

/// What a call or an arm does besides its value happens where the script says, once each time, on
/// closes 10 12 11 15 14 18 17 16 20 19, each bar opening at the close before.
@Suite struct EffectTests {
  private func run(_ body: String) throws -> ScriptRun {
    try ScriptRun("//@version=6\nstrategy(\"t\")\n\(body)\n")
  }

  private func plots(_ body: String) throws -> [String: [Double]] {
    let run = try run(body)
    #expect(run.failure == nil)
    return run.plots
  }

  private func ids(_ body: String) throws -> [String] {
    let run = try run(body)
    #expect(run.failure == nil)
    return run.orders.map { $0.map { run.texts($0.id) }.joined() }
  }

  private func every(_ x: Double) -> [Double] { [Double](repeating: x, count: 10) }

  private let orderA = """
    a() =>
        strategy.entry("A", strategy.long)
        5

    """

  @Test func `Arms of an if whose condition and results are known still run`() throws {
    let body = """
      int n = 0
      x = if input.bool(true, "on")
          n := 5
          strategy.entry("L", strategy.long)
          1
      else
          2
      plot(n, "n")
      plot(x, "x")
      """
    let plots = try plots(body)
    #expect(plots["n"] == every(5))
    #expect(plots["x"] == every(1))
    #expect(try ids(body) == [String](repeating: "L", count: 10))
  }

  @Test func `An error in such an arm stops the script`() throws {
    let length = try run(
      """
      lenInput = input.int(150)
      int len = if lenInput > 100
          runtime.error("Length must not exceed 100")
          100
      else
          lenInput
      plot(ta.sma(close, len), "sma")
      """)
    #expect(length.failure == .error(line: 5, message: "Length must not exceed 100"))
    let mode = try run(
      """
      mode = input.string("X", options = ["A", "X"])
      mult = switch mode
          "A" => 1
          =>
              runtime.error("unknown mode")
              0
      plot(mult, "m")
      """)
    #expect(mode.failure == .error(line: 7, message: "unknown mode"))
  }

  @Test func `What such an if gives is known before the first bar all the same`() throws {
    let plots = try plots(
      orderA + """
        len = if input.bool(true)
            a()
            3
        else
            7
        [m, n] = if input.bool(false)
            a()
            [9, 9]
        else
            [2, 4]
        k = input.bool(true) ? a() : 0
        var v = a()
        plot(ta.ema(close, len), "len")
        plot(ta.ema(close, 3), "three")
        plot(ta.ema(close, n), "n")
        plot(ta.ema(close, 4), "four")
        plot(ta.ema(close, k), "k")
        plot(ta.ema(close, v), "v")
        plot(ta.ema(close, 5), "five")
        """)
    for (one, other) in [("len", "three"), ("n", "four"), ("k", "five"), ("v", "five")] {
      #expect(same(try #require(plots[one]), try #require(plots[other])), "\(one)")
    }
    #expect(plots["three"]?.last.map { $0.isFinite } == true)
  }

  @Test func `A call is made once a bar, however often its result is read`() throws {
    let once = [String](repeating: "A", count: 10)
    #expect(try ids(orderA + "x = input.bool(true) ? a() : 0\nplot(close, \"c\")") == once)
    #expect(try ids(orderA + "x = input.bool(true) ? a() : 0\nplot(x + x + x, \"c\")") == once)
    #expect(try ids(orderA + "x = timeframe.isintraday and a() > 2\nplot(close, \"c\")") == once)
    #expect(try ids(orderA + "f(x) => x + x\nplot(f(input.bool(true) ? a() : 0), \"c\")") == once)
    #expect(try ids(orderA + "f(x) => 1\nplot(f(input.bool(true) ? a() : 0), \"c\")") == once)
    #expect(
      try ids(
        orderA + "y = switch (input.bool(true) ? a() : 0)\n    4 => 1\n    5 => 2\nplot(y, \"c\")")
        == once)
  }

  @Test func `A var's call is made once, on the first bar that reaches it`() throws {
    let first = ["A"] + [String](repeating: "", count: 9)
    #expect(try ids(orderA + "var x = a()\nplot(close, \"c\")") == first)
    #expect(try ids(orderA + "var int x = a()\nplot(x + x, \"c\")") == first)
    #expect(
      try ids(orderA + "if bar_index > 3\n    var x = a()\nplot(close, \"c\")")
        == ["", "", "", "", "A", "", "", "", "", ""])
  }

  @Test func `Effects are in the order of the text`() throws {
    let body =
      orderA + """
        b() =>
            strategy.entry("B", strategy.long)
            7
        c() =>
            strategy.entry("C", strategy.long)
            close > 0

        """
    let all = [String](repeating: "ABC", count: 10)
    #expect(
      try ids(body + "x = (close > 0 ? a() : 0) + b() + (c() ? 1 : 0)\nplot(x, \"x\")") == all)
    #expect(
      try ids(body + "x = math.max(close > 0 ? a() : 0, b()) + (c() ? 1 : 0)\nplot(x, \"x\")")
        == all)
    #expect(
      try ids(body + "if (close > 0 and a() > 2) and b() > 3 and c()\n    y = 1\nplot(close, \"x\")")
        == all)
    #expect(
      try ids(body + "x = close < 0 or a() < 2 or b() < 3 or c()\nplot(x ? 1 : 0, \"x\")") == all)
    let sum = try plots(body + "x = (close > 0 ? a() : 0) * 10 + b()\nplot(x, \"x\")")
    #expect(sum["x"] == every(57))
  }

  @Test func `A long chain of conditional operators takes calls with statements at its end`() throws {
    let chain = (0..<120).map { "bar_index == \($0) ? \($0 * 2) : " }.joined()
    let body = orderA + "x = \(chain)a()\nplot(x, \"x\")"
    #expect(try plots(body)["x"] == (0..<10).map { Double($0 * 2) })
    let late = orderA + "x = \(chain.replacing("bar_index", with: "bar_index + 115"))a()\nplot(x, \"x\")"
    #expect(try ids(late) == ["", "", "", "", ""] + [String](repeating: "A", count: 5))
  }

  @Test func `Effects in conditions of loops, and in arguments that only a drawing needs`() throws {
    let twice = [String](repeating: "AA", count: 10)
    #expect(
      try ids(orderA + "n = 0\nwhile n < 2 and a() > 0\n    n += 1\nplot(n, \"n\")")
        == twice)
    #expect(
      try ids(orderA + "n = 0\nfor i = a() to (close > 0 ? a() + 1 : 0)\n    n += 1\nplot(n, \"n\")")
        == [String](repeating: "AAAA", count: 10))
    let once = [String](repeating: "A", count: 10)
    #expect(
      try ids(orderA + "label.new(bar_index, close, str.tostring(a()))\nplot(close, \"c\")") == once)
    #expect(
      try ids(
        orderA + "l() =>\n    a()\n    label.new(bar_index, close)\nx = close > 0 ? l() : na\n"
          + "plot(close, \"c\")") == once)
    #expect(
      try ids(
        orderA + "l() =>\n    a()\n    label.new(bar_index, close)\nvar x = l()\n"
          + "plot(close, \"c\")") == ["A"] + [String](repeating: "", count: 9))
  }

  @Test func `A switch without a default, and an if without else`() throws {
    let plots = try plots(
      """
      int n = 0
      x = switch input.string("B", options = ["A", "B", "C"])
          "A" => 1
          "B" =>
              n += 2
              n
      y = switch input.string("C", options = ["A", "B", "C"])
          "A" =>
              n += 100
              1
      float z = if input.bool(false)
          n += 100
          1.0
      plot(n, "n")
      plot(x, "x")
      plot(na(y) ? 1 : 0, "y")
      plot(na(z) ? 1 : 0, "z")
      """)
    #expect(plots["n"] == every(2))
    #expect(plots["x"] == every(2))
    #expect(plots["y"] == every(1))
    #expect(plots["z"] == every(1))
  }

  @Test func `Tuples of a conditional operator do what an if's do`() throws {
    let plots = try plots(
      """
      f() =>
          x = close * 2
          [x, x + 1]
      c = close > 10
      [a, b] = c ? f() : [0.0, 0.0]
      [m, s, h] = c ? ta.macd(close, 2, 3, 2) : [0.0, 0.0, 0.0]
      float m2 = 0.0
      float s2 = 0.0
      if c
          [p, q, r] = ta.macd(close, 2, 3, 2)
          m2 := p
          s2 := q
      g(x) => close > 14 ? f() : [x, 1.0]
      [u, v] = g(close)
      [len, mult] = input.bool(true) ? [3, 2.0] : [4, 1.0]
      plot(a, "a")
      plot(b, "b")
      plot(m, "m")
      plot(m2, "m2")
      plot(s, "s")
      plot(s2, "s2")
      plot(u, "u")
      plot(v, "v")
      plot(ta.ema(close, len) * mult, "e")
      plot(ta.ema(close, 3) * 2, "e2")
      """)
    #expect(plots["a"] == [0, 24, 22, 30, 28, 36, 34, 32, 40, 38])
    #expect(plots["b"] == [0, 25, 23, 31, 29, 37, 35, 33, 41, 39])
    #expect(plots["u"] == [10, 12, 11, 30, 14, 36, 34, 32, 40, 38])
    #expect(plots["v"] == [1, 1, 1, 31, 1, 37, 35, 33, 41, 39])
    for (one, other) in [("m", "m2"), ("s", "s2"), ("e", "e2")] {
      #expect(same(try #require(plots[one]), try #require(plots[other])), "\(one)")
    }
    #expect(plots["m"]?.last.map { $0.isFinite } == true)
  }

  @Test func `Constants compare with the tolerance that series have`() throws {
    let plots = try plots(
      """
      s = bar_index * 0.0
      i = input.float(0.3)
      plot(0.1 + 0.2 == 0.3 ? 1 : 0, "equal")
      plot(0.1 + 0.2 > 0.3 ? 1 : 0, "greater")
      plot(0.1 + 0.2 != 0.3 ? 1 : 0, "differs")
      plot(0.3 >= 0.1 + 0.2 ? 1 : 0, "atLeast")
      plot(0.3 < 0.1 + 0.2 ? 1 : 0, "less")
      plot(0.1 + 0.2 <= 0.3 ? 1 : 0, "atMost")
      plot(0.1 + 0.2 + s == 0.3 ? 1 : 0, "series")
      plot(0.1 + 0.2 == i ? 1 : 0, "input")
      y = switch 0.1 + 0.2
          0.3 => 1
          => 0
      plot(y, "switch")
      z = switch i - 0.1
          0.2 => 1
          => 0
      plot(z, "switchInput")
      x = 0
      if 0.1 + 0.2 == 0.3
          x := 1
      plot(x, "if")
      plot((0.1 + 0.2) % 0.3, "remainder")
      plot((0.1 + 0.2 + s) % 0.3, "remainderOfSeries")
      """)
    for title in ["equal", "atLeast", "atMost", "series", "input", "switch", "switchInput", "if"] {
      #expect(plots[title] == every(1), "\(title)")
    }
    for title in ["greater", "differs", "less"] { #expect(plots[title] == every(0), "\(title)") }
    #expect(plots["remainder"] == plots["remainderOfSeries"])
  }

  @Test func `for takes fractions with the tolerance, and one round with a step that is na`() throws {
    let count = { (loop: String) in
      try self.plots("n = 0\nint none = na\n\(loop)\n    n += 1\nplot(n, \"n\")")["n"]
    }
    #expect(try count("for i = 1.0 to 0.1 by 0.3") == every(4))
    #expect(try count("for i = 0 to 0.3 by 0.1") == every(4))
    #expect(try count("for i = 0 to bar_index * 0.0 + 0.3 by 0.1") == every(4))
    #expect(try count("for i = 5 to 1 by -2") == every(3))
    #expect(try count("for i = 5 to 1 by 2") == every(3))
    #expect(try count("for i = 1 to 5 by none") == every(1))
    #expect(try count("for i = 5 to 1 by none") == every(1))
    #expect(try count("for i = none to 5") == every(0))
    #expect(try count("for i = 3 to 3 by -1") == every(1))
  }

  @Test func `A step of 0, and a negative one of a loop that counts up, stop the script`() throws {
    let failure = { (loop: String) in
      try self.run("n = 0\n\(loop)\n    n += 1\nplot(close, \"c\")").failure
    }
    #expect(try failure("for i = 1 to 5 by 0") == .step(line: 4, value: 0))
    #expect(try failure("for i = 1 to 5 by -2") == .step(line: 4, value: -2))
    #expect(try failure("for i = 1 to 5 by bar_index - 3") == .step(line: 4, value: -3))
    #expect(try failure("for i = 5 to 1 by bar_index - 3") == .step(line: 4, value: 0))
  }

  @Test func `The past of what is known before the first bar is the same value`() throws {
    let plots = try plots(
      """
      k = input.int(4)
      c = 7
      float r = na
      float q = na
      if bar_index == 3
          r := k[1]
          q := c[2]
      plot(r, "r")
      plot(q, "q")
      plot(k[3], "k")
      plot((k + c)[1], "sum")
      """)
    let na = Double.nan
    #expect(same(try #require(plots["r"]), [na, na, na, 4, na, na, na, na, na, na]))
    #expect(same(try #require(plots["q"]), [na, na, na, 7, na, na, na, na, na, na]))
    #expect(plots["k"] == every(4))
    #expect(plots["sum"] == every(11))
  }

  @Test func `The past of a choice and of a call in a branch is of the bars that came by`() throws {
    let plots = try plots(
      """
      f() => bar_index
      float r = na
      float q = na
      float p = na
      if bar_index % 3 == 1
          r := (true ? bar_index : na)[1]
          q := f()[1]
          p := bar_index[1]
      plot(r, "r")
      plot(q, "q")
      plot(p, "p")
      """)
    let na = Double.nan
    let own = [na, na, na, na, 1, na, na, 4, na, na]
    #expect(same(try #require(plots["r"]), own))
    #expect(same(try #require(plots["q"]), own))
    #expect(same(try #require(plots["p"]), [na, 0, na, na, 3, na, na, 6, na, na]))
  }

  @Test func `Arguments of an order with when count every bar`() throws {
    let run = try ScriptRun(
      "//@version=5\nstrategy(\"t\")\n"
        + "strategy.close(\"A\", qty = ta.cum(1), when = bar_index % 3 == 2)\n")
    #expect(run.failure == nil)
    #expect(run.orders.map { $0.map(\.quantity) } == [[], [], [3], [], [], [6], [], [], [9], []])
  }

  @Test func `A parameter's default is of the function's own scope`() throws {
    let plots = try plots(
      """
      len = 10
      f(int n = len) => n
      g() =>
          len = 3
          f() + len * 100
      h(int len) => f() + len
      plot(g(), "g")
      plot(h(2), "h")
      """)
    #expect(plots["g"] == every(310))
    #expect(plots["h"] == every(12))
  }
}
