import StrategyIR

/// Compiles a program, rewritten for one world, to its register program.
///
/// Registers are of three kinds: bar fields, in the order of `BarField`, at the start; lasting ones
/// (constants, variables, kernels' results); and temporaries, numbered downwards from −1 while
/// compiling and put behind the lasting ones at the end.
struct WorldCompiler {
  let program: Program
  let environment: ScriptEnvironment
  let arena: TextArena
  var code = WorldCode()
  /// The lasting registers at the start.
  var initial: [Double]
  var constants: [UInt64: Int] = [:]
  var variables: [Int?]
  /// By variable: its series.
  var seriesOf: [Int?]
  var fieldSeriesOf: [BarField: Int] = [:]
  var usesField: [Bool]
  var siteResults: [Int?]
  var temporaries = 0
  var mostTemporaries = 0
  var line: Int32 = 0
  var loops: [OpenLoop] = []
  /// Conditions around the place that is compiled.
  var conditions = 0
  var error: ScriptError?
  /// Bytes of the state behind the registers.
  var tail = 0
  let facts: ProgramFacts

  struct OpenLoop {
    var exits: [Int] = []
    var rounds: [Int] = []
  }

  init(_ program: Program, environment: ScriptEnvironment, arena: TextArena) {
    self.program = program
    self.environment = environment
    self.arena = arena
    facts = ProgramFacts(program)
    initial = Array(repeating: .nan, count: BarField.allCases.count)
    variables = Array(repeating: nil, count: program.variables.count)
    seriesOf = Array(repeating: nil, count: program.variables.count)
    usesField = Array(repeating: false, count: BarField.allCases.count)
    siteResults = Array(repeating: nil, count: program.sites.count)
    code.requestRegisters = Array(repeating: [], count: program.requests.count)
    code.plotCount = program.plots.count
    code.languageVersion = program.settings.languageVersion
    code.mostDrawings = program.settings.mostDrawings
  }

  /// - Parameter results: variables whose registers are wanted.
  mutating func compile(results: [VariableRef] = []) throws(ScriptError) -> WorldCode {
    compile(program.body)
    emit(Instruction(.halt))
    code.results = results.map { register(of: $0) }
    code.withinBar = program.variables.indices.compactMap { index in
      let variable = program.variables[index]
      return variable.staysWithinBar && variable.type != .reference ? variables[index] : nil
    }
    if let error { throw error }
    finish()
    guard code.instructions.count < 1 << 22, code.stateBytes <= 2 * Self.mostState else {
      throw .tooLarge
    }
    return code
  }

  // MARK: Registers

  mutating func lasting(_ value: Double) -> Int {
    initial.append(value)
    return initial.count - 1
  }

  mutating func constant(_ value: Double) -> Int {
    if let known = constants[value.bitPattern] { return known }
    let register = lasting(value)
    constants[value.bitPattern] = register
    return register
  }

  mutating func register(of v: VariableRef) -> Int {
    if let known = variables[v.index] { return known }
    let register = lasting(program.variables[v.index].type == .bool ? 0 : .nan)
    variables[v.index] = register
    return register
  }

  mutating func temporary() -> Int {
    temporaries += 1
    mostTemporaries = max(mostTemporaries, temporaries)
    return -temporaries
  }

  /// Temporaries in a row, in ascending order.
  mutating func temporaries(_ count: Int) -> Int {
    guard count > 0 else { return 0 }
    temporaries += count
    mostTemporaries = max(mostTemporaries, temporaries)
    return -temporaries
  }

  // MARK: Instructions

  @discardableResult
  mutating func emit(_ instruction: Instruction) -> Int {
    code.instructions.append(instruction)
    code.lines.append(line)
    return code.instructions.count - 1
  }

  var here: Int { code.instructions.count }

  /// Lets a jump go to the next instruction.
  mutating func land(_ jump: Int) { code.instructions[jump].c = Int32(here) }

  mutating func fail(_ error: ScriptError) {
    if self.error == nil { self.error = error }
  }

  // MARK: State

  /// Bytes.
  static let mostState = 1 << 28

  /// Room for `bytes` in the state, from a multiple of 16 on; relative to the registers' end.
  mutating func reserve(_ bytes: Int) -> Int {
    let offset = tail
    tail += (bytes + 15) & ~15
    if tail > Self.mostState { fail(.tooLarge) }
    return offset
  }

  mutating func makeSeries(depth: Int, empty: Double) -> Int {
    var capacity = 1
    while capacity < depth { capacity <<= 1 }
    let offset = reserve(SeriesHeader.bytes + 8 * capacity)
    code.series.append(SeriesSlot(offset: offset, capacity: capacity, empty: empty))
    return code.series.count - 1
  }
}
