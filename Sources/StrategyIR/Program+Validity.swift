extension Program {
  /// Nesting deeper than this is refused: reading a program recurses.
  public static let deepest = 250

  /// Larger trees are refused.
  public static let largest = 2_000_000

  /// Whether all numbers in the tables refer to existing entries, so that reading the program ends and
  /// cannot go wrong. O(size).
  public var isValid: Bool { treeSize != nil }

  /// The number of nodes in the tree under the body, those that stand in several places counted
  /// for each; nil when the program is not valid. O(size of the tables).
  public var treeSize: Int? {
    var validator = Validator(self)
    return validator.run()
  }
}

/// Walks the tree from the body, with the depth bounded. Each number is checked before it is
/// followed; shared nodes are checked once.
private struct Validator {
  struct Extent {
    /// 0: not walked yet, −1: is being walked.
    var height = 0
    var size = 0

    mutating func add(_ other: Extent) {
      height = max(height, other.height)
      size = min(size + other.size, Program.largest + 1)
    }
  }

  let program: Program
  var extents: [Extent]
  var blockExtents: [Extent]
  var isValid = true

  init(_ program: Program) {
    self.program = program
    extents = Array(repeating: Extent(), count: program.expressions.count)
    blockExtents = Array(repeating: Extent(), count: program.blocks.count)
  }

  mutating func run() -> Int? {
    guard tablesFit() else { return nil }
    let all = visit(program.body, depth: 0)
    return isValid && all.size <= Program.largest ? all.size : nil
  }

  private func tablesFit() -> Bool {
    program.types.count == program.expressions.count && program.texts.first == ""
      && program.lines.count == program.blocks.count
      && zip(program.lines, program.blocks).allSatisfy { $0.count == $1.count }
      && program.body.index >= 0 && program.body.index < program.blocks.count
      && Set(program.texts).count == program.texts.count
      && program.blocks.allSatisfy { $0.allSatisfy(refersWell) }
      && program.loops.allSatisfy { isVariable($0.counter) }
  }

  private mutating func fail() -> Extent {
    isValid = false
    return Extent()
  }

  private mutating func visit(_ block: BlockRef, depth: Int) -> Extent {
    if block.isNone { return Extent() }
    guard isValid, depth < Program.deepest, block.index < blockExtents.count,
      blockExtents[block.index].height >= 0
    else { return fail() }
    let known = blockExtents[block.index]
    if known.height > 0 { return depth + known.height <= Program.deepest ? known : fail() }
    blockExtents[block.index].height = -1
    var extent = Extent(height: 0, size: 1)
    for statement in program.blocks[block.index] where isValid {
      guard refersWell(statement) else { return fail() }
      extent.size += 1
      for e in program.expressions(of: statement) { extent.add(visit(e, depth: depth + 1)) }
      for inner in program.blocks(of: statement) { extent.add(visit(inner, depth: depth + 1)) }
    }
    extent.height += 1
    blockExtents[block.index] = extent
    return extent
  }

  private mutating func visit(_ e: ExpressionRef, depth: Int) -> Extent {
    guard isValid, depth < Program.deepest, e.index >= 0, e.index < extents.count,
      extents[e.index].height >= 0
    else { return fail() }
    let known = extents[e.index]
    if known.height > 0 { return depth + known.height <= Program.deepest ? known : fail() }
    let expression = program.expressions[e.index]
    guard refersWell(expression) else { return fail() }
    extents[e.index].height = -1
    var extent = visit(program.blocks(of: expression), depth: depth + 1)
    var operands: [ExpressionRef] = []
    program.visitOperands(expression) { operands.append($0) }
    for operand in operands { extent.add(visit(operand, depth: depth + 1)) }
    extent.height += 1
    extent.size += 1
    extents[e.index] = extent
    return extent
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
    case .object(let function, let list):
      isList(list) && Int(list.count) >= function.arity
        && (function.isVariadic || Int(list.count) == function.arity) && list.count < 4_096
    case .kernel(let site):
      isSite(site)
        && Int(program.sites[site.index].arguments.count)
          == program.sites[site.index].kernel.arguments.count
    case .kernelResult(let site, let k):
      isSite(site) && k >= 0 && Int(k) < program.sites[site.index].kernel.results
    case .request(let request, let k):
      request.index >= 0 && request.index < program.requests.count && k >= 0
        && Int(k) < program.requests[request.index].results.count
        && isComplete(program.requests[request.index])
    default: true
    }
  }

  private func isComplete(_ request: Request) -> Bool {
    !request.timeframe.isNone && request.results.allSatisfy { !$0.isNone }
      && (request.kind != .currencyRate || !request.symbol.isNone && !request.currency.isNone)
  }

  private func isComplete(_ loop: ForLoop) -> Bool {
    isVariable(loop.counter) && !loop.from.isNone && !loop.to.isNone
  }

  private func isSite(_ site: SiteRef) -> Bool {
    site.index >= 0 && site.index < program.sites.count
      && isList(program.sites[site.index].arguments)
  }

  private func refersWell(_ s: Statement) -> Bool {
    switch s {
    case .declare(let v, _), .declareOnce(let v, _), .assign(let v, _): isVariable(v)
    case .forLoop(let n):
      n >= 0 && Int(n) < program.loops.count && isComplete(program.loops[Int(n)])
    case .order(let n): n >= 0 && Int(n) < program.orders.count
    case .risk(let n):
      n >= 0 && Int(n) < program.risks.count && !program.risks[Int(n)].value.isNone
    case .plot(let n, _): n >= 0 && Int(n) < program.plots.count
    default: true
    }
  }
}
