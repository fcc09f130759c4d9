extension Program {
  /// The readable form: declarations, then the statements, indented, with names where they have
  /// one. For people; nothing reads it back.
  ///
  ///     strategy "MACD" version 6
  ///     parameter 0 int "Fast" fast = 12 min 1
  ///     var x0 m: float
  ///     4: m = macd#0(close, 12, 26, 9)
  ///     6: if crossover#1(m, s)
  ///     7:   entry id "L" direction 1
  public var text: String {
    var writer = ProgramText(program: self)
    writer.write()
    return writer.out
  }
}

struct ProgramText {
  let program: Program
  var out = ""

  mutating func write() {
    let settings = program.settings
    let kind = settings.isStrategy ? "strategy" : "indicator"
    out += "\(kind) \(quoted(settings.title)) version \(settings.languageVersion)\n"
    for (i, p) in program.parameters.enumerated() { write(p, i) }
    for (i, v) in program.variables.enumerated() {
      out += "variable \(name(VariableRef(Int32(i)))): \(v.type)\n"
    }
    write(program.body, 0)
  }

  private mutating func write(_ p: Parameter, _ i: Int) {
    out += "parameter \(i) \(p.kind) \(quoted(p.title)) \(p.variable) = "
    out += value(p.initial, p.type)
    if p.minimum == p.minimum { out += " min \(number(p.minimum))" }
    if p.maximum == p.maximum { out += " max \(number(p.maximum))" }
    if p.step == p.step { out += " step \(number(p.step))" }
    if !p.options.isEmpty {
      out += " options " + p.options.map { value($0, p.type) }.joined(separator: ", ")
    }
    out += "\n"
  }

  mutating func write(_ block: BlockRef, _ depth: Int) {
    guard !block.isNone, block.index < program.blocks.count, depth < Program.deepest else { return }
    for (i, statement) in program.blocks[block.index].enumerated() {
      for e in program.expressions(of: statement) { writeBlocks(in: e, depth) }
      let line = program.lines[block.index][i]
      out += line > 0 ? "\(line): " : "-: "
      out += String(repeating: "  ", count: depth)
      write(statement, depth)
    }
  }

  /// The blocks that stand inside an expression come before the statement it belongs to.
  private mutating func writeBlocks(in e: ExpressionRef, _ depth: Int) {
    let expression = program.expressions[e.index]
    let block = program.blocks(of: expression)
    if !block.isNone, depth < Program.deepest {
      out += String(repeating: "  ", count: depth) + "block \(block.raw) {\n"
      write(block, depth + 1)
      out += String(repeating: "  ", count: depth) + "}\n"
    }
    var operands: [ExpressionRef] = []
    program.visitOperands(expression) { operands.append($0) }
    for operand in operands { writeBlocks(in: operand, depth) }
  }

  private mutating func write(_ statement: Statement, _ depth: Int) {
    switch statement {
    case .evaluate(let e): out += "\(text(e))\n"
    case .declare(let v, let e): out += "\(name(v)) = \(text(e))\n"
    case .declareOnce(let v, let e): out += "var \(name(v)) = \(text(e))\n"
    case .assign(let v, let e): out += "\(name(v)) := \(text(e))\n"
    case .branch(let c, let then, let otherwise):
      out += "if \(text(c))\n"
      write(then, depth + 1)
      if !otherwise.isNone {
        out += "-: " + String(repeating: "  ", count: depth) + "else\n"
        write(otherwise, depth + 1)
      }
    case .forLoop(let n):
      let loop = program.loops[Int(n)]
      out += "for \(name(loop.counter)) = \(text(loop.from)) to \(text(loop.to))"
      out += loop.step.isNone ? "\n" : " by \(text(loop.step))\n"
      write(loop.body, depth + 1)
    case .whileLoop(let c, let body):
      out += "while \(text(c))\n"
      write(body, depth + 1)
    case .breakLoop: out += "break\n"
    case .continueLoop: out += "continue\n"
    case .order(let n): out += order(program.orders[Int(n)]) + "\n"
    case .risk(let n):
      let risk = program.risks[Int(n)]
      out += "risk \(risk.kind) \(text(risk.value))\(risk.isPercent ? " percent" : "")\n"
    case .plot(let n, let e): out += "plot \(quoted(program.plots[Int(n)].title)) \(text(e))\n"
    case .fail(let e): out += "fail \(text(e))\n"
    }
  }
}
