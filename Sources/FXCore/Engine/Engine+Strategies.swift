import CFxaot
import Market
import Messaging

/// Starting and stopping strategies, between two quotes.
extension Engine {
  /// Starts a strategy under a new ref. An error changes nothing.
  public mutating func addStrategy(_ deployment: fxaot_deployment, ref: UInt64) throws(EngineError) {
    guard ref != 0, let name = deployment.strategy, deployment.price <= UInt32(FXAOT_ASK) else {
      throw EngineError(FXAOT_BAD_ARGUMENT)
    }
    guard byStrategyRef.slot(of: ref) < 0 else { throw EngineError(FXAOT_ALREADY_EXISTS) }
    guard let table = StrategyRegistry.find(name) else { throw EngineError(FXAOT_UNKNOWN_STRATEGY) }
    let slot = byInstrumentRef.slot(of: deployment.symbol_ref)
    guard slot >= 0 else { throw EngineError(FXAOT_UNKNOWN_SYMBOL) }
    guard let timeframe = Timeframe(deployment.timeframe),
      Self.feeds(table).allSatisfy({ Timeframe(deployment.timeframe, multiple: $0) != nil })
    else { throw EngineError(FXAOT_BAD_TIMEFRAME) }

    let fresh = try TableVersion(table, deployment)
    let strategy = StrategyState(
      ref: ref, instrumentSlot: slot, content: .table(fresh), timeframe: timeframe,
      basis: Int(deployment.price))
    try start(strategy)
    note(.strategy) { journal in
      journal.add(ref)
      journal.add(deployment)
    }
  }

  mutating func start(_ strategy: StrategyState) throws(EngineError) {
    let free = strategies.elements.firstIndex { $0.ref == 0 }
    let strategySlot = free ?? strategies.count
    guard strategySlot < Self.strategyLimit else {
      release(strategy)
      throw EngineError(FXAOT_LIMIT)
    }
    guard wants.reserve(strategySlot + 1) else {
      release(strategy)
      throw EngineError(FXAOT_OUT_OF_MEMORY)
    }
    if let free {
      strategies.base[free] = strategy
    } else if !strategies.append(strategy) {
      release(strategy)
      throw EngineError(FXAOT_OUT_OF_MEMORY)
    }
    do {
      try byStrategyRef.insert(strategy.ref, strategySlot)
      try rebuildBuilders(strategy.instrumentSlot)
      for slot in otherSlots(strategy) { try rebuildBuilders(slot) }
    } catch {
      byStrategyRef.remove(strategy.ref)
      strategies.base[strategySlot].ref = 0
      for slot in [strategy.instrumentSlot] + otherSlots(strategy) { dropListeners(slot) }
      release(strategy)
      throw error
    }
  }

  /// Stops a strategy: its waiting orders are cancelled, its position stays in the instrument's net
  /// position. FXAOT_NOT_FOUND for an unknown ref. O(strategies).
  public mutating func removeStrategy(ref: UInt64) throws(EngineError) {
    let strategySlot = byStrategyRef.slot(of: ref)
    guard strategySlot >= 0 else { throw EngineError(FXAOT_NOT_FOUND) }
    note(.remove) { $0.add(ref) }
    let strategy = strategies.base[strategySlot]
    let others = otherSlots(strategy)
    cancelOrders(strategySlot)
    accountState.disown(strategySlot)
    setAwake(strategySlot, needs: false)
    release(strategy)
    strategies.base[strategySlot].ref = 0
    byStrategyRef.remove(ref)
    for slot in [strategy.instrumentSlot] + others { dropListeners(slot) }
  }
}
