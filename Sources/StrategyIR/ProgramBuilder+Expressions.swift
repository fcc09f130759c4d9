extension ProgramBuilder {
  // MARK: Constants

  public mutating func number(_ x: Double, _ type: ValueType) -> ExpressionRef {
    constant(.number(x), type)
  }

  public mutating func int(_ x: Int) -> ExpressionRef { number(Double(x), .int) }
  public mutating func float(_ x: Double) -> ExpressionRef { number(x, .float) }
  public mutating func bool(_ x: Bool) -> ExpressionRef { number(x ? 1 : 0, .bool) }
  /// 0xRRGGBBAA
  public mutating func color(_ rgba: UInt32) -> ExpressionRef { number(Double(rgba), .color) }
  public mutating func na(_ type: ValueType) -> ExpressionRef { number(.nan, type) }
  public mutating func text(_ text: String) -> ExpressionRef {
    constant(.text(textNumber(text)), .text)
  }

  /// The text's entry in the table, made when new.
  public mutating func textNumber(_ text: String) -> TextRef {
    if let known = textNumbers[text] { return known }
    let number = TextRef(program.texts.count)
    program.texts.append(text)
    textNumbers[text] = number
    return number
  }

  /// One node for equal constants. nan equals nothing, so na always makes a node.
  private mutating func constant(_ expression: Expression, _ type: ValueType) -> ExpressionRef {
    if let known = constants[expression]?.first(where: { self.type($0) == type }) { return known }
    let made = add(expression, type)
    if case .number(let x) = expression, x != x { return made }
    constants[expression, default: []].append(made)
    return made
  }

  // MARK: Series

  public mutating func bar(_ field: BarField) -> ExpressionRef { add(.bar(field), field.type) }

  public mutating func bar(_ field: BarField, ago offset: ExpressionRef) -> ExpressionRef {
    add(.barHistory(field, offset: offset), field.type)
  }

  public mutating func read(_ variable: VariableRef) -> ExpressionRef {
    add(.variable(variable), program.variables[variable.index].type)
  }

  public mutating func read(_ variable: VariableRef, ago offset: ExpressionRef) -> ExpressionRef {
    add(.history(variable, offset: offset), program.variables[variable.index].type)
  }

  /// `(e)[offset]` of any expression. A bar field or variable is read directly; of anything else a
  /// variable is made, so `e` must be given here once per place.
  public mutating func history(
    of e: ExpressionRef, ago offset: ExpressionRef
  ) -> ExpressionRef {
    switch program.expressions[e.index] {
    case .bar(let field): return bar(field, ago: offset)
    case .variable(let variable): return read(variable, ago: offset)
    default: break
    }
    let kept = variable("", type(e))
    let block = block { $0.declare(kept, e) }
    return sequence(block, read(kept, ago: offset))
  }

  public mutating func parameter(_ parameter: Parameter) -> ExpressionRef {
    program.parameters.append(parameter)
    return add(.parameter(Int32(program.parameters.count - 1)), parameter.type)
  }

  public mutating func symbol(_ field: SymbolField) -> ExpressionRef {
    add(.symbol(field), field.type)
  }

  public mutating func timeframe(_ field: TimeframeField) -> ExpressionRef {
    add(.timeframe(field), field.type)
  }

  // MARK: Operators

  public mutating func unary(_ op: UnaryOperator, _ x: ExpressionRef) -> ExpressionRef {
    let type: ValueType =
      switch op {
      case .negate: self.type(x)
      case .not, .isNA, .truth: .bool
      case .truncate: .int
      }
    return add(.unary(op, x), type)
  }

  /// `+` of texts is `function(.concatenate, …)`.
  public mutating func binary(
    _ op: BinaryOperator, _ a: ExpressionRef, _ b: ExpressionRef
  ) -> ExpressionRef {
    let type: ValueType =
      switch op {
      case .add, .subtract, .multiply, .remainder:
        self.type(a) == .int && self.type(b) == .int ? .int : .float
      case .divide: .float
      case .divideIntegers: .int
      case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual: .bool
      }
    return add(.binary(op, a, b), type)
  }

  public mutating func and(_ a: ExpressionRef, _ b: ExpressionRef) -> ExpressionRef {
    add(.and(a, b), logicalType(a, b))
  }

  public mutating func or(_ a: ExpressionRef, _ b: ExpressionRef) -> ExpressionRef {
    add(.or(a, b), logicalType(a, b))
  }

  /// Of bools a bool; where one may be na (see `ValueType`) an int, too.
  private func logicalType(_ a: ExpressionRef, _ b: ExpressionRef) -> ValueType {
    type(a) == .bool && type(b) == .bool ? .bool : .int
  }

  public mutating func select(
    _ condition: ExpressionRef, _ a: ExpressionRef, _ b: ExpressionRef
  ) -> ExpressionRef {
    let type: ValueType =
      switch (self.type(a), self.type(b)) {
      case (.int, .float): .float
      case (.bool, .int): .int
      case (let first, _): first
      }
    return add(.select(condition, a, b), type)
  }

  /// Evaluates `e` now, in the open block, and returns a read of its value: for operands that
  /// version 5 evaluates whatever the other side says.
  public mutating func eager(_ e: ExpressionRef) -> ExpressionRef {
    let kept = variable("", type(e))
    declare(kept, e)
    return read(kept)
  }

  public mutating func sequence(_ block: BlockRef, _ value: ExpressionRef) -> ExpressionRef {
    add(.sequence(block, value), type(value))
  }

  /// The statements that `body` appends, and then its value. Makes no node when it appends nothing.
  public mutating func sequence(
    _ body: (inout ProgramBuilder) throws -> ExpressionRef
  ) rethrows -> ExpressionRef {
    var value = ExpressionRef.none
    let block = try block { value = try body(&$0) }
    return program.blocks[block.index].isEmpty ? value : sequence(block, value)
  }

  // MARK: Calls

  public mutating func function(
    _ function: Function, _ arguments: [ExpressionRef]
  ) -> ExpressionRef {
    let numeric: ValueType =
      arguments.allSatisfy { self.type($0) == .int } ? .int : .float
    let first = arguments.first.map(type) ?? .float
    let own = function == .nz ? first : numeric
    return add(.function(function, list(arguments)), function.type ?? own)
  }

  /// A function over objects. Put it into a variable or a statement of its own (`eager`, `evaluate`): within a larger
  /// expression, statements of operands behind it would come first.
  public mutating func object(
    _ function: ObjectFunction, _ arguments: [ExpressionRef], _ type: ValueType
  ) -> ExpressionRef {
    if function.changesObjects { open[open.count - 1].changesObjects = true }
    return add(.object(function, list(arguments)), type)
  }

  /// A call site of its own; the first result.
  public mutating func kernel(
    _ kernel: Kernel, _ arguments: [ExpressionRef]
  ) -> ExpressionRef {
    kernels(kernel, arguments)[0]
  }

  /// A call site of its own; all results. The first advances the kernel and must be evaluated
  /// before the others, once.
  public mutating func kernels(
    _ kernel: Kernel, _ arguments: [ExpressionRef]
  ) -> [ExpressionRef] {
    let site = SiteRef(Int32(program.sites.count))
    program.sites.append(Site(kernel: kernel, arguments: list(arguments)))
    var results = [add(.kernel(site), siteType(kernel, arguments))]
    for k in 1..<Swift.max(kernel.results, 1) {
      results.append(add(.kernelResult(site, Int32(k)), .float))
    }
    return results
  }

  /// fixnan and valuewhen keep their source's type.
  private func siteType(_ kernel: Kernel, _ arguments: [ExpressionRef]) -> ValueType {
    switch kernel {
    case .fixnan: arguments.first.map(type) ?? .float
    case .valuewhen: arguments.dropFirst().first.map(type) ?? .float
    default: kernel.type
    }
  }

  // MARK: Book

  public mutating func book(_ field: BookField) -> ExpressionRef {
    add(.book(field), field.type)
  }

  public mutating func positionEntryName() -> ExpressionRef { add(.positionEntryName, .text) }

  public mutating func trade(
    _ field: TradeField, open: Bool, index: ExpressionRef
  ) -> ExpressionRef {
    add(.trade(field, open: open, index: index), field.type)
  }

  // MARK: Other timeframes

  /// `body` lowers the requested expression and returns its elements (one, or a tuple's). Returns
  /// one value for each.
  public mutating func request(
    _ kind: Request.Kind = .security, timeframe: ExpressionRef, gaps: ExpressionRef = .none,
    lookahead: ExpressionRef = .none, _ body: (inout ProgramBuilder) throws -> [ExpressionRef]
  ) rethrows -> [ExpressionRef] {
    var results: [ExpressionRef] = []
    let block = try block { results = try body(&$0) }
    let request = RequestRef(Int32(program.requests.count))
    program.requests.append(
      Request(
        timeframe: timeframe, gaps: gaps, lookahead: lookahead, block: block, results: results))
    program.requests[request.index].kind = kind
    return results.indices.map {
      add(.request(request, Int32($0)), kind == .lowerBars ? .reference : type(results[$0]))
    }
  }
}
