import StrategyIR

/// Syntax tree ▶ checked, typed IR. One walk resolves names, checks types and qualifiers and
/// builds the program; a user function is walked again at each of its calls, with the types of
/// that call's arguments, so that each call has state of its own.
///
/// All work is bounded: by the depth of the walk, by the number of expressions made, by the number
/// of diagnostics.
final class Lowering {
  /// Levels of expressions, blocks and calls within each other.
  static let deepest = 300
  /// Expressions of a program: far beyond any real script, and soon reached.
  static let mostExpressions = 300_000
  /// Statements, expressions and calls walked, those of functions once for each of their calls.
  static let mostSteps = 1_000_000

  var tree: SyntaxTree
  let source: SourceText
  var b = ProgramBuilder()
  var diagnostics: DiagnosticBag
  var scopes: [Scope] = [Scope()]
  /// Names below this scope, except the outermost, belong to callers.
  var frame = 0
  /// Functions by name, in the order of their definition; a body sees the earlier ones.
  var functions: [NameID: [Int]] = [:]
  var visibleFunctions = Int.max
  var called: Set<Int> = []
  /// Enums that are declared, by name.
  var enumerations: [String: Int32] = [:]
  /// The titles of their fields, by `Enum.field`.
  var enumerationTitles: [String: NameID] = [:]
  /// Libraries, and the one whose names are at hand; 0 is the script.
  var modules: [Module]
  var module = 0
  var imports: [String: Int] = [:]
  /// Modules of the functions that are written in the language, by their names.
  var preludeModules: [String: Int] = [:]
  /// Calls of math.random.
  var randomCalls = 0
  /// User types by number, and the numbers by name.
  var records = [RecordType.point]
  var recordNumbers: [String: Int32] = [:]
  /// Names that the function at hand, or the script outside of functions, assigns to.
  var assigned: Set<NameID> = []
  /// Built-in variables that are calculated on every bar, wherever the script names them.
  var everyBar: [EveryBar: VariableRef] = [:]
  var everyBarValues: [(VariableRef, ExpressionRef)] = []
  /// Rows of the tables that have been read.
  var overloads: [String: [Builtins.Overload]] = [:]
  let arithmetic = ArithmeticKnowledge(arena: TextArena([""]))
  var depth = 0
  private var steps = 0
  var loopDepth = 0
  var isExhausted = false
  /// The script's declaration has been seen: `strategy` or `indicator`.
  var isDeclared = false
  /// A value of unknown type went into another: an error has said why, or the script is refused.
  var hasUsedUnknown = false
  /// Timeframes of requests that are known, an input's by its default.
  var requestedTimeframes: [(text: String, range: Range<Int>)] = []
  /// The variable that the call at hand initialises, for an input's name.
  var declaredName: NameID = 0
  var ignoredPlaces: Set<Int> = []
  /// See `FrontEnd.compile`.
  var recordsDrawn = false
  var drawn: [DrawnCall] = []
  /// The script wants to be drawn among the prices.
  var isOverlay = false

  init(_ tree: SyntaxTree, source: SourceText, diagnostics: DiagnosticBag) {
    self.tree = tree
    modules = [Module()] + tree.modules.map { Module(version: $0.version) }
    self.source = source
    self.diagnostics = diagnostics
  }

  func run() -> Program {
    b.program.settings.languageVersion = UInt8(tree.version)
    b.program.settings.title = source.name
    if tree.version < 6 {
      b.program.settings.broker.marginLong = 0
      b.program.settings.broker.marginShort = 0
    }
    assigned = tree.assigned
    for item in items(tree.body) {
      if isExhausted || diagnostics.isFull { break }
      _ = statement(item, wanted: false)
    }
    if !isDeclared, !diagnostics.hasErrors {
      diagnostics.error(
        "the script has no declaration", at: 0..<0,
        expected: "indicator(…) or strategy(…)")
    }
    if hasUsedUnknown, !diagnostics.hasErrors {
      error("the script uses a value of unknown type", at: 0..<0)
    }
    checkUncalled()
    let program = finished()
    if !diagnostics.hasErrors, !program.isValid {
      error("the script nests expressions and blocks too deeply", at: 0..<0)
    }
    return program
  }

