import CFxaot
import Market
import Records

/// An instrument as an account has it: newest quote, net position, waiting orders, terms. The engine keeps it
/// among its own state of the instrument, so a move to another engine takes it along.
package struct TradedInstrument: BitwiseCopyable {
  /// Time of the newest quote, or of a later `advance`; before both the smallest time.
  package var clock: Int64 = FXAOT_MIN_TIME_NS
  package let instrument: Instrument
  package let ref: UInt64
  /// The newest quote; zeros before the first.
  package var quote = QuoteSteps()
  /// Prices at which no order fills and the account is far from its limits.
  package private(set) var quiet = QuietRange.never
  /// It has had a quote, and the ways of conversion have been chosen since.
  package var isRouted = false { didSet { settle() } }
  package var quoteTime: Int64 = 0
  package var conversion = Conversion()
  package var terms = TradingTerms.usual
  package var holidays = Holidays.none

  /// The net position of all strategies and orders.
  package var book = AccountBook()
  /// Signed base units of market orders at the venue.
  var waiting: Int64 = 0
  /// The same by side, without a sign; in a hedging account of orders that open.
  var waitingBuys: Int64 = 0
  var waitingSells: Int64 = 0
  /// Orders at the venue, resting ones and attached ones included.
  package internal(set) var orders = 0
  /// Scripts that wait for a price, and the prices that none of them waits for.
  package var watchers = 0 { didSet { settle() } }
  package var scriptRange = QuietRange.always { didSet { settle() } }

  /// Prices that touch no order.
  var orderRange = QuietRange.always { didSet { settle() } }
  /// Prices that bring the account to no limit.
  var accountRange = QuietRange.always { didSet { settle() } }

  package init(instrument: Instrument, ref: UInt64) {
    self.instrument = instrument
    self.ref = ref
  }

  package var hasQuote: Bool { quote.bid != 0 }

  /// Longs are worth the lower price, and sells fill at it; on a crossed quote this is the ask.
  var low: Int64 { min(quote.bid, quote.ask) }
  var high: Int64 { max(quote.bid, quote.ask) }

  private mutating func settle() {
    if !isRouted {
      quiet = .never
      return
    }
    quiet = orderRange.intersection(accountRange)
    if watchers > 0 { quiet = quiet.intersection(scriptRange) }
  }
}

/// Prices of both sides within which a quote changes nothing for the account.
@usableFromInline
package struct QuietRange: BitwiseCopyable, Equatable, Sendable {
  @usableFromInline package var bidLow: Int64 = 0
  @usableFromInline package var bidHigh = Int64.max
  @usableFromInline package var askLow: Int64 = 0
  @usableFromInline package var askHigh = Int64.max
  /// Of bid + ask, twice the mid.
  @usableFromInline package var sumLow: Int64 = 0
  @usableFromInline package var sumHigh = Int64.max

  package static let always = QuietRange()
  package static let never = QuietRange(bidLow: .max, bidHigh: 0)

  @inlinable @inline(__always)
  package func contains(_ quote: QuoteSteps) -> Bool {
    (quote.bid &- bidLow) | (bidHigh &- quote.bid) | (quote.ask &- askLow) | (askHigh &- quote.ask)
      | (quote.sum &- sumLow) | (sumHigh &- quote.sum) >= 0
  }

  package func intersection(_ other: QuietRange) -> QuietRange {
    QuietRange(
      bidLow: max(bidLow, other.bidLow), bidHigh: min(bidHigh, other.bidHigh),
      askLow: max(askLow, other.askLow), askHigh: min(askHigh, other.askHigh),
      sumLow: max(sumLow, other.sumLow), sumHigh: min(sumHigh, other.sumHigh))
  }

  /// Prices of one basis (FXAOT_MID …) from `low` to `high`, both included, on a grid; one step less on either end,
  /// for rounding.
  package init(low: Double, high: Double, basis: Int, on grid: PriceGrid) {
    let perPrice = grid.scale / grid.stepUnits * (basis == FXAOT_MID ? 2 : 1)
    let from = Self.steps((low * perPrice).rounded(.up)) &+ 1
    let to = Self.steps((high * perPrice).rounded(.down)) &- 1
    self.init()
    switch basis {
    case FXAOT_MID: (sumLow, sumHigh) = (from, to)
    case FXAOT_BID: (bidLow, bidHigh) = (from, to)
    default: (askLow, askHigh) = (from, to)
    }
  }

  private init(
    bidLow: Int64 = 0, bidHigh: Int64 = .max, askLow: Int64 = 0, askHigh: Int64 = .max, sumLow: Int64 = 0,
    sumHigh: Int64 = .max
  ) {
    (self.bidLow, self.bidHigh, self.askLow, self.askHigh) = (bidLow, bidHigh, askLow, askHigh)
    (self.sumLow, self.sumHigh) = (sumLow, sumHigh)
  }

  /// Within 2^53, so that one more or less does not overflow.
  private static func steps(_ value: Double) -> Int64 {
    value.isNaN ? 0 : Int64(min(max(value, -0x1p53), 0x1p53))
  }

  /// Around a quote, both sides within a part of the price.
  static func around(_ quote: QuoteSteps, part: Double) -> QuietRange {
    let (bid, ask) = (Int64(Double(quote.bid) * part), Int64(Double(quote.ask) * part))
    var range = QuietRange()
    (range.bidLow, range.bidHigh) = (quote.bid - bid, quote.bid + bid)
    (range.askLow, range.askHigh) = (quote.ask - ask, quote.ask + ask)
    return range
  }

  mutating func keepBelow(_ steps: Int64, _ side: PriceSide) {
    switch side {
    case .bid: bidHigh = min(bidHigh, steps - 1)
    case .ask: askHigh = min(askHigh, steps - 1)
    case .mid: sumHigh = min(sumHigh, 2 * steps - 2)
    }
  }

  mutating func keepAbove(_ steps: Int64, _ side: PriceSide) {
    switch side {
    case .bid: bidLow = max(bidLow, steps + 1)
    case .ask: askLow = max(askLow, steps + 1)
    case .mid: sumLow = max(sumLow, 2 * steps + 2)
    }
  }
}

