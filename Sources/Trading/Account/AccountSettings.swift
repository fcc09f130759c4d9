import CFxaot
import Records

/// The terms of a margin account, from a checked fxaot_account_terms.
package struct AccountSettings: BitwiseCopyable, Equatable {
  package enum Mode: BitwiseCopyable { case netting, hedging }
  package enum MarginMode: BitwiseCopyable { case sum, max, net }
  package enum Liquidation: BitwiseCopyable { case largestLoss, largestMargin, oldest, all, partial }

  package var leverage: UInt32
  package var mode: Mode
  package var marginMode: MarginMode
  /// Margin at the entry price, not at the newest mid.
  package var marginAtEntry: Bool
  /// Profit is converted at the side of the quote that a broker would give, not at the mid.
  package var convertsAtSide: Bool
  package var liquidation: Liquidation
  package var protectsNegativeBalance: Bool
  package var isFIFO: Bool
  package var newOrders: Fraction
  package var marginCall: Fraction
  package var stopOut: Fraction

  /// A netting account with 50x leverage, margin call at 50 % and stop-out at 20 %.
  package static var standardTerms: fxaot_account_terms {
    var terms = fxaot_account_terms()
    terms.leverage = standard.leverage
    terms.new_orders = standard.newOrders.numerator
    terms.margin_call = standard.marginCall.numerator
    terms.stop_out = standard.stopOut.numerator
    return terms
  }

  /// nil for a leverage outside 1…500, an unknown choice, or levels that are negative, above 100, or with a
  /// stop-out above the margin call.
  package init?(_ raw: fxaot_account_terms) {
    guard (1...500).contains(raw.leverage), raw.negative_balance_protection <= 1, raw.fifo <= 1,
      raw.margin_price <= 1, raw.conversion <= 1, raw.mode <= 1,
      (1...Self.mostLevel).contains(raw.new_orders), (0...Self.mostLevel).contains(raw.margin_call),
      (0...Self.mostLevel).contains(raw.stop_out), raw.stop_out <= raw.margin_call,
      let marginMode = [MarginMode.sum, .max, .net][checked: raw.margin_mode],
      let liquidation = [Liquidation.largestLoss, .largestMargin, .oldest, .all, .partial][
        checked: raw.liquidation]
    else { return nil }
    leverage = raw.leverage
    mode = raw.mode == UInt32(FXAOT_HEDGING) ? .hedging : .netting
    self.marginMode = marginMode
    marginAtEntry = raw.margin_price == UInt32(FXAOT_MARGIN_AT_ENTRY)
    convertsAtSide = raw.conversion == UInt32(FXAOT_CONVERT_SIDE)
    self.liquidation = liquidation
    protectsNegativeBalance = raw.negative_balance_protection == 1
    isFIFO = raw.fifo == 1
    newOrders = Fraction(billionths: raw.new_orders)
    marginCall = Fraction(billionths: raw.margin_call)
    stopOut = Fraction(billionths: raw.stop_out)
  }

  package static let standard = AccountSettings()

  private init() {
    leverage = 50
    mode = .netting
    marginMode = .sum
    marginAtEntry = false
    convertsAtSide = false
    liquidation = .largestLoss
    protectsNegativeBalance = false
    isFIFO = false
    newOrders = Fraction(billionths: Fraction.billion)
    marginCall = Fraction(billionths: Fraction.billion / 2)
    stopOut = Fraction(billionths: Fraction.billion / 5)
  }

  private static let mostLevel = 100 * Fraction.billion
}

extension Array {
  /// nil where there is no such element.
  subscript(checked index: UInt32) -> Element? {
    index < UInt32(count) ? self[Int(index)] : nil
  }
}