  /// Values of every bar come at the beginning.
  private func finished() -> Program {
    var program = b.finish()
    let first = everyBarValues.map { Statement.declare($0.0, $0.1) }
    program.blocks[program.body.index].insert(contentsOf: first, at: 0)
    program.lines[program.body.index].insert(contentsOf: first.map { _ in 0 }, at: 0)
    return program
  }

  /// Functions that nobody calls are still checked, with parameters of any type.
  private func checkUncalled() {
    let own = tree.functions.indices.filter { tree.functions[$0].module == 0 }
    guard !isExhausted, own.contains(where: { !called.contains($0) }) else { return }
    let kept = (b, everyBar, everyBarValues)
    for index in own where !called.contains(index) {
      if isExhausted || diagnostics.isFull { break }
      let arguments = tree.functions[index].parameters.map { _ in Value.unknown }
      b.openBlock()
      _ = expand(index, arguments: arguments, wanted: false)
      _ = b.closeBlock()
    }
    (b, everyBar, everyBarValues) = kept
  }

  // MARK: Bounds

  /// Runs `body` one level deeper; a diagnostic and `unknown` beyond the bounds.
  func deeper(_ range: @autoclosure () -> Range<Int>, _ body: () -> Value) -> Value {
    if isExhausted || diagnostics.isFull { return .unknown }
    steps += 1
    if depth >= Self.deepest {
      error("nested too deeply, with the functions it calls", at: range())
      return .unknown
    }
    if b.program.expressions.count > Self.mostExpressions || steps > Self.mostSteps {
      isExhausted = true
      error(
        "the script is too large when its functions are expanded", at: range(),
        expected: "at most \(Self.mostExpressions) expressions")
      return .unknown
    }
    depth += 1
    defer { depth -= 1 }
    return body()
  }

  // MARK: Diagnostics

  func error(
    _ message: String, at range: Range<Int>, expected: String? = nil, suggestion: String? = nil
  ) {
    diagnostics.error(message, at: range, expected: expected, suggestion: suggestion)
  }

  func items(_ list: NodeList) -> ArraySlice<NodeID> {
    tree.blockItems[list.indices.clamped(to: 0..<tree.blockItems.count)]
  }

  // MARK: Blocks

  /// What `body` appends goes into a block of its own.
  func block(_ body: () -> Void) -> BlockRef {
    b.openBlock()
    body()
    return b.closeBlock()
  }

  /// An operand that may be left unevaluated: the statements it needs are inside it.
  func lazily(_ body: () -> Value) -> Value {
    let (value, block) = aside(body)
    return sequence(block, value)
  }

  /// A value, and the statements that it needs in a block of their own.
  func aside(_ body: () -> Value) -> (value: Value, block: BlockRef) {
    var value = Value.unknown
    let block = block { value = body() }
    return (value, block)
  }

  func isEmpty(_ block: BlockRef) -> Bool { b.program.blocks[block.index].isEmpty }

  /// The value behind the statements it needs. It is no constant any more, since nobody may take
  /// its number and leave the statements.
  func sequence(_ block: BlockRef, _ value: Value) -> Value {
    if isEmpty(block) || value.ref.isNone { return value }
    var made = value
    made.ref = b.sequence(block, value.ref)
    made.hasStatements = true
    made.qualifier = max(value.qualifier, .simple)
    made.number = nil
    made.text = nil
    return made
  }

  /// A value whose evaluation runs statements is evaluated here, in its turn and once, whether it
  /// is then read or not; so an operand behind it cannot overtake it.
  func settled(_ value: Value) -> Value {
    guard value.hasStatements, !value.ref.isNone else { return value }
    var made = value
    made.ref = b.eager(value.ref)
    made.hasStatements = false
    return made
  }

  /// A block of the script, with names of its own; its last statement's value.
  func scoped(_ list: NodeList, wanted: Bool) -> Value {
    scopes.append(Scope())
    defer { scopes.removeLast() }
    return sequence(list, wanted: wanted)
  }

  func sequence(_ list: NodeList, wanted: Bool) -> Value {
    var last = Value.void
    let items = items(list)
    for item in items {
      if isExhausted { break }
      last = statement(item, wanted: wanted && item == items.last)
    }
    return last
  }
}
