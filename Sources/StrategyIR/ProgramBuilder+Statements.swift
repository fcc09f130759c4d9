extension ProgramBuilder {
  // MARK: Variables

  public mutating func variable(_ name: String, _ type: ValueType) -> VariableRef {
    program.variables.append(Variable(name: name, type: type))
    return VariableRef(Int32(program.variables.count - 1))
  }

  /// `varip`.
  public mutating func keepWithinBar(_ variable: VariableRef) {
    program.variables[variable.index].staysWithinBar = true
  }

  public mutating func declare(_ variable: VariableRef, _ value: ExpressionRef) {
    append(.declare(variable, value))
  }

  public mutating func declareOnce(_ variable: VariableRef, _ value: ExpressionRef) {
    append(.declareOnce(variable, value))
  }

  public mutating func assign(_ variable: VariableRef, _ value: ExpressionRef) {
    append(.assign(variable, value))
  }

  public mutating func evaluate(_ value: ExpressionRef) { append(.evaluate(value)) }

  // MARK: Control

  public mutating func branch(
    _ condition: ExpressionRef, then: (inout ProgramBuilder) throws -> Void
  ) rethrows {
    let first = try block(then)
    append(.branch(condition, then: first, else: .none))
  }

  public mutating func branch(
    _ condition: ExpressionRef, then: (inout ProgramBuilder) throws -> Void,
    else otherwise: (inout ProgramBuilder) throws -> Void
  ) rethrows {
    let first = try block(then)
    let second = try block(otherwise)
    let isEmpty = program.blocks[second.index].isEmpty
    append(.branch(condition, then: first, else: isEmpty ? .none : second))
  }

  /// The same with blocks that were made before.
  public mutating func branch(
    _ condition: ExpressionRef, _ then: BlockRef, _ otherwise: BlockRef = .none
  ) {
    append(.branch(condition, then: then, else: otherwise))
  }

  public mutating func forLoop(
    _ counter: VariableRef, from: ExpressionRef, to: ExpressionRef, step: ExpressionRef = .none,
    _ body: (inout ProgramBuilder) throws -> Void
  ) rethrows {
    let block = try block(body)
    program.loops.append(
      ForLoop(counter: counter, from: from, to: to, step: step, body: block))
    append(.forLoop(Int32(program.loops.count - 1)))
  }

  public mutating func whileLoop(
    _ condition: ExpressionRef, _ body: (inout ProgramBuilder) throws -> Void
  ) rethrows {
    let block = try block(body)
    append(.whileLoop(condition, block))
  }

  public mutating func breakLoop() { append(.breakLoop) }
  public mutating func continueLoop() { append(.continueLoop) }
  public mutating func fail(_ message: ExpressionRef) { append(.fail(message)) }

  // MARK: Effects

  public mutating func order(_ call: OrderCall) {
    program.orders.append(call)
    append(.order(Int32(program.orders.count - 1)))
  }

  public mutating func risk(_ call: RiskCall) {
    program.risks.append(call)
    append(.risk(Int32(program.risks.count - 1)))
  }

  public mutating func plot(_ title: String, _ value: ExpressionRef) {
    program.plots.append(Plot(title: title))
    append(.plot(Int32(program.plots.count - 1), value))
  }
}
