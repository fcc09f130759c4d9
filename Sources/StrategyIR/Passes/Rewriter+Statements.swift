import Indicators

extension Rewriter {
  /// Appends a block's statements to the target's open block.
  mutating func rewrite(_ block: BlockRef) {
    if block.isNone { return }
    let statements = source.blocks[block.index]
    let outside = passed
    defer { passed = outside }
    for i in statements.indices where liveness?.isLive(block, i) ?? true {
      target.line = source.lines[block.index][i]
      passed = Passed()
      rewrite(statements[i])
    }
  }

  mutating func rewrite(_ statement: Statement) {
    switch statement {
    case .evaluate(let e):
      let made = rewrite(e)
      if constant(made) == nil { target.evaluate(made) }
    case .declare(let v, let e):
      let made = rewrite(e)
      held[v.index] = result(of: made)
      target.declare(place(v), made)
    case .assign(let v, let e):
      let made = rewrite(e)
      held[v.index] = result(of: made)
      target.assign(place(v), made)
    case .declareOnce(let v, let e): declareOnce(v, e)
    case .branch(let condition, let then, let otherwise): branch(condition, then, otherwise)
    case .forLoop(let number): forLoop(source.loops[Int(number)])
    case .whileLoop(let condition, let body): whileLoop(condition, body)
    case .breakLoop: target.breakLoop()
    case .continueLoop: target.continueLoop()
    case .order(let number): order(source.orders[Int(number)])
    case .risk(let number): risk(source.risks[Int(number)])
    case .plot(let number, let e):
      let made = rewrite(e)
      target.append(isChart ? .plot(number, made) : .evaluate(made))
    case .fail(let message):
      let made = rewrite(message)
      target.append(isChart ? .fail(made) : .evaluate(made))
    }
  }

  /// Orders, plots and errors are the chart's. Elsewhere only their arguments are evaluated, since
  /// the request that is wanted may be in one.
  private var isChart: Bool {
    if foreseen.isOnItsWay { return false }
    if case .request = world { return false }
    return true
  }

  private mutating func declareOnce(_ v: VariableRef, _ e: ExpressionRef) {
    foresee(e)
    let before = held
    conditions += 1
    laziness += 1
    let made = rewrite(e)
    laziness -= 1
    conditions -= 1
    merge(before)
    held[v.index] = reassigned[v.index] ? nil : result(of: made)
    target.declareOnce(place(v), made)
  }

  private mutating func branch(
    _ condition: ExpressionRef, _ then: BlockRef, _ otherwise: BlockRef
  ) {
    let line = target.line
    let decided = rewrite(condition)
    if let value = constant(decided) {
      return rewrite(Pine.isTrue(value) ? then : otherwise)
    }
    foresee(then)
    foresee(otherwise)
    let before = held
    let first = nested(then)
    let afterFirst = held
    held = before
    let second = nested(otherwise)
    merge(afterFirst)
    target.line = line
    let isEmpty = { [target] (block: BlockRef) in target.program.blocks[block.index].isEmpty }
    if isEmpty(first), isEmpty(second) { return target.evaluate(decided) }
    target.branch(decided, first, isEmpty(second) ? .none : second)
  }

  private mutating func nested(_ block: BlockRef) -> BlockRef {
    let outside = laziness
    conditions += 1
    laziness = 0
    defer {
      conditions -= 1
      laziness = outside
    }
    target.openBlock()
    rewrite(block)
    return target.closeBlock()
  }

  private mutating func forLoop(_ loop: ForLoop) {
    let line = target.line
    let from = rewrite(loop.from)
    let step = rewrite(loop.step)
    forget(loop.body, loop.to)
    held[loop.counter.index] = nil
    conditions += 1
    laziness += 1
    let to = rewrite(loop.to)
    laziness -= 1
    conditions -= 1
    let entry = held
    let body = nested(loop.body)
    held = entry
    forget(loop.body, loop.to)
    held[loop.counter.index] = nil
    target.line = line
    target.program.loops.append(
      ForLoop(counter: place(loop.counter), from: from, to: to, step: step, body: body))
    target.append(.forLoop(Int32(target.program.loops.count - 1)))
  }

  private mutating func whileLoop(_ condition: ExpressionRef, _ body: BlockRef) {
    let line = target.line
    forget(body, condition)
    let entry = held
    conditions += 1
    laziness += 1
    let decided = rewrite(condition)
    laziness -= 1
    conditions -= 1
    if let value = constant(decided), !Pine.isTrue(value) { return }
    let made = nested(body)
    held = entry
    forget(body, condition)
    target.line = line
    target.append(.whileLoop(decided, made))
  }

  /// Variables that a loop writes are unknown in it and after it.
  private mutating func forget(_ body: BlockRef, _ condition: ExpressionRef) {
    var walk = WrittenVariables(source)
    walk.visit(body)
    walk.visit(condition)
    for v in walk.written { held[v.index] = nil }
  }

  private mutating func order(_ call: OrderCall) {
    let isChart = isChart
    let made = call.mapped { argument in
      let e = rewrite(argument)
      if !isChart, !e.isNone { target.evaluate(e) }
      return e
    }
    if isChart { target.order(made) }
  }

  private mutating func risk(_ call: RiskCall) {
    var made = call
    made.value = rewrite(call.value)
    made.message = rewrite(call.message)
    if isChart { return target.risk(made) }
    target.evaluate(made.value)
  }
}