/// The price of a quote that triggers an order.
package enum PriceSide: BitwiseCopyable { case bid, ask, mid }

/// The instruments of an account, each inside a larger state of the engine. Valid as long as their memory is.
package struct Markets {
  private let base: UnsafeMutableRawPointer
  private let stride: Int
  package let count: Int

  /// `first` is the first one; the next ones follow at `stride` bytes.
  package init(_ first: UnsafeMutableRawPointer, stride: Int, count: Int) {
    base = first
    self.stride = stride
    self.count = count
  }

  @inline(__always)
  package subscript(slot: Int) -> UnsafeMutablePointer<TradedInstrument> {
    (base + slot &* stride).assumingMemoryBound(to: TradedInstrument.self)
  }

  /// Micro-units of a quote currency in account currency; nil when a quote on the way is missing. At the mids, or,
  /// `atSide`, at the prices at which a broker would sell a gain and buy what a loss owes.
  package func convert(_ micro: Int64, _ conversion: Conversion, atSide: Bool = false) -> Int64? {
    switch conversion.kind {
    case .none: return nil
    case .identity: return micro
    case .quotes:
      guard let first = convert(micro, conversion.first, atSide) else { return nil }
      return conversion.second.instrumentSlot < 0 ? first : convert(first, conversion.second, atSide)
    }
  }

  private func convert(_ micro: Int64, _ leg: Conversion.Leg, _ atSide: Bool) -> Int64? {
    guard leg.instrumentSlot >= 0, leg.instrumentSlot < count else { return nil }
    let state = self[leg.instrumentSlot]
    var quote = state.pointee.quote
    if atSide {
      // A gain is sold for the account's currency: at the bid, or where the pair is the other way round, the
      // account's currency is bought with it, at the ask.
      let price = (micro >= 0) != leg.isInverted ? state.pointee.low : state.pointee.high
      quote = QuoteSteps(bid: price, ask: price)
    }
    return Conversion.convert(
      micro, state.pointee.instrument.grid, at: quote, inverted: leg.isInverted)
  }

  /// Micro-units of a currency in account currency by the way of the first instrument quoted in it; nil without one.
  func convert(_ micro: Int64, from currency: UInt64, account: UInt64) -> Int64? {
    if currency == account { return micro }
    for slot in 0..<count {
      let state = self[slot]
      if state.pointee.instrument.quote == currency { return convert(micro, state.pointee.conversion) }
      if state.pointee.instrument.base == currency, state.pointee.instrument.quote == account {
        return convert(micro, Conversion.Leg(instrumentSlot: slot), false)
      }
    }
    // A pair base / other whose quote currency leads to the account's.
    for slot in 0..<count where self[slot].pointee.instrument.base == currency {
      guard let quoted = convert(micro, Conversion.Leg(instrumentSlot: slot), false) else { continue }
      return convert(quoted, self[slot].pointee.conversion)
    }
    return nil
  }
}

extension TradedInstrument {
  /// All but the instrument and its ref. `count`: of instruments.
  mutating func persist(_ archive: inout some StateArchive, of count: Int) {
    archive(&clock)
    archive(&quote.bid)
    archive(&quote.ask)
    archive(&quoteTime)
    conversion.persist(&archive, instruments: count)
    terms.persist(&archive)
    holidays.persist(&archive)
    book.persist(&archive)
    archive(&waiting)
    archive(&waitingBuys)
    archive(&waitingSells)
    archive(&orders)
    archive(&watchers)
    scriptRange.persist(&archive)
    orderRange.persist(&archive)
    accountRange.persist(&archive)
    archive(&isRouted)
    if [waiting, waitingBuys, waitingSells, Int64(orders), Int64(watchers)].contains(where: { $0.magnitude > 1 << 61 })
    {
      archive.fail()
    }
    let times = FXAOT_MIN_TIME_NS...FXAOT_MAX_TIME_NS
    if !times.contains(clock) || (quoteTime != 0 && !times.contains(quoteTime)) { archive.fail() }
    let prices = 0...(1 << 52)
    if !prices.contains(Int(quote.bid)) || !prices.contains(Int(quote.ask)) || orders < 0 || watchers < 0 {
      archive.fail()
    }
  }
}

extension QuietRange {
  fileprivate mutating func persist(_ archive: inout some StateArchive) {
    archive(&bidLow)
    archive(&bidHigh)
    archive(&askLow)
    archive(&askHigh)
    archive(&sumLow)
    archive(&sumHigh)
  }
}
