import CFxaot
import Market
import Trading

/// Scripts' stops, limits and exits, which rest in the account as orders of their own.
extension Engine {
  /// Carries out what a script wants to change of them. O(its orders and exits) after a change, else O(1).
  mutating func changeResting(_ strategySlot: Int, _ script: ScriptTable.Entry) {
    while let change = script._withUnsafeGuaranteedRef({ $0.broker.nextChange() }) {
      journal.isDirty = true
      switch change {
      case .place(let order):
        let place = rest(order, strategySlot)
        script._withUnsafeGuaranteedRef {
          if let place { $0.broker.rests(order, at: place) } else { $0.broker.lost(order.key, isRefused: true) }
        }
      case .change(let order, let at): self.change(order, at, strategySlot, script)
      case .withdraw(let at): accountState.withdraw(at.number, turn: at.turn)
      }
    }
    // The market order was made for another position.
    if script._withUnsafeGuaranteedRef({ $0.broker.takeRecall() }) {
      journal.isDirty = true
      accountState.withdrawMarketOrders(of: strategySlot)
    }
  }

  /// nil when the gate has refused it.
  private mutating func rest(_ resting: RestingOrder, _ strategySlot: Int) -> VenuePlace? {
    let units = LiveScript.units(resting.quantity)
    var order = AccountOrder(
      id: 0, strategySlot: strategySlot, instrumentSlot: strategies.base[strategySlot].instrumentSlot,
      quantity: resting.isBuy ? units : -units, fillsFrom: nextQuote)
    order.kind =
      switch resting.kind {
      case .limit: .limit
      case .stop: .stop
      case .stopLimit: .stopLimit
      case .touched: .marketIfTouched
      }
    order.side = resting.isBuy ? .ask : .bid
    order.scriptKey = resting.key
    order.isExit = resting.isExit
    order.setPrices(resting)
    guard let number = admit(order, strategySlot, size: resting.quantity) else { return nil }
    return VenuePlace(number: number, turn: accountState.venue.newestTurn)
  }

  private mutating func change(
    _ resting: RestingOrder, _ at: VenuePlace, _ strategySlot: Int, _ script: ScriptTable.Entry
  ) {
    let strategy = strategies.base[strategySlot]
    let own = strategy.book.quantity &+ strategy.waiting
    let answer = accountState.change(at.number, turn: at.turn, own: own) {
      $0.order.quantity = LiveScript.units(resting.quantity)
      $0.setPrices(resting)
    }
    if let refusal = answer.refusal {
      countRefusal(refusal, strategySlot, size: resting.quantity)
      accountState.withdraw(at.number, turn: at.turn)
    }
    script._withUnsafeGuaranteedRef {
      if answer.refusal == nil, let turn = answer.turn {
        $0.broker.rests(resting, at: VenuePlace(number: at.number, turn: turn))
      } else {
        $0.broker.lost(resting.key, number: at.number, isRefused: answer.refusal != nil)
      }
    }
  }
}

extension AccountOrder {
  /// A trailing stop keeps its own trigger, unless its distance or its activation is another.
  fileprivate mutating func setPrices(_ resting: RestingOrder) {
    order.limit = resting.limit
    guard resting.trail > 0 else {
      // Another trigger has not been reached yet.
      if order.stop != resting.stop { isTriggered = false }
      order.stop = resting.stop
      return
    }
    if trail.activation != resting.activation || trail.distance != resting.trail {
      order.stop = .none
      trail.best = 0
    }
    trail.distance = resting.trail
    trail.activation = resting.activation
  }
}
