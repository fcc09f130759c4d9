import Indicators

extension Rewriter {
  /// A value that stands in several places is calculated at the first where it can be kept, if that
  /// is reached on every bar, and read at the others.
  mutating func rewrite(_ e: ExpressionRef) -> ExpressionRef {
    guard !e.isNone, let number = common?.number(of: e) else { return rewriteHere(e) }
    if let variable = kept[number] {
      if case .kernel(let site) = source.expressions[e.index] {
        siteNumbers[site.index] = keptSites[number]
      }
      return target.read(variable)
    }
    let before = passed
    let made = rewriteHere(e)
    guard conditions == 0, constant(made) == nil, mayMove(made, over: before) else { return made }
    passed = before
    return keep(e, made, number)
  }

  /// Calculates a value ahead of the statement at hand, where everything is done that it depends
  /// on, and nothing with an effect stands between there and here.
  private mutating func keep(
    _ e: ExpressionRef, _ made: ExpressionRef, _ number: Int
  ) -> ExpressionRef {
    let variable = target.variable("", source.types[e.index])
    target.declare(variable, made)
    kept[number] = variable
    if case .kernel(let site) = source.expressions[e.index] {
      keptSites[number] = siteNumbers[site.index]
    }
    return target.read(variable)
  }

  /// Whether an expression of the target may be evaluated ahead of what the statement at hand has
  /// evaluated before it: not over statements within it (an order, a declaration that the
  /// expression reads, an error that stops the script), nor over a kernel whose results it reads.
  private func mayMove(_ e: ExpressionRef, over passed: Passed) -> Bool {
    guard !passed.isBlock else { return false }
    if passed.sites.isEmpty { return true }
    let expression = target.program.expressions[e.index]
    if case .kernelResult(let site, _) = expression, passed.sites.contains(site) { return false }
    var isFree = true
    target.program.visitOperands(expression) { operand in
      if isFree { isFree = mayMove(operand, over: passed) }
    }
    return isFree
  }

  private mutating func rewriteHere(_ e: ExpressionRef) -> ExpressionRef {
    if e.isNone { return .none }
    let type = source.types[e.index]
    switch source.expressions[e.index] {
    case .number(let x): return make(x, type)
    case .text(let ref): return make(Double(ref), .text)
    case .parameter(let number): return parameter(number, type)
    case .variable(let v): return read(v)
    case .history(let v, let offset): return history(v, offset)
    case .bar(let field): return target.bar(field)
    case .barHistory(let field, let offset):
      let ago = rewrite(offset)
      if constant(ago) == 0 { return target.bar(field) }
      return target.bar(field, ago: ago)
    case .symbol(let field):
      return known.value(of: field).map { make($0, type) } ?? target.symbol(field)
    case .timeframe(let field):
      return known.value(of: field).map { make($0, type) } ?? target.timeframe(field)
    case .unary(let op, let x): return unary(op, rewrite(x), type)
    case .binary(let op, let a, let b):
      let left = rewrite(a)
      return binary(op, left, rewrite(b), type)
    case .and(let a, let b): return lazy(a, b, isAnd: true, type)
    case .or(let a, let b): return lazy(a, b, isAnd: false, type)
    case .select(let c, let a, let b): return select(c, a, b, type)
    case .function(let function, let list): return call(function, list, type)
    case .kernel(let site): return kernel(site, type)
    case .kernelResult(let site, let k):
      guard let number = siteNumbers[site.index] else { return make(.nan, type) }
      return target.add(.kernelResult(number, k), type)
    case .request(let request, let k): return self.request(request, Int(k), type, at: e)
    case .book(let field):
      return known.value(of: field).map { make($0, type) } ?? target.book(field)
    case .positionEntryName: return target.positionEntryName()
    case .trade(let field, let open, let index):
      return target.trade(field, open: open, index: rewrite(index))
    case .sequence(let block, let value): return sequence(block, value)
    case .object(let function, let list): return object(function, list, type)
    }
  }

  /// In a request's world the statements come ahead of the one at hand, where they always run:
  /// those that the request needs then need nothing else of the expression they stand in.
  private mutating func sequence(_ block: BlockRef, _ value: ExpressionRef) -> ExpressionRef {
    if case .request = world, laziness == 0 {
      rewrite(block)
      return rewrite(value)
    }
    let outside = laziness
    laziness = 0
    defer { laziness = outside }
    target.openBlock()
    rewrite(block)
    let result = rewrite(value)
    let made = target.closeBlock()
    passed.isBlock = true
    return target.program.blocks[made.index].isEmpty ? result : target.sequence(made, result)
  }

