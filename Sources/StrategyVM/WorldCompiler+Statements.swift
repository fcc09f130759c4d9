import StrategyIR

extension WorldCompiler {
  mutating func compile(_ block: BlockRef) {
    if block.isNone { return }
    for (i, statement) in program.blocks[block.index].enumerated() {
      line = program.lines[block.index][i]
      let mark = temporaries
      compile(statement)
      temporaries = mark
    }
  }

  private mutating func compile(_ statement: Statement) {
    switch statement {
    case .evaluate(let e): _ = value(e)
    case .declare(let v, let e): declare(v, e)
    case .declareOnce(let v, let e): declareOnce(v, e)
    case .assign(let v, let e): assign(v, e)
    case .branch(let condition, let then, let otherwise): branch(condition, then, otherwise)
    case .forLoop(let number): forLoop(program.loops[Int(number)])
    case .whileLoop(let condition, let body): whileLoop(condition, body)
    case .breakLoop:
      let jump = emit(Instruction(.jump))
      if loops.isEmpty { fail(.invalidProgram) } else { loops[loops.count - 1].exits.append(jump) }
    case .continueLoop:
      let jump = emit(Instruction(.jump))
      if loops.isEmpty { fail(.invalidProgram) } else { loops[loops.count - 1].rounds.append(jump) }
    case .order(let number): order(program.orders[Int(number)])
    case .risk(let number): risk(program.risks[Int(number)])
    case .plot(let number, let e):
      let output = value(e)
      emit(Instruction(.plot, 0, output, Int(number)))
    case .fail(let message):
      let text = value(message)
      emit(Instruction(.fail, 0, text))
    }
  }

  // MARK: Variables

  /// Through a temporary where the expression reads the variable after it has begun to write.
  private mutating func assign(_ v: VariableRef, _ e: ExpressionRef) {
    let target = register(of: v)
    switch program.expressions[e.index] {
    case .and, .or, .select:
      let made = temporary()
      evaluate(e, into: made)
      emit(Instruction(.move, target, made))
    default: evaluate(e, into: target)
    }
  }

  private mutating func declare(_ v: VariableRef, _ e: ExpressionRef) {
    if facts.depth[v.index] == 0 {
      if alias(v, e) { return }
      return assign(v, e)
    }
    let made = value(e)
    push(v)
    emit(Instruction(.move, register(of: v), made))
  }

  /// A variable that only ever is another lasting register needs none of its own. Not where the
  /// declaration may be passed over: the other register moves on by itself.
  private mutating func alias(_ v: VariableRef, _ e: ExpressionRef) -> Bool {
    guard facts.isWrittenOnce[v.index], variables[v.index] == nil, loops.isEmpty, conditions == 0
    else {
      return false
    }
    switch program.expressions[e.index] {
    case .number, .text, .bar, .kernel, .kernelResult, .request:
      variables[v.index] = value(e)
      return true
    default: return false
    }
  }

  private mutating func push(_ v: VariableRef) {
    let series = series(of: v)
    emit(Instruction(loops.isEmpty ? .push : .pushOnce, register(of: v), series))
  }

  private mutating func declareOnce(_ v: VariableRef, _ e: ExpressionRef) {
    let flag = lasting(0)
    let isSet = emit(Instruction(.jumpIf, flag))
    conditions += 1
    assign(v, e)
    conditions -= 1
    emit(Instruction(.move, flag, constant(1)))
    guard facts.depth[v.index] > 0 else { return land(isSet) }
    emit(Instruction(.stamp, 0, series(of: v)))
    let toEnd = emit(Instruction(.jump))
    land(isSet)
    push(v)
    land(toEnd)
  }

  // MARK: Control

  private mutating func branch(
    _ condition: ExpressionRef, _ then: BlockRef, _ otherwise: BlockRef
  ) {
    let toElse = leaveUnless(condition)
    conditions += 1
    defer { conditions -= 1 }
    compile(then)
    guard !otherwise.isNone else { return land(toElse) }
    let toEnd = emit(Instruction(.jump))
    land(toElse)
    compile(otherwise)
    land(toEnd)
  }

