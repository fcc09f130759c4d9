import StrategyIR

extension WorldCompiler {
  /// Settles where everything is, and puts the places into the instructions.
  mutating func finish() {
    let fixed = initial.count
    let count = fixed + mostTemporaries
    code.registers = initial + Array(repeating: .nan, count: mostTemporaries)
    let base = WorldCode.registersEnd(count)
    let end = Int32(count)
    let place = { (register: Int32) -> Int32 in register < 0 ? end + register : register }
    for i in code.instructions.indices {
      code.instructions[i].a = place(code.instructions[i].a)
      switch code.instructions[i].opcode {
      case .ring, .ringAt, .push, .pushOnce, .stamp:
        let slot = code.series[Int(code.instructions[i].b)]
        code.instructions[i].b = Int32(base + slot.offset)
        code.instructions[i].c = place(code.instructions[i].c)
      case .loop: break
      default:
        code.instructions[i].b = place(code.instructions[i].b)
        code.instructions[i].c = place(code.instructions[i].c)
      }
    }
    code.series = code.series.map {
      SeriesSlot(
        offset: base + $0.offset, capacity: $0.capacity, empty: $0.empty, holdsReferences: $0.holdsReferences)
    }
    code.kernels = code.kernels.map {
      KernelSlot(
        form: $0.form, binding: $0.binding, offset: base + $0.offset, isLooped: $0.isLooped)
    }
    code.orders = code.orders.map { $0.placed { Int(place(Int32($0))) } }
    code.risks = code.risks.map {
      RiskSlot(
        call: $0.call, value: Int(place(Int32($0.value))), message: Int(place(Int32($0.message))))
    }
    code.results = code.results.map { Int(place(Int32($0))) }
    code.fieldSeries = fieldSeriesOf.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { ($0.key, code.series[$0.value].offset) }
    code.fields = BarField.allCases.filter { usesField[Int($0.rawValue)] }
    code.stateBytes = base + tail
  }
}

extension OrderSlot {
  /// With each register where it finally is.
  func placed(_ place: (Int) -> Int) -> OrderSlot {
    var slot = self
    slot.id = place(id)
    slot.direction = place(direction)
    slot.fromEntry = place(fromEntry)
    slot.quantity = place(quantity)
    slot.quantityPercent = place(quantityPercent)
    slot.limit = place(limit)
    slot.stop = place(stop)
    slot.profit = place(profit)
    slot.loss = place(loss)
    slot.trailPrice = place(trailPrice)
    slot.trailPoints = place(trailPoints)
    slot.trailOffset = place(trailOffset)
    slot.ocaName = place(ocaName)
    slot.oca = place(oca)
    slot.comment = place(comment)
    slot.commentProfit = place(commentProfit)
    slot.commentLoss = place(commentLoss)
    slot.commentTrailing = place(commentTrailing)
    slot.immediately = place(immediately)
    return slot
  }
}
