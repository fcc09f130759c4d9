/// Arrays, slices, maps, matrices and objects of a user type, with methods. Most calls are guarded, so that indices
/// fit; now and then one is not, and may stop the script. No collection grows beyond ten elements.
extension ScriptGenerator {
  enum Held: CaseIterable {
    case floats, ints, points, map, matrix, record
    case texts, flags, dictionary, sides, grid, token
    case line, label, box, spot
    /// No objects, but values of a type that numbers do not have.
    case text, side
  }

  struct ObjectName {
    var text: String
    var held: Held
    /// Scopes around its declaration, its own included.
    var depth: Int
  }

  // MARK: Names

  /// Of those that can be seen here.
  func objects(_ held: Held) -> [String] {
    objectNames.filter { $0.held == held && ($0.depth == 1 || $0.depth > frame) }.map(\.text)
  }

  mutating func object(_ held: Held) -> String? {
    let known = objects(held)
    return known.isEmpty ? nil : random.pick(known)
  }

  /// Those of scopes that have ended.
  mutating func forgetObjects() {
    let depth = scopes.count
    objectNames.removeAll { $0.depth > depth }
  }

  mutating func freshObject() -> String {
    names += 1
    return "ob\(names)"
  }

  mutating func noteObject(_ text: String, _ held: Held) {
    objectNames.append(ObjectName(text: text, held: held, depth: scopes.count))
  }

  /// Where objects may be read and changed: it is an effect.
  var mayTouchObjects: Bool { hasObjects && !isInRequest && mayHaveEffects && !objectNames.isEmpty }

  mutating func index(_ size: String) -> String {
    chance(20) ? expression(.int, 1) : "math.abs(\(expression(.int, 1))) % \(size)"
  }

  // MARK: Expressions

  /// A value that an object has; nil where there is none at hand.
  mutating func objectValue(_ kind: Kind, _ depth: Int) -> String? {
    guard mayTouchObjects else { return nil }
    hasEffects = true
    conditions += 1
    defer { conditions -= 1 }
    if chance(6) { return overloaded(kind) }
    guard let name = random.pick(Held.allCases.map { object($0) }.filter { $0 != nil } + [nil]),
      let held = objectNames.last(where: { $0.text == name })?.held
    else { return nil }
    switch (kind, held) {
    case (.float, .floats): return floatOfArray(name, depth)
    case (.float, .map):
      return random.pick([
        "\(name).get(\(expression(.int, 1)))", "nz(\(name).get(\(index("4"))))", "\(name).values().sum()",
        "nz(\(name).remove(\(index("5"))), \(leaf(.float)))",
      ])
    case (.float, .matrix):
      let row = index("\(name).rows()")
      return random.pick([
        "\(name).get(\(row), 0)", "\(name).avg()", "\(name).max()", "\(name).min()",
        "matrix.mult(\(name), \(name).transpose()).get(0, 0)", "\(name).row(0).sum()", "\(name).col(0).avg()",
        "\(name).mult(2).max()", "\(name).median()", "\(name).mode()", "\(name).sum(1.5).avg()",
        "\(name).diff(\(name).copy()).max()", "\(name).mult(\(name).row(0)).sum()", "\(name).kron(\(name)).get(0, 0)",
        "\(name).submatrix(0, 1).max()", "\(name).submatrix(0, 1, \(name).columns() - 1).avg()",
      ])
    case (.float, .record):
      if loops == 0, chance(6) { return "(na(\(name)[1]) ? na : (\(name)[1]).x)" }
      return random.pick([
        "\(name).x", "\(name).bump(\(expression(.float, 1)))", "bump(\(name))", "\(name).copy().x",
        "(na(\(name).next) ? \(leaf(.float)) : \(name).next.x)", "(na(\(name).a) ? 0.0 : \(name).a.sum())",
      ])
    case (.float, .points): return "(\(name).size() > 0 ? \(name).get(\(index("\(name).size()"))).x : na)"
    case (.int, .floats):
      return random.pick(["\(name).size()", "\(name).indexof(\(leaf(.float)))", "array.size(\(name))"])
    case (.int, .ints):
      return random.pick(["\(name).size()", "\(name).sum()", "nz(\(name).max())", "\(name).lastindexof(\(leaf(.int)))"])
    case (.int, .matrix): return "\(name).\(random.pick(["rows", "columns", "elements_count"]))()"
    case (.int, .record):
      guard let other = object(.record) else { return nil }
      return random.pick(["\(name).n", "nz(link(\(name), \(other)))", "nz(\(name).n, -1)"])
    case (.int, .points), (.int, .map): return "\(name).size()"
    case (.truth, .floats):
      return random.pick(["\(name).includes(\(leaf(.float)))", "\(name).every()", "\(name).some()"])
    case (.truth, .ints): return random.pick(["\(name).every()", "\(name).some()"])
    case (.truth, .map): return "\(name).contains(\(leaf(.int)))"
    case (.truth, .record): return random.pick(["\(name).t", "na(\(name).next)", "(not \(name).t)"])
    case (.truth, .matrix):
      return "\(name).\(random.pick(["is_square", "is_zero", "is_stochastic", "is_triangular"]))()"
    case (_, .line), (_, .label), (_, .box), (_, .spot): return drawingValue(kind, held, name)
    case (_, .grid): return gridValue(kind, name)
    default: return choiceValue(kind, held, name)
    }
  }

