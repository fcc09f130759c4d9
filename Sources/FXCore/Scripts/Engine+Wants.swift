import StrategyVM
import Trading

/// A script that may want to trade after a bar, a quote or a fill.
struct Want: BitwiseCopyable {
  let strategySlot: Int
  /// The number of the first quote at which its order may fill.
  let fillsFrom: UInt64
}

/// Wants ▶ RiskGate ▶ Venue: the stage that turns scripts' wants into orders. Bars and fills only put the
/// script into the queue, so neither calls an earlier stage.
extension Engine {
  /// The queue always has room: one place for each strategy, and each waits in it at most once.
  mutating func want(_ strategySlot: Int, fillsFrom: UInt64) {
    if strategies.base[strategySlot].isWanting { return }
    strategies.base[strategySlot].isWanting = true
    _ = wants.append(Want(strategySlot: strategySlot, fillsFrom: fillsFrom))
  }

  /// Empties the queue.
  @inline(__always)
  mutating func carryOutWants() {
    if wants.count > 0 { carryOutAllWants() }
  }

  @inline(never)
  private mutating func carryOutAllWants() {
    for index in 0..<wants.count { carryOut(wants.base[index]) }
    wants.removeAll()
  }

  /// Brings a script's resting orders to what it wants, and offers its market orders to the gate, up to the first
  /// that passes.
  private mutating func carryOut(_ want: Want) {
    let slot = want.strategySlot
    strategies.base[slot].isWanting = false
    guard case .script(let place) = strategies.base[slot].content, let script = scripts[place] else {
      return
    }
    changeResting(slot, script)
    while let order = script._withUnsafeGuaranteedRef({ $0.nextOrder() }) {
      let isPlaced = self.place(
        order.units, slot, isBuy: order.units > 0, fillsFrom: want.fillsFrom, isExit: order.isExit)
      if isPlaced { break }
      script._withUnsafeGuaranteedRef { $0.refused() }
    }
    // A refused entry takes its exits with it.
    changeResting(slot, script)
    for cut in script._withUnsafeGuaranteedRef({ $0.takeCuts() }) {
      _ = placeCut(cut.size, slot, isBuy: cut.isBuy)
    }
    setAwake(slot, needs: script._withUnsafeGuaranteedRef { $0.needsQuotes })
  }
}
