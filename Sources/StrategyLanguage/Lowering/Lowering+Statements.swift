import StrategyIR

// Longer than a file should be: each kind of statement is lowered here.
extension Lowering {
  /// Appends a statement's IR; its value when it is the last of a block whose value is `wanted`.
  func statement(_ id: NodeID, wanted: Bool) -> Value {
    let range = tree.statementRange(id)
    if module == 0 { b.line = Int32(truncatingIfNeeded: source.line(of: range.lowerBound)) }
    return deeper(range) {
      switch tree.statements[Int(id)] {
      case .invalid: return .unknown
      case .declaration(let index): return declaration(tree.declarations[Int(index)])
      case .function(let index):
        define(Int(index))
        return .void
      case .enumeration(let index):
        define(enumeration: index)
        return .void
      case .record(let index):
        define(record: index)
        return .void
      case .importing(let index):
        define(importing: index)
        return .void
      case .fieldAssignment(let target, let operation, let value):
        return fieldAssignment(target, operation, value, at: range)
      case .assignment(let name, let operation, let value):
        return assignment(name, operation, value, at: range)
      case .expression(let expression): return expressionStatement(expression, wanted: wanted)
      case .once(let index):
        once(tree.onces[Int(index)].condition, tree.onces[Int(index)].block)
        return .void
      case .break, .continue: return jump(tree.statements[Int(id)], at: range)
      }
    }
  }

  private func jump(_ statement: StatementSyntax, at range: Range<Int>) -> Value {
    guard loopDepth > 0 else {
      error("'break' and 'continue' need a loop around them", at: range)
      return .void
    }
    if case .break = statement { b.breakLoop() } else { b.continueLoop() }
    return .void
  }

  private func expressionStatement(_ id: NodeID, wanted: Bool) -> Value {
    let value = anyValue(id, wanted: wanted)
    if !wanted, !value.ref.isNone {
      b.evaluate(value.ref)
      return .void
    }
    return value
  }

  /// An expression, or an `if`, `switch` or loop.
  func anyValue(_ id: NodeID, wanted: Bool) -> Value {
    switch tree[id] {
    case .conditional(let index): conditional(tree.conditionals[Int(index)], wanted: wanted)
    case .selection(let index): selection(tree.selections[Int(index)], wanted: wanted)
    case .loop(let index): loop(tree.loops[Int(index)], wanted: wanted)
    case .call(let name, let list):
      deeper(tree.range(of: id)) {
        call(name, list, at: tree.range(of: id), wanted: wanted)
      }
    case .methodCall(let receiver, let name, let list):
      deeper(tree.range(of: id)) {
        method(on: expression(receiver), name, list, at: tree.range(of: id), wanted: wanted)
      }
    default: expression(id)
    }
  }

  // MARK: Declarations

  private func declaration(_ syntax: DeclarationSyntax) -> Value {
    guard !syntax.isTuple else { return tupleDeclaration(syntax) }
    guard let (name, range) = syntax.names.first else { return .void }
    if case .call = tree[syntax.value] { declaredName = name }
    let isOnce = syntax.mode != .plain
    var value = Value.unknown
    let setup = isOnce ? block { value = anyValue(syntax.value, wanted: true) } : .none
    if !isOnce { value = anyValue(syntax.value, wanted: true) }
    declaredName = 0
    value = converted(value, to: syntax.type, name: name, at: tree.range(of: syntax.value))
    if isOnce { value = once(setup, value) }
    declare(name, value, mode: syntax.mode, at: range)
    return lookup(name).map(self.value(of:)) ?? .unknown
  }

  /// The value of a `var` with the statements that run when it is first reached, also where the
  /// value is a drawing, of which nothing is kept.
  private func once(_ setup: BlockRef, _ value: Value) -> Value {
    if value.ref.isNone, !isEmpty(setup) {
      b.declareOnce(b.variable("", .bool), b.sequence(setup, b.bool(true)))
    }
    return sequence(setup, value)
  }

  /// The value as the declared type, or as the type that it has.
  private func converted(
    _ value: Value, to written: TypeSyntax?, name: NameID, at range: Range<Int>
  ) -> Value {
    if let written, written.name != 0 {
      let text = tree.names[written.name]
      if value.type == .unknown, writtenType(text) != nil { return .unknown }
      guard let type = writtenType(text) else {
        reportUnknownType(text, at: written.range)
        return .unknown
      }
      let result = convert(value, to: type, at: range) {
        "'\(tree.names[name])' is declared as \(type.spelling), but its value is \(value.described)"
      }
      return checkedQualifier(result, written, at: range)
    }
    switch value.type {
    case .na:
      error(
        "cannot infer the type of '\(tree.names[name])' from na", at: range,
        expected: "a type before the name, as in 'float \(tree.names[name]) = na'")
      return .unknown
    case .void:
      error("the expression has no value for '\(tree.names[name])'", at: range)
      return .unknown
    case .tuple:
      error(
        "the expression has \(value.elements.count) values", at: range,
        expected: "[a, b] = … to take them all, or array.from(…)")
      return .unknown
    default: return value
    }
  }

