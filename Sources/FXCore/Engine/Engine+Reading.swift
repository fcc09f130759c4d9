import CFxaot
import Trading

/// What the outside may know of an engine.
extension Engine {
  /// Events not yet cleared; valid until the next mutating call.
  public var events: UnsafeBufferPointer<fxaot_event> {
    UnsafeBufferPointer(log.events.elements)
  }

  public mutating func clearEvents() { log.removeAll() }

  /// O(histogram buckets).
  public var stats: fxaot_stats {
    var stats = counts
    let ns = cycleLength.nanoseconds
    stats.events = log.sequence
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

  /// O(instruments).
  public var account: fxaot_account {
    var account = fxaot_account()
    withUnsafeMutableBytes(of: &account.currency) { bytes in
      withUnsafeBytes(of: settings.currency.littleEndian) { bytes.copyBytes(from: $0.prefix(7)) }
    }
    account.realised_micro = realised
    account.balance_micro = Money.add(settings.balance, realised)
    for slot in 0..<instruments.count {
      if let value = unrealised(instruments.base[slot].book, slot) {
        account.unrealised_micro = Money.add(account.unrealised_micro, value)
      } else {
        account.unvalued += 1
      }
    }
    account.equity_micro = Money.add(account.balance_micro, account.unrealised_micro)
    return account
  }

  /// Net positions of the instruments that have traded; answers how many, fills what fits.
  public func positions(into out: UnsafeMutableBufferPointer<fxaot_position>) -> Int {
    var count = 0
    for slot in 0..<instruments.count {
      let state = instruments.base[slot]
      if state.book.quantity == 0 && state.book.realised == 0 { continue }
      if count < out.count {
        out[count] = fxaot_position(
          strategy_ref: 0, symbol_ref: state.ref, quantity: state.book.quantity,
          average_price: state.book.averagePrice(on: state.instrument.grid),
          realised_micro: state.book.realised,
          unrealised_micro: unrealised(state.book, slot) ?? 0)
      }
      count += 1
    }
    return count
  }

  /// The running strategies in order of their slots; answers how many, fills what fits.
  public func strategyStats(into out: UnsafeMutableBufferPointer<fxaot_strategy_stats>) -> Int {
    var count = 0
    for strategy in strategies.elements where strategy.ref != 0 {
      if count < out.count {
        let state = instruments.base[strategy.instrumentSlot]
        out[count] = fxaot_strategy_stats(
          strategy_ref: strategy.ref, symbol_ref: state.ref, strategy: strategy.table.pointee.name,
          timeframe: strategy.timeframe.raw, bars: strategy.bars, signals: strategy.signals,
          orders: strategy.orders, fills: strategy.fills, rejects: strategy.rejects,
          quantity: strategy.book.quantity,
          average_price: strategy.book.averagePrice(on: state.instrument.grid),
          realised_micro: strategy.book.realised,
          unrealised_micro: unrealised(strategy.book, strategy.instrumentSlot) ?? 0,
          failure: UnsafePointer(strategy.script?.version.reason), tier: strategy.tier,
          version: strategy.version, native_steps: strategy.script?.version.nativeSteps ?? 0)
      }
      count += 1
    }
    return count
  }

  /// The refs of the instruments: fills what fits, answers how many there are. O(instruments).
  public func instrumentRefs(into buffer: UnsafeMutableBufferPointer<UInt64>) -> Int {
    for index in 0..<min(buffer.count, instruments.count) {
      buffer[index] = instruments.base[index].ref
    }
    return instruments.count
  }
}

extension StrategyState {
  /// FXAOT_TIER_…
  fileprivate var tier: UInt32 {
    guard let script else { return UInt32(FXAOT_TIER_BUILT_IN) }
    return UInt32(script.version.isNative ? FXAOT_TIER_NATIVE : FXAOT_TIER_VM)
  }
}