/// The limits of the risk gate, from a checked fxaot_risk. 0: off.
package struct RiskLimits: BitwiseCopyable {
  package var raw = fxaot_risk()

  package init() {}

  /// nil for a negative limit, a drawdown above 1, or a rate without its time.
  package init?(_ raw: fxaot_risk) {
    let amounts = [
      raw.max_quote_age_ns, raw.max_spread_steps, raw.collar, raw.max_order_quantity,
      raw.max_order_notional_micro, raw.max_position, raw.max_currency_notional_micro,
      raw.order_rate_count, raw.order_rate_ns, raw.daily_loss_micro, raw.max_drawdown,
    ]
    guard amounts.allSatisfy({ $0 >= 0 }), raw.max_drawdown <= Fraction.billion,
      (raw.order_rate_count == 0) == (raw.order_rate_ns == 0), raw.order_rate_count <= 1_000_000,
      raw.halt_cancels_protection <= 1
    else { return nil }
    self.raw = raw
  }

  /// Whether equity is to be looked at on each quote.
  package var followsEquity: Bool { raw.max_drawdown > 0 }
}

/// How the paper venue fills, from a checked fxaot_venue.
package struct PaperSettings: BitwiseCopyable {
  package var latency: Int64 = 0
  package var slippage: Int64 = 0
  package var spreadSlippage = Fraction(billionths: 0)
  package var randomSlippage: Int64 = 0
  package var rejects = Fraction(billionths: 0)
  package var seed: UInt64 = 0
  /// Quotes offer any number of units, whatever sizes they carry.
  package var ignoresSizes = false

  package init() {}

  /// nil for a negative value, a latency above a day, a slippage above a million steps, a probability above 1, or a
  /// flag that is neither 0 nor 1.
  package init?(_ raw: fxaot_venue) {
    guard (0...86_400_000_000_000).contains(raw.latency_ns),
      (0...1_000_000).contains(raw.slippage_steps), (0...1_000_000).contains(raw.random_slippage),
      (0...100 * Fraction.billion).contains(raw.slippage_of_spread),
      (0...Fraction.billion).contains(raw.reject_probability), raw.ignore_sizes <= 1
    else { return nil }
    ignoresSizes = raw.ignore_sizes == 1
    latency = raw.latency_ns
    slippage = raw.slippage_steps
    spreadSlippage = Fraction(billionths: raw.slippage_of_spread)
    randomSlippage = raw.random_slippage
    rejects = Fraction(billionths: raw.reject_probability)
    seed = raw.seed
  }
}

extension AccountSettings {
  mutating func persist(_ archive: inout some StateArchive) {
    var raw = Self.standardTerms
    raw.leverage = leverage
    raw.mode = mode == .hedging ? UInt32(FXAOT_HEDGING) : 0
    raw.margin_mode = marginMode == .sum ? 0 : marginMode == .max ? 1 : 2
    raw.margin_price = marginAtEntry ? UInt32(FXAOT_MARGIN_AT_ENTRY) : 0
    raw.conversion = convertsAtSide ? UInt32(FXAOT_CONVERT_SIDE) : 0
    raw.liquidation = UInt32(
      [Liquidation.largestLoss, .largestMargin, .oldest, .all, .partial].firstIndex(of: liquidation) ?? 0)
    raw.negative_balance_protection = protectsNegativeBalance ? 1 : 0
    raw.fifo = isFIFO ? 1 : 0
    (raw.new_orders, raw.margin_call, raw.stop_out) = (newOrders.numerator, marginCall.numerator, stopOut.numerator)
    archive.plain(&raw)
    if let settings = AccountSettings(raw) { self = settings } else { archive.fail() }
  }
}

extension RiskLimits {
  mutating func persist(_ archive: inout some StateArchive) {
    archive.plain(&raw)
    if let limits = RiskLimits(raw) { self = limits } else { archive.fail() }
  }
}

extension PaperSettings {
  mutating func persist(_ archive: inout some StateArchive) {
    var raw = fxaot_venue()
    (raw.latency_ns, raw.slippage_steps, raw.random_slippage) = (latency, slippage, randomSlippage)
    (raw.slippage_of_spread, raw.reject_probability) = (spreadSlippage.numerator, rejects.numerator)
    (raw.seed, raw.ignore_sizes) = (seed, ignoresSizes ? 1 : 0)
    archive.plain(&raw)
    if let settings = PaperSettings(raw) { self = settings } else { archive.fail() }
  }
}
