/// Where a request stands in a program: which expressions and blocks lead to it, through branches,
/// called functions and the expressions of other requests.
struct RequestPath {
  let program: Program
  /// nil: any request.
  let request: RequestRef?
  private var expressions: [Bool?]
  private var blocks: [Bool?]

  init(_ program: Program, to request: RequestRef?) {
    self.program = program
    self.request = request
    expressions = Array(repeating: nil, count: program.expressions.count)
    blocks = Array(repeating: nil, count: program.blocks.count)
  }

  mutating func leads(through e: ExpressionRef) -> Bool {
    if e.isNone { return false }
    if let known = expressions[e.index] { return known }
    let expression = program.expressions[e.index]
    var found = false
    if case .request(let here, _) = expression { found = request == nil || here == request }
    if !found { found = leads(through: program.blocks(of: expression)) }
    if !found {
      var operands: [ExpressionRef] = []
      program.visitOperands(expression) { operands.append($0) }
      for operand in operands where !found { found = leads(through: operand) }
    }
    expressions[e.index] = found
    return found
  }

  mutating func leads(through block: BlockRef) -> Bool {
    if block.isNone { return false }
    if let known = blocks[block.index] { return known }
    var found = false
    for statement in program.blocks[block.index] where !found {
      found = leads(through: statement)
    }
    blocks[block.index] = found
    return found
  }

  mutating func leads(through statement: Statement) -> Bool {
    for e in program.expressions(of: statement) where leads(through: e) { return true }
    for block in program.blocks(of: statement) where leads(through: block) { return true }
    return false
  }
}
