/// Builds a `Program`, statement by statement. Expressions are made by functions that answer their
/// number; statements go to the innermost open block.
///
/// How a script's constructs are said (b is the builder):
///
/// | Pine | builder |
/// |---|---|
/// | `1`, `2.5`, `true`, `na`, `"x"`, `#ff0000` | `b.int(1)`, `b.float(2.5)`, `b.bool(true)`, `b.na(.float)`, `b.text("x")`, `b.color(…)` |
/// | `close`, `bar_index`, `hour` | `b.bar(.close)` … |
/// | `close[1]`, `close[n]` | `b.bar(.close, ago: b.int(1))`; n is any int expression |
/// | `x = e` | `let x = b.variable("x", .float)`, `b.declare(x, e)`; executed on each bar that comes by |
/// | `var x = e`, `varip` | `b.declareOnce(x, e)` |
/// | `x := e`, `x += e` | `b.assign(x, e)`, `b.assign(x, b.binary(.add, b.read(x), e))` |
/// | `x`, `x[1]`, `x[n]` | `b.read(x)`, `b.read(x, ago: …)` |
/// | `(a + b)[1]`, `f(x)[2]` | `b.history(of: e, ago: …)`: makes a variable of its own, declared where it stands |
/// | `a and b`, `a or b`, `c ? a : b` | `b.and`, `b.or`, `b.select`: lazy. Version 5 evaluates both sides of and/or: `b.eager(rhs)` first |
/// | `ta.sma(close, 9)` | `b.kernel(.sma, [close, 9])`: one call site; call it once per place (and per path through user functions) |
/// | `[m, s, h] = ta.macd(…)` | `let r = b.kernels(.macd, […])`; declare three variables with `r[0]`, `r[1]`, `r[2]`, in this order: r[0] advances the kernel |
/// | `math.max(a, b)`, `str.tostring(x)` | `b.function(.max, [a, b])`, `b.function(.textOfNumber, [x])` |
/// | `if c … else …` as statement | `b.branch(c) { … } else: { … }` |
/// | `x = if c … else …`, `switch` | `b.declare(x, na)` (bool: false), then `branch` with `b.assign(x, …)` at the end of each arm. switch: nested branches |
/// | `x = for …` | the same: assign x the body's last value at the end of each round |
/// | tuple from `if`/`switch`/function | one variable per element |
/// | `for i = a to b by c` | `b.forLoop(i, from: a, to: b, step: c) { … }` |
/// | `while c`, `break`, `continue` | `b.whileLoop(c) { … }`, `b.breakLoop()`, `b.continueLoop()` |
/// | `f(x) => …`, called | its parameters as variables, declared with the arguments; then its statements; then its value. Inside an expression that is lazy: `b.sequence { statements; return value }` |
/// | `strategy.entry(…)` | `var c = OrderCall(.entry)`, set its fields, `b.order(c)`; `if` around it for `when` |
/// | `strategy.risk.*` | `b.risk(RiskCall(…))` |
/// | `plot(x, "title")` | `b.plot(title, x)` |
/// | `input.int(9, "Len")` | `b.parameter(Parameter(…))`; use it at will, declare the variable with it |
/// | `request.security(sym, tf, e, gaps, lookahead)` | `b.request(timeframe:gaps:lookahead:) { …; return [e] }`: lower e where it stands, with the script's variables as they are |
/// | `strategy.position_size` | `b.book(.positionSize)` |
/// | `strategy.closedtrades.profit(i)` | `b.trade(.profit, open: false, index: i)` |
/// | `strategy.opentrades` (count) | `b.book(.openTrades)` |
/// | `runtime.error(m)` | `b.fail(m)` |
///
/// `if`-arms that are not taken leave their variables' histories and kernels as they are: this is
/// Pine's rule. A statement block that a lazy operand needs must be inside its `sequence`.
public struct ProgramBuilder {
  public var program = Program()
  /// The source line that new statements get.
  public var line: Int32 = 0
  var open: [OpenBlock] = [OpenBlock()]
  var textNumbers: [String: TextRef] = ["": 0]
  var constants: [Expression: [ExpressionRef]] = [:]

  struct OpenBlock {
    var statements: [Statement] = []
    var lines: [Int32] = []
    /// Whether it, or a block in it, changes objects.
    var changesObjects = false
  }

  public init() {}

  /// Closes the body; the builder is used up.
  public mutating func finish() -> Program {
    while open.count > 1 { _ = closeBlock() }
    program.body = closeBlock()
    open = [OpenBlock()]
    return program
  }

  public func type(_ e: ExpressionRef) -> ValueType { program.types[e.index] }

  // MARK: Blocks

  /// Whether statements are appended to a block inside of the body, which some bars may not reach.
  public var isNested: Bool { open.count > 1 }

  /// Whether a block at hand, which some bars may not reach, has changed objects before this place.
  public var changesObjectsUnderConditions: Bool { open.dropFirst().contains(where: \.changesObjects) }

  public mutating func openBlock() { open.append(OpenBlock()) }

  public mutating func closeBlock() -> BlockRef {
    let block = open.removeLast()
    if block.changesObjects, !open.isEmpty { open[open.count - 1].changesObjects = true }
    program.blocks.append(block.statements)
    program.lines.append(block.lines)
    return BlockRef(Int32(program.blocks.count - 1))
  }

  /// Appends a closed block's statements to another closed block.
  public mutating func append(_ block: BlockRef, to other: BlockRef) {
    program.blocks[other.index] += program.blocks[block.index]
    program.lines[other.index] += program.lines[block.index]
  }

  /// The block of the statements that `body` appends.
  public mutating func block(_ body: (inout ProgramBuilder) throws -> Void) rethrows -> BlockRef {
    openBlock()
    do { try body(&self) } catch {
      _ = closeBlock()
      throw error
    }
    return closeBlock()
  }

  public mutating func append(_ statement: Statement) {
    open[open.count - 1].statements.append(statement)
    open[open.count - 1].lines.append(line)
  }

  mutating func add(_ expression: Expression, _ type: ValueType) -> ExpressionRef {
    program.expressions.append(expression)
    program.types.append(type)
    return ExpressionRef(Int32(program.expressions.count - 1))
  }

  mutating func list(_ arguments: [ExpressionRef]) -> ArgumentList {
    let start = Int32(program.arguments.count)
    program.arguments.append(contentsOf: arguments)
    return ArgumentList(start: start, count: Int32(arguments.count))
  }
}
