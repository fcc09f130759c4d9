@testable import StrategyLanguage

extension Interpreter {
  /// Runs statements; the value of the last one.
  func block(_ list: NodeList) throws -> OracleValue {
    var value = OracleValue.none
    for item in tree.blockItems[list.indices] {
      value = try statement(item)
      if jump != .none { return .none }
    }
    return value
  }

  private func statement(_ id: NodeID) throws -> OracleValue {
    let outside = line
    // What a library cannot do is said of the call.
    if module == 0 { line = source.line(of: tree.statementRange(id).lowerBound) }
    let value = try run(id)
    line = outside
    return value
  }

  private func run(_ id: NodeID) throws -> OracleValue {
    switch tree.statements[Int(id)] {
    case .invalid: throw OracleGap(what: "statement that did not parse")
    case .enumeration, .importing, .function, .record: return .none
    case .fieldAssignment(let target, let operation, let value):
      guard case .field(let owner, let name) = tree[target] else { throw OracleGap(what: "this field") }
      return try assign(path: tree.names[name], of: { try evaluate(owner) }, operation, value)
    case .declaration(let index): return try declare(index)
    case .assignment(let name, let operation, let value):
      return try assign(name, operation, value)
    case .expression(let expression): return try evaluate(expression)
    case .once(let index): return try once(index)
    case .break:
      jump = .leave
      return .none
    case .continue:
      jump = .next
      return .none
    }
  }

  // MARK: Declarations

  private func declare(_ index: Int32) throws -> OracleValue {
    let syntax = tree.declarations[Int(index)]
    if syntax.mode != .plain { return try declareOnce(index, syntax) }
    let value = try evaluate(syntax.value)
    guard syntax.isTuple else {
      let series = frame.path.series(.declared(index, 0))
      let name = syntax.names[0].name
      series.declare(value, at: bar)
      series.settle { !frame.assigned.contains(name) && isKnown(syntax.value) }
      series.type = series.type ?? written(syntax.type) ?? type(of: syntax.value)
      series.constant = frame.assigned.contains(name) ? nil : constant(syntax.value)
      bind(name, series)
      return value
    }
    var elements: [OracleValue] = []
    if case .tuple(let made) = value { elements = made }
    for (number, name) in syntax.names.enumerated() {
      let series = frame.path.series(.declared(index, number))
      series.settle {
        let known = knowledge(syntax.value)
        return !frame.assigned.contains(name.name) && number < known.count && known[number]
      }
      series.declare(number < elements.count ? elements[number] : .na, at: bar)
      bind(name.name, series)
    }
    return value
  }

  /// `var`: the value is worked out when the declaration is reached for the first time.
  private func declareOnce(_ index: Int32, _ syntax: DeclarationSyntax) throws -> OracleValue {
    let series = frame.path.series(.declared(index, 0))
    series.settle { !frame.assigned.contains(syntax.names[0].name) && isKnown(syntax.value) }
    series.type = series.type ?? written(syntax.type) ?? type(of: syntax.value)
    if series.isDeclared {
      series.keep(at: bar)
    } else {
      series.declare(try evaluate(syntax.value), at: bar)
    }
    bind(syntax.names[0].name, series)
    return series.value
  }

  /// The right side first, then what the name holds now.
  private func assign(
    _ name: NameID, _ operation: InfixOperator?, _ value: NodeID
  ) throws -> OracleValue {
    guard let series = lookup(name) else {
      let text = tree.names[name]
      guard let dot = text.firstIndex(of: ".") else { throw OracleGap(what: "name \(text)") }
      let owner = String(text[..<dot])
      return try assign(
        path: String(text[text.index(after: dot)...]), of: { try path(owner) }, operation, value)
    }
    let left = series.value
    let right = try evaluate(value)
    series.value = operation.map { combine($0, left, right) } ?? right
    return series.value
  }

  // MARK: Choices

  func conditional(_ syntax: ConditionalSyntax) throws -> OracleValue {
    for branch in syntax.branches where try evaluate(branch.condition).isTrue {
      return try scoped { try block(branch.block) }
    }
    return try syntax.otherwise.map { list in try scoped { try block(list) } } ?? .none
  }

  /// It has run once its series is declared, which stands among those of the declarations.
  private func once(_ index: Int32) throws -> OracleValue {
    let (condition, list) = tree.onces[Int(index)]
    let series = frame.path.series(.declared(-1 - index, 0))
    guard !series.isDeclared, try condition.map({ try evaluate($0).isTrue }) ?? true else { return .none }
    series.declare(.na, at: bar)
    _ = try scoped { try block(list) }
    return .none
  }

  func selection(_ syntax: SelectionSyntax) throws -> OracleValue {
    let subject = try syntax.subject.map { try evaluate($0) }
    for arm in syntax.arms {
      let pattern = try evaluate(arm.pattern)
      let isMet = subject.map { combine(.equal, $0, pattern) } ?? pattern
      if isMet.isTrue { return try scoped { try block(arm.block) } }
    }
    return try syntax.otherwise.map { list in try scoped { try block(list) } } ?? .none
  }

  // MARK: Loops

  /// The value of the last round that came to its end.
  func loop(_ syntax: LoopBody) throws -> OracleValue {
    try scoped {
      switch syntax.header {
      case .condition(let collection) where !syntax.names.isEmpty: return try elements(syntax, collection)
      case .condition(let test):
        var value = OracleValue.none
        while try evaluate(test).isTrue {
          guard try round(syntax.block, &value) else { break }
        }
        return value
      case .count(let variable, _, let from, let to, let by):
        return try count(variable, from, to, by, syntax.block)
      }
    }
  }

  /// False after `break`.
  func round(_ list: NodeList, _ value: inout OracleValue) throws -> Bool {
    rounds += 1
    guard rounds < Self.mostRounds else { throw OracleGap(what: "end of this loop") }
    let made = try scoped { try block(list) }
    let how = jump
    jump = .none
    if how == .none { value = made }
    return how != .leave
  }

  /// The end is worked out before each round, in version 5 once. Counts with a tolerance of 1e-10. A
  /// step of na makes one round; one of 0, or below 0 on the way up, stops the script.
  private func count(
    _ name: NameID, _ from: NodeID, _ to: NodeID, _ by: NodeID?, _ list: NodeList
  ) throws -> OracleValue {
    var counter = try evaluate(from).number
    let fixedEnd = version < 6 ? try evaluate(to).number : nil
    let step = try by.map { try evaluate($0).number } ?? 1
    var value = OracleValue.none
    var isUp: Bool?
    while true {
      let end = try fixedEnd ?? evaluate(to).number
      guard counter == counter, end == end else { return value }
      let up = isUp ?? (counter <= end + 1e-10)
      let isFirst = isUp == nil
      isUp = up
      if isFirst, step == 0 || step < 0 && end - counter > 1e-10 {
        throw OracleStop(message: OracleRun.loopStop)
      }
      guard up ? counter <= end + 1e-10 : counter >= end - 1e-10 else { return value }
      let series = Series()
      series.declare(.number(counter), at: bar)
      bind(name, series)
      guard try round(list, &value) else { return value }
      guard step == step else { return value }
      counter += up ? abs(step) : -abs(step)
    }
  }
}
