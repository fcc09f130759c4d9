import CFxaot
import Market
import Messaging
import Records

/// The account's state as bytes: see StateArchive.
extension Account {
  /// All but its currency and opening balance, which are of the engine's configuration. Loading goes into a fresh account
  /// whose instruments are there; whatever the bytes are, it ends with an account that keeps its invariants, or fails.
  package mutating func persist(_ archive: inout some StateArchive) {
    persistWhatLives(&archive)
    records.persist(&archive)
    trades.persist(&archive)
    records.forgetTouched()
    if archive.isLoading, archive.isValid, !isSound { archive.fail() }
  }

  /// The same over an account of a little before: what lives as it is, and of what only grows what is new since the last
  /// call of this or `persist`.
  package mutating func persistItems(_ archive: inout some StateArchive) {
    persistWhatLives(&archive)
    records.persistTouched(&archive)
    trades.persistNew(&archive)
    if archive.isLoading, archive.isValid, !isSound { archive.fail() }
  }

  private mutating func persistWhatLives(_ archive: inout some StateArchive) {
    persistHeader(&archive)
    var count = markets.count
    archive.count(&count, bytes: 200)
    if count != markets.count { return archive.fail() }
    for slot in 0..<count { markets[slot].pointee.persist(&archive, of: count) }
    venue.persist(&archive)
    gateway.persist(&archive)
    archive.slab(&positions, fresh: .blank, bytes: 80) { $1.persist(&$0) }
    archive.slab(&groups, fresh: OrderGroup(name: fxaot_id(), orders: 0), bytes: 72) { archive, group in
      archive.plain(&group.name)
      archive(&group.orders)
    }
    archive.slab(&lost, fresh: .blank, bytes: 200) { $1.persist(&$0) }
    archive.slab(&orphaned, fresh: 0) { $0(&$1) }
  }

  private mutating func persistHeader(_ archive: inout some StateArchive) {
    var balance = openingBalance
    archive(&balance)
    openingBalance = balance
    settings.persist(&archive)
    gate.persist(&archive)
    log.persist(&archive)
    archive(&realised)
    archive(&cash)
    archive(&commissions)
    archive(&swaps)
    archive(&now)
    archive(&deadline)
    archive(&rollover)
    archive(&dayEquity)
    archive(&highestEquity)
    archive(&losingTrades)
    archive(&isMarginCalled)
    archive(&hasRanges)
    archive(&alarms)
    archive(&closes)
    archive(&liquidations)
    archive(&opened)
    archive(&quoteNumber)
    archive(&refusalMeasure.measured)
    archive(&refusalMeasure.bound)
    archive(&isDropping)
    let times = FXAOT_MIN_TIME_NS...FXAOT_MAX_TIME_NS
    let counts: ClosedRange<Int64> = 0...(1 << 61)
    // The next 17:00 lies less than a week ahead, or none has been looked for.
    if rollover != .min, !times.contains(rollover) || rollover < now - 8 * 86_400_000_000_000 { archive.fail() }
    if !times.contains(now) || !counts.contains(Int64(losingTrades)) || !counts.contains(closes)
      || !counts.contains(liquidations) || !counts.contains(opened)
    {
      archive.fail()
    }
  }

  /// Whether all strategies of its orders are among so many.
  package func knowsStrategies(_ count: Int) -> Bool {
    venue.waiting.elements.allSatisfy { $0.strategySlot < count }
      && lost.elements.allSatisfy { $0.strategySlot < count }
      && gateway.entries.elements.allSatisfy { $0.order.strategySlot < count }
  }

  /// Whether every place that something names is there.
  private var isSound: Bool {
    let (places, names) = (markets.count, records.count)
    func isSound(_ order: AccountOrder) -> Bool {
      (0..<places).contains(order.instrumentSlot) && (-1..<names).contains(order.record) && order.strategySlot >= -1
        && order.strategySlot < 65_536 && order.group >= 0 && order.group <= groups.count
        && order.order.quantity < 1 << 61
        && order.filled < 1 << 61
    }
    return venue.waiting.elements.allSatisfy(isSound) && lost.elements.allSatisfy(isSound)
      && gateway.entries.elements.allSatisfy { isSound($0.order) }
      && positions.elements.allSatisfy {
        (0..<places).contains($0.instrumentSlot) && (-1..<names).contains($0.record)
          && $0.quantity.magnitude < 1 << 61
      }
      && groups.elements.allSatisfy { (0...(1 << 40)).contains($0.orders) }
  }
}

extension StateArchive {
  /// A slab's elements. Loading replaces them; without memory it fails.
  package mutating func slab<T: BitwiseCopyable>(
    _ slab: inout Slab<T>, fresh: T, bytes least: Int = 1, _ body: (inout Self, inout T) -> Void
  ) {
    var count = slab.count
    self.count(&count, bytes: least)
    if !isLoading {
      for place in 0..<count { body(&self, &slab.base[place]) }
      return
    }
    slab.removeAll()
    if !slab.reserve(count) { return fail() }
    for _ in 0..<count where isValid {
      var element = fresh
      body(&self, &element)
      _ = slab.append(element)
    }
  }
}
