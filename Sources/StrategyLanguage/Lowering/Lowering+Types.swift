import StrategyIR

extension Lowering {
  /// The value as `type`, or a diagnostic. int becomes float by itself, an int quotient int by
  /// cutting off, na anything; version 5 also takes numbers for bools.
  func convert(
    _ value: Value, to type: StaticType, at range: Range<Int>, _ message: () -> String
  ) -> Value {
    guard let result = converted(value, to: type) else {
      error(message(), at: range)
      return .unknown
    }
    return result
  }

  /// nil where the types do not agree.
  func converted(_ value: Value, to type: StaticType) -> Value? {
    var result = value
    if value.type == type { return value }
    result.type = type
    switch (value.type, type) {
    case (.unknown, _): return Value(b.na(type.valueType), type, .const)
    case (_, .unknown): return .unknown
    case (.na, .bool):
      guard tree.version < 6 else { return nil }
      return Value(b.bool(false), .bool, value.qualifier, number: 0)
    case (.na, .drawing): return .drawing
    case (.na, .void), (.na, .tuple): return nil
    case (.enumeration, _),
      (_, .enumeration) where value.type != .na:
      return nil
    case (.na, _): return Value(b.na(type.valueType), type, value.qualifier, number: value.number)
    case (.int, .float):
      if let number = value.number { result.ref = b.float(number) }
      return result
    case (.float, .int) where value.isQuotient:
      result.isQuotient = false
      result.ref = b.unary(.truncate, value.ref)
      result.number = value.number.map { $0.rounded(.towardZero) }
      return result
    case (.int, .bool), (.float, .bool):
      guard tree.version < 6 else { return nil }
      result.ref = b.unary(.truth, value.ref)
      result.number = value.number.map { $0 == 0 || $0.isNaN ? 0 : 1 }
      return result
    default: return nil
    }
  }

  /// The type in which two values meet; nil where there is none.
  func common(_ left: StaticType, _ right: StaticType) -> StaticType? {
    if left == right { return left }
    switch (left, right) {
    case (.unknown, let other), (let other, .unknown): return other
    case (.na, let other), (let other, .na): return other
    case (.int, .float), (.float, .int): return .float
    default: return nil
    }
  }

  /// As a condition.
  func condition(_ id: NodeID) -> Value {
    let value = expression(id)
    return condition(value, at: tree.range(of: id))
  }

  func condition(_ value: Value, at range: Range<Int>) -> Value {
    if value.type == .na, tree.version >= 6 {
      error("na is no condition", at: range, expected: "a bool")
      return Value(b.bool(false), .bool, .const)
    }
    guard let result = converted(value, to: .bool) else {
      error("\(value.described) is no condition", at: range, expected: "a bool")
      return Value(b.bool(false), .bool, .const)
    }
    return result
  }
}
