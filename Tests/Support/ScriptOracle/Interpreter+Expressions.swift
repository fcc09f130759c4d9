@testable import StrategyLanguage

extension Interpreter {
  func evaluate(_ id: NodeID) throws -> OracleValue {
    switch tree[id] {
    case .invalid: throw OracleGap(what: "expression that did not parse")
    case .integer(let number), .float(let number), .color(let number): return .number(number)
    case .boolean(let isTrue): return .truth(isTrue)
    case .text(let text): return .text(tree.names[text])
    case .name(let name): return try named(name)
    case .unary(let operation, let operand): return try unary(operation, operand)
    case .binary(let operation, let left, let right): return try binary(operation, left, right)
    case .ternary(let condition, let yes, let no):
      return try evaluate(condition).isTrue ? evaluate(yes) : evaluate(no)
    case .history(let operand, let offset): return try history(id, operand, offset)
    case .call(let name, let list): return try call(id, tree.names[name], list)
    case .methodCall(let receiver, let name, let list):
      return try method(id, tree.names[name], of: evaluate(receiver), type(of: receiver), list)
    case .field(let owner, let name): return try field(tree.names[name], of: evaluate(owner))
    case .tuple(let list): return .tuple(try tree.tupleItems[list.indices].map(evaluate))
    case .conditional(let index): return try conditional(tree.conditionals[Int(index)])
    case .selection(let index): return try selection(tree.selections[Int(index)])
    case .loop(let index): return try loop(tree.loops[Int(index)])
    }
  }

  private func named(_ name: NameID) throws -> OracleValue {
    if let value = try path(tree.names[name]) { return value }
    if let value = constant(tree.names[name])?.value ?? allDrawings(tree.names[name]) { return value }
    guard let value = builtin(tree.names[name], ago: 0) else {
      throw OracleGap(what: "name \(tree.names[name])")
    }
    return value
  }

  // MARK: Operators

  private func unary(_ operation: PrefixOperator, _ operand: NodeID) throws -> OracleValue {
    let value = try evaluate(operand)
    switch operation {
    case .plus: return value
    case .minus: return .number(-value.number)
    case .not: return .truth(!value.isTrue)
    }
  }

  /// Version 6 evaluates the right side of `and`, `or` only when it decides, version 5 always.
  private func binary(
    _ operation: InfixOperator, _ left: NodeID, _ right: NodeID
  ) throws -> OracleValue {
    let first = try evaluate(left)
    if operation == .and || operation == .or {
      let isDecided = first.isTrue == (operation == .or)
      if isDecided, version >= 6 { return .truth(first.isTrue) }
      let second = try evaluate(right)
      return .truth(isDecided ? first.isTrue : second.isTrue)
    }
    let second = try evaluate(right)
    if operation == .divide, version < 6, let x = constant(left), let y = constant(right) {
      return y == 0 ? .na : .number(Double(x / y))
    }
    return combine(operation, first, second)
  }

  /// na makes arithmetic na and comparisons false. Comparisons have a tolerance of 1e-10. What is
  /// divided by 0 is na.
  func combine(
    _ operation: InfixOperator, _ left: OracleValue, _ right: OracleValue
  ) -> OracleValue {
    if case .text(let x) = left, case .text(let y) = right {
      switch operation {
      case .add: return .text(Self.cut(x + y))
      case .equal: return .truth(x == y)
      default: return .truth(x != y)
      }
    }
    if case .choice = left, case .choice = right {
      return .truth((left == right) == (operation == .equal))
    }
    let (x, y) = (left.number, right.number)
    switch operation {
    case .add: return .number(x + y)
    case .subtract: return .number(x - y)
    case .multiply: return .number(x * y)
    case .divide: return .number(y == 0 ? .nan : x / y)
    case .remainder: return .number(x.truncatingRemainder(dividingBy: y))
    case .less: return .truth(y - x > 1e-10)
    case .greater: return .truth(x - y > 1e-10)
    case .lessEqual: return .truth(x <= y || x - y <= 1e-10)
    case .greaterEqual: return .truth(x >= y || y - x <= 1e-10)
    case .equal: return .truth(x == y || abs(x - y) <= 1e-10)
    case .notEqual: return .truth(x == x && y == y && !(x == y || abs(x - y) <= 1e-10))
    case .and: return .truth(left.isTrue && right.isTrue)
    case .or: return .truth(left.isTrue || right.isTrue)
    }
  }

  /// An int that is known when the script is compiled.
  func constant(_ id: NodeID) -> Int? {
    switch tree[id] {
    case .integer(let number): return Int(number)
    case .name(let name): return lookup(name)?.constant
    case .unary(.minus, let operand): return constant(operand).map { -$0 }
    case .binary(let operation, let left, let right):
      guard let x = constant(left), let y = constant(right) else { return nil }
      switch operation {
      case .add: return x + y
      case .subtract: return x - y
      case .multiply: return x * y
      case .divide: return version < 6 && y != 0 ? x / y : nil
      default: return nil
      }
    default: return nil
    }
  }

  // MARK: History

  /// Of a built-in series by the bars, of a name by its declaration, of any other expression by the
  /// bars on which it was evaluated; of what is known before the first bar the value itself.
  private func history(
    _ id: NodeID, _ operand: NodeID, _ offset: NodeID
  ) throws -> OracleValue {
    if case .name(let name) = tree[operand] {
      let ago = try evaluate(offset).number
      if let series = lookup(name) { return series.ago(ago) }
      if let constant = constant(tree.names[name]) { return constant.value }
      guard let value = builtin(tree.names[name], ago: ago) else {
        throw OracleGap(what: "history of \(tree.names[name])")
      }
      return value
    }
    let value = try evaluate(operand)
    let ago = try evaluate(offset).number
    let series = frame.path.series(.expression(id))
    series.settle { isKnown(operand) }
    series.declare(value, at: bar)
    return series.ago(ago)
  }

  /// A built-in variable; nil: not known here.
  func builtin(_ name: String, ago: Double) -> OracleValue? {
    switch name {
    case "na": return .na
    case "syminfo.tickerid", "syminfo.ticker": return .text("")
    case "syminfo.mintick": return .number(0.01)
    case "xloc.bar_time": return .text("bar_time")
    case "xloc.bar_index": return .text("bar_index")
    case "timeframe.period": return .text("\(minutes)")
    case "timeframe.multiplier": return .number(Double(minutes))
    case "timeframe.isintraday": return .truth(minutes < 1440)
    case "timeframe.isdaily": return .truth(minutes == 1440)
    case "strategy.long": return .number(1)
    case "strategy.short": return .number(-1)
    case "order.ascending": return .number(1)
    case "order.descending": return .number(-1)
    case "barstate.isfirst": return .truth(Double(bar) - ago == 0)
    default: break
    }
    guard ago == ago, ago >= 0, Int(ago) <= bar else { return Self.field(bars[0], 0, name) == nil ? nil : .na }
    let number = bar - Int(ago)
    return Self.field(bars[number], number, name).map { .number($0) }
  }

  private static func field(_ bar: OracleBar, _ number: Int, _ name: String) -> Double? {
    switch name {
    case "open": bar.open
    case "high": bar.high
    case "low": bar.low
    case "close": bar.close
    case "volume": bar.volume
    case "hl2": (bar.high + bar.low) / 2
    case "bar_index": Double(number)
    case "time": Double(bar.time)
    case "time_close": Double(bar.timeClose)
    case "hour": Double(bar.time / 3_600_000 % 24)
    case "minute": Double(bar.time / 60_000 % 60)
    default: nil
    }
  }
}
