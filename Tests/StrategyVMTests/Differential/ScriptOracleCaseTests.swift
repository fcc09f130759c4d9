import RandomPrograms
import ScriptOracle
import StrategyVM
import Testing

/// What the interpreter answers where the code that it judges once was wrong, worked out by hand.
@Suite("The interpreter of syntax trees")
struct ScriptOracleCaseTests {
  /// Bars of 15 minutes from midnight on, closes 10, 11, 12 …, each bar opening 1 lower.
  private func run(
    _ body: String, bars: Int = 10, inputs: [String: OracleValue] = [:]
  ) throws -> OracleRun {
    let made = (0..<bars).map { i in
      let time: Int64 = 1_704_067_200_000 + Int64(i) * 900_000
      let close = Double(10 + i)
      return OracleBar(
        time: time, timeClose: time + 900_000, open: close - 1, high: close + 1, low: close - 2,
        close: close, volume: 1)
    }
    return try ScriptOracle.run(
      "//@version=6\nstrategy(\"t\")\n\(body)\n", bars: made, minutes: 15, inputs: inputs)
  }

  private func plotted(_ body: String, bars: Int = 10) throws -> [Double] {
    try run(body, bars: bars).steps.map { $0.plots[0] }
  }

  private func ids(_ body: String) throws -> [String] {
    try run(body).steps.map { $0.orders.map(\.id).joined() }
  }

  private let orderA = "a() =>\n    strategy.entry(\"A\", strategy.long)\n    5\n"

  @Test func `runs what stands in a taken arm`() throws {
    let body =
      "n = 0\nx = if input.bool(true, \"On\")\n    n := 5\n    strategy.entry(\"L\", strategy.long)\n"
      + "    1\nelse\n    2\nplot(n * 10 + x, \"x\")"
    #expect(try plotted(body) == [Double](repeating: 51, count: 10))
    #expect(try ids(body) == [String](repeating: "L", count: 10))
    let off = try run(body, inputs: ["On": .truth(false)])
    #expect(off.steps.map { $0.plots[0] } == [Double](repeating: 2, count: 10))
    #expect(off.steps.allSatisfy { $0.orders.isEmpty })
  }

