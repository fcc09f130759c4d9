import StrategyIR

/// Makes random programs that work with objects: arrays, slices, maps, matrices, records and drawings, of which some
/// stay from bar to bar. Results are plotted; texts, and what the objects hold, are the names of orders to cancel.
/// Most calls are guarded, so that indices and shapes fit; now and then one is not, and stops the script.
struct ObjectProgramGenerator {
  typealias Held = (variable: VariableRef, type: ValueType)

  var random: Randomness
  var b = ProgramBuilder()
  var arrays: [Held] = []
  var maps: [(variable: VariableRef, key: ValueType, type: ValueType)] = []
  var matrices: [Held] = []
  var records: [VariableRef] = []
  var drawings: [VariableRef] = []
  /// Results of calls.
  var results: [Held] = []

  init(seed: UInt64) { random = Randomness(seed: seed) }

  mutating func program(calls: Int) -> Program {
    make()
    let inRequest = random.below(4) == 0
    for _ in 0..<calls {
      b.line += 1
      call()
    }
    if inRequest, let last = results.last(where: { $0.type == .float }) { request(b.read(last.variable)) }
    b.line += 1
    show()
    for (i, result) in results.enumerated() where result.type != .text {
      let value = b.read(result.variable)
      b.plot("r\(i)", value)
    }
    return b.finish()
  }

  private mutating func call() {
    switch random.below(20) {
    case 0..<10: arrayCall()
    case 10..<13: mapCall()
    case 13..<17: matrixCall()
    case 17: recordCall()
    case 18: drawingCall()
    default: inBlock()
    }
  }

  /// Calls in a loop or under a condition.
  private mutating func inBlock() {
    let known = (arrays, maps, matrices, records, drawings, results)
    let isLoop = random.below(2) == 0
    let condition = value(.bool)
    b.openBlock()
    for _ in 0...random.below(2) {
      b.line += 1
      if random.below(3) == 0 { mapCall() } else { arrayCall() }
    }
    let body = b.closeBlock()
    (arrays, maps, matrices, records, drawings, results) = known
    guard isLoop else { return b.branch(condition, body) }
    let counter = b.variable("i", .int)
    b.program.loops.append(
      ForLoop(counter: counter, from: b.int(0), to: b.int(random.below(4)), step: .none, body: body))
    b.append(.forLoop(Int32(b.program.loops.count - 1)))
  }

  /// The same on another timeframe: in a world with objects of its own.
  private mutating func request(_ value: ExpressionRef) {
    let made = b.request(timeframe: b.text("60")) { _ in [value] }
    let variable = b.variable("hour", .float)
    b.declare(variable, made[0])
    results.append((variable, .float))
  }

  // MARK: Values

  mutating func typeNumber(_ type: ValueType) -> ExpressionRef { b.int(Int(type.rawValue)) }

  mutating func value(_ type: ValueType) -> ExpressionRef {
    let known = results.filter { $0.type == type }
    if type != .reference, !known.isEmpty, random.below(4) == 0 { return b.read(random.pick(known).variable) }
    switch type {
    case .int: return integer()
    case .float: return float()
    case .bool: return b.binary(random.pick([.less, .greaterOrEqual]), b.bar(.close), b.bar(.open))
    case .text:
      let words = ["", "a", "b", "ab", "ä", "B"]
      guard random.below(3) == 0 else { return random.below(9) == 0 ? b.na(.text) : b.text(random.pick(words)) }
      return b.function(.textOfNumber, [b.binary(.remainder, b.bar(.index), b.int(5))])
    case .color: return random.below(2) == 0 ? b.color(0xFF00_00FF) : b.color(0x00FF_00FF)
    case .reference: return b.read(random.pick(arrays.filter { $0.type == .float }).variable)
    }
  }

  private mutating func integer() -> ExpressionRef {
    switch random.below(8) {
    case 0: return b.na(.int)
    case 1, 2: return b.binary(.remainder, b.bar(.index), b.int(2 + random.below(6)))
    default: return b.int(random.below(9) - 3)
    }
  }

  private mutating func float() -> ExpressionRef {
    switch random.below(8) {
    case 0: return random.below(2) == 0 ? b.na(.float) : b.float(random.pick([0, 1e-11, -2.5, 7]))
    case 1: return b.binary(.subtract, b.bar(.close), b.bar(.open))
    case 2: return b.binary(.divide, b.bar(.high), b.bar(.volume))
    default: return b.bar(random.pick([.open, .high, .low, .close]))
    }
  }

  /// One of so many places.
  mutating func place(_ count: ExpressionRef) -> ExpressionRef {
    if random.below(60) == 0 { return b.int(random.below(12) - 4) }
    let any = random.below(2) == 0 ? b.int(random.below(6)) : b.bar(.index)
    return b.binary(.remainder, any, count)
  }

  // MARK: Calls

  /// Calls the function where the condition holds, if there is one. Its result, in a variable of its own.
  @discardableResult
  mutating func call(
    _ function: ObjectFunction, _ arguments: [ExpressionRef], _ type: ValueType?, where condition: ExpressionRef? = nil,
    otherwise: ExpressionRef? = nil
  ) -> VariableRef? {
    guard let type else {
      statement(condition) { $0.evaluate($0.object(function, arguments, .float)) }
      return nil
    }
    let variable = b.variable("r", type)
    b.declare(variable, otherwise ?? (type == .bool ? b.bool(false) : b.na(type)))
    statement(condition) { $0.assign(variable, $0.object(function, arguments, type)) }
    if type != .reference { results.append((variable, type)) }
    return variable
  }

  private mutating func statement(_ condition: ExpressionRef?, _ body: (inout ProgramBuilder) -> Void) {
    guard let condition, random.below(80) > 0 else { return body(&b) }
    b.branch(condition, then: body)
  }

  /// Its number of elements, rows …, now.
  mutating func count(_ function: ObjectFunction, _ object: ExpressionRef) -> ExpressionRef {
    b.eager(b.object(function, [object], .int))
  }

  mutating func isSome(_ count: ExpressionRef) -> ExpressionRef { b.binary(.greater, count, b.int(0)) }

  mutating func areEqual(_ x: ExpressionRef, _ y: ExpressionRef) -> ExpressionRef { b.binary(.equal, x, y) }
}

extension RandomPrograms {
  /// A valid program over objects, of so many calls and what they need. The same for the same seed.
  public static func objects(seed: UInt64, calls: Int = 40) -> Program {
    var generator = ObjectProgramGenerator(seed: seed)
    return generator.program(calls: calls)
  }
}
