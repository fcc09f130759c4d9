/// The functions with state: `ta.*`, `math.sum`, `fixnan`. Named as in Pine. A case's place is its number in `.fxir`
/// files: new ones go at the end. `Kernel+Rows.swift` describes each.
///
/// A call gives all arguments of `arguments`, in this order; the front end fills in defaults
/// (`ta.highest(10)` is `highest(high, 10)`). Values that a kernel reads of the bar itself (volume in
/// `vwma`, high, low and close in `atr`) are not arguments. A length may be any int expression; the
/// ones known before the first bar select the fast kernels.
public enum Kernel: UInt8, Sendable, CaseIterable {
  case sma, ema, rma, wma, vwma, hma, swma, alma, linreg
  case stdev, variance, dev, median, mode
  // swift-format-ignore: AlwaysUseLowerCamelCase
  case percentile_linear_interpolation, percentile_nearest_rank, percentrank
  case correlation, cog, rsi, macd, stoch, cci, cmo, mfi, mom, roc, tsi, wpr, rci
  case bb, bbw, kc, kcw, atr, tr, dmi, supertrend, sar
  case highest, lowest, highestbars, lowestbars, range, change, cum
  case cross, crossover, crossunder, rising, falling, barssince, valuewhen
  case pivothigh, pivotlow, vwap
  case obv, accdist, nvi, pvi, pvt, wad, wvad, iii, max, min
  /// `math.sum(source, length)`
  case sum
  /// `fixnan(source)`
  case fixnan
  /// `ta.vwap(source, anchor, stdev_mult)`: vwap, upper, lower band.
  case vwapBands
  /// `timeframe.change(timeframe)`: true on the first bar of a new period.
  case timeframeChange

  private static let rows = allCases.map(\.written)

  /// Its row of the catalogue.
  public var row: KernelRow { Self.rows[Int(rawValue)] }

  /// The names of a call's arguments.
  public var arguments: [String] { row.arguments }

  /// Whether an argument is a length that must be from 1 to the longest history.
  public func isLength(_ argument: String) -> Bool { row.lengths.contains(argument) }

  /// macd: line, signal, histogram. bb, kc: middle, upper, lower. dmi: +DI, −DI, ADX.
  /// supertrend: line, direction.
  public var results: Int { row.results }

  /// Of the first result.
  public var type: ValueType { row.type }

  /// Whether the window of a call in a branch counts a bar on which the branch was not taken, with
  /// the last call's values. The windows of the others (sma, sum, median, stdev …) count calls.
  /// TradingView does so, as the PineTS project measured.
  public var repeatsSkippedBars: Bool { row.repeatsSkippedBars }

  /// How many bars back a call in a branch reads of the chart's bars, taken or not.
  public func chartDepth(_ field: BarField) -> Int { row.chart[field] ?? 0 }
}

/// A place where a kernel is called.
public struct Site: Hashable, Sendable {
  public var kernel: Kernel
  public var arguments: ArgumentList

  public init(kernel: Kernel, arguments: ArgumentList) {
    self.kernel = kernel
    self.arguments = arguments
  }
}
