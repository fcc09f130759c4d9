import CFxaot
import Market
import Records

/// The size of a signal's position in base units.
package struct Sizer: BitwiseCopyable, Equatable {
  package enum Rule: BitwiseCopyable, Equatable {
    case fixed(Int64)
    /// The position's notional in millionths of equity.
    case equity(millionths: Int64)
    /// The loss at a stop-loss so many steps away, in millionths of equity.
    case risk(millionths: Int64, stop: Int64)
    /// The worth of a move by the average true range of so many bars, in millionths of equity.
    case volatility(millionths: Int64, bars: Int64)
    /// The notional as a part, in percent, of the Kelly share of equity, at most `most` millionths of it.
    case kelly(percent: Int64, most: Int64)
  }

  package let rule: Rule
  /// Times the signal's strength.
  package let isScaled: Bool

  /// Above every instrument's maximum even when rounded down to its step, and far enough from the
  /// end of an Int64 that a held position can be added.
  private static let most = 2 * Instrument.quantityLimit

  /// nil for an unknown kind, a quantity outside 1…10¹², or a percentage outside 0…100,000; for bars above
  /// 10,000, and more than 100 percent of Kelly's share.
  package init?(_ config: fxaot_config) {
    isScaled = config.sizer & UInt32(FXAOT_SIZER_SCALED) != 0
    let kind = Int(config.sizer & ~UInt32(FXAOT_SIZER_SCALED))
    let isShare = config.equity_percent > 0 && config.equity_percent <= 100_000
    let millionths = isShare ? Int64((config.equity_percent * 10_000).rounded()) : 0
    guard kind == FXAOT_SIZER_FIXED || isShare else { return nil }
    switch kind {
    case FXAOT_SIZER_FIXED where (1...Instrument.quantityLimit).contains(config.fixed_quantity):
      rule = .fixed(config.fixed_quantity)
    case FXAOT_SIZER_EQUITY_PERCENT: rule = .equity(millionths: millionths)
    case FXAOT_SIZER_RISK where (1...Instrument.quantityLimit).contains(config.fixed_quantity):
      rule = .risk(millionths: millionths, stop: config.fixed_quantity)
    case FXAOT_SIZER_VOLATILITY where (1...10_000).contains(config.fixed_quantity):
      rule = .volatility(millionths: millionths, bars: config.fixed_quantity)
    case FXAOT_SIZER_KELLY where (1...100).contains(config.fixed_quantity):
      rule = .kelly(percent: config.fixed_quantity, most: millionths)
    default: return nil
    }
  }

  /// Writes the configuration that it comes of.
  package func write(to config: inout fxaot_config) {
    var (kind, quantity, share) = (FXAOT_SIZER_FIXED, Int64(1), Int64(0))
    switch rule {
    case .fixed(let units): quantity = units
    case .equity(let millionths): (kind, share) = (FXAOT_SIZER_EQUITY_PERCENT, millionths)
    case .risk(let millionths, let stop): (kind, quantity, share) = (FXAOT_SIZER_RISK, stop, millionths)
    case .volatility(let millionths, let bars): (kind, quantity, share) = (FXAOT_SIZER_VOLATILITY, bars, millionths)
    case .kelly(let percent, let most): (kind, quantity, share) = (FXAOT_SIZER_KELLY, percent, most)
    }
    config.sizer = UInt32(kind) | (isScaled ? UInt32(FXAOT_SIZER_SCALED) : 0)
    config.fixed_quantity = quantity
    // Less than half a millionth is no millionth, but a share all the same.
    config.equity_percent = share == 0 ? 1e-5 : Double(share) / 10_000
  }

  /// Base units of a fixed size; else 0.
  package var fixedUnits: Int64 { if case .fixed(let units) = rule { units } else { 0 } }

  /// Base units, whole ones but on no step yet, of an instrument whose base is the account's currency: a share of
  /// `equity` (micro-units) itself, at no price. 0 if equity buys no unit.
  package static func units(baseEquity equity: Int64, millionths: Int64) -> Int64 {
    let units = Int128(max(equity, 0)) * Int128(millionths) / 1_000_000 / Int128(Money.microPerUnit)
    return Int64(min(units, Int128(most)))
  }

  /// Base units, whole ones but on no step yet, whose worth at `steps` (a price, or a move of the price) is a share
  /// of equity; 0 if equity buys no unit, at most twice the largest quantity that any instrument allows.
  /// `quoteEquity` is equity in micro-units of the instrument's quote currency.
  package static func units(
    _ instrument: Instrument, quoteEquity: Int64, steps: Int64, millionths: Int64
  ) -> Int64 {
    guard quoteEquity > 0, steps > 0 else { return 0 }
    let grid = instrument.grid
    // equity × share / price, with price = steps × stepUnits / scale, all of it in micro-units
    let notional = Int128(quoteEquity) * Int128(millionths) / 1_000_000
    let price = Int128(steps) * Int128(grid.stepUnitsInteger) * Int128(Money.microPerUnit)
    let units = notional.multipliedReportingOverflow(by: Int128(grid.scaleInteger))
    return units.overflow ? most : Int64(min(units.partialValue / price, Int128(most)))
  }
}

/// What a strategy's sizes are made of beside equity and price: how far its bars move, and how its trades end.
package struct SizingRecord: BitwiseCopyable {
  private var lastClose = Double.nan
  private var bars: Int64 = 0
  /// The sum of the first true ranges, then their moving average.
  private var ranges = 0.0

  private var wins = 0
  private var losses = 0
  private var won = 0.0
  private var lost = 0.0

  package init() {}

  /// A bar of the strategy's timeframe. Wilder, "New Concepts in Technical Trading Systems", 1978: the mean of the
  /// first `length` true ranges, then each new one with a weight of 1 / length.
  package mutating func take(_ bar: fxaot_bar, length: Int64) {
    var range = bar.high - bar.low
    if !lastClose.isNaN {
      range = max(range, abs(bar.high - lastClose), abs(bar.low - lastClose))
    }
    lastClose = bar.close
    bars &+= 1
    if bars <= length {
      ranges += range
      if bars == length { ranges /= Double(length) }
    } else {
      ranges += (range - ranges) / Double(length)
    }
  }

  package mutating func persist(_ archive: inout some StateArchive) {
    archive(&lastClose)
    archive(&bars)
    archive(&ranges)
    archive(&wins)
    archive(&losses)
    archive(&won)
    archive(&lost)
    let counts = 0...Int.max / 4
    if archive.isLoading, bars < 0 || !counts.contains(wins) || !counts.contains(losses) { archive.fail() }
  }

  /// nan before there are `length` bars.
  package func averageRange(length: Int64) -> Double { bars >= length ? ranges : .nan }

  /// The profit of a closing fill, in micro-units.
  package mutating func close(profit: Int64) {
    if profit > 0 {
      wins += 1
      won += Double(profit)
    } else if profit < 0 {
      losses += 1
      lost -= Double(profit)
    }
  }

  /// Kelly ("A New Interpretation of Information Rate", 1956): W − (1 − W) / R, of the share of trades won and the
  /// mean win over the mean loss; 1 without a loss, and never below 0. nil before ten trades.
  package var kellyShare: Double? {
    let count = wins + losses
    if count < 10 { return nil }
    if losses == 0 { return 1 }
    if wins == 0 { return 0 }
    let share = Double(wins) / Double(count)
    let ratio = (won / Double(wins)) / (lost / Double(losses))
    return max(0, share - (1 - share) / ratio)
  }
}
