import StrategyIR
import StrategyVM

/// Follows a script through one bar, far from the first one, and notes what its results are made
/// of. Where something would be carried from bar to bar, or depends on whether a branch was taken
/// on other bars, the value is unknown (nil); a script has a flow when its results are known.
struct FlowBuilder {
  let program: Program
  let feeds: [SignalWorlds.Feed?]
  var flow = Flow()
  var variables: [VariableRef: Flow.Value] = [:]
  /// Variables whose history has an entry for each bar: declared once, on every bar, before the
  /// place at hand.
  var recorded: Set<VariableRef> = []
  var sites: [SiteRef: Flow.Value] = [:]
  /// The arguments of calls that are reached on every bar, and offsets that are the same on all.
  var siteArguments: [SiteRef: [Flow.Value?]] = [:]
  var lags: [ExpressionRef: Flow.Lag] = [:]
  /// Open invariants that must be whole numbers of at least so much, at most the longest history.
  var whole: [Int: Int] = [:]
  /// Conditions around the place at hand.
  var conditions = 0
  /// Loops and errors can stop a script.
  var canStop = false
  let isReassigned: [Bool]

  /// What the results are made of; nil where they need more than a flow.
  private(set) var results: [Flow.Value]?

  init(_ world: SignalWorlds.World) {
    program = world.program
    feeds = world.feeds
    isReassigned = program.reassignedVariables()
    visit(program.body)
    let known = world.results.compactMap { variables[$0] }
    if known.count == world.results.count, !canStop { results = known }
  }

  // MARK: Statements

  mutating func visit(_ block: BlockRef) {
    if block.isNone { return }
    for statement in program.blocks[block.index] { visit(statement) }
  }

  private mutating func visit(_ statement: Statement) {
    switch statement {
    case .evaluate(let e): _ = value(e)
    case .declare(let v, let e):
      variables[v] = value(e)
      if conditions == 0, !isReassigned[v.index] { recorded.insert(v) }
    case .assign(let v, let e): variables[v] = value(e)
    case .declareOnce(let v, let e):
      conditions += 1
      _ = value(e)
      conditions -= 1
      variables[v] = nil
    case .branch(let c, let then, let otherwise):
      let condition = value(c)
      either(condition, { $0.visit(then) }, { $0.visit(otherwise) })
    case .plot(_, let e): _ = value(e)
    case .forLoop, .whileLoop, .breakLoop, .continueLoop, .order, .risk, .fail: canStop = true
    }
  }

  /// One of two ways through the script; afterwards each variable has the value of the way taken.
  mutating func either(
    _ condition: Flow.Value?, _ then: (inout FlowBuilder) -> Void,
    _ otherwise: (inout FlowBuilder) -> Void
  ) {
    conditions += 1
    defer { conditions -= 1 }
    let before = variables
    then(&self)
    let first = variables
    variables = before
    otherwise(&self)
    let second = variables
    for v in Set(first.keys).union(second.keys) where first[v] != second[v] {
      variables[v] = choice(condition, first[v], second[v])
    }
  }

  /// `c ? a : b` of values; a decided condition needs only one of them.
  mutating func choice(
    _ condition: Flow.Value?, _ a: Flow.Value?, _ b: Flow.Value?
  ) -> Flow.Value? {
    guard let condition else { return nil }
    if let decided = flow.constant(condition.node) {
      guard var taken = decided == decided && decided != 0 ? a : b else { return nil }
      taken.wait = flow.both(taken.wait, condition.wait)
      return taken
    }
    guard let a, let b else { return nil }
    if a.node == b.node { return merged(a.node, [condition, a, b]) }
    return merged(flow.add(.select(condition.node, a.node, b.node)), [condition, a, b])
  }

  /// A node that waits for all of its operands.
  mutating func merged(_ node: Int, _ operands: [Flow.Value]) -> Flow.Value {
    var made = Flow.Value(node: node)
    for operand in operands {
      made.wait = flow.both(made.wait, operand.wait)
    }
    return made
  }
}