  private func checkedQualifier(
    _ value: Value, _ written: TypeSyntax, at range: Range<Int>
  ) -> Value {
    guard let qualifier = written.qualifier else { return value }
    let wanted: Qualifier =
      switch qualifier {
      case .const: .const
      case .input: .input
      case .simple: .simple
      case .series: .series
      }
    var value = value
    if value.qualifier > wanted, value.type != .unknown {
      error(
        "the declaration says \(wanted.spelling), but the value is \(value.described)", at: range)
    }
    value.qualifier = wanted
    return value
  }

  func reportUnknownType(_ name: String, at range: Range<Int>) {
    if tree.names.find(name).map(isBroken) != true {
      diagnostics.errorOnce(
        "'\(name)' is not a type", at: range, expected: "int, float, bool, string or color",
        suggestion: NearMiss.find(name, among: StaticType.written.keys.sorted()))
    }
  }

  /// Binds a name to a value: directly where nothing can change it and it is known before the
  /// first bar, else through a variable.
  func declare(
    _ name: NameID, _ value: Value, mode: DeclarationMode, at range: Range<Int>
  ) {
    let isReassigned = assigned.contains(name)
    switch value.type {
    case .unknown, .drawing, .void, .tuple:
      if mode == .plain, value.type == .drawing, !value.ref.isNone { b.evaluate(value.ref) }
      var known = value.type == .unknown ? .unknown : Value(.none, value.type, .series)
      known.drawn = value.drawn
      bind(name, .value(known), at: range)
      return
    default: break
    }
    if !isReassigned, value.qualifier < .series, !value.hasStatements {
      bind(name, .value(value), at: range)
      return
    }
    let variable = b.variable(tree.names[name], carried(value.type))
    if mode == .varip { b.keepWithinBar(variable) }
    if mode == .plain { b.declare(variable, value.ref) } else { b.declareOnce(variable, value.ref) }
    var known = ScriptVariable(
      ref: variable, type: value.type, qualifier: isReassigned ? .series : value.qualifier)
    known.isQuotient = value.isQuotient
    bind(name, .variable(known), at: range)
  }

  private func tupleDeclaration(_ syntax: DeclarationSyntax) -> Value {
    let value = anyValue(syntax.value, wanted: true)
    let range = tree.range(of: syntax.value)
    if value.type != .tuple || value.elements.count != syntax.names.count {
      if value.type != .unknown {
        let count = value.type == .tuple ? value.elements.count : 1
        error(
          "\(counted(syntax.names.count, "name")) for \(counted(count, "value"))", at: range,
          expected: counted(count, "name"))
      }
      for (name, range) in syntax.names { declare(name, .unknown, mode: .plain, at: range) }
      return .unknown
    }
    for ((name, range), element) in zip(syntax.names, value.elements) {
      if tree.names[name] == "_" { continue }
      guard element.type != .na else {
        error("cannot infer the type of '\(tree.names[name])' from na", at: range)
        declare(name, .unknown, mode: .plain, at: range)
        continue
      }
      declare(name, element, mode: .plain, at: range)
    }
    return value
  }

  // MARK: Assignments

  private func assignment(
    _ name: NameID, _ operation: InfixOperator?, _ syntax: NodeID, at range: Range<Int>
  ) -> Value {
    let text = tree.names[name]
    let place = range.lowerBound..<range.lowerBound + text.utf8.count
    let before = operation == nil ? nil : keptBeforeArms(name, syntax)
    let right = anyValue(syntax, wanted: true)
    guard let binding = lookup(name) else {
      if let value = assignField(text, operation, right, at: place) { return value }
      if isBroken(name) { return .unknown }
      let isBuiltin = Builtins.variables[text] != nil
      error(
        isBuiltin ? "'\(text)' is built in and cannot be assigned" : "'\(text)' is not declared",
        at: place, expected: isBuiltin ? nil : "'=' to declare it")
      return .unknown
    }
    guard isOwn(name) else {
      error("a function cannot assign to the global variable '\(text)'", at: place)
      return .unknown
    }
    if case .value(let value) = binding, value.type == .drawing || value.type == .unknown {
      return value
    }
    guard case .variable(let variable) = binding, !variable.isFixed else {
      error("'\(text)' is a parameter or a loop counter and cannot be assigned", at: place)
      return .unknown
    }
    var value = right
    if let operation {
      value = binary(operation, before ?? self.value(of: binding), right, at: range)
    }
    value = convert(value, to: variable.type, at: tree.range(of: syntax)) {
      "'\(text)' is \(variable.type.spelling) and cannot hold \(value.described)"
    }
    if value.ref.isNone { return .unknown }
    b.assign(variable.ref, value.ref)
    return self.value(of: binding)
  }

  /// The left operand of `x += if …`, as it is before the arms run: they may assign to it.
  private func keptBeforeArms(_ name: NameID, _ syntax: NodeID) -> Value? {
    switch tree[syntax] {
    case .conditional, .selection, .loop: break
    default: return nil
    }
    guard case .variable(let variable)? = lookup(name), isOwn(name) else { return nil }
    var value = value(of: .variable(variable))
    guard !value.ref.isNone else { return nil }
    let kept = b.variable("", b.type(value.ref))
    b.declare(kept, value.ref)
    value.ref = b.read(kept)
    return value
  }
}