  @Test func `makes a call once where it stands, a var's on the first bar`() throws {
    #expect(
      try ids(orderA + "x = input.bool(true) ? a() : 0\nplot(x + x, \"x\")")
        == [String](repeating: "A", count: 10))
    #expect(
      try ids(orderA + "var x = a()\nplot(x + x, \"x\")")
        == ["A"] + [String](repeating: "", count: 9))
  }

  @Test func `stops at an error, and at a step that leads nowhere`() throws {
    let error = try run("if bar_index == 3\n    runtime.error(\"no\")\nplot(close, \"x\")")
    #expect(error.stop == "no")
    #expect(error.steps.count == 3)
    let step = try run("for i = 1 to 3 by 2 - bar_index\n    close\nplot(close, \"x\")")
    #expect(step.stop == OracleRun.loopStop)
    #expect(step.steps.count == 2)
  }

  @Test func `compares with a tolerance and counts fractions with it`() throws {
    #expect(try plotted("plot(0.1 + 0.2 == 0.3 ? 1 : 0, \"x\")", bars: 1) == [1])
    #expect(try plotted("plot(0.1 + 0.2 > 0.3 ? 1 : 0, \"x\")", bars: 1) == [0])
    let count = { (loop: String) in
      try self.plotted("n = 0\nfor i = \(loop)\n    n += 1\nplot(n, \"x\")", bars: 1)
    }
    #expect(try count("1.0 to 0.1 by 0.3") == [4])
    #expect(try count("0 to 0.3 by 0.1") == [4])
    #expect(try count("5 to 1 by -2") == [3])
  }

  @Test func `reads the past by the bars on which a name was declared, of constants the value`() throws {
    let na = Double.nan
    let body = "float x = na\nif bar_index % 3 == 0\n    y = close\n    x := y[1]\nplot(x, \"x\")"
    let seen = try plotted(body)
    for (one, other) in zip(seen, [na, na, na, 10, na, na, 13, na, na, 16]) {
      #expect(one == other || one.isNaN && other.isNaN)
    }
    #expect(try plotted("k = input.int(4)\nplot(k[3], \"x\")", bars: 2) == [4, 4])
    let local = "x = 1.0\nif bar_index == 1\n    x := (close + 1)[1]\nplot(na(x) ? 7 : x, \"x\")"
    #expect(try plotted(local, bars: 2) == [1, 7])
  }

  @Test func `resolves a default around its function`() throws {
    let body = "n = 10\nf(int m = n) => m\ng() =>\n    n = 3\n    f() + n * 100\nplot(g(), \"x\")"
    #expect(try plotted(body, bars: 1) == [310])
  }

  @Test func `sees the newest period that is over, also from a period of another length`() throws {
    let hour = "request.security(syminfo.tickerid, \"60\", close)"
    #expect(
      try plotted("plot(nz(\(hour)), \"x\")") == [0, 0, 0, 13, 13, 13, 13, 17, 17, 17])
    let half = "request.security(syminfo.tickerid, \"30\", nz(\(hour)))"
    #expect(try plotted("plot(nz(\(half), -1), \"x\")") == [-1, 0, 0, 13, 13, 13, 13, 17, 17, 17])
    let call = "h() => \(hour)\nplot(nz(request.security(syminfo.tickerid, \"30\", nz(h())), -1), \"x\")"
    #expect(try plotted(call) == [-1, 0, 0, 13, 13, 13, 13, 17, 17, 17])
  }

  @Test func `keeps state by the calls that lead to it`() throws {
    let body =
      "f() =>\n    var n = 0\n    n += 1\n    n\ng() => f() * 10 + f()\n"
      + "plot(g() * 100 + (bar_index % 2 == 0 ? f() : 0), \"x\")"
    #expect(try plotted(body, bars: 4) == [1101, 2200, 3302, 4400])
  }

  @Test func `shares objects, and keeps what var holds`() throws {
    #expect(try plotted("a = array.from(1, 2)\nb = a\nb.set(0, 5)\nplot(a.get(0), \"x\")", bars: 1) == [5])
    #expect(
      try plotted(
        "var a = array.new<float>()\na.push(close)\nif a.size() > 2\n    a.shift()\nplot(a.sum(), \"x\")", bars: 4)
        == [10, 21, 23, 25])
    let type = "type P\n    float x = 1\n    P next\n"
    let method = "method add(P this, float more) =>\n    this.x += more\n    this.x\n"
    #expect(
      try plotted(
        type + method + "p = P.new()\nq = p\nq.next := P.new(7)\nr = p.copy()\nr.x := 100\n"
          + "plot(q.add(2) + p.x + p.next.x + r.next.x, \"x\")", bars: 1) == [20])
    #expect(
      try plotted(type + "p = P.new(close)\nplot(na(p[1]) ? 0 : (p[1]).x, \"x\")", bars: 3) == [0, 10, 11])
  }

  @Test func `takes a slice for a window, and a loop's collection as it is`() throws {
    #expect(
      try plotted("a = array.from(1, 2, 3)\ns = a.slice(1, 2)\ns.push(9)\nplot(a.get(2) + s.size(), \"x\")", bars: 1)
        == [11])
    #expect(
      try plotted(
        "a = array.from(1)\nfor x in a\n    if a.size() < 4\n        a.push(x + 1)\n"
          + "plot(a.size() * 10 + a.last(), \"x\")",
        bars: 1) == [44])
    #expect(
      try plotted(
        "m = map.new<int,float>()\nm.put(2, 5)\nm.put(1, 6)\ns = 0.0\nfor [k, v] in m\n    s := s * 100 + k * 10 + v\n"
          + "plot(s, \"x\")", bars: 1) == [2516])
    #expect(
      try plotted(
        "m = matrix.new<float>(2, 2, 1)\nm.set(0, 1, 3)\nplot(m.mult(m).get(0, 1) + m.transpose().get(1, 0), \"x\")",
        bars: 1) == [9])
  }

  @Test func `has strings and fields of enums as keys, each once, in the order of insertion`() throws {
    #expect(
      try plotted(
        "m = map.new<string, float>()\nm.put(\"b\", 1)\nm.put(\"a\", 2)\nm.put(\"b\", 3)\n"
          + "plot(m.keys().join() == \"ba\" ? m.get(\"b\") * 10 + m.size() : 0, \"x\")", bars: 1) == [32])
    let side = "enum Side\n    up = \"Up side\"\n    down\n"
    #expect(
      try plotted(
        side + "m = map.new<Side, int>()\nm.put(Side.down, 4)\n"
          + "plot(nz(m.get(Side.up), 7) * 10 + m.get(Side.down) + str.length(str.tostring(Side.up)), \"x\")", bars: 1)
        == [81])
    let input = side + "s = input.enum(Side.up, \"S\")\nplot(s == Side.down ? 1 : 0, \"x\")"
    #expect(try plotted(input, bars: 1) == [0])
    #expect(try run(input, bars: 1, inputs: ["S": .text("down")]).steps.map { $0.plots[0] } == [1])
  }

  @Test func `keeps so many drawings, and asks a drawing where a point goes`() throws {
    #expect(
      try plotted(
        "l = line.new(bar_index, 1, 2, 3)\nif bar_index == 3\n    l.delete()\n"
          + "plot(line.all.size() * 10 + nz(line.all.first().get_x1()), \"x\")", bars: 5) == [10, 20, 30, 30, 40])
    let many = "for i = 0 to 60\n    label.new(i, 1)\nplot(label.all.size() * 100 + label.all.first().get_x(), \"x\")"
    #expect(try plotted(many, bars: 1) == [5011])
    #expect(
      try plotted(
        "p = chart.point.new(7, 5, 2)\nl = label.new(p)\nl.set_xloc(1, xloc.bar_time)\nx = l.get_x()\nl.set_point(p)\n"
          + "plot(l.get_x() * 100 + x * 10 + str.length(l.get_text()), \"x\")", bars: 1) == [710])
  }

  @Test func `does algebra by the definitions`() throws {
    let matrix = "m = matrix.new<float>(2, 2, 1)\nm.set(0, 1, 2)\nm.set(1, 0, 3)\nm.set(1, 1, 4)\n"
    let value = { (expression: String) in try self.plotted(matrix + "plot(\(expression), \"x\")", bars: 1)[0] }
    #expect(try value("m.det() * 10 + m.rank()") == -18)
    #expect(abs(try value("m.inv().get(0, 0) * 10 + m.inv().get(1, 1)") - -20.5) < 1e-12)
    #expect(abs(try value("m.pinv().get(1, 0)") - 1.5) < 1e-9)
    #expect(try value("m.pow(2).get(1, 1) * 100 + m.kron(m).get(3, 2)") == 2212)
    #expect(abs(try value("m.eigenvalues().sum()") - 5) < 1e-9)
    let ones = try plotted(
      "m = matrix.new<float>(2, 2, 1)\nplot(m.rank() * 10 + math.round(m.eigenvalues().get(0)), \"x\")"
        + "\nplot(m.pinv().get(0, 0), \"y\")", bars: 1)
    #expect(ones == [12])
    #expect(abs(try plotted("plot(matrix.new<float>(2, 2, 1).pinv().get(0, 0), \"x\")", bars: 1)[0] - 0.25) < 1e-12)
  }

  @Test func `calls the function of the arguments' types, and what libraries export`() throws {
    #expect(try plotted("f(float x) => 1\nf(int x) => 2\nplot(f(1) * 10 + f(close), \"x\")", bars: 1) == [21])
    #expect(
      try plotted("f(series float x) => 1\nf(simple float x) => 2\nplot(f(2.5) * 10 + f(close), \"x\")", bars: 1) == [
        21
      ])
    let library = "//@version=6\nlibrary(\"l\")\nK = 3\ninner(int x) => x * K\nexport f(int x = K) => inner(x)\n"
    let bar = OracleBar(time: 0, timeClose: 900_000, open: 1, high: 1, low: 1, close: 1, volume: 1)
    let run = try ScriptOracle.run(
      "//@version=6\nstrategy(\"t\")\nimport me/l/1 as l\nK = 100\nplot(l.f() * 10 + l.f(1) + l.K, \"x\")\n",
      bars: [bar],
      minutes: 15, libraries: ["me/l/1": library])
    #expect(run.steps.map { $0.plots[0] } == [96])
  }

  @Test func `names the function that cannot be done, and the line`() throws {
    let stop = { (body: String) in try self.run(body).stop }
    let run = try run("a = array.from(1)\nif close > 0\n    b = a.get(3)\nplot(1, \"x\")")
    #expect(run.line == 5 && run.reason == "the index 3 is outside of 1 elements")
    #expect(try stop("a = array.from(1, 2)\nplot(a.get(2), \"x\")") == "array.get")
    #expect(try stop("a = array.from(1, 2)\ns = a.slice(0, 2)\na.pop()\nplot(s.size(), \"x\")") == "array.size")
    #expect(try stop("type P\n    int x\nP p = na\nplot(p.x, \"x\")") == "T.get")
  }
}
