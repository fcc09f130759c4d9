import StrategyIR
import StrategyVM

extension WorldPrinter {
  /// A register's value as it is called here.
  func value(_ r: Int32) -> String { names[Int(r)] ?? "r\(r)" }

  static func literal(_ x: Double) -> String {
    if x.isFinite { return "\(x)" }
    return x.bitPattern == Double.nan.bitPattern
      ? "Double.nan" : "Double(bitPattern: \(x.bitPattern))"
  }

  /// Gives a register its value: a variable where it outlives the block, else a name of its own.
  mutating func assign(_ r: Int32, _ expression: String, _ pc: Int, isPure: Bool = true) {
    let r = Int(r)
    let use = liveness.use(of: r, writtenAt: pc)
    if use.outlivesBlock {
      names[r] = nil
      out.line("r\(r) = \(expression)")
    } else if use.isReadInBlock {
      let name = temporary()
      names[r] = name
      out.line("let \(name) = \(expression)")
    } else if !isPure {
      out.line("_ = \(expression)")
    }
  }

  /// What must hold for the instruction behind a conditional jump to be the next one.
  mutating func condition(_ i: Instruction) -> String {
    let (a, b) = (value(i.a), value(i.b))
    switch i.opcode {
    case .jumpIf: return "!Pine.isTrue(\(a))"
    case .jumpIfNot: return "Pine.isTrue(\(a))"
    case .unlessLess: return "Pine.isGreater(\(b), \(a))"
    case .unlessLessOrEqual: return "Pine.isGreaterOrEqual(\(b), \(a))"
    case .unlessEqual: return "Pine.isEqual(\(a), \(b))"
    case .unlessNotEqual: return "Pine.differs(\(a), \(b))"
    default: return forTest(i)
    }
  }

  private mutating func forTest(_ i: Instruction) -> String {
    let direction = direction(i)
    return "Pine.forTest(\(value(i.a)), to: \(value(i.a + 1)), step: \(value(i.b)), &\(direction))"
  }

  /// The direction's register, which is a variable.
  private mutating func direction(_ i: Instruction) -> String {
    let direction = Int(i.a) + 2
    if let name = names[direction] {
      out.line("r\(direction) = \(name)")
      names[direction] = nil
    }
    return "r\(direction)"
  }

  private mutating func printCheckStep(_ i: Instruction, _ pc: Int) {
    let (counter, bound, step) = (value(i.a), value(i.a + 1), value(i.b))
    out.open("if Pine.isBadStep(\(counter), to: \(bound), step: \(step), \(direction(i))) {")
    fail("FXAOT_STEP_FOR", pc, value: step)
    out.close()
  }

  // MARK: One instruction

  mutating func printPlain(_ i: Instruction, _ pc: Int) {
    if let expression = arithmetic(i) { return assign(i.a, expression, pc) }
    switch i.opcode {
    case .halt: if pc + 1 < world.instructions.count { out.line("break body") }
    case .loop: printLoopEnd(i, pc)
    case .push: out.line("\(past(i)).push(state + \(i.b), \(value(i.a)))")
    case .pushOnce:
      out.open("if \(past(i)).isFirst(state + \(i.b), bar: number) {")
      out.line("\(past(i)).push(state + \(i.b), \(value(i.a)))")
      out.close()
    case .stamp: out.line("_ = \(past(i)).isFirst(state + \(i.b), bar: number)")
    case .checkLength:
      out.open("if Pine.isBadLength(\(value(i.b))) {")
      fail("FXAOT_STEP_LENGTH", pc, value: value(i.b))
      out.close()
    case .checkStep: printCheckStep(i, pc)
    case .kernel, .kernelAgain: printKernel(i, pc)
    case .carry: printCarry(i, pc)
    default: printHosted(i, pc)
    }
  }

