import StrategyIR

/// Makes random programs that are well typed: declarations, assignments, branches, loops, kernels,
/// histories, sequences, texts, requests; each variable is plotted at the end. Nothing in them
/// fails on any bars.
struct ProgramGenerator {
  let vocabulary: RandomPrograms.Vocabulary
  var random: Randomness
  var b = ProgramBuilder()
  /// Variables in scope, by type; those that may not be assigned are loop counters.
  var scopes: [[(variable: VariableRef, type: ValueType, isCounter: Bool)]] = [[]]
  var plotted: [VariableRef] = []
  var loopDepth = 0
  var statementsLeft = 30
  var parameters: [ExpressionRef] = []

  init(seed: UInt64, _ vocabulary: RandomPrograms.Vocabulary) {
    random = Randomness(seed: seed)
    self.vocabulary = vocabulary
  }

  var isFull: Bool { vocabulary == .full }

  mutating func program() -> Program {
    parameters = [
      b.parameter(Parameter(kind: .int, variable: "n", title: "Length", initial: 3)),
      b.parameter(Parameter(kind: .bool, variable: "on", title: "On", initial: 1)),
    ]
    while statementsLeft > 0 { statement(depth: 0) }
    if random.below(2) == 0 { request() }
    if isFull { effects() }
    for (i, v) in plotted.enumerated() {
      let e = b.read(v)
      b.plot("p\(i)", e)
    }
    return b.finish()
  }

  // MARK: Statements

  private mutating func statement(depth: Int) {
    statementsLeft -= 1
    b.line += 1
    switch random.below(depth > 2 || loopDepth > 1 ? 4 : 10) {
    case 0, 1, 2: if isFull, random.below(5) == 0 { declareResults(depth) } else { declare(depth) }
    case 3: assign()
    case 4: declareOnce(depth)
    case 5, 6: branch(depth)
    case 7: forLoop(depth)
    case 8: whileLoop(depth)
    default: if loopDepth > 0 { leave() } else { assign() }
    }
  }

  private mutating func block(_ depth: Int) {
    scopes.append([])
    for _ in 0...random.below(3) { statement(depth: depth + 1) }
    scopes.removeLast()
  }

  private mutating func anyType() -> ValueType { random.pick([.int, .float, .float, .bool]) }

  private mutating func declare(_ depth: Int) {
    let type = anyType()
    let e = expression(type, 3)
    let v = b.variable("x", type)
    b.declare(v, e)
    scopes[scopes.count - 1].append((v, type, false))
    if depth == 0 { plotted.append(v) }
  }

  private mutating func declareOnce(_ depth: Int) {
    let type = anyType()
    let e = expression(type, 3)
    let v = b.variable("k", type)
    b.declareOnce(v, e)
    scopes[scopes.count - 1].append((v, type, false))
    if depth == 0 { plotted.append(v) }
  }

  private mutating func assign() {
    let open = scopes.joined().filter { !$0.isCounter }
    guard !open.isEmpty else { return }
    let target = random.pick(Array(open))
    let e = expression(target.type, 3)
    b.assign(target.variable, e)
  }

  private mutating func branch(_ depth: Int) {
    let condition = expression(.bool, 3)
    b.openBlock()
    block(depth)
    let then = b.closeBlock()
    var otherwise = BlockRef.none
    if random.below(2) == 0 {
      b.openBlock()
      block(depth)
      otherwise = b.closeBlock()
    }
    b.branch(condition, then, otherwise)
  }

  private mutating func forLoop(_ depth: Int) {
    let counter = b.variable("i", .int)
    let from = expression(.int, 1)
    let bounded = b.function(.min, [from, b.int(6)])
    let start = b.function(.max, [bounded, b.int(-6)])
    let to = b.int(random.below(9) - 4)
    let step = step()
    b.openBlock()
    scopes.append([(counter, .int, true)])
    loopDepth += 1
    block(depth)
    loopDepth -= 1
    scopes.removeLast()
    let body = b.closeBlock()
    b.program.loops.append(
      ForLoop(counter: counter, from: start, to: to, step: step, body: body))
    b.append(.forLoop(Int32(b.program.loops.count - 1)))
  }

  /// None, a constant, or one that is only known on the bar, at least 1 or na.
  private mutating func step() -> ExpressionRef {
    switch random.below(4) {
    case 0, 1: return .none
    case 2: return b.int(1 + random.below(2))
    default:
      let any = expression(.int, 1)
      return b.function(.max, [any, b.int(1)])
    }
  }

  /// Three rounds at most, by a counter of its own.
  private mutating func whileLoop(_ depth: Int) {
    let rounds = b.variable("w", .int)
    b.declare(rounds, b.int(0))
    let under = b.binary(.less, b.read(rounds), b.int(3))
    let condition = b.and(under, expression(.bool, 2))
    b.openBlock()
    let more = b.binary(.add, b.read(rounds), b.int(1))
    b.assign(rounds, more)
    loopDepth += 1
    block(depth)
    loopDepth -= 1
    let body = b.closeBlock()
    b.append(.whileLoop(condition, body))
  }

  private mutating func leave() {
    let condition = expression(.bool, 2)
    let isBreak = random.below(2) == 0
    b.branch(condition) { if isBreak { $0.breakLoop() } else { $0.continueLoop() } }
  }

  private mutating func request() {
    b.openBlock()
    let e = expression(.float, 3)
    let block = b.closeBlock()
    let results = b.request(
      timeframe: b.text(isFull ? random.pick(["60", "60", "240", "D", "W", ""]) : "60"),
      gaps: isFull ? b.bool(random.below(4) == 0) : .none,
      lookahead: isFull ? b.bool(random.below(4) == 0) : .none
    ) { _ in [e] }
    b.program.requests[b.program.requests.count - 1].block = block
    let v = b.variable("hour", .float)
    b.declare(v, results[0])
    plotted.append(v)
  }
}