  private mutating func whileLoop(_ condition: ExpressionRef, _ body: BlockRef) {
    let head = here
    loops.append(OpenLoop())
    let exits = leaveUnless(condition)
    compile(body)
    closeLoop(head: head, exits: exits)
  }

  private mutating func forLoop(_ loop: ForLoop) {
    let counter = temporaries(3)
    evaluate(loop.from, into: counter)
    let step = loop.step.isNone ? constant(1) : kept(loop.step)
    emit(Instruction(.move, counter + 2, constant(.nan)))
    let head = here
    loops.append(OpenLoop())
    evaluate(loop.to, into: counter + 1)
    if program.mayBeBadStep(loop.step) { emit(Instruction(.checkStep, counter, step)) }
    let toEnd = emit(Instruction(.forTest, counter, step))
    emit(Instruction(.move, register(of: loop.counter), counter))
    compile(loop.body)
    for jump in loops[loops.count - 1].rounds { land(jump) }
    loops[loops.count - 1].rounds = []
    emit(Instruction(.forStep, counter))
    closeLoop(head: head, exits: [toEnd])
  }

  /// A value that must not change while a loop runs.
  private mutating func kept(_ e: ExpressionRef) -> Int {
    let register = temporary()
    evaluate(e, into: register)
    return register
  }

  private mutating func closeLoop(head: Int, exits: [Int]) {
    let loop = loops.removeLast()
    for jump in loop.rounds { land(jump) }
    emit(Instruction(.loop, 0, cost(head..<here), head))
    for jump in exits + loop.exits { land(jump) }
  }

  /// The cost of one round in the budget: an instruction counts 1, one that goes through memory
  /// by how much it may go through.
  private func cost(_ range: Range<Int>) -> Int {
    range.reduce(1) { sum, i in
      let instruction = code.instructions[i]
      switch instruction.opcode {
      case .function, .object: return sum + 32
      case .kernelAgain:
        return sum + 1 + code.kernels[Int(instruction.c)].binding.stateBytes / 64
      default: return sum + 1
      }
    }
  }

  // MARK: Effects

  private mutating func order(_ call: OrderCall) {
    var slot = OrderSlot(call.kind)
    // In the order of OrderCall.arguments.
    slot.id = argument(call.id)
    slot.direction = argument(call.direction)
    slot.fromEntry = argument(call.fromEntry)
    slot.quantity = argument(call.quantity)
    slot.quantityPercent = argument(call.quantityPercent)
    slot.limit = argument(call.limit)
    slot.stop = argument(call.stop)
    slot.profit = argument(call.profit)
    slot.loss = argument(call.loss)
    slot.trailPrice = argument(call.trailPrice)
    slot.trailPoints = argument(call.trailPoints)
    slot.trailOffset = argument(call.trailOffset)
    slot.ocaName = argument(call.ocaName)
    slot.oca = argument(call.oca)
    slot.comment = argument(call.comment)
    slot.commentProfit = argument(call.commentProfit)
    slot.commentLoss = argument(call.commentLoss)
    slot.commentTrailing = argument(call.commentTrailing)
    slot.immediately = argument(call.immediately)
    emit(Instruction(.order, 0, 0, code.orders.count))
    code.orders.append(slot)
  }

  /// A register of its own: a later argument may change a variable.
  private mutating func argument(_ e: ExpressionRef) -> Int {
    guard !e.isNone else { return constant(.nan) }
    switch program.expressions[e.index] {
    case .number, .text, .bar, .book: return value(e)
    default: return facts.hasSequence[e.index] ? kept(e) : value(e)
    }
  }

  private mutating func risk(_ call: RiskCall) {
    let value = argument(call.value)
    let message = argument(call.message)
    emit(Instruction(.risk, 0, 0, code.risks.count))
    code.risks.append(RiskSlot(call: call, value: value, message: message))
  }
}
