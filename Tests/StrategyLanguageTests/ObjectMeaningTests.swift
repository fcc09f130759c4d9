import StrategyVM
import Testing

@testable import StrategyLanguage

/// Collections, user types, methods and drawings in scripts, on closes 10 12 11 15 14 18 17 16 20 19; the expected
/// values are worked out by hand.
@Suite struct ObjectMeaningTests {
  private let na = Double.nan

  private func always(_ body: String, _ expected: Double, _ location: SourceLocation = #_sourceLocation) throws {
    try check(body, [Double](repeating: expected, count: 10), location)
  }

  private func stops(_ body: String, _ message: String, _ location: SourceLocation = #_sourceLocation) throws {
    let run = try ScriptRun("//@version=6\nindicator(\"t\")\n" + body + "\n")
    guard case .object(let line, let fault)? = run.failure else {
      Issue.record("\(String(describing: run.failure))", sourceLocation: location)
      return
    }
    #expect("\(line): \(fault.sentence)" == message, sourceLocation: location)
  }

  @Test func `An array that is declared with var keeps its elements`() throws {
    try check(
      "var a = array.new<float>()\na.push(close)\nif a.size() > 3\n    a.shift()\nplot(a.first(), \"x\")",
      [10, 10, 10, 12, 11, 15, 14, 18, 17, 16])
    try check("a = array.new<float>()\na.push(close)\nplot(a.size(), \"x\")", [Double](repeating: 1, count: 10))
  }

  @Test func `Assignment and arguments share an array, a copy does not`() throws {
    try always("a = array.from(1, 2)\nb = a\nb.set(0, 5)\nplot(a.get(0), \"x\")", 5)
    try always("f(array<int> p) => p.push(3)\na = array.from(1, 2)\nf(a)\nplot(a.size(), \"x\")", 3)
    try always("a = array.from(1, 2)\nb = a.copy()\nb.set(0, 5)\nplot(a.get(0), \"x\")", 1)
  }

