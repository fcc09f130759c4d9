import StrategyIR

// Longer than a file should be: each kind of expression is lowered here.
extension Lowering {
  /// Operators in a row that make one tree; a longer chain goes through a variable.
  private static let mostLinks = 64

  func expression(_ id: NodeID) -> Value {
    deeper(tree.range(of: id)) {
      switch tree[id] {
      case .invalid: return .unknown
      case .integer(let number):
        return Value(b.number(number, .int), .int, .const, number: number)
      case .float(let number): return Value(b.float(number), .float, .const, number: number)
      case .boolean(let isTrue):
        return Value(b.bool(isTrue), .bool, .const, number: isTrue ? 1 : 0)
      case .text(let text): return textConstant(tree.names[text])
      case .color(let number):
        return Value(b.number(number, .color), .color, .const, number: number)
      case .name(let name): return named(name, at: tree.range(of: id))
      case .unary(let operation, let operand):
        return unary(operation, expression(operand), at: tree.range(of: id))
      case .binary: return chain(id)
      case .ternary(let condition, let yes, let no): return ternary(condition, yes, no, id)
      case .history(let operand, let offset): return history(operand, offset, id)
      case .call(let name, let list):
        return call(name, list, at: tree.range(of: id), wanted: true)
      case .methodCall(let receiver, let name, let list):
        return method(on: expression(receiver), name, list, at: tree.range(of: id), wanted: true)
      case .field(let owner, let name):
        return field(tree.names[name], of: single(owner), at: tree.range(of: id))
      case .tuple(let list): return tuple(list)
      case .conditional, .selection, .loop: return anyValue(id, wanted: true)
      }
    }
  }

  /// An expression that must have one value.
  func single(_ id: NodeID) -> Value { checkedSingle(expression(id), at: tree.range(of: id)) }

  private func checkedSingle(_ value: Value, at range: Range<Int>) -> Value {
    switch value.type {
    case .void:
      error("the expression has no value", at: range)
      return .unknown
    case .tuple:
      error("a tuple cannot be part of an expression", at: range, expected: "one value")
      return .unknown
    default: return value
    }
  }

  private func tuple(_ list: NodeList) -> Value {
    var elements: [Value] = []
    for item in tree.tupleItems[list.indices.clamped(to: 0..<tree.tupleItems.count)] {
      elements.append(single(item))
    }
    return .tuple(elements)
  }

  private func unary(_ operation: PrefixOperator, _ value: Value, at range: Range<Int>) -> Value {
    let value = checkedSingle(value, at: range)
    if operation == .not {
      var result = condition(value, at: range)
      result.ref = b.unary(.not, result.ref)
      result.number = result.number.map { $0 == 0 || $0.isNaN ? 1 : 0 }
      return result
    }
    guard value.type.isNumber else {
      error("\(value.described) cannot have a sign", at: range, expected: "a number")
      return .unknown
    }
    guard operation == .minus, value.type != .unknown else { return value }
    var result = value
    if let number = value.number {
      result.number = -number
      result.ref = b.number(-number, value.type.valueType)
    } else {
      result.ref = b.unary(.negate, value.ref)
    }
    return result
  }

  /// A chain of operators is walked along its left side without recursion: it may be long.
  private func chain(_ id: NodeID) -> Value {
    var links: [(InfixOperator, NodeID, NodeID)] = []
    var leftmost = id
    while case .binary(let operation, let left, let right) = tree[leftmost] {
      links.append((operation, right, leftmost))
      leftmost = left
    }
    var value = single(leftmost)
    for (count, (operation, right, node)) in links.reversed().enumerated() {
      if isExhausted { return .unknown }
      if count % Self.mostLinks == Self.mostLinks - 1, value.qualifier == .series,
        !value.ref.isNone
      {
        value.ref = b.eager(value.ref)
      }
      let range = tree.range(of: node)
      if operation == .and || operation == .or {
        value = logical(operation, value, right, at: range)
      } else {
        value = binary(operation, value, single(right), at: range)
      }
    }
    return value
  }

