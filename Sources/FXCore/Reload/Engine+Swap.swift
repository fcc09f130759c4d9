import CFxaot
import Market

/// Replaces the running version by a prepared one, between two quotes.
extension Engine {
  /// How many kept bars a swap would run the prepared version on. O(feeds).
  public borrowing func swapBars(ref: UInt64, _ prepared: PreparedVersion) -> Int {
    let slot = byStrategyRef.slot(of: ref)
    guard slot >= 0 else { return 0 }
    return prepared.missingBars(of: instruments.base[strategies.base[slot].instrumentSlot].keptSeries) ?? 0
  }

  /// Runs the prepared version on the bars that have closed meanwhile, then exchanges it with the running
  /// one, which `prepared` then holds. Position, waiting orders and the script's book stay.
  /// An error does not change the running version:
  /// - FXAOT_NOT_FOUND for an unknown ref,
  /// - FXAOT_STALE when the running version is not the one of the basis, or bars of the time between
  ///   are kept no more,
  /// - FXAOT_BAD_SCRIPT when the new version stops on such a bar, or has no room for the book's texts,
  /// - FXAOT_LIMIT, FXAOT_OUT_OF_MEMORY for bars of another timeframe.
  /// O(bars closed meanwhile × strategy), plus O(trades) where a script's texts have other numbers or
  /// its bars are counted anew.
  public mutating func swap(ref: UInt64, _ prepared: PreparedVersion) throws(EngineRefusal) {
    let slot = byStrategyRef.slot(of: ref)
    guard slot >= 0 else { throw EngineRefusal(FXAOT_NOT_FOUND, "") }
    let strategy = strategies.base[slot]
    let predecessor = prepared.basis.predecessor
    guard prepared.version == 0, strategy.birth == predecessor.birth,
      strategy.version == predecessor.version
    else { throw EngineRefusal(FXAOT_STALE, "") }
    try prepared.refuseFailed()
    let series = instruments.base[strategy.instrumentSlot].keptSeries
    if prepared.missingBars(of: series) != 0 {
      try prepared.warm { feed in
        series.first { $0.serial == feed.serial }?.bars(from: feed.next)
      }
    }
    try prepared.pass(to: instruments.base[strategy.instrumentSlot].clock)
    switch prepared.content {
    case .script(let new): try exchange(slot, new, prepared)
    case .table(let new): try exchange(slot, new, prepared)
    }
    strategies.base[slot].version &+= 1
    prepared.version = strategies.base[slot].version
    noteSwap(ref)
  }

  private mutating func exchange(
    _ slot: Int, _ new: PreparedVersion.Script, _ prepared: PreparedVersion
  ) throws(EngineRefusal) {
    let predecessor = prepared.basis.predecessor
    guard let script = script(of: strategies.base[slot]) else { throw EngineRefusal(FXAOT_STALE, "") }
    guard script.version.accountName == new.version.accountName else {
      throw EngineRefusal(
        FXAOT_BAD_RELOAD,
        "a running script cannot change its account currency; undeploy it first")
    }
    let isSameTimeframe = strategies.base[slot].timeframe == prepared.basis.timeframe
    guard script.version.hasSameSources(as: new.version),
      isSameTimeframe || new.version.sources.isEmpty
    else {
      throw EngineRefusal(
        FXAOT_BAD_RELOAD,
        "a running script cannot change the other symbols it reads, or their timeframe; "
          + "undeploy it first")
    }
    guard
      let numbers = script.numbers(
        new.numbers, for: new.version, closedTrades: predecessor.closedTrades)
    else { throw PreparedVersion.noRoom }
    try change(slot, prepared.basis.timeframe, strategies.base[slot].content)
    var old = new
    old.version = script.succeed(new.version, numbers)
    prepared.content = .script(old)
    setAwake(slot, needs: script.needsQuotes)
  }

  private mutating func exchange(
    _ slot: Int, _ new: TableVersion, _ prepared: PreparedVersion
  ) throws(EngineRefusal) {
    guard case .table(let old) = strategies.base[slot].content else {
      throw EngineRefusal(FXAOT_STALE, "")
    }
    try change(slot, prepared.basis.timeframe, .table(new))
    prepared.content = .table(old)
  }

  /// Gives a strategy another timeframe and content. An error changes nothing.
  mutating func change(
    _ slot: Int, _ timeframe: Timeframe, _ content: StrategyContent
  ) throws(EngineRefusal) {
    let before = strategies.base[slot]
    strategies.base[slot].timeframe = timeframe
    strategies.base[slot].content = content
    if timeframe == before.timeframe, content.readsSameFeeds(as: before.content) { return }
    let wasRead = before.content.feeds.map { Timeframe(before.timeframe.raw, multiple: $0) }
    if wasRead == content.feeds.map({ Timeframe(timeframe.raw, multiple: $0) }) { return }
    do throws(EngineError) {
      try rebuildBuilders(before.instrumentSlot)
    } catch {
      strategies.base[slot].timeframe = before.timeframe
      strategies.base[slot].content = before.content
      throw EngineRefusal(error)
    }
  }
}
