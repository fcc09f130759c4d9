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
    for order in venue.waiting.elements where order.isMarketOrder(of: strategySlot) { units &+= order.quantity }
    return units
  }

  /// Cancels them. The next quote frees their places. O(live orders).
  package mutating func withdrawMarketOrders(of strategySlot: Int) {
    for place in 0..<venue.waiting.count where venue.waiting.base[place].isMarketOrder(of: strategySlot) {
      withdraw(at: place)
    }
  }

  /// Cancels a live order of a script. The next quote frees its place.
  package mutating func withdraw(_ id: Int64, turn: Int64) {
    if let live = venue.index(of: id, turn: turn) { withdraw(at: live) }
  }

  private mutating func withdraw(at place: Int) {
    let order = cancel(at: place, FXAOT_CANCEL_STRATEGY)
    markets[order.instrumentSlot].pointee.orderRange = .never
  }
}

extension AccountOrder {
  /// Whether it lives, and is a strategy's own market order.
  fileprivate func isMarketOrder(of strategySlot: Int) -> Bool {
    self.strategySlot == strategySlot && instrumentSlot >= 0 && isSignal && scriptKey == 0
  }
}
