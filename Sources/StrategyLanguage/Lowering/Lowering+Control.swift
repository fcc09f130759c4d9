import StrategyIR

extension Lowering {
  /// Branches and patterns of one `if` or `switch` that nest in each other; more of them stand one
  /// behind the other.
  static let mostNested = 100

  func conditional(_ syntax: ConditionalSyntax, wanted: Bool) -> Value {
    let tests = syntax.branches.map { branch in { self.condition(branch.condition) } }
    return branches(
      tests, syntax.branches.map(\.block), otherwise: syntax.otherwise, wanted: wanted,
      at: tree.range(of: syntax.branches[0].condition))
  }

  func selection(_ syntax: SelectionSyntax, wanted: Bool) -> Value {
    let place = syntax.subject ?? syntax.arms.first?.pattern
    let range = place.map { tree.range(of: $0) } ?? 0..<0
    var subject: Value?
    if let id = syntax.subject {
      var value = single(id)
      if !value.ref.isNone, value.qualifier == .series, value.type != .na {
        value.ref = b.eager(value.ref)
      }
      subject = value
    }
    let tests = syntax.arms.map { arm in { self.test(arm.pattern, of: subject) } }
    return branches(
      tests, syntax.arms.map(\.block), otherwise: syntax.otherwise, wanted: wanted, at: range)
  }

  private func test(_ pattern: NodeID, of subject: Value?) -> Value {
    guard let subject else { return condition(pattern) }
    let value = binary(.equal, subject, single(pattern), at: tree.range(of: pattern))
    return value.ref.isNone ? Value(b.bool(false), .bool, .series) : value
  }

  /// `if t₀ … else (if t₁ … else …)`: each test stands in the else block of the one before.
  private func branches(
    _ tests: [() -> Value], _ blocks: [NodeList], otherwise: NodeList?, wanted: Bool,
    at range: Range<Int>
  ) -> Value {
    if tests.count > Self.mostNested {
      return longChain(tests, blocks, otherwise: otherwise, wanted: wanted, at: range)
    }
    var arms = Arms()
    var open: [(test: Value, then: BlockRef)] = []
    let isDeep = depth + tests.count > 2 * Self.deepest
    for (test, list) in zip(tests, blocks) where !isExhausted && !isDeep {
      if !open.isEmpty { b.openBlock() }
      let condition = test()
      let then = block { self.arm(list, &arms, wanted: wanted) }
      open.append((condition, then))
    }
    if isDeep { error("nested too deeply", at: range) }
    var rest = BlockRef.none
    if let otherwise { rest = block { self.arm(otherwise, &arms, wanted: wanted) } }
    let tests = open.map(\.test)
    // Whether the arms do nothing but give their values.
    var isPlain = (open.map(\.then) + [rest]).allSatisfy { $0.isNone || size($0) == arms.width }
    while open.count > 1, let last = open.popLast() {
      b.branch(last.test.ref, last.then, rest)
      rest = b.closeBlock()
      isPlain = isPlain && size(rest) == 1
    }
    let chosen = wanted ? choices(tests, arms.values, hasRest: otherwise != nil) : nil
    if isPlain, let chosen, !chosen.contains(where: { $0 == nil }) {
      return arms.isTuple ? .tuple(chosen.compactMap { $0 }) : chosen.first.flatMap { $0 } ?? .void
    }
    let value = wanted ? result(&arms, at: range) : .void
    if let first = open.first {
      b.branch(first.test.ref, first.then, rest)
    } else if !rest.isNone {
      b.branch(b.bool(true), rest)
    }
    return known(chosen, value)
  }

  /// `once`: the block runs on one bar, the first on which the condition holds; after that neither is looked at.
  func once(_ condition: NodeID?, _ list: NodeList) {
    let waits = b.variable("", .bool)
    b.declareOnce(waits, b.bool(true))
    let part = block {
      let test = condition.map { self.condition($0).ref } ?? b.bool(true)
      let run = block {
        b.assign(waits, b.bool(false))
        _ = scoped(list, wanted: false)
      }
      b.branch(test, run)
    }
    b.branch(b.read(waits), part)
  }

  private func size(_ block: BlockRef) -> Int { b.program.blocks[block.index].count }

  /// An `if` whose two arms are there already, as values and their statements.
  func branches(
    _ tests: [Value], _ parts: [(value: Value, block: BlockRef)], at range: Range<Int>
  ) -> Value {
    var arms = Arms()
    for part in parts {
      let assignments = block { arms.take(part.value, in: self) }
      b.append(assignments, to: part.block)
    }
    let chosen = choices(tests, arms.values, hasRest: true)
    let value = result(&arms, at: range)
    b.branch(tests[0].ref, parts[0].block, parts[1].block)
    return known(chosen, value)
  }

  /// The value, with its part known before the first bar. The arms still run: they may
  /// order something, assign to something or stop the script.
  private func known(_ chosen: [Value?]?, _ value: Value) -> Value {
    guard let chosen else { return value }
    if value.type != .tuple { return chosen.first.flatMap { $0 } ?? value }
    guard chosen.count == value.elements.count else { return value }
    return .tuple(zip(chosen, value.elements).map { $0 ?? $1 })
  }

