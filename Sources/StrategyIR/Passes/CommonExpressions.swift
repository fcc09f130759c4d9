/// Which expressions of a program are worth calculating once a bar instead of several times.
///
/// Two expressions are the same when they do the same to the same values: constants, the bar, the
/// book, and variables that are declared once, on every bar, before both places. Kernels are the
/// same when they are called on every bar with the same arguments: then their states are equal, and
/// one will do.
///
/// What this must not do: an expression with statements in it (a `sequence`) has an effect or a
/// state of its own, so neither it nor anything around it is ever the same as another expression;
/// only a variable declared with it has its value. Where a shared value may be calculated is the
/// rewriter's to decide (`Rewriter.keep`).
struct CommonExpressions {
  /// By expression: the number of its value, where it has one at each place it stands.
  private var numbers: [Int?]
  private var isRepeated: [Bool]

  /// The value's number, when it is worth keeping.
  func number(of e: ExpressionRef) -> Int? {
    guard let number = numbers[e.index], isRepeated[number] else { return nil }
    return number
  }

  init(_ program: Program) {
    var survey = Survey(program)
    survey.visit(program.body)
    numbers = survey.expressions.map { $0 >= 0 ? $0 : nil }
    isRepeated = survey.seen.indices.map {
      survey.seen[$0] > 1 && survey.isComposite[$0] && survey.isAlways[$0]
    }
  }

  /// The parts of a value; operands by their values' numbers.
  private enum Value: Hashable {
    /// A constant, by its bits: na is na here.
    case number(UInt64, ValueType)
    case leaf(Expression)
    case past(VariableRef, Int)
    case barPast(BarField, Int)
    case unary(UnaryOperator, Int)
    case binary(BinaryOperator, Int, Int)
    case and(Int, Int)
    case or(Int, Int)
    case select(Int, Int, Int)
    case function(Function, [Int])
    case trade(TradeField, Bool, Int)
    case kernel(Kernel, [Int])
    case result(Int, Int32)
  }

  private struct Survey {
    static let unknown = -1, mixed = -2
    let program: Program
    let reassigned: [Bool]
    var values: [Value: Int] = [:]
    /// How often a value was met, whether first outside of conditions, whether it takes work.
    var seen: [Int] = []
    var isAlways: [Bool] = []
    var isComposite: [Bool] = []
    var expressions: [Int]
    /// Variables that keep their value from here on, with its number.
    var settled: [VariableRef: Int] = [:]
    var sites: [SiteRef: Int] = [:]
    var conditions = 0

    init(_ program: Program) {
      self.program = program
      reassigned = program.reassignedVariables()
      expressions = Array(repeating: Self.unknown, count: program.expressions.count)
    }

    // MARK: Statements

    mutating func visit(_ block: BlockRef) {
      if block.isNone { return }
      for statement in program.blocks[block.index] { visit(statement) }
    }

    private mutating func visit(_ statement: Statement) {
      switch statement {
      case .declare(let v, let e):
        visit(e)
        if conditions == 0, !reassigned[v.index] {
          settled[v] = result(of: e) ?? make(.leaf(.variable(v)), isComposite: false)
        }
      case .declareOnce(_, let e): aside { $0.visit(e) }
      case .branch(let c, let then, let otherwise):
        _ = visit(c)
        conditions += 1
        visit(then)
        visit(otherwise)
        conditions -= 1
      case .whileLoop(let c, let body):
        conditions += 1
        _ = visit(c)
        visit(body)
        conditions -= 1
      case .forLoop(let n):
        let loop = program.loops[Int(n)]
        _ = visit(loop.from)
        if !loop.step.isNone { _ = visit(loop.step) }
        conditions += 1
        _ = visit(loop.to)
        visit(loop.body)
        conditions -= 1
      default: for e in program.expressions(of: statement) { _ = visit(e) }
      }
    }

    private mutating func aside(_ body: (inout Survey) -> Int?) {
      conditions += 1
      _ = body(&self)
      conditions -= 1
    }

