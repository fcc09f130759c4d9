import StrategyIR

/// Whether a plan that came as bytes can be printed and run without harm: every place is inside of
/// the state, nothing lies on something else, and every step ends.
extension PlannedWorld {
  var isValid: Bool {
    layoutFits() && instructions.count < 1 << 22 && instructions.last?.opcode == .halt
      && lines.allSatisfy { $0 >= 0 } && tablesFit() && instructions.allSatisfy(numbersFit)
      && registersFit() && seriesFit() && flowEnds()
  }

  private func isRegister(_ r: Int) -> Bool { r >= 0 && r < registers.count }

  private func layoutFits() -> Bool {
    var places = [(start: 0, end: WorldCode.registersEnd(registers.count))]
    for slot in series {
      guard slot.capacity > 0, slot.capacity & (slot.capacity - 1) == 0 else { return false }
      places.append((slot.offset, slot.offset + slot.bytes))
    }
    for slot in kernels { places.append((slot.offset, slot.offset + slot.bytes)) }
    // A kernel without state has a place too, which may be another's.
    places.sort { ($0.start, $0.end) < ($1.start, $1.end) }
    return stateBytes <= 2 * WorldCompiler.mostState && places.allSatisfy { $0.start & 15 == 0 }
      && zip(places, places.dropFirst()).allSatisfy { $0.end <= $1.start }
      && places.allSatisfy { $0.end <= stateBytes }
  }

  private func tablesFit() -> Bool {
    registers.count >= BarField.allCases.count
      && (orders + risks + [given, results]).joined().allSatisfy { isRegister(Int($0)) }
      && times.allSatisfy { $0 < 256 } && plotCount < 1 << 22
  }

  private func seriesFit() -> Bool {
    let offsets = Set(series.map(\.offset))
    return fieldSeries.allSatisfy { offsets.contains($0.offset) }
      && instructions.allSatisfy {
        switch $0.opcode {
        case .ring, .ringAt, .push, .pushOnce, .stamp: offsets.contains(Int($0.b))
        default: true
        }
      }
  }

  /// Whether the numbers of tables in an instruction are of entries that there are.
  private func numbersFit(_ i: Instruction) -> Bool {
    let c = Int(i.c)
    switch i.opcode {
    case .kernel, .kernelAgain:
      return kernels.indices.contains(c) && kernels[c].isLooped == (i.opcode == .kernelAgain)
    case .carry:
      return kernels.indices.contains(c) && Int(i.function) == kernels[c].inputCount
        && isRegister(Int(i.a) + Int(i.function) + kernels[c].resultCount)
    case .function:
      guard let function = Function(rawValue: i.function) else { return false }
      return c < 256 && (function.isVariadic ? c >= function.arity : c == function.arity)
    case .object:
      guard let function = ObjectFunction(rawValue: i.function) else { return false }
      return c < 4_096 && (function.isVariadic ? c >= function.arity : c == function.arity)
    case .time: return times.indices.contains(c)
    case .book: return BookField.allCases.indices.contains(c)
    case .openTrade, .closedTrade: return TradeField.allCases.indices.contains(c)
    case .order: return orders.indices.contains(c)
    case .risk: return risks.indices.contains(c)
    case .plot: return c >= 0 && c < plotCount
    case .ring: return c >= 1
    default: return true
    }
  }

  /// Nothing else writes where the host writes.
  private func registersFit() -> Bool {
    let theirs = hostRegisters
    return instructions.allSatisfy { i in
      reads(i).allSatisfy(isRegister)
        && writes(i).allSatisfy { isRegister($0) && !theirs.contains($0) }
    }
  }

  /// Registers that a host writes before a step: the bar's fields and the requests' results.
  package var hostRegisters: Set<Int> {
    Set(given.map { Int($0) } + fields.map { Int($0.rawValue) })
  }

  /// Jumps go forward, but for a loop's to its head, each round of which costs something. Nothing
  /// jumps into a loop, but to its head from before it.
  private func flowEnds() -> Bool {
    var loops: [(head: Int, end: Int)] = []
    for (pc, i) in instructions.enumerated() {
      guard let target = target(pc) else { continue }
      guard target >= 0, target < instructions.count else { return false }
      if i.opcode == .loop {
        guard target <= pc, i.b >= 1 else { return false }
        loops.append((target, pc))
      } else if target <= pc {
        return false
      }
    }
    guard let heads = innermostHeads(loops), pastsFit() else { return false }
    return instructions.indices.allSatisfy { pc in
      guard instructions[pc].opcode != .loop, let target = target(pc) else { return true }
      return heads[target] <= pc
    }
  }

  /// Behind each `ringAt` is the move into the same register that it may pass over, and nothing
  /// jumps to that.
  private func pastsFit() -> Bool {
    let targets = Set(instructions.indices.compactMap(target))
    return instructions.indices.allSatisfy { pc in
      guard instructions[pc].opcode == .ringAt else { return true }
      guard pc + 1 < instructions.count else { return false }
      let move = instructions[pc + 1]
      return move.opcode == .move && move.a == instructions[pc].a && !targets.contains(pc + 1)
    }
  }

  /// For each instruction the head of the innermost loop that it is in, not being its head; −1
  /// outside of all. nil when loops overlap.
  private func innermostHeads(_ loops: [(head: Int, end: Int)]) -> [Int]? {
    var heads = Array(repeating: -1, count: instructions.count)
    var open: [(head: Int, end: Int)] = []
    var next = loops.sorted { ($0.head, -$0.end) < ($1.head, -$1.end) }[...]
    for pc in instructions.indices {
      while let loop = open.last, loop.end < pc { open.removeLast() }
      heads[pc] = open.last?.head ?? -1
      while let loop = next.first, loop.head == pc {
        if let outer = open.last, loop.end > outer.end { return nil }
        open.append(loop)
        next.removeFirst()
      }
    }
    return heads
  }
}
