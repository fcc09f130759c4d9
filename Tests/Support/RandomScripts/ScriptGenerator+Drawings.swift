/// Lines, labels, boxes, their points, and the rarer drawings. Few of a kind stay, so that old ones go.
extension ScriptGenerator {
  mutating func newDrawing(_ held: Held) -> String {
    let (x, y) = (random.pick(["bar_index", "bar_index + 2", "len"]), leaf(.float))
    let spot = object(.spot)
    switch held {
    case .line:
      if let spot, chance(3) {
        return "line.new(\(spot), chart.point.now(\(y))\(random.pick(["", ", xloc = xloc.bar_time", ", width = 2"])))"
      }
      return "line.new(\(x), \(y), bar_index + 3, \(leaf(.float))\(random.pick(["", ", color = #FF000080"])))"
    case .label:
      if let spot, chance(3) { return "label.new(\(spot), \(text(1)))" }
      return "label.new(\(x), \(y)\(random.pick([", \(text(1))", "", ", text = \(text(1)), xloc = xloc.bar_time"])))"
    case .box:
      if let spot, chance(3) { return "box.new(\(spot), chart.point.from_time(time, \(y)), xloc = xloc.bar_time)" }
      return "box.new(\(x), \(y), \(x), \(leaf(.float)))"
    default:
      return random.pick([
        "chart.point.new(time, bar_index, \(y))", "chart.point.from_index(\(x), \(y))", "chart.point.now()",
        "chart.point.now(\(y))", "chart.point.from_time(time, \(y))",
      ])
    }
  }

  mutating func drawingValue(_ kind: Kind, _ held: Held, _ name: String) -> String? {
    switch (kind, held) {
    case (.float, .line):
      return random.pick(["\(name).get_y1()", "line.get_y2(\(name))", "\(name).get_price(bar_index)"])
    case (.float, .label): return "\(name).get_y()"
    case (.float, .box): return "\(name).\(random.pick(["get_top", "get_bottom"]))()"
    case (.float, .spot): return "\(name).price"
    case (.int, .line):
      return random.pick([
        "nz(\(name).get_x1())", "nz(\(name).get_x2())", "line.all.size()", "array.indexof(line.all, \(name))",
        "nz(line.copy(\(name)).get_x1())",
      ])
    case (.int, .label):
      return random.pick(["nz(\(name).get_x())", "array.size(label.all)", "str.length(\(name).get_text())"])
    case (.int, .box): return random.pick(["nz(\(name).get_left())", "box.all.size()", "nz(box.get_right(\(name)))"])
    case (.int, .spot): return random.pick(["nz(\(name).index)", "nz(\(name).time) % 1000"])
    case (.truth, .spot): return "na(\(name).index)"
    case (.truth, _): return random.pick(["na(\(name))", "\(held).all.includes(\(name))"])
    default: return nil
    }
  }

  mutating func changeDrawing(_ name: String, _ held: Held) {
    let (x, y) = (expression(.int, 1), expression(.float, 1))
    let spot = object(.spot)
    switch held {
    case .line:
      line(
        random.pick([
          "\(name).set_x1(\(x))", "line.set_y1(\(name), \(y))", "\(name).set_xy2(\(x), \(y))", "\(name).delete()",
          "\(name).set_xy1(y = \(y), x = bar_index)", "\(name).set_width(3)", "\(name).set_color(#00FF00)",
          "\(name).copy()",
          "\(name).\(random.pick(["set_first_point", "set_second_point"]))(\(spot ?? "chart.point.now()"))",
          "\(name).set_xloc(time, time_close, xloc.bar_time)", "\(name).set_y2(\(name).get_y1())",
        ]))
    case .label:
      line(
        random.pick([
          "\(name).set_text(\(text(2)))", "\(name).set_xy(\(x), \(y))", "label.set_y(\(name), \(y))",
          "\(name).delete()",
          "\(name).set_point(\(spot ?? "chart.point.now()"))", "\(name).set_x(\(x))", "\(name).copy()",
          "\(name).set_xloc(time, xloc.bar_time)",
        ]))
    case .box:
      line(
        random.pick([
          "\(name).set_lefttop(\(x), \(y))", "\(name).set_rightbottom(\(x), \(y))", "box.delete(\(name))",
          "\(name).set_top_left_point(\(spot ?? "chart.point.now()"))", "\(name).set_right(\(x))",
          "\(name).set_top(\(y))",
        ]))
    default:
      line(
        random.pick([
          "\(name).price := \(y)", "\(name).index := \(x)", "\(name).time := time", "\(name).price += 1",
        ]))
    }
  }

  /// Fills, polylines and tables.
  mutating func drawingStatement() {
    if let one = object(.line), let other = object(.line), chance(2) {
      return line("linefill.new(\(one), \(other), #0000FF80)\(chance(2) ? ".get_line1().set_x1(\(leaf(.int)))" : "")")
    }
    if let spot = object(.spot), chance(2) {
      return line("polyline.new(array.from(\(spot), chart.point.now()), closed = \(leaf(.truth)))")
    }
    guard frame == 0 else { return changeMode() }
    let name = freshObject()
    line("var \(name) = table.new(\"top_right\", 3, 3)")
    line("\(name).cell(\(leaf(.truth)) ? 1 : 0, 1, \(text(1)))")
    line(
      random.pick([
        "\(name).clear(0, 0, 1, 1)", "table.cell_set_text(\(name), 0, 1, \(text(1)))", "\(name).cell(2, 2, width = 2)",
        "\(name).cell_set_width(1, 1, \(leaf(.float)))",
      ]))
  }

  private mutating func changeMode() {
    guard let name = object(.label) else { return effect() }
    line("\(name).set_text(\(text(2)))")
  }

  mutating func drawingLoop(_ depth: Int) {
    names += 1
    let (kind, name) = (random.pick([Held.line, .label, .box]), "w\(names)")
    line("for \(name) in \(kind).all")
    loops += 1
    nested { generator in
      generator.noteObject(name, kind)
      generator.changeDrawing(name, kind)
      if generator.chance(2) { generator.statement(depth + 1) }
    }
    loops -= 1
  }

  // MARK: The end

  /// What is plotted of an object.
  func seen(_ name: String, _ held: Held) -> [String] {
    switch held {
    case .texts: ["\(name).size()", "str.length(\(name).join(\",\"))"]
    case .flags: ["\(name).size()", "\(name).every() ? 1 : \(name).some() ? 2 : 3"]
    case .dictionary: ["\(name).size()", "\(name).values().sum()", "str.length(\(name).keys().join())"]
    case .sides: ["\(name).size()", "\(name).values().sum()"]
    case .grid: ["\(name).det()", "\(name).rank()", "\(name).get(0, 0)"]
    case .token: ["\(name).v", "\(name).tone == kit.Tone.high ? 1 : 0"]
    case .line: ["\(name).get_x1()", "\(name).get_y2()", "na(\(name)) ? 1 : 0"]
    case .label: ["\(name).get_y()", "str.length(\(name).get_text())"]
    case .box: ["\(name).get_left()", "\(name).get_top()"]
    case .spot: ["\(name).index", "\(name).price"]
    case .text: ["str.length(\(name))", "\(name) == \"a\" ? 1 : 0"]
    default: ["\(name) == Side.up ? 1 : \(name) == Side.down ? 2 : 3"]
    }
  }
}
