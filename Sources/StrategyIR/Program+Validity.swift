extension Program {
  /// Nesting deeper than this is refused: reading a program recurses.
  public static let deepest = 250

  /// Whether all numbers in the tables refer to what there is, and to what comes before them, so
  /// that reading the program ends and cannot go wrong. O(size).
  public var isValid: Bool {
    var validator = Validator(self)
    return validator.run()
  }
}

/// Walks the tree from the body, with the depth bounded. Each number is checked before it is
/// followed; shared nodes are checked once.
private struct Validator {
  let program: Program
  /// Heights of what was walked; 0: not yet, −1: is being walked.
  var heights: [Int]
  var blockHeights: [Int]
  var isValid = true

  init(_ program: Program) {
    self.program = program
    heights = Array(repeating: 0, count: program.expressions.count)
    blockHeights = Array(repeating: 0, count: program.blocks.count)
  }

  mutating func run() -> Bool {
    guard tablesFit() else { return false }
    _ = visit(program.body, depth: 0)
    return isValid
  }

  private func tablesFit() -> Bool {
    program.types.count == program.expressions.count && program.texts.first == ""
      && program.lines.count == program.blocks.count
      && zip(program.lines, program.blocks).allSatisfy { $0.count == $1.count }
      && program.body.index >= 0 && program.body.index < program.blocks.count
      && Set(program.texts).count == program.texts.count
  }

  private mutating func fail() -> Int {
    isValid = false
    return 0
  }

  private mutating func visit(_ block: BlockRef, depth: Int) -> Int {
    if block.isNone { return 0 }
    guard isValid, depth < Program.deepest, block.index < blockHeights.count,
      blockHeights[block.index] >= 0
    else { return fail() }
    let known = blockHeights[block.index]
    if known > 0 { return depth + known <= Program.deepest ? known : fail() }
    blockHeights[block.index] = -1
    var height = 0
    for statement in program.blocks[block.index] where isValid {
      guard refersWell(statement) else { return fail() }
      for e in program.expressions(of: statement) {
        height = max(height, visit(e, depth: depth + 1))
      }
      for inner in program.blocks(of: statement) {
        height = max(height, visit(inner, depth: depth + 1))
      }
    }
    blockHeights[block.index] = height + 1
    return height + 1
  }

  private mutating func visit(_ e: ExpressionRef, depth: Int) -> Int {
    guard isValid, depth < Program.deepest, e.index >= 0, e.index < heights.count,
      heights[e.index] >= 0
    else { return fail() }
    let known = heights[e.index]
    if known > 0 { return depth + known <= Program.deepest ? known : fail() }
    let expression = program.expressions[e.index]
    guard refersWell(expression) else { return fail() }
    heights[e.index] = -1
    var height = visit(program.blocks(of: expression), depth: depth + 1)
    var operands: [ExpressionRef] = []
    program.visitOperands(expression) { operands.append($0) }
    for operand in operands { height = max(height, visit(operand, depth: depth + 1)) }
    heights[e.index] = height + 1
    return height + 1
  }

  private func isVariable(_ v: VariableRef) -> Bool {
    v.index >= 0 && v.index < program.variables.count
  }

  private func isList(_ list: ArgumentList) -> Bool {
    list.start >= 0 && list.count >= 0
      && Int(list.start) + Int(list.count) <= program.arguments.count
  }

  private func refersWell(_ e: Expression) -> Bool {
    switch e {
    case .text(let ref): Int(ref) < program.texts.count
    case .parameter(let n): n >= 0 && Int(n) < program.parameters.count
    case .variable(let v), .history(let v, _): isVariable(v)
    case .function(let function, let list):
      isList(list) && Int(list.count) >= function.arity
        && (function.isVariadic || Int(list.count) == function.arity) && list.count < 256
    case .kernel(let site):
      isSite(site)
        && Int(program.sites[site.index].arguments.count)
          == program.sites[site.index].kernel.arguments.count
    case .kernelResult(let site, let k):
      isSite(site) && k >= 0 && Int(k) < program.sites[site.index].kernel.results
    case .request(let request, let k):
      request.index >= 0 && request.index < program.requests.count && k >= 0
        && Int(k) < program.requests[request.index].results.count
    default: true
    }
  }

  private func isSite(_ site: SiteRef) -> Bool {
    site.index >= 0 && site.index < program.sites.count
      && isList(program.sites[site.index].arguments)
  }

  private func refersWell(_ s: Statement) -> Bool {
    switch s {
    case .declare(let v, _), .declareOnce(let v, _), .assign(let v, _): isVariable(v)
    case .forLoop(let n):
      n >= 0 && Int(n) < program.loops.count && isVariable(program.loops[Int(n)].counter)
    case .order(let n): n >= 0 && Int(n) < program.orders.count
    case .risk(let n): n >= 0 && Int(n) < program.risks.count
    case .plot(let n, _): n >= 0 && Int(n) < program.plots.count
    default: true
    }
  }
}