  private mutating func floatOfArray(_ name: String, _ depth: Int) -> String {
    switch random.below(18) {
    case 12: return "(\(name).size() > 0 ? \(name).get(\(version > 5 ? "-1" : "0")) : \(leaf(.float)))"
    case 13:
      return random.pick([
        "\(name).max(\(index("\(name).size()")))", "\(name).min(\(index("\(name).size()")))",
        "(\(name).size() > 1 ? \(name).max(1) : \(leaf(.float)))",
      ])
    case 14: return "\(name).percentile_linear_interpolation(\(random.pick(["0", "30", "62.5", "100"])))"
    case 15: return "\(name).percentile_nearest_rank(\(random.pick(["0", "25", "40.0", "100"])))"
    case 16: return "\(name).covariance(\(name).copy(), \(leaf(.truth)))"
    case 17: return "search(\(name), \(expression(.float, 1)))"
    case 0, 1: return "(\(name).size() > 0 ? \(name).get(\(index("\(name).size()"))) : \(expression(.float, 1)))"
    case 2: return "(\(name).size() > 1 ? \(name).\(random.pick(["pop", "shift"]))() : \(leaf(.float)))"
    case 3: return "(\(name).size() > 0 ? \(name).\(random.pick(["first", "last"]))() : \(leaf(.float)))"
    case 4: return "\(name).total(\(expression(.float, 1)))"
    case 5: return "\(name).grow(\(2 + random.below(4)), \(expression(.float, 1))).last()"
    case 6: return "\(name).percentrank(\(index("\(name).size()")))"
    case 7:
      guard let other = object(.floats) else { return "\(name).avg()" }
      return "choose(\(name), \(other), \(leaf(.truth))).sum()"
    default:
      let functions = ["sum", "avg", "min", "max", "median", "range", "variance", "mode", "stdev", "abs().sum"]
      return "\(name).\(random.pick(functions))()"
    }
  }

  // MARK: Statements

  mutating func objectStatement(_ depth: Int) {
    hasEffects = true
    // More about what is there than about what is not.
    let there = Held.allCases.filter { !objects($0).isEmpty }
    let held = random.pick(there.isEmpty || chance(3) ? Held.allCases : there)
    guard !chance(4), let name = object(held) else { return declareObject(held) }
    if chance(12) { return drawingStatement() }
    if chance(5), depth < 3, loops < 2 { return loop(over: name, held, depth) }
    switch held {
    case .floats: changeArray(name, .float)
    case .ints: changeArray(name, .int)
    case .points: changePoints(name)
    case .map: changeMap(name)
    case .matrix: changeMatrix(name)
    case .record: changeRecord(name)
    case .line, .label, .box, .spot: changeDrawing(name, held)
    case .grid: changeGrid(name)
    default: changeChoice(name, held)
    }
  }

  private mutating func declareObject(_ held: Held) {
    if chance(6), let own = ownObject(held), let other = object(held) {
      return line("\(own) := \(other)")
    }
    let isOnce = chance(2) && held != .spot
    if isOnce { conditions += 1 }
    let value = newObject(held, isOnce)
    if isOnce { conditions -= 1 }
    let name = freshObject()
    let mode = isOnce ? random.pick(["var ", "var ", "varip "]) : ""
    line("\(mode)\(value == "na" || chance(4) ? spelling(held) + " " : "")\(name) = \(value)")
    noteObject(name, held)
  }

  /// One that the function at hand may assign to.
  private mutating func ownObject(_ held: Held) -> String? {
    let own = objectNames.filter { $0.held == held && $0.depth > frame && $0.text.hasPrefix("ob") }
    return own.isEmpty ? nil : random.pick(own).text
  }

  private func spelling(_ held: Held) -> String {
    switch held {
    case .floats: "array<float>"
    case .ints: "array<int>"
    case .points: "array<P>"
    case .map: "map<int, float>"
    case .matrix, .grid: "matrix<float>"
    case .record: "P"
    case .texts: "array<string>"
    case .flags: "array<bool>"
    case .dictionary: "map<string, float>"
    case .sides: "map<Side, int>"
    case .token: "kit.Q"
    case .line, .label, .box: "\(held)"
    case .spot: "chart.point"
    case .text: "string"
    case .side: "Side"
    }
  }