  @Test func `The past of an array is the array as it was, with its contents of now`() throws {
    try check(
      "var a = array.new<float>()\na.push(close)\nb = a[1]\nplot(na(b) ? 0 : b.size(), \"x\")",
      [0, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    try check(
      "a = array.from(close)\nb = a[1]\nplot(na(b) ? 0 : b.get(0), \"x\")", [0, 10, 12, 11, 15, 14, 18, 17, 16, 20])
  }

  @Test func `A slice is a window on its array`() throws {
    try always("a = array.from(1, 2, 3, 4)\ns = a.slice(1, 3)\ns.set(0, 9)\nplot(a.get(1), \"x\")", 9)
    try always("a = array.from(1, 2, 3, 4)\ns = a.slice(1, 3)\na.set(2, 7)\nplot(s.get(1), \"x\")", 7)
    try always("a = array.from(1, 2, 3, 4)\ns = a.slice(1, 3)\na.push(5)\nplot(s.size(), \"x\")", 2)
  }

  @Test func `for ... in goes through what is there, and what is added meanwhile`() throws {
    try always("s = 0\nfor x in array.from(1, 2, 3)\n    s := s * 10 + x\nplot(s, \"x\")", 123)
    try always("s = 0\nfor [i, x] in array.from(5, 6)\n    s += i * x\nplot(s, \"x\")", 6)
    try always("s = 0\nfor x in array.new<int>()\n    s += 1\nplot(s, \"x\")", 0)
    try always(
      "a = array.from(1)\nfor x in a\n    if a.size() < 4\n        a.push(x + 1)\nplot(a.size() * 10 + a.last(), \"x\")",
      44)
    try always(
      "s = 0\nfor x in array.from(1, 2, 3, 4)\n    if x == 2\n        continue\n    if x == 4\n        break\n    s += x\nplot(s, \"x\")",
      4)
    try always("x = for y in array.from(1, 2)\n    y * 2\nplot(x, \"x\")", 4)
  }

  @Test func `Maps keep the order of insertion and answer the value before`() throws {
    try always(
      "m = map.new<string, int>()\nm.put(\"b\", 1)\nm.put(\"a\", 2)\nold = m.put(\"b\", 3)\n"
        + "s = 0\nfor [k, v] in m\n    s := s * 10 + v\nplot(s * 10 + old, \"x\")", 321)
    try always("m = map.new<int, float>()\nplot(na(m.get(1)) ? 1 : 0, \"x\")", 1)
    try always("m = map.new<int, bool>()\nplot(m.get(1) ? 1 : 0, \"x\")", 0)
    try always("enum E\n    a\n    b\nm = map.new<E, int>()\nm.put(E.b, 4)\nplot(m.get(E.b), \"x\")", 4)
  }

  @Test func `Fields have defaults, are shared by reference and copied one level deep`() throws {
    let type = "type P\n    float x = 1\n    int n\n    array<int> a\n"
    try always(type + "p = P.new()\nplot(p.x + nz(p.n, 5), \"x\")", 6)
    try always(type + "p = P.new(n = 3)\nq = p\nq.n += 2\nplot(p.n, \"x\")", 5)
    try always(type + "p = P.new(2, 3)\nq = p.copy()\nq.n := 7\nplot(p.n * 10 + q.n, \"x\")", 37)
    try always(type + "p = P.new(a = array.from(1))\nq = P.copy(p)\nq.a.push(2)\nplot(p.a.size(), \"x\")", 2)
    try check(
      type + "var p = P.new(close)\np.x += 1\nplot(p.x, \"x\")", [11, 12, 13, 14, 15, 16, 17, 18, 19, 20])
    try check(
      type + "p = P.new(close)\nq = p[1]\nplot(na(q) ? 0 : (p[1]).x, \"x\")", [0, 10, 12, 11, 15, 14, 18, 17, 16, 20])
    try check(
      type + "p = P.new(close)\nplot(p.x[1], \"x\")", [na, 10, 12, 11, 15, 14, 18, 17, 16, 20], version: 5)
  }

  @Test func `Types hold each other, and themselves`() throws {
    try always(
      "type N\n    int v\n    N next\nn = N.new(1, N.new(2, N.new(3)))\nn.next.next.v := 9\n"
        + "s = 0\nN at = n\nwhile not na(at)\n    s := s * 10 + at.v\n    at := at.next\nplot(s, \"x\")", 129)
  }

  @Test func `Methods go by the type of their first argument`() throws {
    let methods =
      "type A\n    int v\ntype B\n    int v\nmethod get(A this) => this.v\nmethod get(B this) => -this.v\n"
      + "method get(float this) => this * 2\nmethod scale(array<float> this, float k = 2) =>\n    for [i, x] in this\n        this.set(i, x * k)\n    this\n"
    try always(methods + "plot(A.new(3).get() * 10 + B.new(4).get(), \"x\")", 26)
    try always(methods + "x = 1.5\nplot(x.get() + get(A.new(1)), \"x\")", 4)
    try always(
      "type H\n    array<int> v\na = array.from(H.new(array.from(1, 2, 3)))\nplot(a.last().v.slice(1, 3).sum(), \"x\")",
      5)
    try always(methods + "a = array.from(1.0, 2.0)\nplot(a.scale().scale(3).sum(), \"x\")", 18)
  }

  @Test func `User functions are overloaded by the types of their parameters`() throws {
    try always(
      "f(int x) => 1\nf(string x) => 2\nf(array<int> x) => 3\nplot(f(1) * 100 + f(\"a\") * 10 + f(array.from(1)), \"x\")",
      123)
  }

  @Test func `The function whose parameters have the arguments' types is called, wherever it stands`() throws {
    try always("f(float x) => 1\nf(int x) => 2\nplot(f(1) * 10 + f(1.5), \"x\")", 21)
    try always("f(int x, float y) => 1\nf(int x, int y) => 2\nplot(f(1, 2) * 10 + f(y = 1, x = 2), \"x\")", 22)
    try always("method f(float this) => 1\nmethod f(int this) => 2\nn = 3\nplot(n.f() * 10 + close.f(), \"x\")", 21)
    try always("f(series float x) => 1\nf(simple float x) => 2\nplot(f(input.float(1.5)) * 10 + f(close), \"x\")", 21)
    try always("f(float x) => 1\nf(string x) => 2\nplot(f(1) * 10 + f(\"a\"), \"x\")", 12)
  }

  @Test func `A point's time or bar places a drawing, as its xloc says when it is placed`() throws {
    let point = "p = chart.point.new(7000, 5, 2.5)\n"
    try always(
      point + "l = line.new(1, 1, 2, 2, xloc = xloc.bar_time)\nl.set_first_point(p)\nplot(l.get_x1(), \"x\")", 7000)
    try always(point + "l = label.new(1, 1)\nl.set_point(p)\nplot(l.get_x() + l.get_y(), \"x\")", 7.5)
    try always(
      point + "b = box.new(1, 1, 2, 2)\nb.set_xloc(10, 20, xloc.bar_time)\nb.set_bottom_right_point(p)\n"
        + "plot(b.get_right(), \"x\")", 7000)
    try check(
      point + "l = line.new(p, p, xloc = bar_index > 4 ? xloc.bar_time : xloc.bar_index)\nplot(l.get_x2(), \"x\")",
      [5, 5, 5, 5, 5, 7000, 7000, 7000, 7000, 7000])
  }

  @Test func `A label without a text has an empty one`() throws {
    try always("l = label.new(1, 2)\nplot(l.get_text() == \"\" ? str.length(l.get_text()) : 9, \"x\")", 0)
    try always("l = label(na)\nplot(na(l.get_text()) ? 1 : 0, \"x\")", 1)
  }

  @Test func `Drawings are read back, copied, deleted and listed`() throws {
    try always("l = line.new(1, 2.0, 3, 4.0)\nl.set_xy2(5, 10.0)\nplot(l.get_y2() + line.get_price(l, 3), \"x\")", 16)
    try always("l = line(na)\nl.set_x1(3)\nl.delete()\nplot(na(l.get_x1()) ? 1 : 0, \"x\")", 1)
    try check("label.new(bar_index, close, \"a\")\nplot(label.all.size(), \"x\")", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    try check(
      "b = box.new(0, 1, 2, 3)\nif bar_index % 2 == 0\n    box.delete(b)\nplot(array.size(box.all), \"x\")",
      [0, 1, 1, 2, 2, 3, 3, 4, 4, 5])
    try always("p = chart.point.from_index(3, 4)\nl = label.new(p, \"a\")\nplot(l.get_x() * 10 + l.get_y(), \"x\")", 34)
  }

  @Test func `The newest drawings of a kind stay, with what they refer to`() throws {
    let run = try ScriptRun(
      """
      //@version=6
      indicator("t", max_lines_count = 2)
      l = line.new(bar_index, close, bar_index + 1, open, color = color.red)
      if barstate.islast
          linefill.new(l[1], l, color.blue)
          polyline.new(array.from(chart.point.from_index(1, 2.5)))

      """)
    let lines = run.drawings.filter { $0.kind == .line }
    #expect(lines.map { $0.fields[0].value } == [.number(8), .number(9)])
    #expect(lines[0].fields[6].name == "color" && lines[0].fields[6].value == .color(0xF236_45FF))
    let fill = run.drawings.first { $0.kind == .linefill }
    #expect(fill?.fields.prefix(2).map(\.value) == [.drawing(.line, 0), .drawing(.line, 1)])
    let points = run.drawings.first { $0.kind == .polyline }?.fields.first?.value
    guard case .points(let found)? = points else {
      Issue.record("\(String(describing: points))")
      return
    }
    #expect(found.count == 1 && found[0].index == 1 && found[0].price == 2.5 && found[0].time.isNaN)
  }

  @Test func `Cells of tables are filled, changed and cleared; the table na has none`() throws {
    let run = try ScriptRun(
      """
      //@version=6
      indicator("t")
      if barstate.islast
          t = table.new(position.top_right, 2, 2)
          t.cell(0, 0, "a", text_size = 12)
          t.cell(1, 1, "b")
          t.cell_set_text(1, 1, "c")
          t.cell(0, 1, "gone")
          t.clear(0, 1)
          table.cell(na, 0, 0, "x")

      """)
    #expect(run.failure == nil)
    guard case .cells(let cells)? = run.drawings.first?.fields.last?.value else {
      Issue.record("no cells")
      return
    }
    #expect(cells.map { [$0.column, $0.row] } == [[0, 0], [1, 1]])
    #expect(cells.map { $0.fields[0].value } == [.text("a"), .text("c")])
    #expect(cells[0].fields[6].value == .text("12"))
  }

  @Test func `What cannot be done stops the script with its line`() throws {
    try stops("a = array.from(1, 2)\nplot(a.get(2))", "4: array.get: the index 2 is outside of 2 elements")
    try stops("array<int> a = na\nplot(a.size())", "4: array.size: the object is na")
    try stops("type P\n    int x\nP p = na\nplot(p.x)", "6: T.get: the object is na")
    try stops(
      "var a = array.new<float>()\nwhile true\n    a := array.new<float>(100000)",
      "5: array.new: the script's objects exceed 16 MiB")
  }

  @Test func `Nothing is kept that nothing refers to`() throws {
    // 10 bars × 400 arrays of 2,000 elements are 64 MB; at most 16 MiB may be in use.
    try check(
      "for i = 1 to 400\n    a = array.new<float>(2000, 1)\n    a.push(1)\nplot(bar_index, \"x\")",
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  }

  @Test(arguments: [
    ("Traditional", [9.0, 12, 6, 15, 3, 18, 0, 21, -3, 24, -6]),
    ("Classic", [9, 12, 6, 15, 3, 21, -3, 27, -9, .nan, .nan]),
    ("Fibonacci", [9, 11.292, 6.708, 12.708, 5.292, 15, 3, .nan, .nan, .nan, .nan]),
    ("Woodie", [9.5, 13, 7, 15.5, 3.5, 19, 1, 25, -5, .nan, .nan]),
    ("DM", [9.75, 13.5, 7.5, .nan, .nan, .nan, .nan, .nan, .nan, .nan, .nan]),
    ("Camarilla", [9, 9.55, 8.45, 10.1, 7.9, 10.65, 7.35, 12.3, 5.7, 18, 0]),
  ])
  func `Pivot levels of a period of high 12, low 6, close 9`(kind: String, levels: [Double]) throws {
    let bars = [(8.0, 10.0, 7.0, 9.0), (9, 12, 6, 9), (10, 11, 9, 10)].enumerated().map { number, bar in
      let time = 1_704_067_200_000 + Int64(number) * 900_000
      return ScriptBar(
        time: time, timeClose: time + 900_000, open: bar.0, high: bar.1, low: bar.2, close: bar.3, volume: 1)
    }
    let plots = (0..<11).map { "plot(a.get(\($0)), \"\($0)\")\n" }.joined()
    let run = try ScriptRun(
      "//@version=6\nindicator(\"t\")\na = ta.pivot_point_levels(\"\(kind)\", bar_index != 1)\n" + plots, bars: bars)
    for (number, level) in levels.enumerated() {
      let plotted = run.plots["\(number)"] ?? []
      #expect(same(Array(plotted.prefix(2)), [na, na]))
      #expect(plotted.count == 3 && (plotted[2].isNaN && level.isNaN || abs(plotted[2] - level) < 1e-12))
    }
  }

  @Test func `Random numbers have the sequence of their seed`() throws {
    let first = try ScriptRun.plotted("plot(math.random(0, 1, 7), \"x\")", version: 6)
    let second = try ScriptRun.plotted("plot(math.random(10, 20, 7), \"x\")", version: 6)
    #expect(Set(first).count == 10 && first.allSatisfy { $0 >= 0 && $0 < 1 })
    #expect(zip(first, second).allSatisfy { abs(10 + 10 * $0 - $1) < 1e-9 })
  }
}