  /// `and`, `or`: the right side is evaluated only when it decides, in version 5 always.
  private func logical(
    _ operation: InfixOperator, _ left: Value, _ right: NodeID, at range: Range<Int>
  ) -> Value {
    var other: Value
    if tree.version < 6 {
      let left = operand(left, at: range)
      let kept = left.qualifier < .series ? left.ref : b.eager(left.ref)
      other = operand(expression(right), at: tree.range(of: right))
      let second = other.qualifier < .series ? other.ref : b.eager(other.ref)
      let value = operation == .and ? b.and(kept, second) : b.or(kept, second)
      return Value(value, .bool, max(left.qualifier, other.qualifier))
    }
    let left = condition(left, at: range)
    other = lazily { condition(right) }
    let ref = operation == .and ? b.and(left.ref, other.ref) : b.or(left.ref, other.ref)
    var value = Value(ref, .bool, max(left.qualifier, other.qualifier))
    value.hasStatements = other.hasStatements
    return settled(value)
  }

  /// Of `and` and `or` in version 5, where their result may be na.
  private func operand(_ value: Value, at range: Range<Int>) -> Value {
    value.type.isNumber ? converted(value, to: .bool) ?? value : condition(value, at: range)
  }

  private func ternary(_ test: NodeID, _ yes: NodeID, _ no: NodeID, _ id: NodeID) -> Value {
    settled(choose(test, yes, no, id))
  }

  private func choose(_ test: NodeID, _ yes: NodeID, _ no: NodeID, _ id: NodeID) -> Value {
    let test = condition(test)
    let (left, first) = aside { arm(yes) }
    let (right, second) = aside { arm(no) }
    let range = tree.range(of: id)
    if left.type == .tuple || right.type == .tuple {
      return tupleTernary(test, left, first, right, second, at: range)
    }
    guard let type = meeting(left.type, right.type) else {
      error(
        "the two sides of '?:' have different types: \(left.described) and \(right.described)", at: range,
        expected: "one type on both sides")
      return .unknown
    }
    if type == .drawing || type == .na, !isEmpty(first) || !isEmpty(second) {
      b.branch(test.ref, first, second)
    }
    return select(test, sequence(first, left), sequence(second, right), as: type)
  }

  /// A side of `?:`. A further `?:` in it is settled with the whole: a chain of them nests no
  /// deeper than its text.
  private func arm(_ id: NodeID) -> Value {
    var value = Value.unknown
    if case .ternary(let test, let yes, let no) = tree[id] {
      value = deeper(tree.range(of: id)) { choose(test, yes, no, id) }
    } else {
      value = expression(id)
    }
    return value.type == .tuple ? value : checkedSingle(value, at: tree.range(of: id))
  }

  /// Sides with statements of their own are those of an `if`.
  private func tupleTernary(
    _ test: Value, _ left: Value, _ first: BlockRef, _ right: Value, _ second: BlockRef,
    at range: Range<Int>
  ) -> Value {
    if left.type == .unknown || right.type == .unknown { return .unknown }
    guard left.elements.count == right.elements.count, left.type == right.type else {
      error("the two sides of '?:' have different numbers of values", at: range)
      return .unknown
    }
    if !isEmpty(first) || !isEmpty(second) {
      return branches([test], [(left, first), (right, second)], at: range)
    }
    var elements: [Value] = []
    for (one, other) in zip(left.elements, right.elements) {
      guard let type = common(one.type, other.type) else { return .unknown }
      elements.append(select(test, one, other, as: type))
    }
    return .tuple(elements)
  }

