import CFxaot
import Market

/// The size of a signal's position in base units.
package struct Sizer: BitwiseCopyable, Equatable {
  package enum Rule: BitwiseCopyable, Equatable {
    case fixed(Int64)
    /// The position's notional in millionths of equity.
    case equity(millionths: Int64)
  }

  package let rule: Rule

  /// Above every instrument's maximum even when rounded down to its step, and far enough from the
  /// end of an Int64 that a held position can be added.
  private static let most = 2 * Instrument.quantityLimit

  /// nil for an unknown kind, a quantity outside 1…10¹², or a percentage outside 0…100,000.
  package init?(_ config: fxaot_config) {
    switch Int(config.sizer) {
    case FXAOT_SIZER_FIXED where (1...Instrument.quantityLimit).contains(config.fixed_quantity):
      rule = .fixed(config.fixed_quantity)
    case FXAOT_SIZER_EQUITY_PERCENT
    where config.equity_percent > 0 && config.equity_percent <= 100_000:
      rule = .equity(millionths: Int64((config.equity_percent * 10_000).rounded()))
    default: return nil
    }
  }

  /// Base units, rounded down to the instrument's quantity step.
  package func quantity(_ instrument: Instrument, quoteEquity: Int64, steps: Int64) -> Int64 {
    let wanted = wanted(instrument, quoteEquity: quoteEquity, steps: steps)
    return wanted - wanted % instrument.quantityStep
  }

  /// Base units, whole ones but on no step yet, of an instrument whose base is the account's currency: the
  /// share of `equity` (micro-units) itself, at no price. 0 if equity buys no unit.
  package func wanted(baseEquity equity: Int64) -> Int64 {
    switch rule {
    case .fixed(let units): return units
    case .equity(let millionths):
      let units = Int128(max(equity, 0)) * Int128(millionths) / 1_000_000 / Int128(Money.microPerUnit)
      return Int64(min(units, Int128(Self.most)))
    }
  }

  /// Base units, whole ones but on no step yet; 0 if equity buys no unit, at most twice the largest
  /// quantity that any instrument allows.
  /// `quoteEquity` is equity in micro-units of the instrument's quote currency, `steps` the price.
  package func wanted(_ instrument: Instrument, quoteEquity: Int64, steps: Int64) -> Int64 {
    switch rule {
    case .fixed(let units): return units
    case .equity(let millionths):
      guard quoteEquity > 0, steps > 0 else { return 0 }
      let grid = instrument.grid
      // equity × share / price, with price = steps × stepUnits / scale, all of it in micro-units
      let notional = Int128(quoteEquity) * Int128(millionths) / 1_000_000
      let price = Int128(steps) * Int128(grid.stepUnitsInteger) * Int128(Money.microPerUnit)
      let units = notional.multipliedReportingOverflow(by: Int128(grid.scaleInteger))
      return units.overflow
        ? Self.most : Int64(min(units.partialValue / price, Int128(Self.most)))
    }
  }
}
