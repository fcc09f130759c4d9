import CFxaot
import Market

/// Admission: look-ups and checks, then the stages in their order.
extension Engine {
  /// Handles one quote. `entry` is the cycle counter at the start of a call to be timed, else 0. Returns how
  /// many events it appended to the log, or the negated status of a quote that it dropped and counted.
  /// O(number of the instrument's timeframes) when no bar closes and no order waits.
  @inlinable @inline(__always)
  public mutating func tick(
    ref: UInt64, time: Int64, bid: Double, ask: Double, bidSize: Double, askSize: Double,
    entry: UInt64
  ) -> Int64 {
    withUnsafeMutablePointer(to: &self) {
      Self.tickPlainly($0, ref, time, bid, ask, bidSize, askSize, entry)
    }
  }

  /// The way of a plain quote, as nearly all are: good, not to be timed or recorded, neither closing a bar nor of
  /// interest to the account. Any other one goes to `handle` before it has changed anything, and so does the rest of
  /// the bars from one on that is not open. All calls are the last thing here, so nothing is kept on a stack.
  @usableFromInline
  static func tickPlainly(
    _ engine: UnsafeMutablePointer<Engine>, _ ref: UInt64, _ time: Int64, _ bid: Double, _ ask: Double,
    _ bidSize: Double, _ askSize: Double, _ entry: UInt64
  ) -> Int64 {
    let slot = engine.pointee.byInstrumentRef.slot(of: ref)
    guard slot >= 0, entry == 0, !engine.pointee.journal.isOn else {
      return handle(engine, slot, time, bid, ask, bidSize, askSize, entry)
    }
    let instrument = engine.pointee.instruments.base + slot
    let jump = UInt64(bitPattern: time &- instrument.pointee.clock)
    guard jump <= engine.pointee.settings.quickJump, time <= FXAOT_MAX_TIME_NS,
      time < engine.pointee.accountState.deadline, time < instrument.pointee.nextBarEnd,
      let quote = instrument.pointee.instrument.grid.quote(bid, ask),
      let size = fxaot_quote.size(bidSize, askSize), instrument.pointee.market.quiet.contains(quote)
    else { return handle(engine, slot, time, bid, ask, bidSize, askSize, entry) }
    engine.pointee.counts.quotes &+= 1
    engine.pointee.counts.accepted &+= 1
    if quote.bid > quote.ask { engine.pointee.counts.crossed &+= 1 }
    instrument.pointee.clock = time
    instrument.pointee.jump.count = 0
    instrument.pointee.quote = quote
    instrument.pointee.quoteTime = time
    if var builder = instrument.pointee.builders {
      let end = builder + instrument.pointee.builderCount
      while builder < end {
        guard builder.pointee.extendInside(quote, size: size) else {
          return addToOtherBars(engine, instrument, builder, quote, size, time)
        }
        builder += 1
      }
    }
    if instrument.pointee.builderCount > instrument.pointee.timeBuilders { return endTick(engine, instrument) }
    return 0
  }

  /// Any quote; `slot` is −1 for one of no known instrument.
  @inline(never)
  private static func handle(
    _ engine: UnsafeMutablePointer<Engine>, _ slot: Int, _ time: Int64, _ bid: Double, _ ask: Double,
    _ bidSize: Double, _ askSize: Double, _ entry: UInt64
  ) -> Int64 {
    engine.pointee.counts.quotes &+= 1
    let before = engine.pointee.log.events.count
    if slot < 0 {
      engine.pointee.noteUnknown(time)
      return engine.pointee.answer(engine.pointee.drop(FXAOT_UNKNOWN_SYMBOL), eventsBefore: before)
    }
    let quote = fxaot_quote(
      time_ns: time, symbol: 0, bid: bid, ask: ask, bid_size: bidSize, ask_size: askSize)
    if engine.pointee.journal.isOn {
      engine.pointee.noteQuote(quote, key: engine.pointee.instruments.base[slot].instrument.key)
    }
    let status =
      entry == 0
      ? engine.pointee.onQuote(slot, quote, NoTimer()) : engine.pointee.onTimedQuote(slot, quote, entry)
    return engine.pointee.answer(status, eventsBefore: before)
  }

  /// The end of a plain quote's way, from a bar on that is not open or gets a new high or low.
  @inline(never)
  private static func addToOtherBars(
    _ engine: UnsafeMutablePointer<Engine>, _ instrument: UnsafeMutablePointer<InstrumentState>,
    _ first: UnsafeMutablePointer<BarBuilder>, _ quote: QuoteSteps, _ size: Double, _ time: Int64
  ) -> Int64 {
    engine.pointee.addToBars(instrument, quote, size: size, at: time, from: first)
    return instrument.pointee.builderCount > instrument.pointee.timeBuilders ? endTick(engine, instrument) : 0
  }

  @inline(never)
  private static func endTick(
    _ engine: UnsafeMutablePointer<Engine>, _ instrument: UnsafeMutablePointer<InstrumentState>
  ) -> Int64 {
    let before = engine.pointee.log.events.count
    engine.pointee.closeFullBars(instrument - engine.pointee.instruments.base)
    return engine.pointee.answer(FXAOT_OK, eventsBefore: before)
  }

