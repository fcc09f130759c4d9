import CFxaot
import Market
import StrategyVM

/// Scripts that read bars of other instruments than their own.
extension Engine {
  func instruments(besides slot: Int) -> [Instrument] {
    var others: [Instrument] = []
    for other in 0..<instruments.count where other != slot {
      others.append(instruments.base[other].instrument)
    }
    return others
  }

  /// The slots of the other instruments that a strategy reads. O(its sources).
  func otherSlots(_ strategy: StrategyState) -> [Int] {
    guard let script = script(of: strategy) else { return [] }
    var slots: [Int] = []
    for source in script.version.sources {
      let slot = bySymbolKey.slot(of: source.key)
      if slot >= 0 { slots.append(slot) }
    }
    return slots
  }

  /// Shows a script the bars of other instruments that have ended by now, even if none of their quotes has
  /// closed them yet.
  func showOthers(_ strategySlot: Int, _ script: LiveScript, by end: Int64) {
    guard !script.version.sources.isEmpty else { return }
    let (timeframe, basis) =
      (strategies.base[strategySlot].timeframe, strategies.base[strategySlot].basis)
    for source in script.version.sources {
      let slot = bySymbolKey.slot(of: source.key)
      guard slot >= 0, let builders = instruments.base[slot].builders else { continue }
      let state = instruments.base[slot]
      for index in 0..<state.timeBuilders
      where builders[index].timeframe == timeframe && builders[index].ticks > 0
        && builders[index].endTime <= end
      {
        let bar = builders[index].bar(
          basis, close: state.quote, time: state.quoteTime, on: state.instrument.grid)
        script.version.take(ScriptBar(bar), of: source.key)
      }
    }
  }

  /// After a strategy's slot has become free: nothing may point at it. Without memory even for a
  /// smaller list, the instrument loses its listeners until the next deployment.
  mutating func dropListeners(_ slot: Int) {
    do {
      try rebuildBuilders(slot)
    } catch {
      instruments.base[slot].builderCount = 0
      instruments.base[slot].timeBuilders = 0
      instruments.base[slot].nextBarEnd = .max
    }
  }
}
