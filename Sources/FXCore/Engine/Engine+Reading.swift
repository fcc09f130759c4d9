import CFxaot
import Trading

/// Events, statistics, positions and strategies, for callers.
extension Engine {
  /// Events not yet cleared; valid until the next mutating call.
  public var events: UnsafeBufferPointer<fxaot_event> {
    UnsafeBufferPointer(log.events.elements)
  }

  public mutating func clearEvents() { log.removeAll() }

  /// O(histogram buckets + strategies).
  public var stats: fxaot_stats {
    var stats = counts
    let ns = cycleLength.nanoseconds
    stats.events = log.sequence
    stats.strategies = UInt64(strategyStats(into: UnsafeMutableBufferPointer(start: nil, count: 0)))
    stats.alarms &+= accountState.alarms
    stats.latency_samples = latency.samples
    stats.latency_p50_ns = latency.percentile(0.5) * ns
    stats.latency_p99_ns = latency.percentile(0.99) * ns
    stats.latency_p999_ns = latency.percentile(0.999) * ns
    stats.latency_max_ns = Double(latency.largest) * ns
    withUnsafeMutableBytes(of: &stats.stage_ns) {
      for index in $0.assumingMemoryBound(to: Double.self).indices {
        $0.assumingMemoryBound(to: Double.self)[index] *= ns
      }
    }
    return stats
  }

  /// O(histogram buckets).
  public mutating func read(into out: inout fxaot_latency) {
    latency.read(into: &out, cycleLength: cycleLength.nanoseconds, isSettled: cycleLength.isSettled)
  }

  /// One more order that the gate has refused.
  mutating func countReject(_ code: UInt32) {
    counts.rejects &+= 1
    withUnsafeMutableBytes(of: &counts.rejected) {
      let codes = $0.assumingMemoryBound(to: UInt64.self)
      if code < codes.count { codes[Int(code)] &+= 1 }
    }
  }

  /// O(instruments).
  public var account: fxaot_account {
    var account = fxaot_account()
    withUnsafeMutableBytes(of: &account.currency) { bytes in
      withUnsafeBytes(of: settings.currency.littleEndian) { bytes.copyBytes(from: $0.prefix(7)) }
    }
    accountState.read(into: &account)
    return account
  }

  /// Net positions of the instruments that have traded. Fills the room that there is, returns the full count.
  public func positions(into out: UnsafeMutableBufferPointer<fxaot_position>) -> Int {
    var count = 0
    for slot in 0..<instruments.count {
      let state = instruments.base[slot]
      let book = state.market.book
      if book.quantity == 0 && book.realised == 0 && !accountState.holds(slot) { continue }
      if count < out.count {
        out[count] = fxaot_position(
          strategy_ref: 0, symbol_ref: state.ref, quantity: book.quantity,
          average_price: book.averagePrice(on: state.instrument.grid),
          realised_micro: book.realised, unrealised_micro: accountState.unrealised(slot) ?? 0)
      }
      count += 1
    }
    return count
  }

  /// The running strategies in order of their slots. Fills the room that there is, returns the full count.
  public func strategyStats(into out: UnsafeMutableBufferPointer<fxaot_strategy_stats>) -> Int {
    var count = 0
    for strategy in strategies.elements where strategy.ref != 0 {
      if count < out.count { out[count] = stats(of: strategy) }
      count += 1
    }
    return count
  }

  /// The same from the strategy number `first` on, counted from 0. Returns how many it has filled.
  public func strategyStats(from first: Int, into out: UnsafeMutableBufferPointer<fxaot_strategy_stats>) -> Int {
    var place = 0
    for strategy in strategies.elements where strategy.ref != 0 {
      if place - first >= out.count { break }
      if place >= first { out[place - first] = stats(of: strategy) }
      place += 1
    }
    return max(0, place - first)
  }

  private func stats(of strategy: StrategyState) -> fxaot_strategy_stats {
    let state = instruments.base[strategy.instrumentSlot]
    var stats = fxaot_strategy_stats()
    stats.strategy_ref = strategy.ref
    stats.symbol_ref = state.ref
    stats.timeframe = strategy.timeframe.raw
    stats.bars = strategy.bars
    stats.signals = strategy.signals
    stats.orders = strategy.orders
    stats.fills = strategy.fills
    stats.rejects = strategy.rejects
    strategy.rejected.read(into: &stats)
    stats.quantity = strategy.book.quantity
    stats.average_price = strategy.book.averagePrice(on: state.instrument.grid)
    stats.realised_micro = strategy.book.realised
    stats.unrealised_micro = accountState.unrealised(strategy.book, strategy.instrumentSlot) ?? 0
    stats.version = strategy.version
    stats.stale_since_ns = strategy.staleSince
    switch strategy.content {
    case .table(let version):
      stats.strategy = version.table.pointee.name
      stats.tier = UInt32(FXAOT_TIER_BUILT_IN)
    case .script(let place):
      guard let version = scripts[place]?.takeUnretainedValue().version else { break }
      stats.strategy = UnsafePointer(version.name)
      stats.tier = UInt32(version.isNative ? FXAOT_TIER_NATIVE : FXAOT_TIER_VM)
      stats.failure = UnsafePointer(version.reason)
      stats.native_steps = version.nativeSteps
    }
    return stats
  }

  /// The newest time of an instrument; nil before any quote and advance. O(instruments).
  package var newestTime: Int64? {
    let newest = instruments.elements.lazy.map(\.clock).max()
    return newest.flatMap { $0 > FXAOT_MIN_TIME_NS ? $0 : nil }
  }

  /// The refs of the instruments. Fills the room that there is, returns the full count. O(instruments).
  public func instrumentRefs(into buffer: UnsafeMutableBufferPointer<UInt64>) -> Int {
    for index in 0..<min(buffer.count, instruments.count) {
      buffer[index] = instruments.base[index].ref
    }
    return instruments.count
  }
}