  /// Closes the bars that end at or before `time`. From then on quotes before it are late, and the allowed
  /// jump counts from it. Returns like `tick`.
  @discardableResult
  public mutating func advance(to time: Int64) -> Int64 {
    let before = log.events.count
    guard Self.isTime(time) else { return answer(FXAOT_BAD_TIME, eventsBefore: before) }
    noteAdvance(time)
    passTime(to: time)
    for slot in 0..<instruments.count where instruments.base[slot].clock < time {
      let instrument = instruments.base + slot
      confirmJump(instrument, to: time)
      instrument.pointee.clock = time
      if time >= instrument.pointee.nextBarEnd { closeEndedBars(slot, at: time) }
    }
    accountState.finish(-1)
    takeLost()
    return answer(FXAOT_OK, eventsBefore: before)
  }

  /// How much an advance would do, in positions looked at: swap is booked on each position for each night that has
  /// passed. O(1).
  public func advanceWork(to time: Int64) -> Int64 {
    guard Self.isTime(time) else { return 0 }
    return accountState.workOfPassing(to: time)
  }

  @inline(__always)
  func answer(_ status: fxaot_status, eventsBefore before: Int) -> Int64 {
    status.rawValue == FXAOT_OK.rawValue
      ? Int64(log.events.count &- before) : -Int64(status.rawValue)
  }

  @inline(never)
  mutating func onTimedQuote(_ slot: Int, _ quote: fxaot_quote, _ entry: UInt64)
    -> fxaot_status
  {
    let status =
      if let trace = quoteTrace.next() {
        onTracedQuote(slot, quote, entry, trace)
      } else {
        onQuote(slot, quote, CycleTimer(last: entry))
      }
    if status.rawValue == FXAOT_OK.rawValue { latency.record(fxaot_cycles() &- entry) }
    return status
  }

  @inline(__always)
  mutating func onQuote<Timer: StageTimer>(
    _ slot: Int, _ raw: fxaot_quote, _ started: Timer
  ) -> fxaot_status {
    var timer = started
    let instrument = instruments.base + slot
    let grid = instrument.pointee.instrument.grid
    let time = raw.time_ns
    guard let quote = grid.quote(raw.bid, raw.ask) else { return drop(FXAOT_BAD_PRICE) }
    guard let size = raw.size else { return drop(FXAOT_BAD_SIZE) }
    // A time before the clock wraps to a difference that is larger than any jump.
    let jump = UInt64(bitPattern: time &- instrument.pointee.clock)
    if jump > settings.quickJump || time > FXAOT_MAX_TIME_NS {
      let status = judge(time, instrument)
      if status.rawValue != FXAOT_OK.rawValue { return drop(status) }
    }
    instrument.pointee.clock = time
    instrument.pointee.jump.count = 0
    counts.accepted &+= 1
    if quote.bid > quote.ask { counts.crossed &+= 1 }
    timer.end(FXAOT_STAGE_ADMIT, &counts)

    if time >= accountState.deadline { passTime(to: time) }
    if time >= instrument.pointee.nextBarEnd {
      closeEndedBars(slot, at: time)
      timer.end(FXAOT_STAGE_STRATEGIES, &counts)
    }
    instrument.pointee.quote = quote
    instrument.pointee.quoteTime = time
    if !instrument.pointee.market.quiet.contains(quote) {
      trade(slot, raw)
      timer.end(FXAOT_STAGE_TRADING, &counts)
    }
    addToBars(instrument, quote, size: size, at: time)
    timer.end(FXAOT_STAGE_BARS, &counts)
    if instrument.pointee.builderCount > instrument.pointee.timeBuilders {
      closeFullBars(slot)
      timer.end(FXAOT_STAGE_STRATEGIES, &counts)
    }
    return FXAOT_OK
  }

  @inline(never)
  mutating func drop(_ why: fxaot_status) -> fxaot_status {
    switch why {
    case FXAOT_UNKNOWN_SYMBOL: counts.unknown_symbol &+= 1
    case FXAOT_BAD_PRICE: counts.bad_price &+= 1
    case FXAOT_BAD_SIZE: counts.bad_size &+= 1
    case FXAOT_BAD_TIME: counts.bad_time &+= 1
    case FXAOT_TIME_JUMP: counts.time_jump &+= 1
    default: counts.late &+= 1
    }
    return why
  }
}

extension fxaot_quote {
  @inline(__always)
  var size: Double? { Self.size(bid_size, ask_size) }

  /// Both sizes together; nil when one is negative, NaN or infinite.
  @inline(__always)
  static func size(_ bid: Double, _ ask: Double) -> Double? {
    let sum = bid + ask
    // One of two NaNs can hide from min, but not from the sum.
    return min(bid, ask) >= 0 && sum < .infinity ? sum : nil
  }
}

/// Tells where a quote spends its time.
protocol StageTimer {
  mutating func end(_ stage: Int, _ counts: inout fxaot_stats)
}

/// For the quotes that are not timed: the compiler removes it.
struct NoTimer: StageTimer {
  @inline(__always)
  mutating func end(_ stage: Int, _ counts: inout fxaot_stats) {}
}

/// Adds up cycles; they become nanoseconds when they are read.
private struct CycleTimer: StageTimer {
  var last: UInt64

  mutating func end(_ stage: Int, _ counts: inout fxaot_stats) {
    let now = fxaot_cycles()
    counts.add(now &- last, to: stage)
    last = now
  }
}

extension fxaot_stats {
  mutating func add(_ cycles: UInt64, to stage: Int) {
    withUnsafeMutableBytes(of: &stage_ns) {
      let sums = $0.assumingMemoryBound(to: Double.self)
      if sums.indices.contains(stage) { sums[stage] += Double(cycles) }
    }
  }
}
