import StrategyIR

extension WorldCompiler {
  /// Goes on with the next instruction when the condition holds; answers the jumps that are taken
  /// when it does not, to be landed by the caller. Comparisons and `and` need no register.
  mutating func leaveUnless(_ e: ExpressionRef) -> [Int] {
    switch program.expressions[e.index] {
    case .and(let a, let b):
      let first = leaveUnless(a)
      conditions += 1
      defer { conditions -= 1 }
      return first + leaveUnless(b)
    case .binary(let op, let a, let b):
      guard let (opcode, isSwapped) = Self.unless(op) else { break }
      let (left, right) = pair(a, b)
      return [emit(Instruction(opcode, isSwapped ? right : left, isSwapped ? left : right))]
    case .sequence(let block, let inner):
      compile(block)
      return leaveUnless(inner)
    default: break
    }
    let decided = value(e)
    return [emit(Instruction(.jumpIfNot, decided))]
  }

  mutating func land(_ jumps: [Int]) {
    for jump in jumps { land(jump) }
  }

  /// The jump for a comparison, and whether its sides change places.
  private static func unless(_ op: BinaryOperator) -> (Opcode, Bool)? {
    switch op {
    case .less: (.unlessLess, false)
    case .greater: (.unlessLess, true)
    case .lessOrEqual: (.unlessLessOrEqual, false)
    case .greaterOrEqual: (.unlessLessOrEqual, true)
    case .equal: (.unlessEqual, false)
    case .notEqual: (.unlessNotEqual, false)
    default: nil
    }
  }
}
