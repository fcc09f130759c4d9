import CFxaot

/// A message in an engine's mailbox, 56 bytes: with its stamp it fills one cache line of the ring.
///
///     byte 0                                       48
///     ┌───────────────────────────────────────────┬─────────────────┐
///     │ fxaot_quote                               │ ref             │
///     └───────────────────────────────────────────┴─────────────────┘
///      ref ≠ 0   a quote of that instrument; `symbol` is 0, or the cycle counter at the start of
///                a call that is to be timed
///      ref = 0   a record of a batch, with its symbol's key; or, with the key `passing`, no quote:
///                time passes to `time_ns`
///      ref = 2⁶⁴ − 1   a record of a replay's batch
struct QuoteMessage: BitwiseCopyable {
  var quote: fxaot_quote
  var ref: UInt64

  /// Not the key of any symbol, because keys are text.
  static let passing = UInt64.max
  /// Not the ref of any instrument: such refs are refused.
  static let replayed = UInt64.max

  /// One quote under the caller's name for its instrument.
  init(ref: UInt64, _ quote: fxaot_quote) {
    self.quote = quote
    self.ref = ref
  }

  /// A batch's record. A key with a special meaning becomes the key of no symbol.
  init(record: fxaot_quote, isReplayed: Bool = false) {
    quote = record
    ref = isReplayed ? Self.replayed : 0
    if record.symbol == Self.passing { quote.symbol = 0 }
  }

  init(passingTo time: Int64) {
    quote = fxaot_quote(
      time_ns: time, symbol: Self.passing, bid: 0, ask: 0, bid_size: 0, ask_size: 0)
    ref = 0
  }
}

extension Engine {
  /// Handles a message exactly as the direct call would.
  @inline(__always)
  mutating func take(_ message: QuoteMessage) {
    let quote = message.quote
    if message.ref == QuoteMessage.replayed {
      isReplaying = true
      withUnsafePointer(to: quote) { _ = ticks($0, count: 1) }
      isReplaying = false
    } else if message.ref != 0 {
      _ = tick(
        ref: message.ref, time: quote.time_ns, bid: quote.bid, ask: quote.ask,
        bidSize: quote.bid_size, askSize: quote.ask_size, entry: quote.symbol)
    } else if quote.symbol == QuoteMessage.passing {
      advance(to: quote.time_ns)
    } else {
      withUnsafePointer(to: quote) { _ = ticks($0, count: 1) }
    }
  }
}
