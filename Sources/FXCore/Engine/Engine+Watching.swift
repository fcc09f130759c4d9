import CFxaot
import Market

/// Prices and bars as they are now, for people who watch.
extension Engine {
  /// The newest quote of every instrument; its time is 0 before the first one. Fills the room that there is, returns the
  /// full count. O(instruments).
  public func newestQuotes(into out: UnsafeMutableBufferPointer<fxaot_instrument_quote>) -> Int {
    for index in 0..<min(out.count, instruments.count) {
      let state = instruments.base[index]
      let grid = state.instrument.grid
      var quote = fxaot_instrument_quote()
      quote.symbol_ref = state.ref
      quote.price_decimals = grid.decimals
      if state.hasQuote {
        quote.time_ns = state.quoteTime
        quote.bid = grid.price(state.quote.bid)
        quote.ask = grid.price(state.quote.ask)
      }
      out[index] = quote
    }
    return instruments.count
  }

  /// The newest bars that a strategy reads, oldest first: closed ones that the engine keeps, then the one that forms.
  /// Fills the room that there is; nil if no strategy has this ref. O(bars).
  public func bars(of ref: UInt64, into out: UnsafeMutableBufferPointer<fxaot_bar>) -> fxaot_bar_run? {
    let slot = byStrategyRef.slot(of: ref)
    guard slot >= 0 else { return nil }
    let strategy = strategies.base[slot]
    let state = instruments.base[strategy.instrumentSlot]
    let kept = state.series(strategy.timeframe, strategy.basis)
    let forming = state.builder(of: strategy.timeframe).flatMap { $0.ticks > 0 ? $0 : nil }
    var run = fxaot_bar_run()
    run.is_open = forming == nil || out.isEmpty ? 0 : 1
    let room = out.count - Int(run.is_open)
    run.first = UInt64(kept?.pushed ?? 0)
    if let kept, let bars = kept.bars(from: max(kept.oldest, kept.pushed - room)) {
      run.first = UInt64(kept.pushed - bars.count)
      for (index, bar) in bars.enumerated() { out[index] = bar }
      run.count = UInt64(bars.count)
    }
    if let forming, run.is_open != 0 {
      out[Int(run.count)] = forming.bar(
        strategy.basis, close: state.quote, time: state.quoteTime, on: state.instrument.grid)
      run.count += 1
    }
    return run
  }
}
