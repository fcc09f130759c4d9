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
    case (.unknown, _):
      hasUsedUnknown = true
      var unknown = Value(b.na(type.valueType), type, .const)
      unknown.isUnknown = true
      return unknown
    case (_, .unknown): return .unknown
    case (.na, .bool):
      guard tree.version < 6 else { return nil }
      return Value(b.na(.int), .bool, value.qualifier, number: .nan)
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
      return tree.version < 6 ? threeState(value) : nil
    default: return nil
    }
  }

  /// The common type of two values; nil if they have none.
  func common(_ left: StaticType, _ right: StaticType) -> StaticType? {
    if left == right { return left }
    switch (left, right) {
    case (.unknown, .na), (.na, .unknown): return .unknown
    case (.unknown, let other), (let other, .unknown): return other
    case (.na, let other), (let other, .na): return other
    case (.int, .float), (.float, .int): return .float
    default: return nil
    }
  }

  /// The same where both are then converted: in version 5 a bool meets a number as a bool.
  func meeting(_ left: StaticType, _ right: StaticType) -> StaticType? {
    if let type = common(left, right) { return type }
    switch (left, right) {
    case (.bool, .int), (.bool, .float), (.int, .bool), (.float, .bool):
      return tree.version < 6 ? .bool : nil
    default: return nil
    }
  }

  // MARK: Bools

  /// The IR's type for a value of the type. The bools of version 5 have a third state, na, which no
  /// bool of the IR has: they are ints there.
  func carried(_ type: StaticType) -> ValueType {
    type == .bool && tree.version < 6 ? .int : type.valueType
  }

  /// A number as a bool of version 5: na stays na.
  func threeState(_ value: Value) -> Value {
    var result = value
    result.type = .bool
    result.isQuotient = false
    if let number = value.number {
      result.number = number.isNaN ? number : number == 0 ? 0 : 1
      result.ref = number.isNaN ? b.na(.int) : b.bool(number != 0)
    } else if value.qualifier < .series {
      result.ref = b.select(b.unary(.isNA, value.ref), b.na(.int), b.unary(.truth, value.ref))
    } else {
      result.ref = b.sequence { b in
        let kept = b.eager(value.ref)
        return b.select(b.unary(.isNA, kept), b.na(.int), b.unary(.truth, kept))
      }
    }
    return result
  }

  /// A bool that keeps its third state where only its IR is passed on.
  func carriedBool(_ value: Value) -> Value {
    guard value.type == .bool, !value.ref.isNone, b.type(value.ref) != carried(.bool) else {
      return value
    }
    let kept = b.variable("", carried(.bool))
    b.declare(kept, value.ref)
    var result = value
    result.ref = b.read(kept)
    return result
  }

  /// As a condition.
  func condition(_ id: NodeID) -> Value {
    let value = expression(id)
    return condition(value, at: tree.range(of: id))
  }

  func condition(_ value: Value, at range: Range<Int>) -> Value {
    if value.type == .na, tree.version >= 6 {
      error("na is not a condition", at: range, expected: "a bool")
      return Value(b.bool(false), .bool, .const)
    }
    if tree.version < 6, value.type == .int || value.type == .float, value.number == nil {
      return Value(b.unary(.truth, value.ref), .bool, value.qualifier)
    }
    guard let result = converted(value, to: .bool) else {
      error("\(value.described) is not a condition", at: range, expected: "a bool")
      return Value(b.bool(false), .bool, .const)
    }
    return result
  }
}
