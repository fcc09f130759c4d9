/// Strings, fields of enums, and collections of them, of bools and of a library's type.
extension ScriptGenerator {
  mutating func declareChoices() {
    line("chosen = input.enum(Side.\(random.pick(["up", "down"])), \"Side\")")
    if chance(2) { inputs.append(("Side", .text(random.pick(["Up side", "down", "-"])))) }
  }

  // MARK: Values

  /// A string of at most some fifty characters.
  mutating func text(_ depth: Int) -> String {
    let word = "\"\(random.pick(["a", "b", "c", "ab", "é", ""]))\""
    if depth <= 0 { return object(.text) ?? word }
    switch random.below(9) {
    case 0: return "(\(text(depth - 1)) + \(word))"
    case 1: return "str.tostring(\(leaf(.int)) % 10)"
    case 2: return "str.tostring(\(side()))"
    case 3: return "str.tostring(\(random.pick(["close", "k", "open", "-0.25"])))"
    case 4:
      guard let texts = object(.texts) else { return word }
      return random.pick([
        "(\(texts).size() > 0 ? \(texts).get(\(index("\(texts).size()"))) : \(word))", "\(texts).join(\"+\")",
      ])
    case 5: return object(.label).map { "\($0).get_text()" } ?? word
    case 6: return "(\(leaf(.truth)) ? \(word) : \(text(depth - 1)))"
    case 7: return object(.record).map { "\($0).s" } ?? "mode"
    default: return object(.text) ?? word
    }
  }

  mutating func side() -> String {
    let field = "Side.\(random.pick(["up", "down", "flat"]))"
    switch random.below(5) {
    case 0: return "chosen"
    case 1: return "(\(leaf(.truth)) ? \(field) : chosen)"
    case 2: return object(.record).map { "\($0).side" } ?? field
    case 3: return object(.side) ?? field
    default: return field
    }
  }

  mutating func newChoice(_ held: Held) -> String {
    switch held {
    case .texts:
      return random.pick([
        "array.new<string>()", "array.from(\(text(1)), \"z\")", "array.new<string>(2, \(text(1)))",
        "str.split(\(text(1)) + \",b,a\", \",\")",
      ])
    case .flags:
      return random.pick(["array.new<bool>()", "array.from(\(leaf(.truth)), true)", "array.new_bool(2, false)"])
    case .dictionary: return "map.new<string, float>()"
    case .sides: return "map.new<Side, int>()"
    case .grid:
      let size = 1 + random.below(3)
      return "scatter(matrix.new<float>(\(size), \(size), 0), \(expression(.int, 1)))"
    default: return random.pick(["kit.Q.new()", "kit.Q.new(\(leaf(.float)), 3)", "kit.make(\(leaf(.float)))"])
    }
  }

  mutating func choiceValue(_ kind: Kind, _ held: Held, _ name: String) -> String? {
    switch (kind, held) {
    case (.int, .texts):
      return random.pick(["\(name).size()", "\(name).indexof(\(text(1)))", "str.length(\(name).join(\"; \"))"])
    case (.int, .flags): return random.pick(["\(name).size()", "\(name).indexof(true)"])
    case (.float, .dictionary):
      return random.pick([
        "\(name).get(\(text(1)))", "\(name).values().sum()", "nz(\(name).remove(\(text(1))), \(leaf(.float)))",
        "nz(\(name).put(\(text(0)), \(leaf(.float))))",
      ])
    case (.int, .dictionary): return random.pick(["\(name).size()", "str.length(\(name).keys().join())"])
    case (.int, .sides):
      return random.pick([
        "nz(\(name).get(\(side())))", "\(name).size()", "nz(\(name).remove(\(side())))", "\(name).values().sum()",
      ])
    case (.float, .token):
      return random.pick(["\(name).v", "\(name).step()", "(na(\(name).a) ? 0.0 : \(name).a.keep(\(leaf(.float))))"])
    case (.int, .token): return "nz(\(name).k)"
    case (.int, .text): return "str.length(\(name))"
    case (.truth, .texts): return "\(name).includes(\(text(1)))"
    case (.truth, .flags):
      return random.pick([
        "\(name).every()", "\(name).some()", "\(name).includes(\(leaf(.truth)))",
        "(\(name).size() > 0 ? \(name).get(\(index("\(name).size()"))) : \(leaf(.truth)))",
      ])
    case (.truth, .dictionary): return "\(name).contains(\(text(1)))"
    case (.truth, .sides): return "\(name).contains(\(side()))"
    case (.truth, .token): return "(\(name).tone == kit.Tone.high)"
    case (.truth, .text):
      return random.pick([
        "(\(name) == \(text(1)))", "(\(name) != \(text(1)))", "str.contains(\(name), \"a\")", "na(\(name))",
      ])
    case (.truth, .side): return random.pick(["(\(name) == \(side()))", "(\(name) != \(side()))", "na(\(name))"])
    default: return nil
    }
  }

