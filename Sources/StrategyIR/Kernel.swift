/// The functions with state: `ta.*`, `math.sum`, `fixnan`. Named as in Pine.
///
/// A call gives all arguments of `arguments`, in this order; the front end fills in defaults
/// (`ta.highest(10)` is `highest(high, 10)`). What a kernel reads of the bar besides (volume in
/// `vwma`, high, low and close in `atr`) is no argument. A length may be any int expression; those
/// that are known before the first bar select the fast kernels.
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

  /// The names of a call's arguments.
  public var arguments: [String] {
    switch self {
    case .sma, .ema, .rma, .wma, .vwma, .hma, .dev, .median, .mode, .percentrank, .cog, .rsi,
      .cci, .cmo, .mfi, .mom, .roc, .rci, .highest, .lowest, .highestbars, .lowestbars, .range,
      .change, .rising, .falling, .sum:
      ["source", "length"]
    case .swma, .cum, .max, .min, .fixnan: ["source"]
    case .alma: ["source", "length", "offset", "sigma", "floor"]
    case .linreg: ["source", "length", "offset"]
    case .stdev, .variance: ["source", "length", "biased"]
    case .percentile_linear_interpolation, .percentile_nearest_rank:
      ["source", "length", "percentage"]
    case .correlation: ["source1", "source2", "length"]
    case .macd: ["source", "fastlen", "slowlen", "siglen"]
    case .stoch: ["source", "high", "low", "length"]
    case .tsi: ["source", "short_length", "long_length"]
    case .wpr, .atr: ["length"]
    case .bb, .bbw: ["series", "length", "mult"]
    case .kc, .kcw: ["series", "length", "mult", "useTrueRange"]
    case .tr: ["handle_na"]
    case .dmi: ["diLength", "adxSmoothing"]
    case .supertrend: ["factor", "atrPeriod"]
    case .sar: ["start", "inc", "max"]
    case .cross, .crossover, .crossunder: ["source1", "source2"]
    case .barssince: ["condition"]
    case .valuewhen: ["condition", "source", "occurrence"]
    case .pivothigh, .pivotlow: ["source", "leftbars", "rightbars"]
    case .vwap: ["source", "anchor"]
    case .vwapBands: ["source", "anchor", "stdev_mult"]
    case .timeframeChange: ["timeframe"]
    case .obv, .accdist, .nvi, .pvi, .pvt, .wad, .wvad, .iii: []
    }
  }

  /// macd: line, signal, histogram. bb, kc: middle, upper, lower. dmi: +DI, −DI, ADX.
  /// supertrend: line, direction.
  public var results: Int {
    switch self {
    case .macd, .bb, .kc, .dmi, .vwapBands: 3
    case .supertrend: 2
    default: 1
    }
  }

  /// Of the first result.
  public var type: ValueType {
    switch self {
    case .cross, .crossover, .crossunder, .rising, .falling, .timeframeChange: .bool
    case .highestbars, .lowestbars, .barssince: .int
    default: .float
    }
  }
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
