import StrategyIR

extension Lowering {
  /// An operator other than `and`, `or`, both sides evaluated.
  func binary(
    _ operation: InfixOperator, _ left: Value, _ right: Value, at range: Range<Int>
  ) -> Value {
    if left.type == .unknown || right.type == .unknown {
      hasUsedUnknown = true
      return operation.isComparison ? unknownBool : .unknown
    }
    switch operation {
    case .add where left.type == .text || right.type == .text:
      return joined(left, right, at: range)
    case .equal, .notEqual: return equality(operation, left, right, at: range)
    case .and, .or: return .unknown
    default: break
    }
    guard left.type.isNumber, right.type.isNumber else {
      let wrong = left.type.isNumber ? right : left
      error(
        "'\(operation.spelling)' cannot take \(wrong.described)", at: range,
        expected: operation == .add ? "two numbers or two strings" : "two numbers")
      return operation.isComparison ? unknownBool : .unknown
    }
    return arithmetic(operation, left, right)
  }

  private var unknownBool: Value { Value(b.bool(false), .bool, .series) }

  private func arithmetic(_ operation: InfixOperator, _ left: Value, _ right: Value) -> Value {
    let qualifier = max(left.qualifier, right.qualifier)
    let bothInt = left.type == .int && right.type == .int
    let isComparison = operation.isComparison
    if operation == .divide, bothInt, tree.version < 6, qualifier == .const {
      var result = Value(b.binary(.divideIntegers, left.ref, right.ref), .int, .const)
      result.number = folded(.divideIntegers, left, right)
      return result
    }
    var result = Value(b.binary(operation.instruction, left.ref, right.ref), .float, qualifier)
    result.number = folded(operation.instruction, left, right)
    if isComparison {
      result.type = .bool
    } else if operation == .divide {
      result.isQuotient = isWhole(left) && isWhole(right)
    } else if bothInt {
      result.type = .int
    } else {
      result.isQuotient = isWhole(left) && isWhole(right)
    }
    if let number = result.number { result.ref = b.number(number, result.type.valueType) }
    return result
  }

  /// An int, or a float made of ints by dividing.
  func isWhole(_ value: Value) -> Bool { value.type == .int || value.isQuotient }

  /// Constants for the checker (an offset, a length, a setting), calculated as on a bar, with the
  /// tolerance of comparisons.
  private func folded(_ operation: BinaryOperator, _ left: Value, _ right: Value) -> Double? {
    guard let x = left.number, let y = right.number else { return nil }
    return NumberFunctions.binary(operation, x, y)
  }

  private func joined(_ left: Value, _ right: Value, at range: Range<Int>) -> Value {
    guard let one = converted(left, to: .text), let other = converted(right, to: .text) else {
      let wrong = left.type == .text ? right : left
      error(
        "'+' cannot join a string and \(wrong.described)", at: range,
        expected: "str.tostring(…) around the \(wrong.type.spelling)")
      return .unknown
    }
    if let text = one.text, let end = other.text, text.utf8.count + end.utf8.count < 4096 {
      return textConstant(text + end)
    }
    return Value(
      b.function(.concatenate, [one.ref, other.ref]), .text, max(left.qualifier, right.qualifier))
  }

  private func equality(
    _ operation: InfixOperator, _ left: Value, _ right: Value, at range: Range<Int>
  ) -> Value {
    guard let type = meeting(left.type, right.type), type != .tuple, type != .void,
      let one = converted(left, to: type), let other = converted(right, to: type)
    else {
      error(
        "\(left.described) cannot be compared with \(right.described)", at: range,
        expected: "two values of one type")
      return unknownBool
    }
    if type == .drawing { return unknownBool }
    let qualifier = max(left.qualifier, right.qualifier)
    var value = Value(b.binary(operation.instruction, one.ref, other.ref), .bool, qualifier)
    value.number = folded(operation.instruction, left, right)
    return value
  }
}

extension InfixOperator {
  var isComparison: Bool {
    switch self {
    case .less, .lessEqual, .greater, .greaterEqual, .equal, .notEqual: true
    default: false
    }
  }

  /// Of the IR; `and` and `or` are nodes of their own there.
  var instruction: BinaryOperator {
    switch self {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    case .remainder: .remainder
    case .less: .less
    case .lessEqual: .lessOrEqual
    case .greater: .greater
    case .greaterEqual: .greaterOrEqual
    case .equal, .and, .or: .equal
    case .notEqual: .notEqual
    }
  }
}
