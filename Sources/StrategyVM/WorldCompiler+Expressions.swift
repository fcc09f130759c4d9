import StrategyIR

// Longer than a file should be: each kind of expression is compiled here.
extension WorldCompiler {
  /// The register that holds an expression's value: a lasting one where there is one already.
  mutating func value(_ e: ExpressionRef) -> Int {
    switch program.expressions[e.index] {
    case .number(let x): return constant(x)
    case .text(let ref): return constant(Double(ref))
    case .variable(let v): return register(of: v)
    case .bar(let field): return use(field)
    case .kernel(let site): return kernel(site)
    case .kernelResult(let site, let k):
      let results = program.sites[site.index].kernel.results
      guard let first = siteResults[site.index], Int(k) < results else { return constant(.nan) }
      return first + Int(k)
    case .request(let request, let k): return requested(request, Int(k), program.types[e.index])
    case .sequence(let block, let inner):
      compile(block)
      return value(inner)
    default:
      let target = temporary()
      evaluate(e, into: target)
      return target
    }
  }

  /// Evaluates an expression into a register. The register may be one that the expression reads:
  /// it is written last, but for `and`, `or` and `select` (see `assign`).
  mutating func evaluate(_ e: ExpressionRef, into target: Int) {
    let mark = temporaries
    defer { temporaries = mark }
    switch program.expressions[e.index] {
    case .unary(let op, let x):
      let operand = value(x)
      emit(Instruction(Self.opcode(op), target, operand))
    case .binary(let op, let a, let b):
      let (left, right) = pair(a, b)
      emit(Instruction(Self.opcode(op), target, left, right))
    case .and(let a, let b): lazy(a, b, .jumpIfNot, into: target)
    case .or(let a, let b): lazy(a, b, .jumpIf, into: target)
    case .select(let c, let a, let b): select(c, a, b, into: target)
    case .history(let v, let offset): history(v, offset, into: target)
    case .barHistory(let field, let offset):
      _ = use(field)
      ring(
        series(of: field), offset, most: program.history(of: field),
        current: Int(field.rawValue), into: target)
    case .function(let function, let list): call(function, list, into: target)
    case .object(let function, let list): object(function, list, into: target)
    case .book(let field): emit(Instruction(.book, target, 0, Int(field.rawValue)))
    case .positionEntryName: emit(Instruction(.positionEntryName, target))
    case .trade(let field, let open, let index):
      let number = value(index)
      emit(Instruction(open ? .openTrade : .closedTrade, target, number, Int(field.rawValue)))
    case .parameter, .symbol, .timeframe:
      // Known by the time a world is compiled.
      fail(.invalidProgram)
    default:
      let source = value(e)
      if source != target { emit(Instruction(.move, target, source)) }
    }
  }

  /// Both operands; the left one is kept safe where the right one may change it.
  mutating func pair(_ a: ExpressionRef, _ b: ExpressionRef) -> (Int, Int) {
    var left = value(a)
    if facts.hasSequence[b.index], case .variable = program.expressions[a.index] {
      let kept = temporary()
      emit(Instruction(.move, kept, left))
      left = kept
    }
    return (left, value(b))
  }

  private mutating func lazy(
    _ a: ExpressionRef, _ b: ExpressionRef, _ jump: Opcode, into target: Int
  ) {
    evaluate(a, into: target)
    let decided = emit(Instruction(jump, target))
    conditions += 1
    evaluate(b, into: target)
    conditions -= 1
    land(decided)
  }

  private mutating func select(
    _ c: ExpressionRef, _ a: ExpressionRef, _ b: ExpressionRef, into target: Int
  ) {
    let toElse = leaveUnless(c)
    conditions += 1
    evaluate(a, into: target)
    let toEnd = emit(Instruction(.jump))
    land(toElse)
    evaluate(b, into: target)
    conditions -= 1
    land(toEnd)
  }

  mutating func use(_ field: BarField) -> Int {
    usesField[Int(field.rawValue)] = true
    return Int(field.rawValue)
  }

  // MARK: History

  private mutating func history(_ v: VariableRef, _ offset: ExpressionRef, into target: Int) {
    ring(
      series(of: v), offset, most: program.history(), current: register(of: v), into: target)
  }

  mutating func series(of v: VariableRef) -> Int {
    if let known = seriesOf[v.index] { return known }
    let type = program.variables[v.index].type
    let made = makeSeries(depth: facts.depth[v.index], empty: type == .bool ? 0 : .nan)
    code.series[made].holdsReferences = type == .reference
    seriesOf[v.index] = made
    return made
  }

