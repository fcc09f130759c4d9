import StrategyIR
import StrategyVM

/// Prints the step of one world: the instructions of its register program in their order, one local
/// for each value, the state read at the start and written at the end.
///
///     r          the registers in the state
///     r12        register 12, where its value is used across a jump or by the next step
///     t7         a value that is used where it is made
///     number     the bar's, from 1 on
struct WorldPrinter {
  enum Form: Equatable {
    /// For a host that gives book, plots and orders.
    case hosted
    /// As a strategy whose signal is a plot.
    case signal(plot: Int)
  }

  let world: PlannedWorld
  let form: Form
  let liveness: RegisterLiveness
  let flow: FlowStructure
  var out: SourceText
  /// Registers that keep their first value, as literals.
  let constants: [Int: String]
  /// By byte of the state: one less than the cells of the series there.
  let masks: [Int: Int]
  /// Fields that the beginning of the bar has put into locals.
  var fieldLocals: Set<Int> = []
  /// What a register's value is called at the place that is printed; nil: by its number.
  var names: [Int: String] = [:]
  var temporaries = 0
  var line: Int32 = -1
  private var depth = 0

  /// Printing recurses, as does the compiler that reads it.
  static let deepest = 200

  init(_ world: PlannedWorld, _ form: Form, into out: SourceText) {
    self.world = world
    self.form = form
    self.out = out
    liveness = RegisterLiveness(world)
    flow = FlowStructure(world)
    let given = world.hostRegisters
    var constants: [Int: String] = [:]
    for r in world.registers.indices where !liveness.written.contains(r) && !given.contains(r) {
      constants[r] = Self.literal(world.registers[r])
    }
    self.constants = constants
    masks = Dictionary(
      world.series.map { ($0.offset, $0.capacity - 1) }, uniquingKeysWith: { first, _ in first })
  }

  // MARK: Registers

  /// Registers that live across jumps, or from step to step.
  var variables: [Int] {
    var all = liveness.kept
    for live in liveness.liveIn + liveness.liveOut { all.formUnion(live) }
    for i in world.instructions where i.opcode == .forTest { all.insert(Int(i.a) + 2) }
    return all.members
  }

  mutating func temporary() -> String {
    temporaries += 1
    return "t\(temporaries)"
  }

  // MARK: The whole

  mutating func print(_ name: String) throws(CompilerError) {
    openFunction(name)
    printBegin()
    for r in variables where constants[r] == nil && !fieldLocals.contains(r) {
      let begins = liveness.liveIn[0].contains(r) ? "r[\(r)]" : "0.0"
      out.line("\(liveness.written.contains(r) ? "var" : "let") r\(r) = \(begins)")
    }
    if world.instructions.contains(where: { $0.opcode == .object }) {
      out.line("let objects = host.pointee.objects.assumingMemoryBound(to: Pine.Objects.self)")
    }
    if world.instructions.contains(where: { $0.opcode == .loop }) {
      out.line("var left = host.pointee.budget")
    }
    out.open("body: do {")
    try printRange(0..<world.instructions.count, opened: 0)
    out.close()
    for r in liveness.kept.members { out.line("r[\(r)] = r\(r)") }
    out.line(form == .hosted ? "return status" : "return signal == signal ? signal : 0")
    out.close()
  }

  private mutating func printRange(
    _ range: Range<Int>, opened: Int
  ) throws(CompilerError) {
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.deepest else {
      throw .failed("the script is nested too deeply for native code")
    }
    var pc = range.lowerBound
    var opened = opened
    while pc < range.upperBound {
      if let scopes = flow.scopes[pc], opened < scopes.count {
        let scope = scopes[opened]
        try printScope(scope, opened: opened + 1)
        pc = scope.end
        opened = 0
        continue
      }
      opened = 0
      enterBlock(pc)
      pc = try printInstruction(pc)
    }
  }

  private mutating func printScope(
    _ scope: FlowStructure.Scope, opened: Int
  ) throws(CompilerError) {
    switch scope.kind {
    case .block:
      out.open("\(Self.label(scope)): do {")
      try printRange(scope.start..<scope.end, opened: opened)
    case .loop:
      out.open("\(Self.label(scope)): while true {")
      try printRange(scope.start..<scope.end, opened: opened)
    }
    out.close()
  }

  static func label(_ scope: FlowStructure.Scope) -> String {
    scope.kind == .loop ? "loop\(scope.end)" : "to\(scope.end)"
  }

  /// At a block's first instruction only variables have a value.
  private mutating func enterBlock(_ pc: Int) {
    if liveness.block(at: pc) != nil { names = constants }
    let here = world.lines[pc]
    if here != line, here > 0 {
      line = here
      out.line("// line \(here)")
    }
  }

  /// Prints one instruction, or a group of them; returns the next one's number.
  private mutating func printInstruction(_ pc: Int) throws(CompilerError) -> Int {
    let i = world.instructions[pc]
    if let choice = flow.choices[pc] { return try printChoice(choice, condition(i)) }
    switch i.opcode {
    case .jump:
      if !flow.isImplied(pc) { leave(pc) }
    case .jumpIf, .jumpIfNot, .unlessLess, .unlessLessOrEqual, .unlessEqual, .unlessNotEqual,
      .forTest:
      let goesOn = condition(i)
      out.open("if !(\(goesOn)) {")
      leave(pc)
      out.close()
    case .ringAt:
      printPast(i, now: world.instructions[pc + 1], pc)
      return pc + 2
    default: printPlain(i, pc)
    }
    return pc + 1
  }

  private mutating func printChoice(
    _ choice: FlowStructure.Choice, _ condition: String
  ) throws(CompilerError) -> Int {
    if choice.then.isEmpty, !choice.otherwise.isEmpty {
      out.open("if !(\(condition)) {")
      try printRange(choice.otherwise, opened: 0)
    } else {
      out.open("if \(condition) {")
      try printRange(choice.then, opened: 0)
      if !choice.otherwise.isEmpty {
        out.turn("} else {")
        try printRange(choice.otherwise, opened: 0)
      }
    }
    out.close()
    // A hurdle at the end of the first side needs no print of its own.
    return choice.otherwise.upperBound
  }

  private mutating func leave(_ pc: Int) {
    if let scope = flow.scopeLeft(by: pc) { out.line("break \(Self.label(scope))") }
  }
}
