import CFxaot
import Market
import Records
import StrategyVM
import Trading

/// Catching up: after a recovery without quotes, bars and strategies stand before the account's newest time. Quotes of the
/// past close the bars and run the strategies without signals, orders, events and fills; the account stays as it is.
///
///     snapshot ──────── items ──────── now
///     bars, strategies  account
///               └─ warm ─▶
extension Engine {
  /// Quotes may have been lost since the snapshot that the bars and strategies are from.
  public mutating func markStale() {
    for slot in 0..<instruments.count { openGap(slot) }
    for slot in 0..<strategies.count where strategies.base[slot].ref != 0 && strategies.base[slot].staleSince == 0 {
      strategies.base[slot].staleSince = instruments.base[strategies.base[slot].instrumentSlot].gap?.from ?? 0
    }
  }

  /// Where the bars stand, before the account goes on without them.
  mutating func openGap(_ slot: Int) {
    if instruments.base[slot].gap == nil { instruments.base[slot].gap = BarGap(instruments.base[slot]) }
  }

  /// Takes packed fxaot_quote records of the past, of any alignment and in the order of their times, in as many calls as
  /// it takes. Those that the bars have had already, bad ones and those of unknown symbols are skipped. A strategy is no
  /// longer stale once they reach the account's newest time of each instrument that it reads. O(count).
  public mutating func warm(_ records: UnsafeRawPointer, count: Int) {
    let before = instruments.elements.map { $0.gap?.from ?? 0 }
    isWarming = true
    for place in 0..<max(count, 0) {
      let start = records + place * MemoryLayout<fxaot_quote>.stride
      let quote = start.loadUnaligned(as: fxaot_quote.self)
      let slot = bySymbolKey.slot(of: quote.symbol)
      if slot >= 0, Self.isTime(quote.time_ns) { warm(slot, quote) }
    }
    isWarming = false
    for slot in 0..<instruments.count { catchUp(slot) }
    for slot in 0..<strategies.count where strategies.base[slot].ref != 0 { judgeAge(slot, before) }
    accountState.wakeOnce()
    clearEvents()
  }

  private mutating func warm(_ slot: Int, _ raw: fxaot_quote) {
    let instrument = instruments.base + slot
    let grid = instrument.pointee.instrument.grid
    guard var gap = instrument.pointee.gap, let quote = grid.quote(raw.bid, raw.ask), let size = raw.size else {
      return
    }
    let time = raw.time_ns
    instrument.pointee.gap?.reached = max(gap.reached, time)
    if gap.hasBegun ? time < gap.from : time <= gap.from { return }
    let account = (instrument.pointee.quote, instrument.pointee.quoteTime)
    (instrument.pointee.quote, instrument.pointee.quoteTime) = (gap.quote, gap.quoteTime)
    if time >= instrument.pointee.nextBarEnd { closeEndedBars(slot, at: time) }
    (instrument.pointee.quote, instrument.pointee.quoteTime) = (quote, time)
    addToBars(instrument, quote, size: size, at: time)
    if instrument.pointee.builderCount > instrument.pointee.timeBuilders { closeFullBars(slot) }
    (instrument.pointee.quote, instrument.pointee.quoteTime) = account
    gap.take(quote, at: time)
    instrument.pointee.gap = gap
  }

  /// A bar of the past for one listener.
  mutating func warm(_ slot: Int, _ listener: Listener, _ raw: fxaot_bar) {
    let strategy = strategies.base + listener.strategySlot
    // The account's items have counted the others.
    let isNew = raw.end_time_ns > instruments.base[slot].gap?.to ?? .max
    switch strategy.pointee.content {
    case .table(let table):
      var bar = raw
      _ = table.step(listener.feed, &bar)
      if listener.feed != 0 || !isNew { return }
      strategy.pointee.bars &+= 1
      if case .volatility(_, let bars) = settings.sizer.rule { strategy.pointee.sizing.take(bar, length: bars) }
    case .script(let place):
      if listener.feed == Listener.otherSymbol {
        scripts.show(place, ScriptBar(raw), of: instruments.base[slot].instrument.key)
        return
      }
      if isNew { strategy.pointee.bars &+= 1 }
      warmScript(listener.strategySlot, place, raw)
    }
  }

  /// Prices of history that are newer than the account's are its newest now.
  private mutating func catchUp(_ slot: Int) {
    let instrument = instruments.base + slot
    guard let gap = instrument.pointee.gap, gap.hasBegun, gap.from >= max(gap.to, instrument.pointee.clock) else {
      return
    }
    (instrument.pointee.quote, instrument.pointee.quoteTime) = (gap.quote, gap.quoteTime)
    instrument.pointee.clock = gap.from
    instrument.pointee.gap?.to = gap.from
  }

  /// `before`: where the bars of each instrument stood. A strategy that has missed earlier bars stays stale.
  private mutating func judgeAge(_ strategySlot: Int, _ before: [Int64]) {
    let strategy = strategies.base + strategySlot
    let slot = strategy.pointee.instrumentSlot
    guard let gap = instruments.base[slot].gap, strategy.pointee.staleSince == before[slot] else { return }
    let isWhole = ([slot] + otherSlots(strategy.pointee)).allSatisfy { instruments.base[$0].gap?.isClosed ?? true }
    strategy.pointee.staleSince = isWhole ? 0 : gap.from
  }
}

/// The time for which an instrument's bars have no quotes.
struct BarGap: BitwiseCopyable {
  /// Of the newest quote in the bars.
  private(set) var from: Int64
  /// Of the newest quote that the account knows.
  var to: Int64
  /// Of the newest quote of history.
  var reached: Int64
  /// What the bars close with.
  private(set) var quote: QuoteSteps
  private(set) var quoteTime: Int64
  /// History may have several quotes of one time, but none that the bars have had.
  private(set) var hasBegun = false

  init(_ state: InstrumentState) {
    (from, to, reached, quote, quoteTime) = (state.clock, state.clock, .min, state.quote, state.quoteTime)
  }

  private init(from: Int64, to: Int64, reached: Int64, quote: QuoteSteps, quoteTime: Int64) {
    (self.from, self.to, self.reached, self.quote, self.quoteTime) = (from, to, reached, quote, quoteTime)
  }

  /// nil where there is none; also for bytes that are none, which fail.
  static func persist(_ gap: BarGap?, _ archive: inout some StateArchive) -> BarGap? {
    var isThere = gap != nil
    archive(&isThere)
    if !isThere { return nil }
    var it = gap ?? BarGap(from: 0, to: 0, reached: .min, quote: QuoteSteps(), quoteTime: 0)
    archive(&it.from)
    archive(&it.to)
    archive(&it.quote.bid)
    archive(&it.quote.ask)
    archive(&it.quoteTime)
    let (times, prices) = (FXAOT_MIN_TIME_NS...FXAOT_MAX_TIME_NS, 0...Int64(1) << 52)
    if !times.contains(it.from) || !times.contains(it.to) || (it.quoteTime != 0 && !times.contains(it.quoteTime))
      || !prices.contains(it.quote.bid) || !prices.contains(it.quote.ask)
    {
      archive.fail()
    }
    return it
  }

  /// History has reached the account.
  var isClosed: Bool { reached >= to }

  mutating func take(_ quote: QuoteSteps, at time: Int64) {
    (self.quote, quoteTime, from, hasBegun) = (quote, time, time, true)
    reached = max(reached, time)
  }
}
