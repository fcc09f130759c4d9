import CFxaot

/// Admission: look-ups and checks, then the stages in their order.
extension Engine {
  /// Handles one quote. `entry` is the cycle counter at the start of a call to be timed, else 0. Returns how
  /// many events it appended to the log, or the negated status of a quote that it dropped and counted.
  /// O(number of the instrument's timeframes) when no bar closes and no order waits.
  public mutating func tick(
    ref: UInt64, time: Int64, bid: Double, ask: Double, bidSize: Double, askSize: Double,
    entry: UInt64
  ) -> Int64 {
    counts.quotes &+= 1
    let before = log.events.count
    let slot = byInstrumentRef.slot(of: ref)
    if slot < 0 {
      noteUnknown(time)
      return answer(drop(FXAOT_UNKNOWN_SYMBOL), eventsBefore: before)
    }
    let quote = fxaot_quote(
      time_ns: time, symbol: 0, bid: bid, ask: ask, bid_size: bidSize, ask_size: askSize)
    if journal.isOn { noteQuote(quote, key: instruments.base[slot].instrument.key) }
    let status = entry == 0 ? onQuote(slot, quote, NoTimer()) : onTimedQuote(slot, quote, entry)
    return answer(status, eventsBefore: before)
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
    addToBars(instrument, quote, size: size, at: time, on: grid)
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
  /// Both sizes together; nil when one is negative, NaN or infinite.
  @inline(__always)
  var size: Double? {
    let sum = bid_size + ask_size
    // One of two NaNs can hide from min, but not from the sum.
    return min(bid_size, ask_size) >= 0 && sum < .infinity ? sum : nil
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
