import StrategyIR

extension ProgramGenerator {
  mutating func expression(_ type: ValueType, _ depth: Int) -> ExpressionRef {
    if depth == 0 || random.below(5) == 0 { return leaf(type) }
    if random.below(12) == 0 { return sequence(type, depth) }
    if isFull, random.below(3) == 0, let made = uncommon(type, depth) { return made }
    if random.below(8) == 0 {
      let c = expression(.bool, depth - 1)
      let first = expression(type, depth - 1)
      return b.select(c, first, expression(type, depth - 1))
    }
    switch type {
    case .bool: return truth(depth)
    case .int: return whole(depth)
    default: return real(depth)
    }
  }

  private mutating func leaf(_ type: ValueType) -> ExpressionRef {
    let fitting = scopes.joined().filter { $0.type == type }
    if !fitting.isEmpty, random.below(2) == 0 {
      let v = random.pick(Array(fitting)).variable
      if random.below(3) > 0 { return b.read(v) }
      return b.read(v, ago: offset())
    }
    switch type {
    case .bool:
      return random.below(4) == 0 ? parameters[1] : b.bool(random.below(2) == 0)
    case .int:
      if random.below(4) == 0 { return parameters[0] }
      return random.below(3) == 0 ? b.bar(.index) : b.int(random.below(11) - 5)
    default:
      let field = random.pick([BarField.close, .open, .high, .hl2, .volume])
      switch random.below(4) {
      case 0: return b.bar(field, ago: offset())
      case 1: return random.below(6) == 0 ? b.na(.float) : b.float(Double(random.below(9)) / 4)
      default: return b.bar(field)
      }
    }
  }

  /// A constant, or a bounded one that changes from bar to bar.
  mutating func offset() -> ExpressionRef {
    if random.below(2) == 0 { return b.int(random.below(5)) }
    return b.binary(.remainder, b.bar(.index), b.int(1 + random.below(6)))
  }

  private mutating func truth(_ depth: Int) -> ExpressionRef {
    let left = expression(.bool, depth - 1)
    switch random.below(6) {
    case 0: return b.and(left, expression(.bool, depth - 1))
    case 1: return b.or(left, expression(.bool, depth - 1))
    case 2: return b.unary(.not, left)
    case 3: return b.unary(.isNA, expression(.float, depth - 1))
    case 4:
      let x = expression(.float, depth - 1)
      let y = expression(.float, depth - 1)
      return b.kernel(random.pick([.crossover, .crossunder]), [x, y])
    default:
      let x = expression(.float, depth - 1)
      let op = random.pick([
        BinaryOperator.less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual,
      ])
      return b.binary(op, x, expression(.float, depth - 1))
    }
  }

  private mutating func whole(_ depth: Int) -> ExpressionRef {
    switch random.below(5) {
    case 0: return b.function(.round, [expression(.float, depth - 1)])
    case 1: return b.kernel(.barssince, [expression(.bool, depth - 1)])
    case 2:
      let left = text(depth - 1)
      return b.function(.textLength, [left])
    default:
      let x = expression(.int, depth - 1)
      let op = random.pick([BinaryOperator.add, .subtract, .multiply, .remainder, .divideIntegers])
      return b.binary(op, x, expression(.int, depth - 1))
    }
  }

  mutating func text(_ depth: Int) -> ExpressionRef {
    let number = b.function(.textOfNumber, [expression(.float, max(depth, 0))])
    return b.function(.concatenate, [b.text(random.pick(["", "a", "long"])), number])
  }

  private mutating func real(_ depth: Int) -> ExpressionRef {
    let x = expression(.float, depth - 1)
    switch random.below(8) {
    case 0: return b.function(random.pick([.abs, .sign, .floor, .sqrt]), [x])
    case 1:
      let y = expression(.float, depth - 1)
      return b.function(random.pick([.max, .min, .nz, .avg]), [x, y])
    case 2: return b.kernel(random.pick([.cum, .fixnan, .max, .min]), [x])
    case 3: return b.kernel(.change, [x, b.int(1 + random.below(4))])
    case 4: return b.history(of: x, ago: offset())
    case 5: return b.unary(.negate, x)
    default:
      let op = random.pick([BinaryOperator.add, .subtract, .multiply, .divide])
      return b.binary(op, x, expression(.float, depth - 1))
    }
  }

  /// A user function's body in the middle of an expression.
  private mutating func sequence(_ type: ValueType, _ depth: Int) -> ExpressionRef {
    b.openBlock()
    let argument = b.variable("a", type)
    b.declare(argument, expression(type, depth - 1))
    scopes.append([(argument, type, false)])
    let state = b.variable("s", type)
    b.declareOnce(state, expression(type, depth - 1))
    scopes[scopes.count - 1].append((state, type, false))
    b.assign(state, expression(type, depth - 1))
    let value = expression(type, depth - 1)
    scopes.removeLast()
    let block = b.closeBlock()
    return b.sequence(block, value)
  }
}
