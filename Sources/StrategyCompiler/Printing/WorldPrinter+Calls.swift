import StrategyIR
import StrategyVM

/// Kernels, and calls of the host.
extension WorldPrinter {
  mutating func printKernel(_ i: Instruction, _ pc: Int) {
    let slot = world.kernels[Int(i.c)]
    if i.opcode == .kernelAgain {
      out.line("Pine.rewind(state + \(slot.offset), bytes: \(slot.stateBytes), bar: number)")
    }
    let inputs = (0..<slot.inputCount).map { value(i.b + Int32($0)) }
    let call = Self.call(slot, inputs)
    if slot.results == ["$x"] { return assign(i.a, call, pc, isPure: false) }
    let answer = temporary()
    out.line("let \(answer) = \(call)")
    for (k, result) in slot.results.enumerated() {
      let expression = result.replacing("$x", with: answer)
      let isChoice = expression.hasSuffix("? 1 : 0")
      assign(
        i.a + Int32(k), isChoice ? "Pine.number(\(expression.dropLast(8)))" : expression, pc)
    }
  }

  private static func call(_ slot: KernelSlot, _ inputs: [String]) -> String {
    var call = slot.call.replacing("$s", with: "state + \(slot.stateOffset)")
    for (k, input) in inputs.enumerated() { call = call.replacing("$\(k)", with: input) }
    return slot.text.isEmpty ? "Pine.\(call)" : "Pine.\(slot.text).\(call)"
  }

  /// See `Opcode.carry`.
  mutating func printCarry(_ i: Instruction, _ pc: Int) {
    let slot = world.kernels[Int(i.c)]
    let count = Int32(i.function)
    let kept = (0..<count).map { value(i.a + 1 + $0) }
    let skipped = temporary()
    out.line("var \(skipped) = Pine.skippedBars(since: \(value(i.a)), bar: number)")
    out.open("while \(skipped) > 0 {")
    out.line("_ = \(Self.call(slot, kept))")
    out.line("\(skipped) &-= 1")
    out.close()
    let inputs = (0..<count).map { value(i.b + $0) }
    assign(i.a, "Double(number)", pc)
    for (k, input) in inputs.enumerated() { assign(i.a + 1 + Int32(k), input, pc) }
  }

  mutating func printHosted(_ i: Instruction, _ pc: Int) {
    switch i.opcode {
    case .plot: printPlot(i)
    case .book: assign(i.a, "host.pointee.book[\(i.c)]", pc)
    case .positionEntryName: assign(i.a, "host.pointee.position_entry_name", pc)
    case .openTrade, .closedTrade:
      let isOpen = i.opcode == .openTrade ? 1 : 0
      assign(
        i.a,
        "host.pointee.trade(host.pointee.context, \(isOpen), \(i.c), \(value(i.b)))", pc)
    case .time:
      flush((0..<Int32(world.times[Int(i.c)])).map { i.b + $0 })
      assign(
        i.a, "host.pointee.time(host.pointee.context, \(i.c), r + \(i.b))", pc, isPure: false)
    case .function:
      flush((0..<i.c).map { i.b + $0 })
      let call = "\(i.function), \(i.texts), r + \(i.b), \(i.c)"
      assign(i.a, "host.pointee.function(host.pointee.context, \(call))", pc, isPure: false)
      stopIfTold(pc)
    case .object: printObject(i, pc)
    case .order: if form == .hosted { printEffect("order", i.c, world.orders[Int(i.c)], pc) }
    case .risk: if form == .hosted { printEffect("risk", i.c, world.risks[Int(i.c)], pc) }
    case .fail:
      fail("FXAOT_STEP_ERROR", pc, value: value(i.b))
    default: break
    }
  }

  /// Through the host; the short functions at once where nothing is in their way.
  private mutating func printObject(_ i: Instruction, _ pc: Int) {
    let (first, second, third) = (value(i.b), value(i.b + 1), value(i.b + 2))
    let objects = "objects.pointee"
    switch ObjectFunction(rawValue: i.function) {
    case .arrayGet: printShort(i, pc, cell: "\(objects).arrayCell(\(first), \(second))", of: objects)
    case .arrayShift: printShort(i, pc, cell: "\(objects).shiftedCell(\(first))", of: objects)
    case .recordGet where field(i) != nil:
      printShort(i, pc, cell: "\(objects).fieldCell(\(first), \(field(i) ?? 0))", of: objects)
    case .arraySet: printSetting(i, pc, cell: "\(objects).arrayCell(\(first), \(second))", of: objects, third)
    case .recordSet where field(i) != nil:
      printSetting(i, pc, cell: "\(objects).fieldCell(\(first), \(field(i) ?? 0))", of: objects, third)
    case .arrayPush:
      out.open("if !\(objects).push(\(first), \(second)) {")
      printObjectCall(i, pc, into: nil)
      out.close()
      assign(i.a, "Double.nan", pc)
    default: printObjectCall(i, pc, into: i.a)
    }
  }

  /// The number of a record's field, a constant.
  private func field(_ i: Instruction) -> Int? {
    constants[Int(i.b) + 1].flatMap(Double.init).flatMap { Int(exactly: $0) }
  }

  private mutating func printShort(_ i: Instruction, _ pc: Int, cell: String, of objects: String) {
    let (place, answer) = (temporary(), temporary())
    out.line("let \(place) = \(cell)")
    out.line("var \(answer) = Double.nan")
    out.open("if \(place) >= 0 {")
    out.line("\(answer) = \(objects).cells[\(place)]")
    out.turn("} else {")
    printObjectCall(i, pc, into: nil, name: answer)
    out.close()
    assign(i.a, answer, pc)
  }

  private mutating func printSetting(
    _ i: Instruction, _ pc: Int, cell: String, of objects: String, _ value: String
  ) {
    let place = temporary()
    out.line("let \(place) = \(cell)")
    out.open("if \(place) >= 0 {")
    out.line("\(objects).cells[\(place)] = \(value)")
    out.turn("} else {")
    printObjectCall(i, pc, into: nil)
    out.close()
    assign(i.a, "Double.nan", pc)
  }

  private mutating func printObjectCall(_ i: Instruction, _ pc: Int, into register: Int32?, name: String? = nil) {
    flush((0..<i.c).map { i.b + $0 })
    let call = "host.pointee.object(host.pointee.context, \(i.function), r + \(i.b), \(i.c))"
    if let register {
      assign(register, call, pc, isPure: false)
    } else {
      out.line("\(name ?? "_") = \(call)")
    }
    stopIfTold(pc)
  }

  private mutating func printPlot(_ i: Instruction) {
    switch form {
    case .hosted: out.line("host.pointee.plots[\(i.c)] = \(value(i.b))")
    case .signal(let plot): if plot == Int(i.c) { out.line("signal = \(value(i.b))") }
    }
  }

  private mutating func printEffect(_ kind: String, _ number: Int32, _ read: [Int32], _ pc: Int) {
    flush(read)
    out.line("host.pointee.\(kind)(host.pointee.context, \(number))")
    stopIfTold(pc)
  }

  /// Puts registers into the state, where the host reads them.
  private mutating func flush(_ registers: [Int32]) {
    for r in Set(registers).sorted() where constants[Int(r)] == nil {
      out.line("r[\(r)] = \(value(r))")
    }
  }

  private mutating func stopIfTold(_ pc: Int) {
    out.open("if host.pointee.stopped != 0 {")
    out.line("status = Int64(host.pointee.stopped) + 256 * \(world.lines[pc])")
    out.line("break body")
    out.close()
  }
}
