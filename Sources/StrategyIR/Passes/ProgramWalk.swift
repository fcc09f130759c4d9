extension Program {
  /// The expressions that an expression is made of directly; those of a request's world included.
  public func visitOperands(_ e: Expression, _ visit: (ExpressionRef) -> Void) {
    switch e {
    case .number, .text, .parameter, .variable, .bar, .symbol, .timeframe, .kernelResult, .book,
      .positionEntryName:
      break
    case .history(_, let x), .barHistory(_, let x), .unary(_, let x), .trade(_, _, let x),
      .sequence(_, let x):
      visit(x)
    case .binary(_, let a, let b), .and(let a, let b), .or(let a, let b):
      visit(a)
      visit(b)
    case .select(let c, let a, let b):
      visit(c)
      visit(a)
      visit(b)
    case .function(_, let list), .object(_, let list): arguments(list).forEach(visit)
    case .kernel(let site): arguments(sites[site.index].arguments).forEach(visit)
    case .request(let request, _):
      let r = requests[request.index]
      for x in r.options + r.results where !x.isNone { visit(x) }
    }
  }

  /// The blocks that an expression runs.
  func blocks(of e: Expression) -> BlockRef {
    switch e {
    case .sequence(let block, _): block
    case .request(let request, _): requests[request.index].block
    default: .none
    }
  }

  /// A statement's own expressions, in the order of evaluation.
  func expressions(of s: Statement) -> [ExpressionRef] {
    switch s {
    case .evaluate(let e), .declare(_, let e), .declareOnce(_, let e), .assign(_, let e),
      .branch(let e, _, _), .whileLoop(let e, _), .plot(_, let e), .fail(let e):
      [e]
    case .forLoop(let n):
      [loops[Int(n)].from, loops[Int(n)].step, loops[Int(n)].to].filter { !$0.isNone }
    case .order(let n):
      orders[Int(n)].arguments.filter { !$0.isNone }
    case .risk(let n): [risks[Int(n)].value, risks[Int(n)].message].filter { !$0.isNone }
    case .breakLoop, .continueLoop: []
    }
  }

  /// Whether a `for` with this step may stop the script.
  public func mayBeBadStep(_ step: ExpressionRef) -> Bool {
    if step.isNone { return false }
    if case .number(let x) = expressions[step.index] { return x <= 0 }
    return true
  }

  func blocks(of s: Statement) -> [BlockRef] {
    switch s {
    case .branch(_, let a, let b): [a, b].filter { !$0.isNone }
    case .whileLoop(_, let body): [body]
    case .forLoop(let n): [loops[Int(n)].body]
    default: []
    }
  }
}

/// Collects the variables that a part of a program writes.
struct WrittenVariables {
  let program: Program
  var written: Set<VariableRef> = []
  /// Those of them that are declared there.
  var declared: Set<VariableRef> = []

  init(_ program: Program) { self.program = program }

  mutating func visit(_ block: BlockRef) {
    if block.isNone { return }
    for statement in program.blocks[block.index] {
      switch statement {
      case .assign(let v, _): written.insert(v)
      case .declare(let v, _), .declareOnce(let v, _):
        written.insert(v)
        declared.insert(v)
      case .forLoop(let n):
        written.insert(program.loops[Int(n)].counter)
        declared.insert(program.loops[Int(n)].counter)
      default: break
      }
      for e in program.expressions(of: statement) { visit(e) }
      for inner in program.blocks(of: statement) { visit(inner) }
    }
  }

  mutating func visit(_ e: ExpressionRef) {
    if e.isNone { return }
    let expression = program.expressions[e.index]
    visit(program.blocks(of: expression))
    var inner: [ExpressionRef] = []
    program.visitOperands(expression) { inner.append($0) }
    for operand in inner { visit(operand) }
  }
}