  mutating func series(of field: BarField) -> Int {
    if let known = fieldSeriesOf[field] { return known }
    let depth = facts.fieldDepth[Int(field.rawValue)]
    let made = makeSeries(depth: depth, empty: field.type == .bool ? 0 : .nan)
    fieldSeriesOf[field] = made
    return made
  }

  private mutating func ring(
    _ series: Int, _ offset: ExpressionRef, most: Int, current: Int, into target: Int
  ) {
    if case .number(let n) = program.expressions[offset.index], n >= 1, n <= Double(most) {
      emit(Instruction(.ring, target, series, Int(n)))
      return
    }
    let ago = value(offset)
    // Goes on with the next instruction at offset 0, else with the one behind it.
    var look = Instruction(.ringAt, target, series, ago)
    look.texts = UInt16(clamping: most)
    emit(look)
    emit(Instruction(.move, target, current))
  }

  // MARK: Calls

  private mutating func call(_ function: Function, _ list: ArgumentList, into target: Int) {
    let arguments = Array(program.arguments(list))
    guard arguments.count >= function.arity, arguments.count < 256 else {
      return fail(.invalidProgram)
    }
    if let opcode = Self.opcode(function, arguments.count) {
      if arguments.count == 1 {
        let operand = value(arguments[0])
        emit(Instruction(opcode, target, operand))
      } else {
        let (left, right) = pair(arguments[0], arguments[1])
        emit(Instruction(opcode, target, left, right))
      }
      return
    }
    if let query = timeQuery(function, arguments) {
      return ask(query, into: target)
    }
    if error != nil { return }
    let first = row(arguments)
    var instruction = Instruction(.function, target, first, arguments.count)
    instruction.function = function.rawValue
    for (i, e) in arguments.enumerated() where i < 16 && program.types[e.index] == .text {
      instruction.texts |= 1 << UInt16(i)
    }
    emit(instruction)
  }

  private mutating func object(_ function: ObjectFunction, _ list: ArgumentList, into target: Int) {
    let arguments = Array(program.arguments(list))
    guard arguments.count >= function.arity else { return fail(.invalidProgram) }
    code.usesObjects = true
    let first = arguments.isEmpty ? 0 : row(arguments)
    var instruction = Instruction(.object, target, first, arguments.count)
    instruction.function = function.rawValue
    emit(instruction)
  }

  /// Values in registers one behind the other: where they are, if they are, else in a row of their
  /// own, in which constants stand from the start.
  mutating func row(_ expressions: [ExpressionRef]) -> Int {
    if expressions.count == 1 { return value(expressions[0]) }
    let places = expressions.map(place)
    if let first = places.first, let start = first,
      places.indices.allSatisfy({ places[$0] == start + $0 })
    {
      for e in expressions { _ = value(e) }
      return start
    }
    let start = initial.count
    for e in expressions { _ = lasting(known(e) ?? .nan) }
    for (i, e) in expressions.enumerated() where known(e) == nil { evaluate(e, into: start + i) }
    return start
  }

  /// The value of a constant.
  func known(_ e: ExpressionRef) -> Double? {
    switch program.expressions[e.index] {
    case .number(let x): x
    case .text(let ref): Double(ref)
    default: nil
    }
  }

  /// The lasting register of an expression that is one.
  private func place(_ e: ExpressionRef) -> Int? {
    switch program.expressions[e.index] {
    case .variable(let v): variables[v.index]
    case .bar(let field): Int(field.rawValue)
    case .kernelResult(let site, let k): siteResults[site.index].map { $0 + Int(k) }
    default: nil
    }
  }

  private mutating func requested(_ request: RequestRef, _ k: Int, _ type: ValueType) -> Int {
    let known = code.requestRegisters[request.index].first { $0.result == k }
    if let known { return known.register }
    let register = lasting(type == .bool ? 0 : .nan)
    if type == .reference { code.usesObjects = true }
    code.requestRegisters[request.index].append(
      RequestRegister(result: k, register: register, type: type))
    return register
  }

  // MARK: Opcodes

  private static func opcode(_ op: UnaryOperator) -> Opcode {
    switch op {
    case .negate: .negate
    case .not: .not
    case .isNA: .isNA
    case .truncate: .truncate
    case .truth: .truth
    }
  }

  private static func opcode(_ op: BinaryOperator) -> Opcode {
    switch op {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    case .remainder: .remainder
    case .divideIntegers: .divideIntegers
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    case .equal: .equal
    case .notEqual: .notEqual
    }
  }

  private static func opcode(_ function: Function, _ count: Int) -> Opcode? {
    switch (function, count) {
    case (.abs, 1): .abs
    case (.max, 2): .max
    case (.min, 2): .min
    case (.nz, 2): .nz
    default: nil
    }
  }
}