  private mutating func newObject(_ held: Held, _ isOnce: Bool) -> String {
    if [.record, .line, .label, .token, .floats].contains(held), chance(20) { return "na" }
    if held == .text { return text(2) }
    if held == .side { return side() }
    if chance(2), let known = object(held), let other = object(held) {
      switch (random.below(5), held) {
      case (0, _): return known
      case (1, _): return held == .points ? known : "\(known).copy()"
      case (2, .floats): return "\(known).slice(0, \(known).size())"
      case (2, .ints): return "\(known).slice(\(index("(\(known).size() + 1)")), \(known).size())"
      case (2, .matrix), (2, .grid): return "\(known).transpose()"
      case (3, _) where loops == 0 && !isOnce: return "na(\(known)[1]) ? \(other) : \(known)[1]"
      default: return "\(expression(.truth, 1)) ? \(known) : \(other)"
      }
    }
    switch held {
    case .floats:
      return random.pick([
        "array.new<float>()", "array.new<float>(\(random.below(4)), \(expression(.float, 1)))",
        "array.from(\(expression(.float, 1)), \(number()))", "array.new_float(2)",
      ])
    case .ints:
      return random.pick(["array.new<int>(\(random.below(3)), 1)", "array.from(\(random.below(5)), \(leaf(.int)))"])
    case .points: return "array.new<P>()"
    case .map: return "map.new<int,float>()"
    case .matrix:
      return "matrix.new<float>(\(1 + random.below(3)), \(1 + random.below(3)), \(expression(.float, 1)))"
    case .record:
      let array = object(.floats)
      return random.pick([
        "P.new()", "P.new(\(expression(.float, 1)), \(expression(.int, 1)))",
        "P.new(t = \(expression(.truth, 1))\(array.map { ", a = \($0)" } ?? ""))",
      ])
    case .line, .label, .box, .spot: return newDrawing(held)
    default: return newChoice(held)
    }
  }

  private mutating func loop(over name: String, _ held: Held, _ depth: Int) {
    names += 1
    let (first, second) = ("w\(names)", "u\(names)")
    guard ![.record, .token, .line, .label, .box, .spot, .text, .side].contains(held) else { return drawingLoop(depth) }
    let isMap = [.map, .dictionary, .sides].contains(held)
    let hasIndex = isMap || chance(3)
    line("for \(hasIndex ? "[\(second), \(first)]" : first) in \(name)")
    loops += 1
    nested { generator in
      switch held {
      case .floats, .map, .dictionary: generator.declared(first, .float, isAssignable: false)
      case .flags: generator.declared(first, .truth, isAssignable: false)
      case .texts: generator.noteObject(first, .text)
      case .ints, .sides: generator.declared(first, .int, isAssignable: false)
      case .points: generator.noteObject(first, .record)
      case .matrix, .grid: generator.noteObject(first, .floats)
      default: break
      }
      switch held {
      case .dictionary: generator.noteObject(second, .text)
      case .sides: generator.noteObject(second, .side)
      default: if hasIndex { generator.declared(second, .int, isAssignable: false) }
      }
      if held == .floats, generator.chance(4) {
        generator.line("if \(name).size() < 5")
        generator.line("    \(name).push(\(first))")
      }
      for _ in 0...generator.random.below(2) { generator.statement(depth + 1) }
    }
    loops -= 1
  }

  mutating func bounded(_ name: String, _ removal: String = "shift", most: Int = 5) {
    line("if \(name).size() > \(most)")
    line("    \(name).\(removal)()")
  }

  private mutating func changeArray(_ name: String, _ kind: Kind) {
    let value = expression(kind, 2)
    switch random.below(14) {
    case 0, 1, 2:
      line("\(name).push(\(value))")
      bounded(name)
    case 3:
      line("array.unshift(\(name), \(value))")
      bounded(name, "pop")
    case 4:
      line("\(name).insert(math.abs(nz(\(leaf(.int)))) % (\(name).size() + 1), \(value))")
      bounded(name)
    case 5, 6:
      line("if \(name).size() > 0")
      line("    \(name).set(\(index("\(name).size()")), \(value))")
    case 7:
      line("if \(name).size() > \(random.below(3))")
      line("    \(name).remove(\(version > 5 && chance(3) ? "-1" : "0"))")
    case 8: line("\(name).sort(\(random.pick(["order.ascending", "order.descending"])))")
    case 9: line("\(name).reverse()")
    case 10:
      line(
        random.pick([
          "\(name).clear()", "\(name).fill(\(value))", "\(name).fill(\(value), 0, \(index("(\(name).size() + 1)")))",
        ]))
    case 11:
      guard let other = object(kind == .int ? .ints : .floats) else { return }
      line("if \(name).size() + \(other).size() < 9")
      line("    \(name).concat(\(other))")
    case 12 where chance(5): line("\(name).set(\(leaf(.int)), \(value))")
    default:
      if kind == .float {
        line("\(name).grow(\(2 + random.below(4)), \(value))")
      } else {
        line("\(name).push(\(value))")
        bounded(name)
      }
    }
  }