  private func select(
    _ test: Value, _ left: Value, _ right: Value, as type: StaticType
  ) -> Value {
    let qualifier = max(test.qualifier, left.qualifier, right.qualifier)
    switch type {
    case .drawing: return .drawing
    case .unknown: return .unknown
    case .na: return Value(b.na(.float), .na, qualifier)
    default: break
    }
    guard let one = converted(left, to: type), let other = converted(right, to: type) else {
      return Value(b.bool(false), type, qualifier)
    }
    if let chosen = test.number {
      var value = chosen != 0 && !chosen.isNaN ? one : other
      value.qualifier = max(value.qualifier, qualifier)
      return value
    }
    var value = Value(b.select(test.ref, one.ref, other.ref), type, qualifier)
    value.isQuotient = left.isQuotient || right.isQuotient
    value.hasStatements = left.hasStatements || right.hasStatements
    return value
  }

  private func history(_ operand: NodeID, _ offset: NodeID, _ id: NodeID) -> Value {
    let value = expression(operand)
    let isName = if case .name = tree[operand] { true } else { false }
    if case .name(let name) = tree[operand], tree.version >= 6, isFieldPath(name) {
      error(
        "a field has no history of its own", at: tree.range(of: id), expected: "the history of the object: (x[1]).field"
      )
    }
    let steps = single(offset)
    let range = tree.range(of: offset)
    if let number = steps.number, number < 0 {
      error("a negative offset would read the future", at: range)
      return .unknown
    }
    let most = b.program.history(of: isName ? barField(value) : nil)
    if let number = steps.number, number > Double(most) {
      error(
        "history reaches back at most \(most) bars here", at: range,
        expected: "an offset of at most \(most), or a larger 'max_bars_back'")
      return .unknown
    }
    guard let steps = converted(steps, to: .int), steps.type == .int else {
      error("\(steps.described) cannot be an offset", at: range, expected: "an int")
      return .unknown
    }
    return history(value, steps, isName: isName, at: tree.range(of: id))
  }

  private func history(
    _ value: Value, _ steps: Value, isName: Bool, at range: Range<Int>
  ) -> Value {
    switch value.type {
    case .unknown: return .unknown
    case .drawing: return .drawing
    case .tuple:
      return .tuple(
        value.elements.map { history($0, steps, isName: isName, at: range) })
    case .void, .na:
      error("\(value.described) has no history", at: range)
      return .unknown
    default:
      // A value known before the first bar never changes.
      let isFixed = value.qualifier < .series
      if isFixed { return Value(value.ref, value.type, .series) }
      return Value(past(value.ref, steps.ref, isName: isName), value.type, .series)
    }
  }

  private func barField(_ value: Value) -> BarField? {
    guard !value.ref.isNone, case .bar(let field) = b.program.expressions[value.ref.index] else {
      return nil
    }
    return field
  }

  /// The name of a bar's field or of a variable has its history. For anything else a variable is made here,
  /// also for a choice or a call whose result is one of these: its past is that of the bars that reach it.
  /// A bool of the IR has the third state of version 5 only in a variable of its own.
  private func past(
    _ value: ExpressionRef, _ steps: ExpressionRef, isName: Bool
  ) -> ExpressionRef {
    let type = b.type(value) == .bool ? carried(.bool) : b.type(value)
    guard isName else { return ownPast(value, type, steps) }
    switch b.program.expressions[value.index] {
    case .bar(let field) where type == field.type: return b.bar(field, ago: steps)
    case .bar(let field):
      let kept = everyBar(.field(field)) { b.select(b.bar(field), b.int(1), b.int(0)) }
      return b.read(kept, ago: steps)
    case .variable(let variable) where type == b.type(value): return b.read(variable, ago: steps)
    case .book(let field):
      return b.read(everyBar(.book(field)) { b.book(field) }, ago: steps)
    default: return ownPast(value, type, steps)
    }
  }

  private func ownPast(
    _ value: ExpressionRef, _ type: ValueType, _ steps: ExpressionRef
  ) -> ExpressionRef {
    let kept = b.variable("", type)
    b.declare(kept, value)
    return b.read(kept, ago: steps)
  }
}
