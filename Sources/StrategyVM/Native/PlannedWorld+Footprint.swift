import StrategyIR

/// The registers that an instruction reads and writes: for checks and for register allocation.
extension PlannedWorld {
  package func reads(_ i: Instruction) -> [Int] {
    let (a, b, c) = (Int(i.a), Int(i.b), Int(i.c))
    switch i.opcode {
    case .halt, .jump, .loop, .stamp, .ring, .book, .positionEntryName: return []
    case .move, .negate, .not, .isNA, .truncate, .truth, .abs, .checkLength, .plot, .fail,
      .openTrade, .closedTrade:
      return [b]
    case .add, .subtract, .multiply, .divide, .remainder, .divideIntegers, .less, .lessOrEqual,
      .greater, .greaterOrEqual, .equal, .notEqual, .max, .min, .nz:
      return [b, c]
    case .jumpIf, .jumpIfNot, .push, .pushOnce: return [a]
    case .unlessLess, .unlessLessOrEqual, .unlessEqual, .unlessNotEqual: return [a, b]
    case .forTest, .checkStep: return [a, a + 1, a + 2, b]
    case .forStep: return [a, a + 2]
    case .ringAt: return [c]
    case .kernel, .kernelAgain: return row(b, kernels[c].inputCount)
    case .carry: return row(a, 1 + Int(i.function)) + row(b, Int(i.function))
    case .function, .object: return row(b, c)
    case .time: return row(b, times[c])
    case .order: return orders[c].map { Int($0) }
    case .risk: return risks[c].map { Int($0) }
    }
  }

  /// `ringAt` and the move behind it are one: the register that the move writes.
  package func writes(_ i: Instruction) -> [Int] {
    let a = Int(i.a)
    switch i.opcode {
    case .halt, .jump, .jumpIf, .jumpIfNot, .unlessLess, .unlessLessOrEqual, .unlessEqual,
      .unlessNotEqual, .loop, .push, .pushOnce, .stamp, .checkLength, .checkStep, .order, .risk, .plot, .fail,
      .ringAt:
      return []
    case .forTest: return [a + 2]
    case .kernel, .kernelAgain: return row(a, kernels[Int(i.c)].resultCount)
    case .carry: return row(a, 1 + Int(i.function))
    default: return [a]
    }
  }

  private func row(_ first: Int, _ count: Int) -> [Int] { (0..<count).map { first + $0 } }

  /// The instruction that a jump may go to.
  package func target(_ pc: Int) -> Int? {
    let i = instructions[pc]
    switch i.opcode {
    case .jump, .jumpIf, .jumpIfNot, .unlessLess, .unlessLessOrEqual, .unlessEqual,
      .unlessNotEqual, .loop, .forTest:
      return Int(i.c)
    default: return nil
    }
  }
}
