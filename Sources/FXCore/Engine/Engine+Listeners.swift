import CFxaot
import Libc
import Market
import Messaging

/// Which bars an instrument builds and keeps, and who gets them.
extension Engine {
  /// A feed of a strategy, and the bars that it reads.
  private struct Wish {
    let timeframe: Timeframe
    let basis: Int
    var listener: Listener
  }

  /// Makes the instrument's builders, listeners and kept series fit its strategies. Builders that
  /// stay keep their open bar, series that stay their bars. An error changes nothing.
  mutating func rebuildBuilders(_ slot: Int) throws(EngineError) {
    let instrument = instruments.base + slot
    var wishes = try wishes(slot)
    var timeframes: [Timeframe] = []
    for wish in wishes where !timeframes.contains(wish.timeframe) {
      timeframes.append(wish.timeframe)
    }
    guard timeframes.count <= Self.buildersPerInstrument else { throw EngineError(FXAOT_LIMIT) }
    timeframes.sort(by: Timeframe.closesBefore)
    let series = settings.keptBars > 0 ? assignSeries(&wishes) : []

    let builders = Self.room(timeframes.count, for: BarBuilder.self)
    let listeners = Self.room(wishes.count, for: Listener.self)
    let kept = Self.room(series.count, for: KeptBars.self)
    guard let builders, let listeners, let kept else {
      free(builders)
      free(listeners)
      free(kept)
      throw EngineError(FXAOT_OUT_OF_MEMORY)
    }
    var listenerCount = 0
    for (index, timeframe) in timeframes.enumerated() {
      var builder = instrument.pointee.builder(of: timeframe) ?? BarBuilder(timeframe)
      builder.firstListener = listenerCount
      for wish in wishes where wish.timeframe == timeframe {
        (listeners + listenerCount).initialize(to: wish.listener)
        listenerCount += 1
      }
      builder.listenerCount = listenerCount - builder.firstListener
      (builders + index).initialize(to: builder)
    }
    instrument.pointee.keep(series, in: kept, limit: settings.keptBars)
    free(instrument.pointee.builders)
    free(instrument.pointee.listeners)
    instrument.pointee.builders = builders
    instrument.pointee.listeners = listeners
    instrument.pointee.builderCount = timeframes.count
    instrument.pointee.timeBuilders = timeframes.count { $0.isTime }
    instrument.pointee.nextBarEnd = timeframes.indices.reduce(Int64.max) {
      min($0, builders[$1].endTime)
    }
  }

  /// Of all strategies of the instrument, in the order in which they step.
  private func wishes(_ slot: Int) throws(EngineError) -> [Wish] {
    var wishes: [Wish] = []
    for index in 0..<strategies.count
    where strategies.base[index].ref != 0 && strategies.base[index].instrumentSlot == slot {
      let strategy = strategies.base[index]
      for (feed, multiple) in strategy.content.feeds.enumerated() {
        guard let timeframe = Timeframe(strategy.timeframe.raw, multiple: multiple) else {
          throw EngineError(FXAOT_BAD_TIMEFRAME)
        }
        wishes.append(
          Wish(
            timeframe: timeframe, basis: strategy.basis,
            listener: Listener(strategySlot: index, feed: feed)))
      }
    }
    let key = instruments.base[slot].instrument.key
    for index in 0..<strategies.count
    where strategies.base[index].ref != 0 && strategies.base[index].instrumentSlot != slot {
      let strategy = strategies.base[index]
      guard let script = script(of: strategy), script.version.reads(key) else { continue }
      wishes.append(
        Wish(
          timeframe: strategy.timeframe, basis: strategy.basis,
          listener: Listener(strategySlot: index, feed: Listener.otherSymbol)))
    }
    // Slots are given anew when strategies are removed, and change when instruments move.
    wishes.sort { a, b in
      (birth(a.listener), a.listener.feed) < (birth(b.listener), b.listener.feed)
    }
    return wishes
  }

  private func birth(_ listener: Listener) -> UInt64 {
    strategies.base[listener.strategySlot].birth
  }

  /// One series for each timeframe and price; the first listener of each fills it.
  private func assignSeries(_ wishes: inout [Wish]) -> [(timeframe: Timeframe, basis: Int)] {
    var series: [(timeframe: Timeframe, basis: Int)] = []
    for index in wishes.indices {
      let (timeframe, basis) = (wishes[index].timeframe, wishes[index].basis)
      if series.contains(where: { $0.timeframe == timeframe && $0.basis == basis }) { continue }
      wishes[index].listener.series = series.count
      series.append((timeframe, basis))
    }
    return series
  }

  static func room<T>(_ count: Int, for type: T.Type) -> UnsafeMutablePointer<T>? {
    allocateAligned(count * MemoryLayout<T>.stride)?.bindMemory(to: type, capacity: count)
  }
}

extension InstrumentState {
  func builder(of timeframe: Timeframe) -> BarBuilder? {
    guard let builders else { return nil }
    return UnsafeBufferPointer(start: builders, count: builderCount)
      .first { $0.timeframe == timeframe }
  }

  func series(_ timeframe: Timeframe, _ basis: Int) -> KeptBars? {
    keptSeries.first { $0.timeframe == timeframe && $0.basis == basis }
  }

  /// Continues with these series, in memory with room for them, and drops the others.
  fileprivate mutating func keep(
    _ wanted: [(timeframe: Timeframe, basis: Int)], in memory: UnsafeMutablePointer<KeptBars>,
    limit: Int
  ) {
    for (index, (timeframe, basis)) in wanted.enumerated() {
      (memory + index).initialize(
        to: series(timeframe, basis) ?? KeptBars(timeframe, basis: basis, limit: limit))
    }
    for old in keptSeries
    where !wanted.contains(where: { $0.timeframe == old.timeframe && $0.basis == old.basis }) {
      old.release()
    }
    free(kept)
    kept = memory
    keptCount = wanted.count
  }
}
