import CFxaot
import Calendar
import Market
import Records

/// What an instrument costs and needs, from a checked fxaot_terms.
package struct TradingTerms: BitwiseCopyable {
  package enum Commission: BitwiseCopyable { case perLot, perMillion, percent }
  package enum SwapMode: BitwiseCopyable { case points, currency, percent }

  private var raw: fxaot_terms
  /// When orders pass; nil: always.
  package let hours: MarketHours?
  package let commissionKind: Commission
  package let swapMode: SwapMode
  /// 0: the account's currency.
  package let commissionCurrency: UInt64

  /// No costs, margin by the account's leverage, always open.
  package static var usual: TradingTerms { TradingTerms() }

  private init() {
    raw = fxaot_terms()
    hours = nil
    commissionKind = .perLot
    swapMode = .points
    commissionCurrency = 0
  }

  /// nil for a negative or too large number, tiers that do not grow, an unknown choice, and hours that cannot
  /// be read.
  package init?(_ raw: fxaot_terms) {
    guard (0...Fraction.billion).contains(raw.margin_rate), raw.max_position >= 0,
      raw.minimum_stop_distance >= 0, raw.triple_day <= 5, [0, 360, 365].contains(raw.swap_days),
      raw.swap_long.magnitude <= Self.mostRate, raw.swap_short.magnitude <= Self.mostRate,
      (0...Int64(Self.mostRate)).contains(raw.commission),
      (0...Int64(Self.mostRate)).contains(raw.commission_minimum_micro),
      let kind = [Commission.perLot, .perMillion, .percent][checked: raw.commission_kind],
      let mode = [SwapMode.points, .currency, .percent, .percent][checked: raw.swap_mode],
      Self.tiersGrow(raw), let rates = Self.swapRates(raw)
    else { return nil }
    let currency = withUnsafeBytes(of: raw.commission_currency) { bytes -> UInt64? in
      bytes.first == 0 ? 0 : SymbolKey.make(cString: bytes)
    }
    guard let currency, currency != 0 || raw.commission_currency.0 == 0 else { return nil }
    let hours = withUnsafeBytes(of: raw.hours) { bytes in
      bytes.firstIndex(of: 0).map { String(decoding: bytes[..<$0], as: UTF8.self) }
    }
    guard let hours else { return nil }
    switch hours {
    case "": self.hours = nil
    case "forex": self.hours = .forex
    default:
      guard let read = MarketHours(session: hours, timezone: MarketHours.forexZone) else { return nil }
      self.hours = read
    }
    // The calendar may read a file: do it now.
    _ = self.hours?.calendar
    self.raw = raw
    // The instrument has a copy.
    self.raw.holidays = nil
    (self.raw.swap_long, self.raw.swap_short) = rates
    commissionKind = kind
    swapMode = mode
    commissionCurrency = currency
  }

  /// A million units, or a million percent.
  private static let mostRate: UInt64 = 1_000_000_000_000

  /// What a long and a short get. Interest that each of the two currencies earns or costs is a percentage of the same
  /// notional; nil where only some of the numbers go with the mode.
  private static func swapRates(_ raw: fxaot_terms) -> (long: Int64, short: Int64)? {
    let (base, quote, markup) = (raw.rate_base, raw.rate_quote, raw.rate_markup)
    guard raw.swap_mode == UInt32(FXAOT_SWAP_RATES) else {
      return base == 0 && quote == 0 && markup == 0 ? (raw.swap_long, raw.swap_short) : nil
    }
    guard raw.swap_long == 0, raw.swap_short == 0, markup >= 0,
      [base, quote, markup].allSatisfy({ $0.magnitude <= Self.mostRate })
    else { return nil }
    return (base - quote - markup, quote - base - markup)
  }

  private static func tiersGrow(_ raw: fxaot_terms) -> Bool {
    withUnsafeBytes(of: raw.tiers) { bytes in
      var last: Int64 = 0
      var hasEnded = false
      for tier in bytes.bindMemory(to: fxaot_margin_tier.self) {
        if tier.rate == 0 { hasEnded = true }
        if hasEnded { continue }
        guard (1...Fraction.billion).contains(tier.rate), tier.above_micro > last else { return false }
        last = tier.above_micro
      }
      return true
    }
  }

  package var maximumPosition: Int64 { raw.max_position }
  package var minimumStopDistance: Int64 { raw.minimum_stop_distance }
  package var swapDays: Int64 { raw.swap_days == 0 ? 360 : Int64(raw.swap_days) }
  /// Millionths.
  package func swapRate(isLong: Bool) -> Int64 { isLong ? raw.swap_long : raw.swap_short }
  package var hasSwap: Bool { raw.swap_long != 0 || raw.swap_short != 0 }
  /// Millionths.
  package var commission: Int64 { raw.commission }
  package var commissionMinimum: Int64 { raw.commission_minimum_micro }

  /// Business days from a trade to its value date. The triple day is the one whose value date is a Friday and the next
  /// day's a Monday.
  package func valueDays(_ instrument: Instrument) -> Int {
    if raw.triple_day != 0 { return 5 - Int(raw.triple_day) }
    return instrument.settlesNextDay ? 1 : 2
  }

  /// The margin of a notional, of which `doubled` is twice as much, in micro-units of the account's currency. O(tiers).
  package func margin(doubled: Int64, leverage: UInt32) -> Int64 {
    let first =
      raw.margin_rate == 0 ? Fraction(oneOf: leverage) : Fraction(billionths: raw.margin_rate)
    if raw.tiers.0.rate == 0 { return first.of(doubled, scale: 2) }
    return withUnsafeBytes(of: raw.tiers) { bytes in
      let tiers = bytes.bindMemory(to: fxaot_margin_tier.self)
      var rate = first
      var from: Int64 = 0
      var sum: Int64 = 0
      let notional = Money.saturating(Money.divide(Int128(doubled), by: 2))
      for tier in tiers where tier.rate != 0 && tier.above_micro < notional {
        sum = Money.add(sum, rate.of(tier.above_micro - from))
        (rate, from) = (Fraction(billionths: tier.rate), tier.above_micro)
      }
      return Money.add(sum, rate.of(notional - from))
    }
  }
}

extension Instrument {
  /// Pairs that settle one day after the trade, so that the weekend's nights are counted on Thursday.
  fileprivate var settlesNextDay: Bool {
    let currencies = (CurrencyName.text(base), CurrencyName.text(quote))
    return currencies.0 == "USD" && ["CAD", "TRY", "PHP", "RUB", "KZT"].contains(currencies.1)
  }
}

extension TradingTerms {
  mutating func persist(_ archive: inout some StateArchive) {
    var given = raw
    // They follow from the rates of interest.
    if given.swap_mode == UInt32(FXAOT_SWAP_RATES) { (given.swap_long, given.swap_short) = (0, 0) }
    given.holidays = nil
    archive.plain(&given)
    given.holidays = nil
    if archive.isLoading {
      if let terms = TradingTerms(given) { self = terms } else { archive.fail() }
    }
  }
}
