import CFxaot
import Messaging
import Trading

/// Timed quotes that traces show with the times of their steps: about one in so many of all quotes. Off at first.
/// Bounded: quotes that find no room are left out until somebody has read the others.
struct QuoteTrace: ~Copyable {
  static let capacity = 64

  /// 0: none.
  private var every: UInt64 = 0
  /// Quotes that one timed quote stands for, and how many have gone by since the last traced one.
  private var each: UInt64 = 0
  private var passed: UInt64 = 0
  private(set) var quotes = Slab<fxaot_traced_quote>()
  /// So many of them have nanoseconds.
  private var settled = 0

  /// False, and nothing changed, when there is no memory.
  mutating func turn(every: UInt64) -> Bool {
    if every > 0 && !quotes.reserve(Self.capacity) { return false }
    self.every = every
    each = min(every, UInt64(FXAOT_SAMPLING))
    passed = 0
    clear()
    return true
  }

  mutating func clear() {
    quotes.removeAll()
    settled = 0
  }

  /// Where this timed quote is to be written; nil if it is not its turn, or there is no room. Valid until the next call.
  mutating func next() -> UnsafeMutablePointer<fxaot_traced_quote>? {
    if every == 0 { return nil }
    passed &+= each
    if passed < every { return nil }
    passed &-= every
    guard quotes.count < Self.capacity, quotes.append(fxaot_traced_quote()) else { return nil }
    return quotes.base + (quotes.count - 1)
  }

  /// Cycles become nanoseconds when they are read.
  mutating func settle(cycleLength: Double) {
    for index in settled..<quotes.count {
      quotes.base[index].eachStep { $0 *= cycleLength }
    }
    settled = quotes.count
  }
}

extension fxaot_traced_quote {
  mutating func append(_ stage: Int, cycles: UInt64) {
    let place = Int(step_count)
    guard place < Int(FXAOT_TRACED_STEPS), let code = UInt8(exactly: stage) else { return }
    withUnsafeMutableBytes(of: &stages) { $0[place] = code }
    withUnsafeMutableBytes(of: &steps_ns) {
      $0.assumingMemoryBound(to: Double.self)[place] = Double(cycles)
    }
    step_count += 1
  }

  fileprivate mutating func eachStep(_ change: (inout Double) -> Void) {
    let count = Int(step_count)
    withUnsafeMutableBytes(of: &steps_ns) {
      let steps = $0.assumingMemoryBound(to: Double.self)
      for place in 0..<min(count, steps.count) { change(&steps[place]) }
    }
  }
}

extension Engine {
  /// From now on the events of orders are kept for `readTrace`, and about one in `everyQuote` of all quotes; 0: none.
  public mutating func trace(isOn: Bool, everyQuote: UInt64) throws(EngineError) {
    guard quoteTrace.turn(every: isOn ? everyQuote : 0), log.orders.turn(on: isOn) else {
      throw EngineError(FXAOT_OUT_OF_MEMORY)
    }
  }

  /// What has been kept. The pointers are valid until the next mutating call.
  public mutating func readTrace(into out: inout fxaot_trace) {
    quoteTrace.settle(cycleLength: cycleLength.nanoseconds)
    out = fxaot_trace(
      events: UnsafePointer(log.orders.events.base), event_count: UInt64(log.orders.events.count),
      missed: log.orders.missed,
      quotes: UnsafePointer(quoteTrace.quotes.base), quote_count: UInt64(quoteTrace.quotes.count),
      now_ns: MonotonicClock.nanoseconds)
  }

  public mutating func clearTrace() {
    quoteTrace.clear()
    log.orders.clear()
  }

  /// A timed quote that is traced too.
  @inline(never)
  mutating func onTracedQuote(
    _ slot: Int, _ quote: fxaot_quote, _ entry: UInt64, _ trace: UnsafeMutablePointer<fxaot_traced_quote>
  ) -> fxaot_status {
    let begin = fxaot_cycles()
    let before = log.sequence
    trace.pointee.append(Int(FXAOT_STAGE_ENTRY), cycles: begin &- entry)
    let status = onQuote(slot, quote, TraceTimer(last: entry, mark: begin, trace: trace))
    trace.pointee.time_ns = quote.time_ns
    trace.pointee.symbol_ref = instruments.base[slot].ref
    trace.pointee.bid = quote.bid
    trace.pointee.ask = quote.ask
    trace.pointee.first = before &+ 1
    trace.pointee.count = log.sequence &- before
    trace.pointee.status = Int32(bitPattern: status.rawValue)
    trace.pointee.at_ns = MonotonicClock.nanoseconds
    return status
  }
}

/// Counts as the timer of every timed quote does, and writes down each step.
private struct TraceTimer: StageTimer {
  var last: UInt64
  var mark: UInt64
  let trace: UnsafeMutablePointer<fxaot_traced_quote>

  mutating func end(_ stage: Int, _ counts: inout fxaot_stats) {
    let now = fxaot_cycles()
    counts.add(now &- last, to: stage)
    trace.pointee.append(stage, cycles: now &- mark)
    last = now
    mark = now
  }
}
