/// A request is calculated on every bar of its own timeframe, whatever branches, `?:`, `and`, `or`
/// stand around the call: they only decide whether its result is read. So where a world evaluates a
/// request itself (its own one, or one at its own symbol and timeframe) and a condition is about to be entered
/// that leads to it, it is evaluated ahead of the statement at hand as if the way to it were taken.
///
/// Statements on that way write copies of the script's variables; the script itself goes on as if
/// they had not run. Loops are not entered ahead: there the last round's result counts.
extension Rewriter {
  struct Foreseen {
    var paths: [Int: RequestPath] = [:]
    var any: RequestPath?
    /// The copies that are written on the way at hand, by the source's variables; and which of them
    /// are declared on it.
    var copies: [VariableRef: VariableRef] = [:]
    var declared: Set<VariableRef> = []
    var isOnItsWay = false
  }

  mutating func foresee(_ e: ExpressionRef) {
    guard mayForesee({ $0.leads(through: e) }) else { return }
    foresee({ $0.leads(through: e) }, { $0.visit(e) }, { $0.follow(e, to: $1) })
  }

  mutating func foresee(_ block: BlockRef) {
    guard mayForesee({ $0.leads(through: block) }) else { return }
    foresee({ $0.leads(through: block) }, { $0.visit(block) }, { $0.follow(block, to: $1) })
  }

  private mutating func mayForesee(_ leads: (inout RequestPath) -> Bool) -> Bool {
    guard world != .whole, conditions == 0, !foreseen.isOnItsWay, !source.requests.isEmpty else {
      return false
    }
    var any = foreseen.any ?? RequestPath(source, to: nil)
    defer { foreseen.any = any }
    return leads(&any)
  }

  private mutating func foresee(
    _ leads: (inout RequestPath) -> Bool, _ visit: (inout WrittenVariables) -> Void,
    _ follow: (inout Rewriter, RequestRef) -> Void
  ) {
    for index in source.requests.indices where captured[index] == nil {
      let request = RequestRef(Int32(index))
      guard reach(request, leads), isEvaluatedHere(request) else { continue }
      var walk = WrittenVariables(source)
      visit(&walk)
      onItsWay(walk) { follow(&$0, request) }
    }
  }

  /// Whether something leads to a request.
  private mutating func reach(
    _ request: RequestRef, _ leads: (inout RequestPath) -> Bool
  ) -> Bool {
    var path = foreseen.paths[request.index] ?? RequestPath(source, to: request)
    defer { foreseen.paths[request.index] = path }
    return leads(&path)
  }

  private mutating func isEvaluatedHere(_ request: RequestRef) -> Bool {
    if world == .request(request) { return true }
    let original = source.requests[request.index]
    let timeframe = rewrite(original.timeframe)
    let symbol = rewrite(original.symbol)
    return isOwn(original, symbol, timeframe)
  }

  private mutating func onItsWay(_ walk: WrittenVariables, _ body: (inout Rewriter) -> Void) {
    let (held, siteNumbers, outside) = (held, siteNumbers, (passed, laziness, target.line))
    for v in walk.written.sorted(by: { $0.raw < $1.raw }) {
      let copy = target.variable("", source.variables[v.index].type)
      if !walk.declared.contains(v) { target.declare(copy, target.read(v)) }
      foreseen.copies[v] = copy
    }
    foreseen.declared = walk.declared
    foreseen.isOnItsWay = true
    laziness = 0
    body(&self)
    foreseen.isOnItsWay = false
    foreseen.copies = [:]
    foreseen.declared = []
    self.held = held
    self.siteNumbers = siteNumbers
    (passed, laziness, target.line) = outside
  }

  // MARK: The way

  /// The statements up to the one that leads to the request.
  mutating func follow(_ block: BlockRef, to request: RequestRef) {
    if block.isNone { return }
    for (i, statement) in source.blocks[block.index].enumerated() {
      target.line = source.lines[block.index][i]
      passed = Passed()
      if reach(request, { $0.leads(through: statement) }) {
        return follow(statement, to: request)
      }
      rewrite(statement)
    }
  }

  private mutating func follow(_ statement: Statement, to request: RequestRef) {
    for e in source.expressions(of: statement) where reach(request, { $0.leads(through: e) }) {
      return follow(e, to: request)
    }
    switch statement {
    case .branch(_, let then, let otherwise):
      let isThen = reach(request) { $0.leads(through: then) }
      follow(isThen ? then : otherwise, to: request)
    default: rewrite(statement)
    }
  }

  mutating func follow(_ e: ExpressionRef, to request: RequestRef) {
    let expression = source.expressions[e.index]
    switch expression {
    case .request(request, let k):
      if captured[request.index] == nil {
        _ = capture(request, source.requests[request.index], Int(k), source.types[e.index])
      }
      return
    case .request, .sequence:
      let block = source.blocks(of: expression)
      if reach(request, { $0.leads(through: block) }) { return follow(block, to: request) }
      if !block.isNone { rewrite(block) }
    default: break
    }
    var operands: [ExpressionRef] = []
    source.visitOperands(expression) { operands.append($0) }
    for operand in operands where reach(request, { $0.leads(through: operand) }) {
      return follow(operand, to: request)
    }
  }

  /// The wanted request may stand in another one's expression, which this world does not evaluate.
  mutating func followWanted(in other: RequestRef, _ e: ExpressionRef) {
    guard case .request(let wanted) = world, wanted != other, captured[wanted.index] == nil,
      !foreseen.isOnItsWay, reach(wanted, { $0.leads(through: e) })
    else { return }
    var walk = WrittenVariables(source)
    walk.visit(e)
    onItsWay(walk) { $0.follow(e, to: wanted) }
  }

  /// The variable of the target that stands for one of the source here.
  func place(_ v: VariableRef) -> VariableRef { foreseen.copies[v] ?? v }
}