    // MARK: Expressions

    /// The number of an expression's value; nil where it has none.
    @discardableResult
    private mutating func visit(_ e: ExpressionRef) -> Int? {
      if e.isNone { return nil }
      let number = value(e)
      let before = expressions[e.index]
      let now = number ?? Self.mixed
      expressions[e.index] = before == Self.unknown || before == now ? now : Self.mixed
      return number
    }

    private mutating func value(_ e: ExpressionRef) -> Int? {
      let expression = program.expressions[e.index]
      switch expression {
      case .number(let x):
        return make(.number(x.bitPattern, program.types[e.index]), isComposite: false)
      case .text, .parameter, .bar, .symbol, .timeframe, .book, .positionEntryName:
        return make(.leaf(expression), isComposite: false)
      case .variable(let v): return settled[v]
      case .history(let v, let offset):
        guard let ago = visit(offset), settled[v] != nil else { return nil }
        return make(.past(v, ago))
      case .barHistory(let field, let offset):
        return visit(offset).map { make(.barPast(field, $0)) }
      case .unary(let op, let x): return visit(x).map { make(.unary(op, $0)) }
      case .binary(let op, let a, let b):
        let (left, right) = (visit(a), visit(b))
        guard let left, let right else { return nil }
        return make(.binary(op, left, right))
      case .and(let a, let b): return lazy([a, b]).map { make(.and($0[0], $0[1])) }
      case .or(let a, let b): return lazy([a, b]).map { make(.or($0[0], $0[1])) }
      case .select(let c, let a, let b):
        return lazy([c, a, b]).map { make(.select($0[0], $0[1], $0[2])) }
      case .function(let function, let list):
        return all(list).map { make(.function(function, $0)) }
      case .trade(let field, let open, let index):
        return visit(index).map { make(.trade(field, open, $0)) }
      case .kernel(let site): return kernel(site)
      case .kernelResult(let site, let k):
        return sites[site].map { make(.result($0, k), isComposite: false) }
      case .request(let request, _):
        aside { survey in
          let r = survey.program.requests[request.index]
          for option in r.options { survey.visit(option) }
          survey.visit(r.block)
          for result in r.results { survey.visit(result) }
          return nil
        }
        return make(.leaf(expression), isComposite: false)
      case .object(_, let list):
        _ = all(list)
        return nil
      case .sequence(let block, let value):
        visit(block)
        visit(value)
        return nil
      }
    }

    /// The number of a visited expression's value, without its statements.
    private func result(of e: ExpressionRef) -> Int? {
      if case .sequence(_, let value) = program.expressions[e.index] { return result(of: value) }
      let number = expressions[e.index]
      return number >= 0 ? number : nil
    }

    /// The first operand is always evaluated, the others perhaps.
    private mutating func lazy(_ operands: [ExpressionRef]) -> [Int]? {
      let first = visit(operands[0])
      conditions += 1
      let rest = operands.dropFirst().map { visit($0) }
      conditions -= 1
      let numbers = ([first] + rest).compactMap { $0 }
      return numbers.count == operands.count ? numbers : nil
    }

    private mutating func all(_ list: ArgumentList) -> [Int]? {
      let numbers = program.arguments(list).map { visit($0) }
      let known = numbers.compactMap { $0 }
      return known.count == numbers.count ? known : nil
    }

    private mutating func kernel(_ site: SiteRef) -> Int? {
      let call = program.sites[site.index]
      guard let arguments = all(call.arguments), conditions == 0 else { return nil }
      let number = make(.kernel(call.kernel, arguments))
      sites[site] = number
      return number
    }

    private mutating func make(_ value: Value, isComposite composite: Bool = true) -> Int {
      if let known = values[value] {
        seen[known] += 1
        return known
      }
      let number = seen.count
      values[value] = number
      seen.append(1)
      isAlways.append(conditions == 0)
      isComposite.append(composite)
      return number
    }
  }
}