  /// Of an instruction that only calculates; nil for others.
  private func arithmetic(_ i: Instruction) -> String? {
    let (b, c) = (value(i.b), value(i.c))
    switch i.opcode {
    case .move: return b
    case .negate: return "-(\(b))"
    case .not: return "Pine.number(!Pine.isTrue(\(b)))"
    case .isNA: return "Pine.number(Pine.isNA(\(b)))"
    case .truncate: return "\(b).rounded(.towardZero)"
    case .truth: return "Pine.number(Pine.isNonzero(\(b)))"
    case .add: return "\(b) + \(c)"
    case .subtract: return "\(b) - \(c)"
    case .multiply: return "\(b) * \(c)"
    case .divide: return "Pine.quotient(\(b), \(c))"
    case .remainder: return "Pine.remainder(\(b), \(c))"
    case .divideIntegers: return "Pine.wholeQuotient(\(b), \(c))"
    case .less: return "Pine.number(Pine.isGreater(\(c), \(b)))"
    case .lessOrEqual: return "Pine.number(Pine.isGreaterOrEqual(\(c), \(b)))"
    case .greater: return "Pine.number(Pine.isGreater(\(b), \(c)))"
    case .greaterOrEqual: return "Pine.number(Pine.isGreaterOrEqual(\(b), \(c)))"
    case .equal: return "Pine.number(Pine.isEqual(\(b), \(c)))"
    case .notEqual: return "Pine.number(Pine.differs(\(b), \(c)))"
    case .abs: return "\(b).magnitude"
    case .max: return "Pine.larger(\(b), \(c))"
    case .min: return "Pine.smaller(\(b), \(c))"
    case .nz: return "Pine.nz(\(b), \(c))"
    case .forStep: return "\(value(i.a)) + \(value(i.a + 2))"
    case .ring: return "\(past(i)).value(state + \(i.b), ago: \(i.c))"
    case .function: return Self.plainFunction(i, value)
    default: return nil
    }
  }

  /// Whether a strategy can do it, which has nobody to ask and no way to stop.
  static func needsOnlyBars(_ i: Instruction) -> Bool {
    switch i.opcode {
    case .loop, .ringAt, .checkLength, .checkStep, .fail, .book, .positionEntryName, .openTrade, .closedTrade,
      .time, .object:
      false
    case .function: plainFunction(i, { _ in "" }) != nil
    default: true
    }
  }

  /// Of a function that needs neither texts nor libm.
  private static func plainFunction(_ i: Instruction, _ value: (Int32) -> String) -> String? {
    let x = value(i.b)
    switch Function(rawValue: i.function) {
    case .ceil: return "\(x).rounded(.up)"
    case .floor: return "\(x).rounded(.down)"
    case .sqrt: return "\(x).squareRoot()"
    case .round: return "Pine.round(\(x))"
    case .sign: return "Pine.sign(\(x))"
    case .toDegrees: return "\(x) * \(literal(180 / Double.pi))"
    case .toRadians: return "\(x) * \(literal(Double.pi / 180))"
    case .avg:
      let terms = (0..<i.c).map { value(i.b + $0) }
      return "(\((["0.0"] + terms).joined(separator: " + "))) / \(literal(Double(i.c)))"
    default: return nil
    }
  }

  /// The series that an instruction is about.
  func past(_ i: Instruction) -> String { past(at: Int(i.b)) }

  func past(at offset: Int) -> String { "Pine.Past(mask: \(masks[offset] ?? 0))" }

  private mutating func printLoopEnd(_ i: Instruction, _ pc: Int) {
    out.line("left &-= \(i.b)")
    out.open("if left < 0 {")
    fail("FXAOT_STEP_BUDGET", pc)
    out.close()
  }

  /// `x[n]` with an n that changes; `now` is the move of the value of this bar.
  mutating func printPast(_ i: Instruction, now: Instruction, _ pc: Int) {
    let ago = temporary()
    out.line("let \(ago) = Pine.pastOffset(\(value(i.c)), most: \(i.texts))")
    out.open("if \(ago) == -2 {")
    fail("FXAOT_STEP_HISTORY", pc, value: value(i.c))
    out.close()
    let old = "\(past(i)).value(state + \(i.b), orNA: \(ago))"
    assign(i.a, "\(ago) == 0 ? \(value(now.b)) : \(old)", pc + 1)
  }

  /// Ends the step with a status of fxaot.h.
  mutating func fail(_ status: String, _ pc: Int, value: String? = nil) {
    if let value { out.line("host.pointee.value = \(value)") }
    out.line("status = Int64(\(status)) + 256 * \(world.lines[pc])")
    out.line("break body")
  }
}