  /// For each element of the arms' values: its value, if known before the first bar.
  private func choices(_ tests: [Value], _ values: [Value], hasRest: Bool) -> [Value?]? {
    guard let first = values.first else { return nil }
    if first.type != .tuple { return [choice(tests, values, hasRest: hasRest)] }
    guard values.allSatisfy({ $0.elements.count == first.elements.count }) else { return nil }
    return first.elements.indices.map { i in
      choice(tests, values.map { $0.elements[i] }, hasRest: hasRest)
    }
  }

  /// Many arms one behind the other, each tested where none before it was taken: the depth does
  /// not grow with their number.
  private func longChain(
    _ tests: [() -> Value], _ blocks: [NodeList], otherwise: NodeList?, wanted: Bool,
    at range: Range<Int>
  ) -> Value {
    var arms = Arms()
    let isOpen = b.variable("", .bool)
    var parts: [BlockRef] = []
    for (test, list) in zip(tests, blocks) where !isExhausted {
      b.openBlock()
      let condition = test()
      b.openBlock()
      b.assign(isOpen, b.bool(false))
      arm(list, &arms, wanted: wanted)
      b.branch(condition.ref, b.closeBlock())
      parts.append(b.closeBlock())
    }
    if let otherwise { parts.append(block { self.arm(otherwise, &arms, wanted: wanted) }) }
    let value = wanted ? result(&arms, at: range) : .void
    b.declare(isOpen, b.bool(true))
    for part in parts { b.branch(b.read(isOpen), part) }
    return value
  }

  /// Arms and tests that are all known before the first bar make a value that is known then, too:
  /// a length may depend on it.
  private func choice(_ tests: [Value], _ values: [Value], hasRest: Bool) -> Value? {
    guard !tests.isEmpty, values.count == tests.count + (hasRest ? 1 : 0),
      (tests + values).allSatisfy({ $0.qualifier < .series && !$0.ref.isNone })
    else { return nil }
    var type = StaticType.na
    for value in values {
      guard let met = common(type, value.type) else { return nil }
      type = met
    }
    guard type != .na else { return nil }
    let blank = carried(type) == .bool ? b.bool(false) : b.na(carried(type))
    var result = hasRest ? values[values.count - 1] : Value(blank, type, .const)
    for (test, value) in zip(tests, values).reversed() {
      guard let one = converted(value, to: type), let other = converted(result, to: type)
      else { return nil }
      let qualifier = max(test.qualifier, one.qualifier, other.qualifier)
      result = Value(b.select(test.ref, one.ref, other.ref), type, qualifier)
    }
    return result
  }

  func arm(_ list: NodeList, _ arms: inout Arms, wanted: Bool) {
    let line = b.line
    defer { b.line = line }
    let value = scoped(list, wanted: wanted)
    if wanted { arms.take(value, in: self) }
  }

  func result(_ arms: inout Arms, at range: Range<Int>) -> Value {
    let value = arms.finish(in: self)
    if let (first, second) = arms.mismatch {
      error("the branches have different types: \(first) and \(second)", at: range, expected: "one type")
    }
    return value
  }

  // MARK: Loops

  func loop(_ syntax: LoopBody, wanted: Bool) -> Value {
    loopDepth += 1
    scopes.append(Scope())
    defer {
      loopDepth -= 1
      scopes.removeLast()
    }
    var arms = Arms()
    switch syntax.header {
    case .condition(let collection) where !syntax.names.isEmpty:
      return collectionLoop(syntax.names, collection, syntax.block, wanted: wanted)
    case .condition(let test):
      let condition = lazily { self.condition(test) }
      let body = block { self.arm(syntax.block, &arms, wanted: wanted) }
      let value = wanted ? result(&arms, at: tree.range(of: test)) : .void
      b.append(.whileLoop(condition.ref, body))
      return value
    case .count(let variable, let range, let from, let to, let by):
      return count((variable, range), from, to, by, syntax.block, wanted: wanted)
    }
  }

  private func count(
    _ counter: (NameID, Range<Int>), _ from: NodeID, _ to: NodeID, _ by: NodeID?,
    _ list: NodeList, wanted: Bool
  ) -> Value {
    let start = bound(from)
    var end = lazily { bound(to) }
    if tree.version < 6, !end.ref.isNone { end.ref = b.eager(end.ref) }
    let step = by.map { bound($0) }
    let isWhole = [start, end, step ?? start].allSatisfy { $0.type == .int }
    let variable = b.variable(tree.names[counter.0], isWhole ? .int : .float)
    let known = ScriptVariable(
      ref: variable, type: isWhole ? .int : .float, qualifier: .series, isFixed: true)
    bind(counter.0, .variable(known), at: counter.1)
    var arms = Arms()
    let body = block { self.arm(list, &arms, wanted: wanted) }
    let value = wanted ? result(&arms, at: counter.1) : .void
    let loop = ForLoop(
      counter: variable, from: start.ref, to: end.ref, step: step?.ref ?? .none, body: body)
    b.program.loops.append(loop)
    b.append(.forLoop(Int32(truncatingIfNeeded: b.program.loops.count - 1)))
    return value
  }

  /// A bound of `for`: a number, with an IR node whatever went wrong.
  private func bound(_ id: NodeID) -> Value {
    let value = single(id)
    if value.type == .int || value.type == .float && !value.isQuotient { return value }
    if let number = converted(value, to: .int) { return number }
    error("\(value.described) cannot be a loop's bound", at: tree.range(of: id), expected: "an int")
    return Value(b.na(.int), .int, .const)
  }
}