  private mutating func changePoints(_ name: String) {
    if let record = object(.record), !chance(3) {
      line("\(name).push(\(record))")
      return bounded(name, most: 3)
    }
    line("if \(name).size() > 0")
    let place = index("\(name).size()")
    line("    \(name).get(\(place)).\(random.pick(["x := ", "x += "]))\(expression(.float, 1))")
    line("    \(name).last().bump(\(leaf(.float)))")
  }

  private mutating func changeMap(_ name: String) {
    switch random.below(8) {
    case 0: line("\(name).remove(\(index("4")))")
    case 1: line(chance(4) ? "\(name).clear()" : "map.put(\(name), \(random.below(4)), \(leaf(.float)))")
    case 2: if let other = object(.map) { line("\(name).put_all(\(other))") }
    default: line("\(name).put(math.abs(\(leaf(.int))) % \(3 + random.below(4)), \(expression(.float, 2)))")
    }
  }

  private mutating func changeMatrix(_ name: String) {
    switch random.below(14) {
    case 8: line("\(name).\(random.pick(["swap_columns", "swap_rows"]))(0, 0)")
    case 9: line("\(name).swap_columns(0, \(name).columns() - 1)")
    case 10:
      line("\(name).sort(\(index("\(name).columns()")), \(random.pick(["order.ascending", "order.descending"])))")
    case 11:
      line("if \(name).columns() < 4")
      line("    \(name).add_col(\(random.pick(["", "0", "\(name).columns(), \(name).col(0)"])))")
    case 12:
      line("if \(name).columns() > 1")
      line("    \(name).remove_col(\(random.pick(["", "0"])))")
    case 13:
      guard let other = object(.matrix) else { return }
      line("if \(name).columns() == \(other).columns() and \(name).rows() + \(other).rows() < 5")
      line("    \(name).concat(\(other))")
    case 0:
      line("\(name).fill(\(expression(.float, 1))\(random.pick(["", ", 0, 1", ", 0, 1, \(name).columns() - 1"])))")
    case 1: line("\(name).swap_rows(0, \(name).rows() - 1)")
    case 2: line("\(name).reverse()")
    case 3: line("\(name).reshape(\(name).columns(), \(name).rows())")
    case 4:
      line("if \(name).rows() < 4")
      line("    \(name).add_row(\(random.pick(["0", "\(name).rows()"])), \(name).row(0))")
    case 5:
      line("if \(name).rows() > 1")
      line("    \(name).remove_row(\(index("\(name).rows()")))")
    default:
      let places = "\(index("\(name).rows()")), \(index("\(name).columns()"))"
      line("\(name).set(\(places), \(expression(.float, 2)))")
    }
  }

  private mutating func changeRecord(_ name: String) {
    switch random.below(9) {
    case 0, 1: line("\(name).x \(random.pick([":=", "+=", "-="])) \(expression(.float, 2))")
    case 2: line("\(name).n := \(expression(.int, 2))")
    case 3: line("\(name).t := \(expression(.truth, 2))")
    case 4: line("\(name).a := \(object(.floats) ?? "na")")
    case 5: if let other = object(.record) { line("\(name).next := \(chance(3) ? "\(other).copy()" : other)") }
    case 6:
      line("if not na(\(name).next)\(chance(20) ? " or true" : "")")
      line("    \(name).next.x += \(expression(.float, 1))")
    case 7:
      line("if not na(\(name).a)")
      line("    \(name).a.push(\(leaf(.float)))")
      line("    \(name).a := \(name).a.size() > 5 ? \(name).a.slice(0, 2).copy() : \(name).a")
    default: line("\(name).bump(\(expression(.float, 1)))")
    }
  }

  // MARK: The end

  mutating func plotObjects() {
    for object in objectNames where object.depth == 1 {
      let name = object.text
      let values =
        switch object.held {
        case .floats, .ints: ["\(name).sum()", "\(name).size()"]
        case .points: ["\(name).size()"]
        case .map: ["\(name).size()", "\(name).values().sum()", "\(name).keys().sum()"]
        case .matrix: ["\(name).avg()", "\(name).get(0, 0)", "\(name).rows()"]
        case .record: ["\(name).x", "\(name).n", "\(name).t ? 1 : 0"]
        default: seen(name, object.held)
        }
      for (number, value) in values.enumerated() { line("plot(\(value), \"\(name) \(number)\")") }
    }
  }
}
