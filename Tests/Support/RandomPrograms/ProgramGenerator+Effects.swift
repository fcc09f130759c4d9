import StrategyIR

/// Orders and rules of risk, at the end of a program.
extension ProgramGenerator {
  mutating func effects() {
    if random.below(12) == 0 {
      b.risk(RiskCall(.maxPositionSize, value: b.int(1 + random.below(9))))
    }
    for _ in 0..<1 + random.below(4) {
      b.line += 1
      let condition = expression(.bool, 3)
      b.openBlock()
      scopes.append([])
      b.order(call())
      scopes.removeLast()
      b.branch(condition, b.closeBlock())
    }
  }

  private mutating func call() -> OrderCall {
    let kinds: [OrderCommand.Kind] = [
      .entry, .entry, .entry, .order, .exit, .exit, .close, .closeAll, .cancel, .cancelAll,
    ]
    var call = OrderCall(random.pick(kinds))
    call.id = b.text(random.pick(["a", "b"]))
    switch call.kind {
    case .entry, .order: opening(&call)
    case .exit: leaving(&call)
    case .close:
      call.comment = b.function(.concatenate, [b.text("at "), text(1)])
      call.immediately = b.bool(random.below(3) == 0)
    case .closeAll: call.immediately = b.bool(random.below(2) == 0)
    case .cancel, .cancelAll: break
    }
    return call
  }

  private mutating func opening(_ call: inout OrderCall) {
    call.direction =
      random.below(2) == 0
      ? b.int(random.below(2) * 2 - 1)
      : b.select(expression(.bool, 2), b.int(1), b.int(-1))
    if random.below(2) == 0 { call.quantity = b.int(1 + random.below(3)) }
    if random.below(3) == 0 { call.limit = near() }
    if random.below(3) == 0 { call.stop = near() }
    if random.below(4) == 0 {
      call.ocaName = b.text("group")
      call.oca = b.int(1 + random.below(2))
    }
  }

  private mutating func leaving(_ call: inout OrderCall) {
    call.fromEntry = b.text(random.pick(["a", "b", ""]))
    switch random.below(4) {
    case 0: call.profit = b.int(50 + random.below(400))
    case 1: call.limit = near()
    case 2:
      call.trailPoints = b.int(20 + random.below(100))
      call.trailOffset = b.int(10 + random.below(50))
    default: call.quantityPercent = b.int(25 + random.below(76))
    }
    if random.below(2) == 0 {
      call.stop = near()
    } else {
      call.loss = b.int(50 + random.below(400))
    }
  }

  /// A price up to three away from the close.
  private mutating func near() -> ExpressionRef {
    b.binary(.add, b.bar(.close), b.float(Double(random.below(25) - 12) / 4))
  }
}