  private mutating func parameter(_ number: Int32, _ type: ValueType) -> ExpressionRef {
    guard let value = known.value(ofParameter: Int(number)) else {
      return target.add(.parameter(number), type)
    }
    if source.parameters[Int(number)].kind == .source {
      let field = UInt8(exactly: value).flatMap(BarField.init(rawValue:)) ?? .close
      return target.add(.bar(field), type)
    }
    return make(value, type)
  }

  mutating func read(_ v: VariableRef) -> ExpressionRef {
    if let value = held[v.index] { return make(value, source.variables[v.index].type) }
    return target.read(place(v))
  }

  private mutating func history(_ v: VariableRef, _ offset: ExpressionRef) -> ExpressionRef {
    let ago = rewrite(offset)
    if constant(ago) == 0 { return read(v) }
    return target.read(foreseen.declared.contains(v) ? place(v) : v, ago: ago)
  }

  private mutating func unary(
    _ op: UnaryOperator, _ x: ExpressionRef, _ type: ValueType
  ) -> ExpressionRef {
    if let value = constant(x) { return make(NumberFunctions.unary(op, value), type) }
    return target.add(.unary(op, x), type)
  }

  private mutating func binary(
    _ op: BinaryOperator, _ a: ExpressionRef, _ b: ExpressionRef, _ type: ValueType
  ) -> ExpressionRef {
    if let x = constant(a), let y = constant(b) {
      return make(NumberFunctions.binary(op, x, y), type)
    }
    return target.add(.binary(op, a, b), type)
  }

  /// `and`, `or`: decided by a constant on the left; a constant on the right that decides nothing
  /// falls away.
  private mutating func lazy(
    _ a: ExpressionRef, _ b: ExpressionRef, isAnd: Bool, _ type: ValueType
  ) -> ExpressionRef {
    let left = rewrite(a)
    if let value = constant(left) {
      return Pine.isTrue(value) == isAnd ? rewrite(b) : make(value, type)
    }
    foresee(b)
    let before = held
    conditions += 1
    laziness += 1
    let right = rewrite(b)
    laziness -= 1
    conditions -= 1
    merge(before)
    if let value = constant(right), value == value, Pine.isTrue(value) == isAnd { return left }
    return target.add(isAnd ? .and(left, right) : .or(left, right), type)
  }

  private mutating func select(
    _ condition: ExpressionRef, _ a: ExpressionRef, _ b: ExpressionRef, _ type: ValueType
  ) -> ExpressionRef {
    let decided = rewrite(condition)
    if let value = constant(decided) {
      let taken = rewrite(Pine.isTrue(value) ? a : b)
      return constant(taken).map { make($0, type) } ?? taken
    }
    foresee(a)
    foresee(b)
    let before = held
    conditions += 1
    laziness += 1
    let first = rewrite(a)
    let afterFirst = held
    held = before
    let second = rewrite(b)
    laziness -= 1
    conditions -= 1
    merge(afterFirst)
    return target.add(.select(decided, first, second), type)
  }

  private mutating func call(
    _ function: Function, _ list: ArgumentList, _ type: ValueType
  ) -> ExpressionRef {
    var made: [ExpressionRef] = []
    for argument in source.arguments(list) { made.append(rewrite(argument)) }
    let values = made.compactMap(constant)
    if values.count == made.count, values.count >= function.arity {
      var texts: UInt32 = 0
      for (i, e) in made.enumerated() where i < 32 && target.type(e) == .text { texts |= 1 << i }
      if let value = known.evaluate(function, values, texts: texts) { return make(value, type) }
    }
    let arguments = target.list(made)
    return target.add(.function(function, arguments), type)
  }

  /// Nothing that is evaluated behind it may come before it.
  private mutating func object(
    _ function: ObjectFunction, _ list: ArgumentList, _ type: ValueType
  ) -> ExpressionRef {
    var made: [ExpressionRef] = []
    for argument in source.arguments(list) { made.append(rewrite(argument)) }
    passed.isBlock = true
    return target.object(function, made, type)
  }

  private mutating func kernel(_ site: SiteRef, _ type: ValueType) -> ExpressionRef {
    let call = source.sites[site.index]
    var made: [ExpressionRef] = []
    for argument in source.arguments(call.arguments) { made.append(rewrite(argument)) }
    let arguments = target.list(made)
    let number = SiteRef(Int32(target.program.sites.count))
    target.program.sites.append(Site(kernel: call.kernel, arguments: arguments))
    siteNumbers[site.index] = number
    if common != nil { passed.sites.insert(number) }
    return target.add(.kernel(number), type)
  }
}
