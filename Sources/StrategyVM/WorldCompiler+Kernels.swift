import StrategyIR

extension WorldCompiler {
  /// Advances a kernel; the register of its first result.
  mutating func kernel(_ site: SiteRef) -> Int {
    let call = program.sites[site.index]
    let arguments = Array(program.arguments(call.arguments))
    guard arguments.count == call.kernel.arguments.count else {
      fail(.invalidProgram)
      return 0
    }
    let known = arguments.map(known)
    let results = siteResults[site.index] ?? lastingRow(call.kernel)
    siteResults[site.index] = results
    if call.kernel == .timeframeChange { return timeframeChange(arguments, results) }
    if zip(call.kernel.arguments, known).contains(where: { call.kernel.isLength($0) && $1?.isNaN == true }) {
      return unanswered(arguments, results)
    }
    // A loop may have no round on a bar: bars may pass over its body as they may a branch.
    let isAgain = !loops.isEmpty
    let maySkip = conditions > 0 || isAgain
    let skipped = KernelForm(kernel: call.kernel, known: known, isSkipped: true)
    let readsChart = call.kernel.chartDepth(.close) > 0
    let slots = conditions > 0 || readsChart && isAgain ? skipped.binding() : nil
    let form =
      slots == nil ? KernelForm(kernel: call.kernel, known: known, isSkipped: false) : skipped
    guard let binding = slots ?? form.binding() else {
      fail(.notConstant(line: Int(line), what: "ta.\(call.kernel)"))
      return results
    }
    let mark = temporaries
    checkLengths(call.kernel, arguments)
    let first = inputs(binding.inputs, arguments)
    temporaries = mark
    let offset = reserve(isAgain ? LoopedState.bytes(binding.stateBytes) : binding.stateBytes)
    if maySkip, slots == nil, call.kernel.repeatsSkippedBars {
      carry(binding.inputs.count, from: first)
    }
    emit(Instruction(isAgain ? .kernelAgain : .kernel, results, first, code.kernels.count))
    code.kernels.append(
      KernelSlot(form: form, binding: binding, offset: offset, isLooped: isAgain))
    return results
  }

  /// A length that is na has no answer: the results stay na, false for a bool.
  private mutating func unanswered(_ arguments: [ExpressionRef], _ results: Int) -> Int {
    let mark = temporaries
    for argument in arguments { _ = value(argument) }
    temporaries = mark
    return results
  }

  /// A length below 1, or of a window beyond the history that is kept, stops the script when the
  /// call is reached; constants that are in order need no look.
  private mutating func checkLengths(_ kernel: Kernel, _ arguments: [ExpressionRef]) {
    for (name, e) in zip(kernel.arguments, arguments) where kernel.isLength(name) {
      let most = Double(Program.longestHistory)
      if let length = known(e), length != length || length >= 1 && length <= most { continue }
      let register = value(e)
      emit(Instruction(.checkLength, 0, register))
    }
  }

  /// Before a kernel's step: see `Opcode.carry`.
  private mutating func carry(_ count: Int, from first: Int) {
    let row = lasting(0)
    for _ in 0..<count + Self.mostResults { _ = lasting(.nan) }
    var instruction = Instruction(.carry, row, first, code.kernels.count)
    instruction.function = UInt8(truncatingIfNeeded: count)
    emit(instruction)
  }

  static let mostResults = 3

  private mutating func lastingRow(_ kernel: Kernel) -> Int {
    let first = lasting(kernel.type == .bool ? 0 : .nan)
    for _ in 1..<max(kernel.results, 1) { _ = lasting(.nan) }
    return first
  }

  /// The kernel's inputs in a row.
  private mutating func inputs(
    _ inputs: [KernelBinding.Input], _ arguments: [ExpressionRef]
  ) -> Int {
    let places = inputs.map { input -> Int? in
      switch input {
      case .bar(let field): use(field)
      case .argument(let i): fieldPlace(arguments[i])
      case .past: nil
      }
    }
    if inputs.isEmpty { return 0 }
    if let start = places[0], places.indices.allSatisfy({ places[$0] == start + $0 }) {
      return start
    }
    let isPlain = inputs.allSatisfy { if case .argument = $0 { true } else { false } }
    if isPlain {
      return row(
        inputs.compactMap { if case .argument(let i) = $0 { arguments[i] } else { nil } })
    }
    let start = initial.count
    for input in inputs {
      var value = Double.nan
      if case .argument(let n) = input { value = known(arguments[n]) ?? .nan }
      _ = lasting(value)
    }
    for (i, input) in inputs.enumerated() {
      switch input {
      case .bar(let field): emit(Instruction(.move, start + i, use(field)))
      case .past(let field, let ago):
        _ = use(field)
        emit(Instruction(.ring, start + i, series(of: field), ago))
      case .argument(let n):
        if known(arguments[n]) == nil { evaluate(arguments[n], into: start + i) }
      }
    }
    return start
  }

  private mutating func fieldPlace(_ e: ExpressionRef) -> Int? {
    if case .bar(let field) = program.expressions[e.index] { return use(field) }
    return nil
  }

  /// Compares the start of this bar's period with the last one's.
  private mutating func timeframeChange(_ arguments: [ExpressionRef], _ results: Int) -> Int {
    guard let timeframe = arguments.first, let start = periodStart(timeframe) else { return results }
    let before = lasting(.nan)
    let now = temporary()
    ask(start, into: now)
    emit(Instruction(.notEqual, results, now, before))
    emit(Instruction(.move, before, now))
    return results
  }
}
