import CFxaot
import Market

/// Resting orders of scripts: changed and withdrawn by their script, also between two fills of a quote.
extension Account {
  /// Gives a live order of a script what is left to fill and its prices anew. Returns why the gate refuses it, and the
  /// order's new turn; the order then stays as it was. nil turn: it has ended.
  package mutating func change(
    _ id: Int64, turn: Int64, own: Int64, by edit: (inout AccountOrder) -> Void
  ) -> (turn: Int64?, refusal: fxaot_reject?) {
    guard let live = venue.index(of: id, turn: turn) else { return (nil, nil) }
    let old = venue.waiting.base[live]
    var new = old
    edit(&new)
    if let refusal = changeRefusal(new, from: old, own: own) { return (turn, refusal) }
    if isAtBroker(old) {
      requestChange(live, new)
      return (old.turn, nil)
    }
    guard venue.makeRoom() else { return (turn, FXAOT_REJECT_OUT_OF_MEMORY) }
    let last = venue.newestTurn
    replace(live, by: new)
    return (venue.newestTurn > last ? venue.newestTurn : old.turn, nil)
  }

  /// Signed units of a strategy's own market orders that wait. O(live orders).
  package func waitingUnits(of strategySlot: Int) -> Int64 {
    var units: Int64 = 0
    for order in venue.waiting.elements
    where order.strategySlot == strategySlot && order.instrumentSlot >= 0 && order.isSignal && order.scriptKey == 0 {
      units &+= order.quantity
    }
    return units
  }

  /// Cancels a live order of a script. The next quote frees its place.
  package mutating func withdraw(_ id: Int64, turn: Int64) {
    guard let live = venue.index(of: id, turn: turn) else { return }
    let order = cancel(at: live, FXAOT_CANCEL_STRATEGY)
    markets[order.instrumentSlot].pointee.orderRange = .never
  }
}
