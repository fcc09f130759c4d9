import CFxaot

/// Many quotes in one call.
extension Engine {
  /// Handles packed fxaot_quote records of any alignment. Counts and skips bad ones. Times one in
  /// FXAOT_SAMPLING. Returns how many events they appended. O(count).
  @discardableResult
  public mutating func ticks(_ records: UnsafeRawPointer, count: Int) -> Int64 {
    let before = log.events.count
    var next = records
    let end = records + max(count, 0) * MemoryLayout<fxaot_quote>.stride
    if journal.isOn { return ticksOneByOne(records, end) }
    while next < end {
      takePlainQuotes(&next, end)
      if next < end {
        takeQuote(next.loadUnaligned(as: fxaot_quote.self))
        next += MemoryLayout<fxaot_quote>.stride
      }
    }
    return answer(FXAOT_OK, eventsBefore: before)
  }

  /// A journal's engine looks at the kill switch before each quote.
  @inline(never)
  private mutating func ticksOneByOne(_ records: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Int64 {
    let before = log.events.count
    var next = records
    while next < end {
      let quote = next.loadUnaligned(as: fxaot_quote.self)
      noteQuote(quote, key: quote.symbol)
      takeQuote(quote)
      next += MemoryLayout<fxaot_quote>.stride
    }
    return answer(FXAOT_OK, eventsBefore: before)
  }

  @inline(never)
  private mutating func takeQuote(_ quote: fxaot_quote) {
    counts.quotes &+= 1
    let slot = bySymbolKey.slot(of: quote.symbol)
    if slot < 0 {
      _ = drop(FXAOT_UNKNOWN_SYMBOL)
    } else if counts.quotes % UInt64(FXAOT_SAMPLING) == 0 {
      _ = onTimedQuote(slot, quote, fxaot_cycles())
    } else {
      _ = onQuote(slot, quote, NoTimer())
    }
  }

  /// Takes plain quotes of one instrument from the head of a batch: good, not to be timed, and neither
  /// closing a bar nor of interest to the account. A plain quote only extends bars, so the loop's values stay in
  /// registers. `next` is then at the first quote that is not plain; `onQuote` handles it.
  private mutating func takePlainQuotes(
    _ next: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) {
    let symbol = next.loadUnaligned(as: fxaot_quote.self).symbol
    let slot = bySymbolKey.slot(of: symbol)
    guard slot >= 0 else { return }
    let instrument = instruments.base + slot
    guard instrument.pointee.takesPlainQuotes, let builders = instrument.pointee.builders else {
      return
    }
    let buildersEnd = builders + instrument.pointee.builderCount
    let grid = instrument.pointee.instrument.grid
    let barEnd = min(instrument.pointee.nextBarEnd, accountState.deadline, FXAOT_MAX_TIME_NS)
    let quiet = instrument.pointee.market.quiet
    let untilTimed = Int(UInt64(FXAOT_SAMPLING) &- 1 &- counts.quotes % UInt64(FXAOT_SAMPLING))
    let stop = min(end, next + untilTimed * MemoryLayout<fxaot_quote>.stride)
    let maxJump = settings.quickJump
    var clock = instrument.pointee.clock
    var newest = instrument.pointee.quote
    var crossed: UInt64 = 0
    let first = next
    while next < stop {
      let raw = next.loadUnaligned(as: fxaot_quote.self)
      guard raw.symbol == symbol, UInt64(bitPattern: raw.time_ns &- clock) <= maxJump,
        raw.time_ns < barEnd,
        let quote = grid.quote(raw.bid, raw.ask), let size = fxaot_quote.size(raw.bid_size, raw.ask_size),
        quiet.contains(quote)
      else { break }
      clock = raw.time_ns
      newest = quote
      crossed &+= quote.bid > quote.ask ? 1 : 0
      var builder = builders
      while builder < buildersEnd {
        builder.pointee.extend(quote, size: size, on: grid)
        builder += 1
      }
      next += MemoryLayout<fxaot_quote>.stride
    }
    if next == first { return }
    let taken = UInt64((next - first) / MemoryLayout<fxaot_quote>.stride)
    counts.quotes &+= taken
    counts.accepted &+= taken
    counts.crossed &+= crossed
    instrument.pointee.clock = clock
    instrument.pointee.jump.count = 0
    instrument.pointee.quoteTime = clock
    instrument.pointee.quote = newest
  }
}

extension InstrumentState {
  /// Whether the next quiet quote before `nextBarEnd` only extends bars: no tick bar could close, and
  /// every bar is open.
  fileprivate var takesPlainQuotes: Bool {
    guard builderCount == timeBuilders, let builders else { return false }
    return UnsafeBufferPointer(start: builders, count: builderCount).allSatisfy { $0.ticks > 0 }
  }
}