  // MARK: Changes

  mutating func changeChoice(_ name: String, _ held: Held) {
    switch held {
    case .texts:
      switch random.below(6) {
      case 0: line("\(name).sort(\(random.pick(["order.ascending", "order.descending"])))")
      case 1: line("\(name).fill(\(text(1)))")
      case 2: line("\(name).set(\(index("\(name).size()")), \(text(2)))")
      default:
        line("\(name).push(\(text(2)))")
        bounded(name)
      }
    case .flags:
      if chance(4) { return line("\(name).\(random.pick(["reverse()", "clear()", "fill(\(leaf(.truth)))"]))") }
      line("\(name).push(\(expression(.truth, 2)))")
      bounded(name)
    case .dictionary:
      switch random.below(6) {
      case 0: line("\(name).remove(\(text(1)))")
      case 1: line("map.put(\(name), \(text(0)), \(leaf(.float)))")
      case 2: if let other = object(.dictionary) { line("\(name).put_all(\(other))") }
      default:
        line("\(name).put(\(text(2)), \(expression(.float, 2)))")
        line("if \(name).size() > 6")
        line("    \(name).remove(\(name).keys().\(random.pick(["first", "last"]))())")
      }
    case .sides:
      line(chance(4) ? "\(name).remove(\(side()))" : "\(name).put(\(side()), \(expression(.int, 1)))")
    case .token:
      line(
        "\(name).\(random.pick(["step()", "v := \(expression(.float, 1))", "tone := kit.flip(\(name).tone)", "k += 1"]))"
      )
    case .text where name.hasPrefix("ob") && isOwn(name):
      line("\(name) := str.length(\(name)) > 9 ? \"x\" : \(name) + \(text(0))")
    case .side where name.hasPrefix("ob") && isOwn(name): line("\(name) := \(side())")
    default:
      let call = "strategy.entry(\"L\", strategy.long, comment = "
      line(held == .side ? call + "str.tostring(\(name)))" : call + "\(text(2)))")
    }
  }

  private func isOwn(_ name: String) -> Bool { objectNames.contains { $0.text == name && $0.depth > frame } }

  // MARK: Matrices of small whole numbers

  mutating func gridValue(_ kind: Kind, _ name: String) -> String? {
    let place = "\(index("\(name).rows()")), \(index("\(name).rows()"))"
    switch kind {
    case .float:
      return random.pick([
        "\(name).det()", "\(name).trace()", "\(name).inv().get(\(place))", "\(name).pinv().get(\(place))",
        "\(name).pow(\(random.below(4))).get(\(place))", "residue(\(name).mult(\(name).transpose()))",
        "spectrum(\(name))",
        "\(name).kron(\(name)).trace()", "\(name).mult(\(name).transpose()).eigenvalues().sum()",
        "\(name).submatrix(0, \(name).rows(), 0, 1).pinv().get(0, 0)", "\(name).median()", "\(name).mode()",
        "\(name).mult(\(name).col(0)).sum()", "\(name).sum(\(name).transpose()).det()",
        "\(chance(8) ? "\(name).submatrix(0, 1).det()" : "\(name).get(\(place))")",
      ])
    case .int:
      return random.pick([
        "\(name).rank()", "\(name).rows()", "\(name).kron(\(name)).rank()", "\(name).submatrix(0, 1).rank()",
        "math.round(\(name).max())",
      ])
    case .truth:
      let questions = [
        "square", "identity", "binary", "symmetric", "antisymmetric", "diagonal", "antidiagonal", "triangular",
        "stochastic",
        "zero",
      ]
      let made = random.pick([
        name, name, "\(name).sum(\(name).transpose())", "\(name).diff(\(name).transpose())", "\(name).pow(0)",
        "\(name).mult(0)", "\(name).pow(0).mult(\(name).get(0, 0))",
      ])
      return "\(made).is_\(random.pick(questions))()"
    }
  }

  mutating func changeGrid(_ name: String) {
    switch random.below(8) {
    case 0: line("\(name).swap_rows(0, \(name).rows() - 1)")
    case 1: line("\(name).swap_columns(0, \(name).rows() - 1)")
    case 2: line("\(name).reverse()")
    case 3: line("\(name).sort(0, \(random.pick(["order.ascending", "order.descending"])))")
    case 4: line("\(name).fill(\(random.below(3)), 0, 1)")
    case 5: line("scatter(\(name), \(expression(.int, 2)))")
    default:
      line(
        "\(name).set(\(index("\(name).rows()")), \(index("\(name).rows()")), nz(math.abs(\(expression(.int, 1))) % 4 - 1))"
      )
    }
  }
}
